package io.portolan.gateway.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portolan.gateway.audit.Write.Action;
import io.portolan.gateway.ledger.Claim;
import io.portolan.gateway.ledger.Claim.Publication;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.publish.Answer.Failure;
import io.portolan.gateway.publish.Answer.Kind;
import io.portolan.gateway.publish.Answer.Success;
import io.portolan.gateway.publish.PublisherOptions.Deleted;
import io.portolan.gateway.publish.PublisherOptions.TooLarge;
import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.MappingResult.Mapped.Publishing;
import java.time.Duration;
import java.util.Optional;
import org.hl7.fhir.r4.model.Identifier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One study to the server: read, merge, compare, write.
 *
 * <pre>
 *   the server ...                 the study is found by      and created by
 *   updates as create              our id                     PUT, or a transaction with what it shares
 *   does not say                   our id                     the same; refused: as the next one
 *   creates conditionally          the id it gave us          POST, If-None-Exist with the gateway's own identifier
 *   can do neither                 the id it gave us          search for that identifier, then POST
 * </pre>
 *
 * <p>A study that has only grown is not read, but patched, where the server takes that: see {@link StudyPatch}.
 *
 * <p>What is only to be taken back is also searched for by the gateway's own identifier where the ledger knows nothing of it:
 * we may have died before it heard of what we wrote. Never searched for by the study UID, which key object selections
 * share. Used by one thread.
 */
final class StudyPublication {

    /** How often somebody else may be first before we come back later. */
    static final int CONFLICTS_MAX = 4;

    private static final String TYPE = "ImagingStudy";

    private static final Logger LOG = LoggerFactory.getLogger(StudyPublication.class);

    private final FhirClient client;
    private ServerCapabilities can;
    private boolean patchRefused;
    private final Ledger ledger;
    private final Duration sharedLease;
    private final Mapped mapped;
    private final ObjectNode ours;
    private final String id;
    private final @Nullable Publication last;
    private final boolean uncertain;
    private boolean doubtful;
    private final PublisherOptions options;
    private final Writes writes;

    StudyPublication(
            FhirClient client,
            ServerCapabilities can,
            Ledger ledger,
            Duration sharedLease,
            Claim claim,
            Mapped mapped,
            PublisherOptions options) {
        this.client = client;
        this.can = can;
        this.ledger = ledger;
        this.sharedLease = sharedLease;
        this.mapped = mapped;
        this.ours = Resources.encode(mapped.imagingStudy());
        this.ours.remove("id");
        this.id = mapped.imagingStudy().getIdElement().getIdPart();
        this.last = claim.last() != null && claim.last().isOn(client.server()) ? claim.last() : null;
        this.uncertain = claim.uncertain();
        this.doubtful = uncertain;
        this.options = options;
        this.writes = new Writes(options.audit().events());
    }

    /**
     * Publishes.
     *
     * @throws UnresolvedException when something is listed, and the server has not just one resource that the study is of
     * @throws RefusedException also when somebody else was first {@link #CONFLICTS_MAX} times
     */
    StudyOutcome publish() throws RefusedException, BusyException, UnresolvedException {
        boolean forgot = false;
        for (int attempt = 1; ; attempt++) {
            try {
                return attempt(attempt == 1);
            } catch (RefusedException e) {
                doubtful = true; // of what was asked some may have been done
                Kind kind = e.failure().kind();
                boolean again = kind == Kind.CONFLICT && attempt < CONFLICTS_MAX;
                if (!again && !forgot && (kind == Kind.REJECTED || kind == Kind.NOT_FOUND)) {
                    forgot = forgetDeleted();
                    again = forgot;
                }
                if (!again && can.updateCreateAssumed() && (kind == Kind.REJECTED || kind == Kind.NOT_FOUND)) {
                    can = can.withoutUpdateCreate();
                    again = true;
                }
                if (!again && kind == Kind.TOO_LARGE_TO_SEND) {
                    again = options.tooLarge() == TooLarge.WITHOUT_INSTANCES && leaveInstancesOut();
                }
                if (!again) {
                    throw e;
                }
            }
        }
    }

    /** The counts stay. False: there are none. */
    private boolean leaveInstancesOut() {
        boolean left = false;
        for (JsonNode series : ours.path("series")) {
            left |= ((ObjectNode) series).remove("instance") != null;
        }
        if (left) {
            LOG.warn("{}/{} is too large for the server: its instances are not listed", TYPE, id);
        }
        return left;
    }

    /** A reference to something that was deleted is refused; on every server in another way. */
    private boolean forgetDeleted() {
        try (SharedResources shared = shared()) {
            return shared.forgetDeleted();
        }
    }

    private SharedResources shared() {
        return new SharedResources(client, can, ledger, sharedLease, mapped.shared(), writes, doubtful);
    }

