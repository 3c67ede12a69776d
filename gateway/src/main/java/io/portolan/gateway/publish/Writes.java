package io.portolan.gateway.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portolan.gateway.audit.AuditEvents;
import io.portolan.gateway.audit.Write;
import io.portolan.gateway.audit.Write.Action;
import io.portolan.gateway.ledger.AuditRecord;
import io.portolan.gateway.publish.Answer.Success;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one publication has written, as audit records; none where nothing is to be told. Used by one thread.
 */
final class Writes {

    private final @Nullable AuditEvents events;
    private final List<AuditRecord> ofStudy = new ArrayList<>();

    /** @param events null: nothing is told */
    Writes(@Nullable AuditEvents events) {
        this.events = events;
    }

    boolean areTold() {
        return events != null;
    }

    /** The record of one write. */
    List<AuditRecord> of(Action action, String type, String id, Optional<String> version, JsonNode resource) {
        return of(new Write(action, type, id, version, resource, false));
    }

    /** The record of one write that nobody recorded, and that stands on the server. */
    List<AuditRecord> found(Action action, String type, String id, Optional<String> version, JsonNode resource) {
        return of(new Write(action, type, id, version, resource, true));
    }

    private List<AuditRecord> of(Write write) {
        return events == null ? List.of() : List.of(events.of(write));
    }

    /** For those of the study, which are recorded together with its publication. */
    void add(List<AuditRecord> records) {
        ofStudy.addAll(records);
    }

    List<AuditRecord> ofStudy() {
        return List.copyOf(ofStudy);
    }

    /**
     * Whether what stands on the server of a resource is our doing, though the ledger says otherwise.
     *
     * <pre>
     *   it says all that we said last   it says all that we say now    then it was
     *   yes                             yes, and that is more          us
     *   yes                             no, or nothing new             somebody else, who added something
     *   no                              any                            us, or somebody who changed what is ours
     * </pre>
     *
     * @param last what we said last, as recorded
     * @param lastVersion of that; null: not known
     */
    static boolean isUnrecorded(ObjectNode last, @Nullable String lastVersion, ObjectNode said, Success theirs) {
        Optional<String> version = theirs.version();
        if (version.isEmpty() || version.get().equals(lastVersion)) {
            return false;
        }
        ObjectNode there = (ObjectNode) theirs.body();
        boolean saysTheLast = Merge.merge(last, last, there).equals(there);
        return lastVersion != null && !saysTheLast
                || !said.equals(last) && Merge.merge(last, said, there).equals(there);
    }
}
