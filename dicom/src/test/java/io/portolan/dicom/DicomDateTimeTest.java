package io.portolan.dicom;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.DicomTime.Precision;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DicomDateTimeTest {

    @ParameterizedTest
    @CsvSource({
        "2026,                        2026,       '',       ''",
        "202611,                      2026-11,    '',       ''",
        "20261124,                    2026-11-24, '',       ''",
        "2026112409,                  2026-11-24, HOUR,     ''",
        "202611240930,                2026-11-24, MINUTE,   ''",
        "20261124093015,              2026-11-24, SECOND,   ''",
        "20261124093015.25,           2026-11-24, FRACTION, ''",
        "20261124093015.250000+0100,  2026-11-24, FRACTION, +01:00",
        "20261124-0330,               2026-11-24, '',       -03:30",
        "2026+1400,                   2026,       '',       +14:00",
        "20261124093015+0000,         2026-11-24, SECOND,   Z",
    })
    void keepsThePrecisionThatIsGiven(String text, String date, String precision, String offset) {
        DicomDateTime moment = DicomDateTime.parse(text).orElseThrow();
        assertThat(moment.date().toIso()).isEqualTo(date);
        assertThat(moment.time().map(DicomTime::precision))
                .isEqualTo(precision.isEmpty() ? Optional.empty() : Optional.of(Precision.valueOf(precision)));
        assertThat(moment.offset().map(ZoneOffset::getId))
                .isEqualTo(offset.isEmpty() ? Optional.empty() : Optional.of(offset));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "rubbish",
                "202613",
                "20260230",
                "2026112425",
                "20261124093061",
                "20261124-0000",
                "20261124+1500",
                "20261124-1300",
                "20261124+0160",
                "20261124093015.",
                "20261124093015.1234567",
                "2026112",
                "20261124 0930"
            })
    void isNoneWhenTheCalendarOrTheClockHasNoSuch(String text) {
        assertThat(DicomDateTime.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "20260101-20261231, 2026-01-01, 2026-12-31",
        "20260101-,         2026-01-01, ''",
        "-20261231,         '',         2026-12-31",
        "20260101,          2026-01-01, 2026-01-01",
        "1993.08.22-,       1993-08-22, ''",
        "2025-2026,         2025,       2026",
    })
    void readsRangesOfDates(String text, String from, String to) {
        DicomRange<DicomDate> range = DicomRange.parse(text, DicomDate::parse).orElseThrow();
        assertThat(range.from().map(DicomDate::toIso).orElse("")).isEqualTo(from);
        assertThat(range.to().map(DicomDate::toIso).orElse("")).isEqualTo(to);
    }

    @Test
    void readsRangesOfTimesAndMoments() {
        DicomRange<DicomTime> times =
                DicomRange.parse("0800-173015.5", DicomTime::parse).orElseThrow();
        assertThat(times.from().orElseThrow().precision()).isEqualTo(Precision.MINUTE);
        assertThat(times.to().orElseThrow().precision()).isEqualTo(Precision.FRACTION);
        DicomRange<DicomDateTime> moments = DicomRange.parse(
                        "202611240800-0500-202611241700-0500", DicomDateTime::parse)
                .orElseThrow();
        assertThat(moments.from()).isEqualTo(DicomDateTime.parse("202611240800-0500"));
        assertThat(moments.to()).isEqualTo(DicomDateTime.parse("202611241700-0500"));
        assertThat(DicomRange.parse("202611240800-0500", DicomDateTime::parse)
                        .orElseThrow()
                        .to())
                .as("an offset, no range")
                .isEqualTo(DicomDateTime.parse("202611240800-0500"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "a-b", "20261301-", "20260101-20261231-20270101"})
    void isNoRange(String text) {
        assertThat(DicomRange.parse(text, DicomDate::parse)).isEmpty();
    }
}
