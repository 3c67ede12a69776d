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
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Provenance of each study, where a site wants it: read and compared after the study was written, written when the senders are
 * others; deleted before the study is, since a server may not delete what a Provenance has as its target.
 *
 * <p>Only where the server lets us choose ids.
 */
record Provenances(FhirClient client, Ledger ledger, AuditOptions options, InstantSource clock) {

    private static final Logger LOG = LoggerFactory.getLogger(Provenances.class);

    private static final String TYPE = "Provenance";

    /** What decides whether it says something else; {@code recorded} alone does not. */
    private static final List<String> COMPARED = List.of("target", "activity", "agent");

    /**
     * Publishes a study. If it is to be deleted, its Provenance goes before; where none are made any more, when the server does not
     * delete the study for the sake of one that was left: then the study is tried again.
     */
    StudyOutcome publish(StudyPublication study, Claim claim, Mapped mapped)
            throws RefusedException, BusyException, UnresolvedException {
        boolean goes = mapped.publishing() == Publishing.DELETED;
        if (goes && options.provenanceBy() != null) {
            delete(claim, mapped);
        }
        try {
            return study.publish();
        } catch (RefusedException e) {
            if (goes && e.failure().kind() == Kind.CONFLICT) {
                delete(claim, mapped);
            }
            throw e;
        }
    }

    /**
     * After a study was published, and that was recorded. It stays published whatever becomes of this: once more at once, and else
     * when the study is published again.
     *
     * @throws InterruptedException told to stop
     */
    void write(Claim claim, Gathered gathered, StudyOutcome outcome) throws InterruptedException {
        Publication study = outcome.publication();
        boolean mayDiffer = outcome.wroteStudy() || claim.uncertain();
        String gateway = options.provenanceBy();
        if (gateway == null || study == null || !mayDiffer || !outcome.can().updateCreate()) {
            return;
        }
        ObjectNode said = Resources.encode(StudyProvenance.of(gathered, gateway, study.fhirId(), clock.instant()));
        Optional<Failure> failure = write(said, study)
                .flatMap(first -> first.kind() == Kind.DOWN ? Optional.of(first) : write(said, study));
        if (failure.isPresent() && failure.get().kind() == Kind.INTERRUPTED) {
            throw new InterruptedException();
        }
        failure.ifPresent(why -> LOG.warn("study {}: its Provenance is not written: {}", claim.study(), why));
    }

    /** Empty: it stands there. */
    private Optional<Failure> write(ObjectNode said, Publication study) {
        String id = StudyProvenance.idOf(study.fhirId());
        try {
            Answer answer = client.read(TYPE, id);
            boolean isNew = isGone(answer);
            if (isNew || !saysTheSame(said, RefusedException.successOf(answer).body())) {
                Success written = RefusedException.successOf(client.update(TYPE, id, said, null));
                tell(isNew ? Action.CREATE : Action.UPDATE, id, written, Resources.parse(study.json()));
            }
            return Optional.empty();
        } catch (RefusedException e) {
            return Optional.of(e.failure());
        }
    }

    private void delete(Claim claim, Mapped mapped) throws RefusedException {
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
