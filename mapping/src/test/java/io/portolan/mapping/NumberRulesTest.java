package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberRulesTest {

    @ParameterizedTest
    @CsvSource({
        "'',                          absent",
        "'   ',                       absent",
        "0,                           0",
        "7,                           7",
        "' 7 ',                       7",
        "007,                         7",
        "+7,                          7",
        "-0,                          0",
        "-1,                          SeriesNumber: negative",
        "2147483647,                  2147483647",
        "2147483648,                  SeriesNumber: greater than 2147483647",
        "99999999999999999999999,     SeriesNumber: not a number of VR IS",
        "1.0,                         SeriesNumber: not a number of VR IS",
        "1e3,                         SeriesNumber: not a number of VR IS",
        "SCOUT,                       SeriesNumber: not a number of VR IS",
        "٣,                           SeriesNumber: not a number of VR IS",
        "1\\2,                        SeriesNumber: more than one value",
        "1\\1,                        1",
        "\\3,                         3",
    })
    void takesWholeNumbersThatAreNotNegativeAndNoOthers(String value, String expected) {
        assertThat(Told.by(NumberRules.unsigned(Told.with(Attribute.SeriesNumber, value), Attribute.SeriesNumber)))
                .isEqualTo(expected);
    }
}
