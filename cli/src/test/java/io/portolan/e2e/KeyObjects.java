package io.portolan.e2e;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.SopClass;
import java.util.List;

/** Key Object Selections (PS3.3 A.35.4) of one study. */
public final class KeyObjects {

    private KeyObjects() {}

    /**
     * A document in the study of the images.
     *
     * @param title code and meaning of DCM
     */
    public static DataSet of(String number, String title, String meaning, List<DataSet> images) {
        DataSet image = images.get(0);
        String study = Instances.studyUid(image);
        DataSet code = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.CodeValue, title)
                .add(Attribute.CodingSchemeDesignator, "DCM")
                .add(Attribute.CodeMeaning, meaning)
                .build();
        DataSet series = DataSet.builder(CharacterSet.UTF_8)
                .add(
                        Attribute.ReferencedSOPSequence,
                        images.stream().map(KeyObjects::reference).toList())
                .add(
                        Attribute.SeriesInstanceUID,
                        image.string(Attribute.SeriesInstanceUID).orElseThrow())
                .build();
        DataSet evidence = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.ReferencedSeriesSequence, List.of(series))
                .add(Attribute.StudyInstanceUID, study)
                .build();
        return DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.SOPClassUID, SopClass.KEY_OBJECT_SELECTION.value())
                .add(Attribute.SOPInstanceUID, study + ".99." + number)
                .add(Attribute.Modality, "KO")
                .add(Attribute.PatientID, image.string(Attribute.PatientID).orElseThrow())
                .add(Attribute.StudyInstanceUID, study)
                .add(Attribute.SeriesInstanceUID, study + ".99")
                .add(Attribute.ConceptNameCodeSequence, List.of(code))
                .add(Attribute.CurrentRequestedProcedureEvidenceSequence, List.of(evidence))
                .build();
    }

    private static DataSet reference(DataSet image) {
        return DataSet.builder(CharacterSet.UTF_8)
                .add(
                        Attribute.ReferencedSOPClassUID,
                        image.string(Attribute.SOPClassUID).orElseThrow())
                .add(
                        Attribute.ReferencedSOPInstanceUID,
                        image.string(Attribute.SOPInstanceUID).orElseThrow())
                .build();
    }
}
