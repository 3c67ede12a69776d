package io.portolan.gateway.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portolan.gateway.audit.AuditOptions;
import io.portolan.gateway.audit.Write.Action;
import io.portolan.gateway.ledger.Claim;
import io.portolan.gateway.ledger.Claim.Publication;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.publish.Answer.Failure;
import io.portolan.gateway.publish.Answer.Kind;
import io.portolan.gateway.publish.Answer.Success;
import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.MappingResult.Mapped.Publishing;
import io.portolan.mapping.StudyProvenance;
import io.portolan.mapping.study.Gathered;
import java.time.InstantSource;
import java.util.List;

/**
 * The Provenance of each study, where a site wants it: read and compared after the study was written, written when the senders are
 * others; deleted before the study is, since a server may not delete what a Provenance has as its target.
 *
 * <p>Only where the server lets us choose ids.
 */
record Provenances(FhirClient client, Ledger ledger, AuditOptions options, InstantSource clock) {

    private static final String TYPE = "Provenance";

    /** What decides whether it says something else; {@code recorded} alone does not. */
    private static final List<String> COMPARED = List.of("target", "activity", "agent");

    /** After a study was published, and that was recorded: a failure keeps nobody from anything. */
    void write(Claim claim, Gathered gathered, StudyOutcome outcome) throws RefusedException {
        Publication study = outcome.publication();
        boolean mayDiffer = outcome.wroteStudy() || claim.uncertain();
        String gateway = options.provenanceBy();
        if (gateway == null || study == null || !mayDiffer || !outcome.can().updateCreate()) {
            return;
        }
        ObjectNode said = Resources.encode(StudyProvenance.of(gathered, gateway, study.fhirId(), clock.instant()));
        String id = StudyProvenance.idOf(study.fhirId());
        Answer answer = client.read(TYPE, id);
        boolean isNew = isGone(answer);
        if (isNew || !saysTheSame(said, RefusedException.successOf(answer).body())) {
            Success written = RefusedException.successOf(client.update(TYPE, id, said, null));
            tell(isNew ? Action.CREATE : Action.UPDATE, id, written, Resources.parse(study.json()));
        }
    }

    /** Before a study is deleted, if it is to be. */
    void delete(Claim claim, Mapped mapped) throws RefusedException {
        if (options.provenanceBy() != null) {
            deleteLeft(claim, mapped);
        }
    }

    /** The same where none are made any more: a server may not delete a study for the sake of one that was left. */
    void deleteLeft(Claim claim, Mapped mapped) throws RefusedException {
        if (mapped.publishing() != Publishing.DELETED) {
            return;
        }
        Publication last = claim.last() != null && claim.last().isOn(client.server()) ? claim.last() : null;
        String study = last == null ? mapped.imagingStudy().getIdElement().getIdPart() : last.fhirId();
        String id = StudyProvenance.idOf(study);
        if (isGone(client.read(TYPE, id))) {
            return;
        }
        Answer answer = client.delete(TYPE, id);
        if (!isGone(answer)) {
            ObjectNode resource = last == null ? Resources.encode(mapped.imagingStudy()) : Resources.parse(last.json());
            tell(Action.DELETE, id, RefusedException.successOf(answer), resource);
        }
    }

    /** At once, since nothing else records it. */
    private void tell(Action action, String id, Success written, ObjectNode study) {
        Writes writes = new Writes(options.events());
        ledger.audit().add(writes.of(action, TYPE, id, written.version(), study));
    }

    private static boolean saysTheSame(ObjectNode said, JsonNode there) {
        return COMPARED.stream().allMatch(name -> said.path(name).equals(there.path(name)));
    }

    private static boolean isGone(Answer answer) {
        return answer instanceof Failure failure && failure.kind() == Kind.NOT_FOUND;
    }
}
