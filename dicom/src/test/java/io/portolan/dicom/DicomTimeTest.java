package io.portolan.dicom;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalTime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DicomTimeTest {

    @ParameterizedTest
    @CsvSource({
        "10,              10:00,           HOUR",
        "1015,            10:15,           MINUTE",
        "10:15,           10:15,           MINUTE",
        "101530,          10:15:30,        SECOND",
        "10:15:30,        10:15:30,        SECOND",
        "101530.5,        10:15:30.5,      FRACTION",
        "101530.000001,   10:15:30.000001, FRACTION",
        "10:15:30.25,     10:15:30.25,     FRACTION",
        "000000,          00:00,           SECOND",
        "235959.999999,   23:59:59.999999, FRACTION",
    })
    void keepsThePrecisionThatIsGiven(String text, String time, DicomTime.Precision precision) {
        assertThat(DicomTime.parse(text)).contains(new DicomTime(LocalTime.parse(time), precision));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "101",
                "10153",
                "24",
                "2400",
                "1060",
                "101560",
                "101561",
                "101530.",
                "101530.1234567",
                "1015.5",
                "10:1530",
                "101530-111530",
                "-10",
                "aa",
                "10 15"
            })
    void isNothingWhenTheClockHasNoSuchTime(String text) {
        assertThat(DicomTime.parse(text)).isEmpty();
    }
}