    private StudyOutcome attempt(boolean first) throws RefusedException, BusyException, UnresolvedException {
        if (mapped.publishing() == Publishing.DELETED) {
            return delete();
        }
        if (mapped.publishing() == Publishing.IF_PUBLISHED && read().isEmpty()) {
            return StudyOutcome.nothing(false, can, writes.ofStudy());
        }
        try (SharedResources shared = shared()) {
            shared.settle();
            Optional<String> noSubject =
                    shared.unresolved(mapped.imagingStudy().getSubject().getReference());
            // what is taken back must not wait for a patient
            if (noSubject.isPresent() && mapped.imagingStudy().hasSeries()) {
                throw new UnresolvedException("ImagingStudy.subject: " + noSubject.get());
            }
            boolean complete = shared.missing().isEmpty();
            if (complete && last != null && !uncertain) {
                Optional<StudyOutcome> grown = grow(last, shared, first);
                if (grown.isPresent()) {
                    return grown.get();
                }
            }
            Optional<Success> theirs = read();
            if (theirs.isEmpty() && last != null && options.deleted() == Deleted.LEAVE) {
                LOG.info("{}/{} was deleted on the server, and is left so", TYPE, id);
                return new StudyOutcome(last, false, can, shared, writes.ofStudy());
            }
            // a merge needs literal references, so what exists is never updated in a transaction
            if (first && !complete && theirs.isEmpty() && canInOneRequest(shared)) {
                Success written = new Transaction(client, shared, id).send(withId(said(shared), id));
                return result(Action.CREATE, written, id, shared);
            }
            shared.createMissing();
            ObjectNode said = said(shared);
            return theirs.isPresent() ? update(theirs.get(), said, shared) : create(said, shared);
        }
    }

    /** Says what is new without reading what stands there; empty: it must be read. */
    private Optional<StudyOutcome> grow(Publication before, SharedResources shared, boolean first)
            throws RefusedException {
        ObjectNode said = said(shared);
        ObjectNode base = Resources.parse(before.json());
        if (said.equals(base)) {
            return Optional.of(new StudyOutcome(before, false, can, shared, writes.ofStudy()));
        }
        String version = before.fhirVersion();
        if (!first || !can.patch() || !can.versioning() || version == null) {
            return Optional.empty();
        }
        Optional<ArrayNode> operations = StudyPatch.of(base, said);
        if (operations.isEmpty()) {
            return Optional.empty();
        }
        Answer answer = client.patch(TYPE, before.fhirId(), operations.get(), Answer.ifMatch(version));
        if (answer instanceof Failure failure) {
            switch (failure.kind()) {
                case DOWN, INTERRUPTED, TOO_LARGE -> throw new RefusedException(failure);
                case CONFLICT, NOT_FOUND, UNAVAILABLE, REJECTED, TOO_LARGE_TO_SEND -> patchRefused(failure.status());
            }
            return Optional.empty();
        }
        Optional<String> now = ((Success) answer).version();
        Publication stands = new Publication(client.server(), before.fhirId(), now.orElse(null), said.toString());
        writes.add(writes.of(Action.UPDATE, TYPE, before.fhirId(), now, said));
        return Optional.of(new StudyOutcome(stands, true, can, shared, writes.ofStudy()));
    }

    /** Whatever it is, the whole will tell; but who knows no patch is not asked again. */
    private void patchRefused(int status) {
        switch (status) {
            case 405, 406, 415, 501 -> can = can.withoutPatch();
            case 400, 422, 500 -> patchRefused = true; // for what it says, or because there is a patch
            default -> {}
        }
    }

    private StudyOutcome delete() throws RefusedException {
        StudyDeletion deletion = new StudyDeletion(client, writes, last, doubtful);
        boolean deleted = mayStandUnderTarget() && deletion.delete(target(), ours);
        if (last == null) {
            Optional<JsonNode> unrecorded = find(ownIdentifier());
            deleted |= unrecorded.isPresent() && deletion.delete(idOf(unrecorded), ours);
        }
        return StudyOutcome.nothing(deleted, can, writes.ofStudy());
    }

    private ObjectNode said(SharedResources shared) {
        return Resources.withReferences(ours, shared.references());
    }

    /** The study would refer to an order before we have seen whether the server had it, of another patient. */
    private boolean canInOneRequest(SharedResources shared) {
        return can.transaction()
                && can.updateCreate()
                && shared.missing().stream().allMatch(m -> can.createsConditionally(m.type()) && !m.hasSubject());
    }

    /** What the server has; empty: nothing, or nothing but what {@link #create} will find. */
    private Optional<Success> read() throws RefusedException {
        if (mayStandUnderTarget()) {
            Answer answer = client.read(TYPE, target());
            if (!(answer instanceof Failure failure && failure.kind() == Kind.NOT_FOUND)) {
                return Optional.of(RefusedException.successOf(answer));
            }
        }
        return last == null && mapped.publishing() == Publishing.IF_PUBLISHED
                ? find(ownIdentifier()).map(StudyPublication::found)
                : Optional.empty();
    }

    private static Success found(JsonNode study) {
        return new Success(200, study, "", null);
    }

    private boolean mayStandUnderTarget() {
        return last != null || can.updateCreate();
    }

    private String target() {
        return last == null ? id : last.fhirId();
    }

