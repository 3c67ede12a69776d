package io.portolan.gateway.publish;

import io.portolan.gateway.ledger.AuditRecord;
import io.portolan.gateway.ledger.Claim.Publication;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a study.
 *
 * @param publication what stands on the server now; null: nothing
 * @param wroteStudy whether the server was told anything new of the study
 * @param wroteShared whether it was of what the study shares
 * @param can what the server can do, which publishing may have corrected
 * @param unresolved why references stayed logical that should not; no values
 * @param ofAnother why others did: what they name is of another subject; no values
 * @param audit what is to be told of what was written of the study
 */
record StudyOutcome(
        @Nullable Publication publication,
        boolean wroteStudy,
        boolean wroteShared,
        ServerCapabilities can,
        List<String> unresolved,
        List<String> ofAnother,
        List<AuditRecord> audit) {

    StudyOutcome(
            Publication publication,
            boolean wroteStudy,
            ServerCapabilities can,
            SharedResources shared,
            List<AuditRecord> audit) {
        this(publication, wroteStudy, shared.wrote(), can, shared.unresolved(), shared.ofAnother(), audit);
    }

    boolean wrote() {
        return wroteStudy || wroteShared;
    }

    /** Nothing stands there. */
    static StudyOutcome nothing(boolean deleted, ServerCapabilities can, List<AuditRecord> audit) {
        return new StudyOutcome(null, deleted, false, can, List.of(), List.of(), audit);
    }
}
