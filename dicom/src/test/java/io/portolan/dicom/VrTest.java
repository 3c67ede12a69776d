package io.portolan.dicom;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class VrTest {

    /** PS3.5 table 7.1-1. */
    @Test
    void hasALongLengthWhereTheStandardSaysSo() {
        assertThat(Vr.values())
                .filteredOn(Vr::longLength)
                .containsExactlyInAnyOrder(
                        Vr.OB, Vr.OD, Vr.OF, Vr.OL, Vr.OV, Vr.OW, Vr.SQ, Vr.SV, Vr.UC, Vr.UN, Vr.UR, Vr.UT, Vr.UV);
    }

    /** PS3.5 table 6.2-1: the VRs whose values may hold a backslash, or none but one. */
    @Test
    void hasManyValuesUnlessItIsOneTextOrBinary() {
        assertThat(Vr.values())
                .filteredOn(Vr::isText)
                .filteredOn(vr -> !vr.isMultiValued())
                .containsExactlyInAnyOrder(Vr.LT, Vr.ST, Vr.UT, Vr.UR);
    }

    @ParameterizedTest
    @EnumSource
    void isFoundByItsTwoBytes(Vr vr) {
        assertThat(Vr.of(vr.name().charAt(0), vr.name().charAt(1))).contains(vr);
        assertThat(Vr.parse(vr.name())).contains(vr);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "C", "CSX", "cs", "??", "ZZ", "\0\0", "ÀÀ", "A["})
    void isNotFoundByAnythingElse(String name) {
        assertThat(Vr.parse(name)).isEmpty();
    }
}
