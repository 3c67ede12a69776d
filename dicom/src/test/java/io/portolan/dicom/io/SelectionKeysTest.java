package io.portolan.dicom.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Vr;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelectionKeysTest {

    private static final int MODALITIES_IN_STUDY = 0x0008_0061;
    private static final int NUMBER_OF_STUDY_RELATED_INSTANCES = 0x0020_1208;
    private static final int SCHEDULED_STATION_AE_TITLE = 0x0040_0001;
    private static final int SCHEDULED_PROCEDURE_STEP_SEQUENCE = 0x0040_0100;

    /** None of these but the name is an attribute that the mapping reads. */
    private static final DataSet IDENTIFIER = DataSet.builder(CharacterSet.UTF_8)
            .add(element(MODALITIES_IN_STUDY, Vr.CS, ""))
            .add(Attribute.PatientName)
            .add(element(NUMBER_OF_STUDY_RELATED_INSTANCES, Vr.IS, ""))
            .add(Element.of(
                    SCHEDULED_PROCEDURE_STEP_SEQUENCE,
                    List.of(DataSet.builder()
                            .add(element(SCHEDULED_STATION_AE_TITLE, Vr.AE, ""))
                            .build())))
            .build();

    @ParameterizedTest
    @ValueSource(strings = {"1.2.840.10008.1.2", "1.2.840.10008.1.2.1"})
    void keepsWhatAnIdentifierAsksForInItsValueRepresentations(String uid) throws IOException {
        DataSet answer = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.SpecificCharacterSet, "ISO_IR 192")
                .add(element(MODALITIES_IN_STUDY, Vr.CS, "CT\\MR"))
                .add(Attribute.PatientName, "Näme")
                .add(Attribute.PatientID, "not asked for")
                .add(element(NUMBER_OF_STUDY_RELATED_INSTANCES, Vr.IS, "12"))
                .add(Element.of(
                        SCHEDULED_PROCEDURE_STEP_SEQUENCE,
                        List.of(DataSet.builder()
                                .add(element(SCHEDULED_STATION_AE_TITLE, Vr.AE, "STATION"))
                                .build())))
                .add(Attribute.ContentLabel, "behind the last that is asked for")
                .build();
        TransferSyntax syntax = uid.endsWith(".2")
                ? TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN
                : TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN;
        DataSet kept = DicomReader.ofDataSet(
                        new ByteArrayInputStream(DataSetWriter.toBytes(answer, syntax)),
                        syntax,
                        Selection.keysOf(IDENTIFIER),
                        ReadLimits.DEFAULT)
                .readHeader();
        assertThat(kept.elements())
                .extracting(Element::tag)
                .containsExactly(
                        Attribute.SpecificCharacterSet.tag(),
                        MODALITIES_IN_STUDY,
                        Attribute.PatientName.tag(),
                        NUMBER_OF_STUDY_RELATED_INSTANCES,
                        SCHEDULED_PROCEDURE_STEP_SEQUENCE);
        assertThat(kept.strings(MODALITIES_IN_STUDY)).containsExactly("CT", "MR");
        assertThat(kept.string(Attribute.PatientName)).contains("Näme");
        assertThat(kept.strings(NUMBER_OF_STUDY_RELATED_INSTANCES)).containsExactly("12");
        Element steps = Objects.requireNonNull(kept.find(SCHEDULED_PROCEDURE_STEP_SEQUENCE));
        assertThat(steps.items().get(0).strings(SCHEDULED_STATION_AE_TITLE)).containsExactly("STATION");
    }

    private static Element element(int tag, Vr vr, String value) {
        return Element.of(tag, vr, value.getBytes(StandardCharsets.US_ASCII));
    }
}
