package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextRulesTest {

    @ParameterizedTest
    @CsvSource({
        "'',               absent",
        "'   ',            absent",
        "\\,               absent",
        "' T1 axial ',     T1 axial",
        "T1\\T2,           T1\\T2",
        "'a\u0000b\u001bc', a b c",
        "'\u0001\u0002',   absent",
        "'a\tb\r\nc',      a b  c",
        "größer 頭部,       größer 頭部",
    })
    void makesOneLineOfReadableText(String value, String expected) {
        assertThat(Told.by(TextRules.text(Told.with(Attribute.StudyDescription, value), Attribute.StudyDescription)))
                .isEqualTo(expected);
    }
}
