package io.portolan.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Comparator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TagTest {

    @ParameterizedTest
    @ValueSource(strings = {"(0010,001A)", "0010,001A", "0010001A", "0010001a"})
    void isReadAsPeopleWriteIt(String text) {
        assertThat(Tag.parse(text)).isEqualTo(0x0010_001A);
        assertThat(Tag.format(Tag.parse(text))).isEqualTo("(0010,001A)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0010", "PatientName", "0010,00100", "0010 0010", "0010,001G"})
    void refusesAnythingElse(String text) {
        assertThatThrownBy(() -> Tag.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void isPrivateInAnOddGroup() {
        assertThat(Tag.isPrivate(0x0009_0010)).isTrue();
        assertThat(Tag.isPrivate(0x0008_0011)).isFalse();
        assertThat(Tag.group(0xFFFE_E000)).isEqualTo(0xFFFE);
        assertThat(Tag.format(0xFFFE_E000)).isEqualTo("(FFFE,E000)");
    }

    @Test
    void ascendsInTheTableOfAttributes() {
        assertThat(Attribute.values())
                .isSortedAccordingTo(Comparator.comparing(Attribute::tag, Integer::compareUnsigned));
        assertThat(Arrays.stream(Attribute.values()).map(Attribute::tag)).doesNotHaveDuplicates();
    }

    @Test
    void findsAnAttributeAndItsVr() {
        assertThat(Attribute.find(0x0010_0010)).contains(Attribute.PatientName);
        assertThat(Attribute.find(0x5200_9229)).contains(Attribute.SharedFunctionalGroupsSequence);
        assertThat(Attribute.find(0x0010_0011)).isEmpty();
        assertThat(Attribute.vrOf(0x0010_0010, Vr.UN)).isEqualTo(Vr.PN);
        assertThat(Attribute.vrOf(0xFFFE_E000, Vr.UN)).isEqualTo(Vr.UN);
    }
}
