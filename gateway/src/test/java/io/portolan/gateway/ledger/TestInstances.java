package io.portolan.gateway.ledger;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.SopClass;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.Study;
import io.portolan.mapping.study.UnidentifiedInstanceException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Instances and receptions by their numbers. */
final class TestInstances {

    static final String CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2";

    static final String MODALITY = "MODALITY";

    private TestInstances() {}

    static Study studyOf(Ledger ledger, int number) {
        return Study.of(ledger.gathered(study(number)).instances());
    }

    static Uid study(int number) {
        return new Uid("1.2.3." + number);
    }

    static Uid series(int number) {
        return new Uid("1.2.3.0.1." + number);
    }

    static Uid sop(int number) {
        return new Uid("1.2.3.0.0." + number);
    }

    static DataSet.Builder header(int study, int series, int sop) {
        return DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.SOPClassUID, CT_IMAGE)
                .add(Attribute.SOPInstanceUID, sop(sop).value())
                .add(Attribute.StudyInstanceUID, study(study).value())
                .add(Attribute.SeriesInstanceUID, series(series).value())
                .add(Attribute.PatientID, "PATIENT^SECRET")
                .add(Attribute.Modality, "CT")
                .add(Attribute.InstanceNumber, Integer.toString(sop));
    }

    /**
     * A Key Object Selection.
     *
     * @param referenced instances of the study; of those from number 19 on the document is a copy
     */
    static DataSet.Builder keyObject(int study, int sop, String title, Uid of, Uid... referenced) {
        Uid firstCopy = sop(19);
        Predicate<Uid> isCopy = uid -> title.equals("113000")
                && uid.value().length() >= firstCopy.value().length();
        return header(study, 9, sop)
                .add(Attribute.SOPClassUID, SopClass.KEY_OBJECT_SELECTION.value())
                .add(Attribute.Modality, "KO")
                .add(
                        Attribute.ConceptNameCodeSequence,
                        List.of(DataSet.builder(CharacterSet.UTF_8)
                                .add(Attribute.CodeValue, title)
                                .add(Attribute.CodingSchemeDesignator, "DCM")
                                .build()))
                .add(
                        Attribute.CurrentRequestedProcedureEvidenceSequence,
                        List.of(references(of, Stream.of(referenced).filter(isCopy.negate()))))
                .add(
                        Attribute.IdenticalDocumentsSequence,
                        List.of(references(of, Stream.of(referenced).filter(isCopy))));
    }

    private static DataSet references(Uid study, Stream<Uid> referenced) {
        DataSet series = DataSet.builder(CharacterSet.UTF_8)
                .add(
                        Attribute.ReferencedSOPSequence,
                        referenced
                                .map(uid -> DataSet.builder(CharacterSet.UTF_8)
                                        .add(Attribute.ReferencedSOPInstanceUID, uid.value())
                                        .build())
                                .toList())
                .build();
        return DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.StudyInstanceUID, study.value())
                .add(Attribute.ReferencedSeriesSequence, List.of(series))
                .build();
    }

    static Instance instance(DataSet.Builder header) {
        return instance(header, MODALITY);
    }

    static Instance instance(DataSet.Builder header, String callingAe) {
        try {
            return Instance.of(header.build(), Optional.of(callingAe));
        } catch (UnidentifiedInstanceException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static Reception reception(DataSet.Builder header) {
        return reception(header, null);
    }

    static Reception reception(DataSet.Builder header, @Nullable String file) {
        return new Reception(instance(header), TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN.uid(), file);
    }

    static Reception reception(int study, int series, int sop) {
        return reception(header(study, series, sop));
    }
}
