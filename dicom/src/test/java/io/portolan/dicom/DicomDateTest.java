package io.portolan.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DicomDateTest {

    @ParameterizedTest
    @CsvSource({
        "20261123,   2026-11-23",
        "20240229,   2024-02-29",
        "00010101,   0001-01-01",
        "2026.11.23, 2026-11-23",
        "2026-11-23, 2026-11-23",
        "202611,     2026-11",
        "2026-11,    2026-11",
        "2026,       2026",
    })
    void keepsThePrecisionThatIsGiven(String text, String iso) {
        assertThat(DicomDate.parse(text).map(DicomDate::toIso)).contains(iso);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "20261",
                "2026112",
                "202611233",
                "20261301",
                "20260001",
                "20261100",
                "20261131",
                "20230229",
                "00000101",
                "2026.11-23",
                "2026/11/23",
                "20261123-20261124",
                "2026112a",
                "٢٠٢٦١١٢٣",
                "-2026"
            })
    void isNothingWhenTheCalendarHasNoSuchDate(String text) {
        assertThat(DicomDate.parse(text)).isEmpty();
    }

    @Test
    void isADateOnlyWhenComplete() {
        assertThat(new DicomDate(2026, 11, 23).isComplete()).isTrue();
        assertThat(new DicomDate(2026, 11, 23).toLocalDate()).isEqualTo(LocalDate.of(2026, 11, 23));
        assertThat(new DicomDate(2026, 11, 0).isComplete()).isFalse();
        assertThatThrownBy(() -> new DicomDate(2026, 11, 0).toLocalDate()).isInstanceOf(DateTimeException.class);
    }
}
