package io.portolan.dicom.engine;

import io.portolan.dicom.Uid;
import java.util.List;

/**
 * What became of a request for storage commitment: an N-EVENT-REPORT (PS3.4 J.3.3), of event type 1 when nothing failed, else of
 * event type 2.
 *
 * @param transaction TransactionUID (0008,1195) of the request
 * @param committed   ReferencedSOPSequence (0008,1199)
 * @param failed      FailedSOPSequence (0008,1198)
 */
public record CommitmentReport(Uid transaction, List<SopReference> committed, List<Failure> failed) {

    /** Why an instance is not committed: FailureReason (0008,1197), of PS3.3 C.14.1.1 those that are said here. */
    public enum Reason {
        /** It could not be found out, or not in time. */
        PROCESSING_FAILURE(0x0110),
        /** There is no such instance. */
        NO_SUCH_OBJECT_INSTANCE(0x0112),
        /** There is one, of another SOP class. */
        CLASS_INSTANCE_CONFLICT(0x0119);

        private final int code;

        Reason(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }
    }

    /** An instance that is not committed. */
    public record Failure(SopReference instance, Reason reason) {}

    public CommitmentReport {
        committed = List.copyOf(committed);
        failed = List.copyOf(failed);
    }
}
