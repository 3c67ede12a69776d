package io.portolan.gateway.publish;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portolan.gateway.audit.Write.Action;
import io.portolan.gateway.ledger.Claim.Publication;
import io.portolan.gateway.publish.Answer.Failure;
import io.portolan.gateway.publish.Answer.Kind;
import io.portolan.gateway.publish.Answer.Success;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Deletes a study, and tells of it. A server may answer a deletion of what is not there as any other, so that where it is to be
 * told, and may not be there, it is looked for first.
 *
 * @param last what stands there, as recorded; null: nothing
 * @param uncertain whether something else may
 */
record StudyDeletion(
        FhirClient client, Writes writes, @Nullable Publication last, boolean uncertain) {

    private static final String TYPE = "ImagingStudy";

    /**
     * Deletes it.
     *
     * @param said the study as we would say it, for whom it is of
     * @return false: it was not there
     */
    boolean delete(String target, ObjectNode said) throws RefusedException {
        if (writes.areTold() && (uncertain || last == null) && !isThere(target, said)) {
            return false;
        }
        Answer answer = client.delete(TYPE, target);
        if (isGone(answer)) {
            return false;
        }
        Success deleted = RefusedException.successOf(answer);
        writes.add(writes.of(Action.DELETE, TYPE, target, deleted.version(), subjectOf(said)));
        return true;
    }

    private boolean isThere(String target, ObjectNode said) throws RefusedException {
        Answer answer = client.read(TYPE, target);
        if (isGone(answer)) {
            if (last != null) { // deleted since, most likely by us
                writes.add(writes.found(Action.DELETE, TYPE, target, Optional.empty(), subjectOf(said)));
            }
            return false;
        }
        Success theirs = RefusedException.successOf(answer);
        if (uncertain && last == null) {
            writes.add(writes.found(Action.CREATE, TYPE, target, theirs.version(), theirs.body()));
        }
        return true;
    }

    private static boolean isGone(Answer answer) {
        return answer instanceof Failure failure && failure.kind() == Kind.NOT_FOUND;
    }

    /** As it stands there: what is said now may refer to what was never created. */
    private ObjectNode subjectOf(ObjectNode said) {
        return last == null ? said : Resources.parse(last.json());
    }
}
