package io.portolan.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UidTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.2.840.10008.1.1",
                "2.25.0",
                "1.2.03", // a leading zero, as devices write it
                "1234567890.1234567890.1234567890.1234567890.1234567890.123456789"
            })
    void acceptsAUid(String text) {
        assertThat(Uid.parse(text)).contains(new Uid(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ".1",
                "1.",
                "1..2",
                "1.2.a",
                "1.2-3",
                "1.2\\1.3",
                "../1.2",
                "1.2/3",
                "1 .2",
                "١.٢", // digits, but not ASCII
                "1234567890.1234567890.1234567890.1234567890.1234567890.1234567890" // 65 characters
            })
    void refusesWhatIsNoUid(String text) {
        assertThat(Uid.parse(text)).isEmpty();
        assertThatThrownBy(() -> new Uid(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"'1.2\0'", "'1.2 '", "' 1.2'", "'1.2\0\0'", "'1.2\n'"})
    void dropsPaddingWhenParsing(String text) {
        assertThat(Uid.parse(text)).contains(new Uid("1.2"));
    }

    @Test
    void isAnOidInFhir() {
        assertThat(new Uid("1.2.3").toOid()).isEqualTo("urn:oid:1.2.3");
        assertThat(new Uid("1.2.3")).hasToString("1.2.3").isLessThan(new Uid("1.2.4"));
    }
}