    private StudyOutcome update(Success theirs, ObjectNode said, SharedResources shared) throws RefusedException {
        ObjectNode there = (ObjectNode) theirs.body();
        String theirId =
                Optional.of(there.path("id").asText()).filter(Answer::isId).orElse(target());
        ObjectNode merged = Merge.merge(base(theirId, there, said), said, there);
        if (doubtful && writes.areTold()) {
            tellOfUnrecorded(theirId, theirs, said);
        }
        if (merged.equals(there)) {
            Publication stands =
                    new Publication(client.server(), theirId, patchable(theirs).orElse(null), said.toString());
            return new StudyOutcome(stands, false, can, shared, writes.ofStudy());
        }
        String ifMatch = can.versioning() ? theirs.ifMatch().orElse(null) : null;
        Success written = put(theirId, Merge.forWriting(merged), ifMatch);
        if (patchRefused && client.patchedInVain()) {
            can = can.withoutPatch();
        }
        return result(Action.UPDATE, written, theirId, shared);
    }

    /** At once: the next write may be lost as well, and then this one could not be told from it. */
    private void tellOfUnrecorded(String theirId, Success theirs, ObjectNode said) {
        Action action = null;
        if (last == null || !last.fhirId().equals(theirId)) {
            action = Action.CREATE;
        } else if (isUnrecorded(last, said, theirs)) {
            action = Action.UPDATE;
        }
        if (action != null) {
            ledger.audit().add(writes.found(action, TYPE, theirId, theirs.version(), theirs.body()));
        }
    }

    private static boolean isUnrecorded(Publication before, ObjectNode said, Success theirs) {
        return Writes.isUnrecorded(Resources.parse(before.json()), before.fhirVersion(), said, theirs);
    }

    /** The version to patch next; empty where it has a narrative that a patch would leave behind. */
    private static Optional<String> patchable(Success theirs) {
        return theirs.body().at("/text/status").asText().equals("generated") ? Optional.empty() : theirs.version();
    }

    /** What we said last; as far as that is not known, what only we can have said. */
    private ObjectNode base(String theirId, ObjectNode there, ObjectNode said) throws RefusedException {
        if (last == null || !last.fhirId().equals(theirId)) {
            return assumedBase(there, said);
        }
        ObjectNode base = Resources.parse(last.json());
        return uncertain ? base.setAll(assumedBase(there, said)) : base;
    }

    private ObjectNode assumedBase(ObjectNode there, ObjectNode said) throws RefusedException {
        String system = ownIdentifier().getSystem();
        return Merge.assumedBase(there, OwnEndpoints.of(there, said, client, system));
    }

    private StudyOutcome create(ObjectNode said, SharedResources shared) throws RefusedException {
        if (can.updateCreate()) {
            return result(Action.CREATE, put(target(), said, null), target(), shared);
        }
        boolean conditional = can.createsConditionally(TYPE);
        Identifier own = ownIdentifier();
        Optional<JsonNode> there = conditional ? Optional.empty() : find(own);
        if (there.isPresent()) {
            return update(found(there.get()), said, shared);
        }
        Answer answer = client.create(
                TYPE, said, conditional ? FhirClient.identifierQuery(own.getSystem(), own.getValue()) : null);
        if (answer instanceof Failure failure && failure.kind() == Kind.CONFLICT) {
            find(own); // several have the identifier: that does not heal by itself
        }
        Success success = RefusedException.successOf(answer);
        Optional<String> created = success.id(TYPE);
        String found = created.isPresent() ? created.get() : idOf(find(own));
        return success.created()
                ? result(Action.CREATE, success, found, shared)
                : update(RefusedException.successOf(client.read(TYPE, found)), said, shared);
    }

    private static String idOf(Optional<JsonNode> found) throws RefusedException {
        return found.map(r -> r.path("id").asText())
                .filter(Answer::isId)
                .orElseThrow(() -> new RefusedException(
                        new Failure(200, Kind.UNAVAILABLE, TYPE + " is there, but cannot be found")));
    }

    private Optional<JsonNode> find(Identifier own) throws RefusedException {
        return IdentifierSearch.findOne(client, TYPE, own.getSystem(), own.getValue());
    }

    /** The identifier in the gateway's own system, whose value is the deterministic id. */
    private Identifier ownIdentifier() {
        return mapped.imagingStudy().getIdentifier().stream()
                .filter(i -> id.equals(i.getValue()) && i.hasSystem())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the study has no identifier of the gateway's own"));
    }

    private Success put(String target, ObjectNode resource, @Nullable String ifMatch) throws RefusedException {
        return RefusedException.successOf(client.update(TYPE, target, withId(resource, target), ifMatch));
    }

    private static ObjectNode withId(ObjectNode resource, String id) {
        return resource.put("id", id);
    }

    private StudyOutcome result(Action action, Success written, String target, SharedResources shared) {
        ObjectNode said = said(shared);
        String given = written.id(TYPE).orElse(target);
        Optional<String> version = written.version();
        writes.add(writes.of(action, TYPE, given, version, said));
        Publication stands = new Publication(client.server(), given, version.orElse(null), said.toString());
        return new StudyOutcome(stands, true, can, shared, writes.ofStudy());
    }
}
