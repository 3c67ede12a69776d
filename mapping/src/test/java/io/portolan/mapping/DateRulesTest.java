package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DateRulesTest {

    @ParameterizedTest
    @CsvSource({
        // date              time           offset   expected
        "'',                 '',            '',      absent",
        "'  ',               '  ',          +0100,   absent",
        "20260314,           '',            +0100,   2026-03-14",
        "202603,             '',            '',      2026-03",
        "2026,               '',            '',      2026",
        "2026.03.14,         '',            '',      2026-03-14",
        "20260314,           091502,        +0100,   2026-03-14T09:15:02+01:00",
        "' 20260314 ',       '091502 ',     +0100,   2026-03-14T09:15:02+01:00",
        "20260314,           0915,          +0100,   2026-03-14T09:15:00+01:00",
        "20260314,           09:15:02,      +0100,   2026-03-14T09:15:02+01:00",
        "20260314,           091502.000001, +0000,   2026-03-14T09:15:02.000001+00:00",
        "20260314,           091502.5,      -1200,   2026-03-14T09:15:02.5-12:00",
        "20260314,           000000,        +1400,   2026-03-14T00:00:00+14:00",
        "20260314,           09,            +0100,   2026-03-14 (StudyTime: hours alone are no time in FHIR; the date alone)",
        "20260314,           091502,        '',      2026-03-14 (StudyTime: the offset from UTC is not known; the date alone)",
        "20260314,           091502,        +1401,   2026-03-14 (TimezoneOffsetFromUTC: not an offset; the date alone)",
        "20260314,           091502,        -0000,   2026-03-14 (TimezoneOffsetFromUTC: not an offset; the date alone)",
        "20260314,           091502,        Z,       2026-03-14 (TimezoneOffsetFromUTC: not an offset; the date alone)",
        "20260314,           091502,        +01:00,  2026-03-14 (TimezoneOffsetFromUTC: not an offset; the date alone)",
        "20260314,           noon,          +0100,   2026-03-14 (StudyTime: not a time; the date alone)",
        "20260314,           240000,        +0100,   2026-03-14 (StudyTime: not a time; the date alone)",
        "20260314,           0915\\0916,    +0100,   2026-03-14 (StudyTime: more than one value)",
        "202603,             091502,        +0100,   2026-03 (StudyTime: a time of an incomplete date; the date alone)",
        "'',                 091502,        +0100,   StudyTime: a time without its date",
        "20260230,           091502,        +0100,   StudyDate: not a date",
        "00000000,           '',            '',      StudyDate: not a date",
        "yesterday,          '',            '',      StudyDate: not a date",
        "20260314\\20260315, '',            '',      StudyDate: more than one value",
    })
    void saysWhatIsKnownAndNoMore(String date, String time, String offset, String expected) {
        assertThat(started(date, time, offset, Optional.empty())).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "20260114, 091502, Europe/Vienna,    2026-01-14T09:15:02+01:00",
        "20260714, 091502, Europe/Vienna,    2026-07-14T09:15:02+02:00",
        "20260714, 091502, Z,                2026-07-14T09:15:02+00:00",
        "20260714, 091502, Asia/Kathmandu,   2026-07-14T09:15:02+05:45",
        "20260329, 023000, Europe/Vienna,    2026-03-29 (StudyTime: the clock was changed at this time; the date alone)",
        "20261025, 023000, Europe/Vienna,    2026-10-25 (StudyTime: the clock was changed at this time; the date alone)",
    })
    void takesTheConfiguredZoneWhereTheStudySaysNoOffset(String date, String time, String zone, String expected) {
        assertThat(started(date, time, "", Optional.of(ZoneId.of(zone)))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"+0900, 2026-07-14T09:15:02+09:00", "'', 2026-07-14T09:15:02+02:00"})
    void prefersTheOffsetOfTheStudyToTheConfiguredZone(String offset, String expected) {
        assertThat(started("20260714", "091502", offset, Optional.of(ZoneId.of("Europe/Vienna"))))
                .isEqualTo(expected);
    }

    private static String started(String date, String time, String offset, Optional<ZoneId> zone) {
        DataSet dataSet = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.StudyDate, date)
                .add(Attribute.StudyTime, time)
                .add(Attribute.TimezoneOffsetFromUTC, offset)
                .build();
        return Told.by(DateRules.dateTime(dataSet, Attribute.StudyDate, Attribute.StudyTime, zone));
    }
}
