package io.portolan.dicom.net;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.SopClass;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.Vr;
import io.portolan.dicom.engine.CommitmentReport;
import io.portolan.dicom.engine.SopReference;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The data sets of Storage Commitment Push Model: action information as it is read (PS3.4 table J.3-1), event information as it
 * is written (table J.3-2).
 *
 * <pre>
 *   action type 1                          event type 1, 2
 *   (0008,1195) TransactionUID             (0008,1195) TransactionUID
 *   (0008,1199) ReferencedSOPSequence      (0008,1198) FailedSOPSequence       type 2: (0008,1150), (0008,1155), (0008,1197)
 *                                          (0008,1199) ReferencedSOPSequence   what is committed, if anything is
 *   each item: (0008,1150) ReferencedSOPClassUID, (0008,1155) ReferencedSOPInstanceUID
 * </pre>
 *
 * <p>Not said: RetrieveAETitle (0008,0054), since nothing can be retrieved from this side; (0088,0130) and (0088,0140), since
 * nothing is kept on media.
 *
 * @param transaction TransactionUID
 * @param instances   each once
 */
record CommitmentInformation(Uid transaction, List<SopReference> instances) {

    /** PS3.4 J.3.2: Request Storage Commitment. */
    static final int REQUEST_STORAGE_COMMITMENT = 1;

    private static final int STORAGE_COMMITMENT_REQUEST_SUCCESSFUL = 1;
    private static final int STORAGE_COMMITMENT_REQUEST_COMPLETE_FAILURES_EXIST = 2;

    private static final int TRANSACTION_UID = 0x0008_1195;
    private static final int FAILURE_REASON = 0x0008_1197;
    private static final int FAILED_SOP_SEQUENCE = 0x0008_1198;

    private static final Selection READ = Selection.keysOf(DataSet.builder()
            .add(text(TRANSACTION_UID, ""))
            .add(
                    Attribute.ReferencedSOPSequence,
                    List.of(item(new SopReference(SopClass.VERIFICATION, SopClass.VERIFICATION))
                            .build()))
            .build());

    /** Longer than a UID, so that what is none is told from what is too much. */
    private static final int ELEMENT_BYTES_MAX = 2 * Uid.LENGTH_MAX_CHARACTERS;

    /** What the two UIDs of an item take at most, as {@link ReadLimits#headerBytesMax} counts. */
    private static final int ITEM_BYTES_MAX = 2 * (64 + 32);

    CommitmentInformation {
        instances = List.copyOf(instances);
    }

    /**
     * Reads action information to its end.
     *
     * @throws MalformedDataException of kind {@link MalformedDataException.Kind#LIMIT} with more instances; of another one when it
     *     cannot be read or lacks something
     */
    static CommitmentInformation read(InputStream in, TransferSyntax syntax, int instancesMax) throws IOException {
        ReadLimits limits = ReadLimits.DEFAULT.withHeader(
                ELEMENT_BYTES_MAX, (long) ITEM_BYTES_MAX * (instancesMax + 1), 2, instancesMax);
        try (DicomReader reader = DicomReader.ofDataSet(in, syntax, READ, limits)) {
            DataSet information = reader.readHeader();
            reader.verifyToEnd();
            return of(information);
        }
    }

    private static CommitmentInformation of(DataSet information) throws MalformedDataException {
        Set<SopReference> instances = new LinkedHashSet<>();
        for (DataSet item : information.items(Attribute.ReferencedSOPSequence)) {
            instances.add(new SopReference(
                    required(item.uid(Attribute.ReferencedSOPClassUID), "an item without a ReferencedSOPClassUID"),
                    required(
                            item.uid(Attribute.ReferencedSOPInstanceUID),
                            "an item without a ReferencedSOPInstanceUID")));
        }
        Uid transaction = required(
                information.strings(TRANSACTION_UID).stream().findFirst().flatMap(Uid::parse), "no TransactionUID");
        required(instances.stream().findFirst(), "no item in ReferencedSOPSequence");
        return new CommitmentInformation(transaction, new ArrayList<>(instances));
    }

    private static <T> T required(Optional<T> value, String otherwise) throws MalformedDataException {
        return value.orElseThrow(
                () -> new MalformedDataException(MalformedDataException.Kind.INVALID, 0, "", otherwise));
    }

    static CommandSet eventReportRequest(int messageId, CommitmentReport report) {
        return CommandSet.eventReportRequest(
                messageId,
                SopClass.STORAGE_COMMITMENT_PUSH,
                SopClass.STORAGE_COMMITMENT_PUSH_INSTANCE,
                report.failed().isEmpty()
                        ? STORAGE_COMMITMENT_REQUEST_SUCCESSFUL
                        : STORAGE_COMMITMENT_REQUEST_COMPLETE_FAILURES_EXIST);
    }

    /** Event information. */
    static DataSet of(CommitmentReport report) {
        DataSet.Builder event =
                DataSet.builder().add(text(TRANSACTION_UID, report.transaction().value()));
        if (!report.failed().isEmpty()) {
            event.add(Element.of(
                    FAILED_SOP_SEQUENCE,
                    report.failed().stream().map(CommitmentInformation::item).toList()));
        }
        if (!report.committed().isEmpty()) {
            event.add(
                    Attribute.ReferencedSOPSequence,
                    report.committed().stream().map(one -> item(one).build()).toList());
        }
        return event.build();
    }

    private static DataSet item(CommitmentReport.Failure failure) {
        int code = failure.reason().code();
        return item(failure.instance())
                .add(Element.of(FAILURE_REASON, Vr.US, new byte[] {(byte) code, (byte) (code >>> 8)}))
                .build();
    }

    private static DataSet.Builder item(SopReference instance) {
        return DataSet.builder()
                .add(text(
                        Attribute.ReferencedSOPClassUID.tag(),
                        instance.sopClass().value()))
                .add(text(
                        Attribute.ReferencedSOPInstanceUID.tag(),
                        instance.sopInstance().value()));
    }

    private static Element text(int tag, String uid) {
        return Element.of(tag, Vr.UI, uid.getBytes(StandardCharsets.US_ASCII));
    }
}
