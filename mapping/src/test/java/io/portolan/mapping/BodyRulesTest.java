package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.mapping.MappingOptions.MappedCode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BodyRulesTest {

    @ParameterizedTest
    @CsvSource({
        "'',            absent",
        "CHEST,         http://snomed.info/sct#816094009 Chest",
        "' hand ',      http://snomed.info/sct#85562004 Hand",
        "WHOLE BODY,    http://snomed.info/sct#38266002 Entire body",
        "C-SPINE,       http://snomed.info/sct#122494005 Cervical spine",
        "LEFT ELBOW,    BodyPartExamined: no term of PS3.16 annex L",
        "HEAD\\NECK,    BodyPartExamined: more than one value",
        "HEAD\\HEAD,    http://snomed.info/sct#69536005 Head",
    })
    void findsTheTermsOfAnnexL(String value, String expected) {
        assertThat(Told.by(BodyRules.bodySite(Told.with(Attribute.BodyPartExamined, value), Rendering.OPTIONS)))
                .isEqualTo(expected);
    }

    @Test
    void prefersTheCodedRegion() {
        DataSet series = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.BodyPartExamined, "CHEST")
                .add(Attribute.AnatomicRegionSequence, List.of(Told.code("10200004", "SCT", "Liver")))
                .build();
        assertThat(Told.by(BodyRules.bodySite(series, Rendering.OPTIONS)))
                .isEqualTo("http://snomed.info/sct#10200004 Liver");
    }

    @ParameterizedTest
    @CsvSource({
        "'',       absent",
        "U,        absent",
        "' L ',    http://snomed.info/sct#419161000 Unilateral left",
        "R,        http://snomed.info/sct#419465000 Unilateral right",
        "B,        http://snomed.info/sct#51440002 Bilateral",
        "l,        'Laterality: none of R, L, B, U'",
        "LEFT,     'Laterality: none of R, L, B, U'",
        "L\\R,     Laterality: more than one value",
    })
    void takesSidesOfTheStandardAndNoOthers(String value, String expected) {
        assertThat(Told.by(BodyRules.LATERALITY.apply().apply(Told.series(Told.with(Attribute.Laterality, value)))))
                .isEqualTo(expected);
    }

    @Test
    void leavesTheSideOutWhereImagesDisagree() {
        assertThat(Told.by(BodyRules.LATERALITY
                        .apply()
                        .apply(Told.series(
                                Told.with(Attribute.ImageLaterality, "L"), Told.with(Attribute.ImageLaterality, "R")))))
                .isEqualTo("ImageLaterality: instances disagree; left out");
    }

    @Test
    void takesTheCodingThatTheSiteHasForATermOfItsOwn() {
        MappingOptions site = Site.withCodes(
                Rendering.OPTIONS, Map.of("|THORAX2", new MappedCode("http://snomed.info/sct", "51185008", "Thorax")));
        assertThat(Told.by(BodyRules.bodySite(Told.with(Attribute.BodyPartExamined, "THORAX2"), site)))
                .isEqualTo("http://snomed.info/sct#51185008 Thorax");
    }
}
