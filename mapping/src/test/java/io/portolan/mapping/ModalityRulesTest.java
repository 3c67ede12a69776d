package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModalityRulesTest {

    @ParameterizedTest
    @CsvSource({
        "CT,                  http://dicom.nema.org/resources/ontology/DCM#CT Computed Tomography",
        "' MR ',              http://dicom.nema.org/resources/ontology/DCM#MR Magnetic Resonance",
        "us,                  http://dicom.nema.org/resources/ontology/DCM#US Ultrasound",
        "SR,                  http://dicom.nema.org/resources/ontology/DCM#SR Structured Report Document",
        "XYZ,                 -#XYZ null (Modality: no term of CID 33; without a system)",
        "'',                  Modality: missing",
        "'  ',                Modality: missing",
        "CT\\MR,              Modality: more than one value",
        "CT\\CT,              http://dicom.nema.org/resources/ontology/DCM#CT Computed Tomography",
        "<script>,            Modality: not a code of VR CS",
        "SEVENTEENLETTERSX,   Modality: not a code of VR CS",
    })
    void takesTheTermsOfTheStandard(String value, String expected) {
        assertThat(Told.by(ModalityRules.modality(Told.with(Attribute.Modality, value))))
                .isEqualTo(expected);
    }
}
