package io.portolan.gateway.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portolan.gateway.audit.Write.Action;
import io.portolan.gateway.ledger.AuditRecord;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.SharedClaim;
import io.portolan.gateway.ledger.SharedKey;
import io.portolan.gateway.ledger.SharedRow;
import io.portolan.gateway.publish.Answer.Failure;
import io.portolan.gateway.publish.Answer.Kind;
import io.portolan.gateway.publish.Answer.Success;
import io.portolan.mapping.MappingResult.SharedResource;
import io.portolan.mapping.Strategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The resources that one study refers to, as {@link Strategy} says: found in the ledger, else on the server; created when
 * nobody has, updated when this gateway made them.
 *
 * <p>Never a second resource for the same identifier by us: the ledger's row gives the right to create it to one
 * publication at a time, and the server is asked to create it only if it has none. Used by one thread.
 */
final class SharedResources implements AutoCloseable {

    /** One that the server has, and that is to be written again. */
    private record Changed(WantedResource one, SharedClaim claim, String id) {}

    /** Of which the ledger knows nothing. */
    static final SharedRow UNKNOWN = new SharedRow(null, false, null, null);

    private final FhirClient client;
    private final ServerCapabilities can;
    private final Ledger ledger;
    private final Duration lease;
    private final List<WantedResource> wanted = new ArrayList<>();
    private final Map<SharedKey, String> ids = new HashMap<>();
    private final Map<SharedKey, HeldResource> held = new LinkedHashMap<>();
    private final Map<SharedKey, String> unresolved = new LinkedHashMap<>();
    private final Map<SharedKey, String> ofAnother = new LinkedHashMap<>();
    private final Writes writes;
    private final boolean doubtful;
    private boolean wrote;

    /**
     * What a study needs; nothing is asked yet.
     *
     * @param lease how long nobody else may write one of them while we do
     * @param doubtful whether one of them may have been created, and nobody recorded it
     */
    SharedResources(
            FhirClient client,
            ServerCapabilities can,
            Ledger ledger,
            Duration lease,
            List<SharedResource> shared,
            Writes writes,
            boolean doubtful) {
        this.client = client;
        this.can = can;
        this.ledger = ledger;
        this.lease = lease;
        this.writes = writes;
        this.doubtful = doubtful;
        for (SharedResource resource : shared) {
            wanted.add(WantedResource.of(resource, client.server()));
        }
    }

    /**
     * Placeholder to {@code Type/id}, of those that are known by now; of one named twice, to the other placeholder; of one
     * that is not found, or is of another subject, to {@link Resources#LOGICAL}.
     */
    Map<String, String> references() {
        Map<String, String> references = new HashMap<>();
        for (WantedResource one : wanted) {
            String id = ids.get(one.key());
            HeldResource missing = held.get(one.key());
            if (unresolved.containsKey(one.key()) || ofAnother.containsKey(one.key())) {
                references.put(one.resource().placeholder(), Resources.LOGICAL);
            } else if (id != null) {
                references.put(one.resource().placeholder(), one.key().type() + '/' + id);
            } else if (missing != null) {
                references.put(one.resource().placeholder(), missing.resource().placeholder());
            }
        }
        return references;
    }

    /** Why those that were to be found were not, in the order in which they were looked for; no values. */
    List<String> unresolved() {
        return List.copyOf(unresolved.values());
    }

    /** What is said of those that the server has of another subject; no values. */
    List<String> ofAnother() {
        return List.copyOf(ofAnother.values());
    }

    /** Why this one was not found, if it was to be found and was not. */
    Optional<String> unresolved(String placeholder) {
        return wanted.stream()
                .filter(one -> one.resource().placeholder().equals(placeholder))
                .flatMap(one -> Optional.ofNullable(unresolved.get(one.key())).stream())
                .findFirst();
    }

    /** Whether the server was told something new of one of them. */
    boolean wrote() {
        return wrote;
    }

    /** Those that nobody has created, by what the ledger knows; they are ours to create. */
    List<HeldResource> missing() {
        return List.copyOf(held.values());
    }

    /**
     * Looks every one up in the ledger, finds on the server those that are only to be found, claims those that are to be
     * created, and updates those that are ours and have changed. One that is of another subject than the study is left as it
     * is, for all of them share its identifier and it can be of one only. Claims in a fixed order, so that two publications with the
     * same two cannot each hold one.
     */
    void settle() throws RefusedException, BusyException {
        List<WantedResource> ordered = new ArrayList<>(wanted);
        ordered.sort(Comparator.comparing((WantedResource w) -> w.key().type())
                .thenComparing(w -> w.key().system())
                .thenComparing(w -> w.key().value()));
        Map<SharedKey, SharedRow> rows = new HashMap<>();
        for (WantedResource one : ordered) {
            SharedRow row = ledger.shares().find(one.key()).orElse(UNKNOWN);
            rows.put(one.key(), row);
            if (row.fhirId() != null) {
                ids.put(one.key(), row.fhirId());
            }
        }
        List<Changed> changed = new ArrayList<>();
        for (WantedResource one : ordered) {
            if (held.containsKey(one.key()) || unresolved.containsKey(one.key())) {
                continue;
            }
            if (isToBeWritten(one, rows.getOrDefault(one.key(), UNKNOWN))) {
                hold(one, changed);
            }
        }
        if (changed.stream().anyMatch(c -> refersToMissing(c.one))) {
            createMissing(changed.stream().map(c -> c.one.key()).toList());
        }
        for (Changed one : changed) {
            update(one.one, one.claim, one.id);
        }
    }

    /** A reference must be literal before what it stands in is updated. */
    private boolean refersToMissing(WantedResource one) {
        String said = said(one).toString();
        return held.values().stream()
                .anyMatch(h -> said.contains('"' + h.resource().placeholder() + '"'));
    }

    private boolean isToBeWritten(WantedResource one, SharedRow row) {
        if (row.fhirId() == null) {
            return true;
        }
        ObjectNode said = said(one);
        return one.mayUpdate(row) && !said.equals(said(row)) || !subject(said).isSurely(subject(said(row)));
    }

    private Subject subject(JsonNode resource) {
        return Subject.of(resource, client.server());
    }

    private void hold(WantedResource one, List<Changed> changed) throws RefusedException, BusyException {
        SharedClaim claim = ledger.shares()
                .claim(one.key(), lease)
                .orElseThrow(() -> new BusyException(one.key().type()));
        held.put(one.key(), new HeldResource(claim, one.resource(), one.json()));
        SharedRow row = claim.row();
        if (row.fhirId() == null) {
            ids.remove(one.key());
            if (one.isOnlyFound()) {
                resolve(one, claim);
            }
            return;
        }
        ids.put(one.key(), row.fhirId());
        if (isToBeWritten(one, row)) {
            changed.add(new Changed(one, claim, row.fhirId()));
        } else {
            release(claim);
        }
    }

    private void resolve(WantedResource one, SharedClaim claim) throws RefusedException {
        SharedKey key = one.key();
        List<JsonNode> matches = IdentifierSearch.findAll(client, key.type(), key.system(), key.value()).stream()
                .filter(match -> Answer.isId(idOf(match)))
                .toList();
        if (matches.size() == 1) {
            written(claim, idOf(matches.get(0)), false, null, FhirClient.JSON.createObjectNode(), List.of());
            return;
        }
        unresolved.put(
                key,
                matches.isEmpty()
                        ? "the server has no " + key.type() + " with this identifier"
                        : "the server has " + matches.size() + " of " + key.type() + " with this identifier");
        release(claim);
    }

    private void release(SharedClaim claim) {
        ledger.shares().release(claim);
        held.remove(claim.key());
    }

    private void isOfAnother(SharedKey key) {
        ofAnother.put(key, "the server's " + key.type() + " with this identifier is of another subject");
    }

    private ObjectNode said(WantedResource one) {
        return Resources.withReferences(one.json(), references());
    }

    private static ObjectNode said(SharedRow row) {
        return Resources.parse(row.json() == null ? "{}" : row.json());
    }

    private void update(WantedResource one, SharedClaim claim, String id) throws RefusedException {
        ObjectNode ours = said(one);
        Answer answer = client.read(one.key().type(), id);
        if (answer instanceof Failure failure && failure.kind() == Kind.NOT_FOUND) {
            ids.remove(one.key()); // deleted: to be created again
            return;
        }
        Success theirs = RefusedException.successOf(answer);
        if (!subject(ours).is(subject(theirs.body()), client)) {
            isOfAnother(one.key());
            release(claim);
            return;
        }
        ObjectNode merged = one.mayUpdate(claim.row()) ? merged(claim.row(), ours, theirs) : (ObjectNode) theirs.body();
        Optional<String> version = theirs.version();
        List<AuditRecord> audit = one.mayUpdate(claim.row()) ? unrecordedUpdate(claim, ours, theirs) : List.of();
        if (!merged.equals(theirs.body())) {
            String ifMatch = can.versioning() ? theirs.ifMatch().orElse(null) : null;
            version = RefusedException.successOf(client.update(one.key().type(), id, Merge.forWriting(merged), ifMatch))
                    .version();
            wrote = true;
            ledger.audit().add(audit); // of the version before this one
            audit = writes.of(Action.UPDATE, one.key().type(), id, version, ours);
        }
        written(claim, id, claim.row().created(), version.orElse(null), ours, audit);
    }

    private List<AuditRecord> unrecordedUpdate(SharedClaim claim, ObjectNode ours, Success theirs) {
        SharedRow row = claim.row();
        return doubtful && writes.areTold() && Writes.isUnrecorded(said(row), row.fhirVersion(), ours, theirs)
                ? writes.found(Action.UPDATE, claim.key().type(), idOf(theirs.body()), theirs.version(), theirs.body())
                : List.of();
    }

    private ObjectNode merged(SharedRow row, ObjectNode ours, Success theirs) {
        ObjectNode merged = Merge.merge(said(row), ours, (ObjectNode) theirs.body());
        boolean theyKnowMore = subject(ours).literal().isEmpty()
                && subject(theirs.body()).literal().isPresent();
        return theyKnowMore ? Subject.with(theirs.body(), merged) : merged;
    }

    /** Creates those that are missing one by one, in the order in which the study names them. */
    void createMissing() throws RefusedException {
        createMissing(List.of());
    }

    private void createMissing(List<SharedKey> except) throws RefusedException {
        for (WantedResource one : wanted) {
            HeldResource missing = held.get(one.key());
            if (missing != null && !except.contains(one.key())) {
                create(missing);
            }
        }
    }

    private void create(HeldResource missing) throws RefusedException {
        boolean conditional = can.createsConditionally(missing.type());
        Optional<JsonNode> there = conditional ? Optional.empty() : find(missing);
        if (there.isPresent()) {
            found(missing, idOf(there.get()), there.get());
            return;
        }
        Answer answer = client.create(
                missing.type(),
                Resources.withReferences(missing.json(), references()),
                conditional ? missing.ifNoneExist() : null);
        if (answer instanceof Failure failure && failure.kind() == Kind.CONFLICT) {
            // several have the identifier, or somebody else was first
            JsonNode theirs = find(missing).orElseThrow(() -> new RefusedException(failure));
            found(missing, idOf(theirs), theirs);
            return;
        }
        created(missing, RefusedException.successOf(answer));
    }

    /** What came back is used: its id from the answer, else found by the identifier. */
    void created(HeldResource missing, Success answer) throws RefusedException {
        Optional<String> id = answer.id(missing.type());
        if (id.isEmpty()) {
            id = find(missing).map(SharedResources::idOf);
        }
        String there = id.orElseThrow(() -> new RefusedException(
                new Failure(answer.status(), Kind.UNAVAILABLE, missing.type() + " was created, but cannot be found")));
        if (!answer.created() && (missing.hasSubject() || doubtful && writes.areTold())) {
            found(
                    missing,
                    there,
                    RefusedException.successOf(client.read(missing.type(), there))
                            .body());
        } else {
            created(missing, there, answer.created(), answer.version().orElse(null));
        }
    }

    /** One that the server had before; of another subject it is remembered as what it is. */
    private void found(HeldResource missing, String id, JsonNode theirs) throws RefusedException {
        ObjectNode ours = Resources.withReferences(missing.json(), references());
        if (subject(ours).is(subject(theirs), client)) {
            written(missing.claim(), id, false, null, ours, unrecordedCreation(missing, id, ours, (ObjectNode) theirs));
        } else {
            isOfAnother(missing.claim().key());
            written(missing.claim(), id, false, null, Subject.only(theirs), List.of());
        }
    }

    /** Nobody else says just what we would say. */
    private List<AuditRecord> unrecordedCreation(HeldResource missing, String id, ObjectNode ours, ObjectNode theirs) {
        ObjectNode said = Merge.forWriting(theirs);
        said.remove("id");
        Optional<String> version = new Success(200, theirs, "", null).version();
        return doubtful && said.equals(ours)
                ? writes.found(Action.CREATE, missing.type(), id, version, ours)
                : List.of();
    }

    /** One whose creation nobody answered for. */
    void readBack(HeldResource missing) throws RefusedException {
        created(missing, new Success(200, FhirClient.JSON.missingNode(), "", null));
    }

    private void created(HeldResource missing, String id, boolean created, @Nullable String version) {
        wrote |= created;
        ObjectNode said = Resources.withReferences(missing.json(), references());
        List<AuditRecord> audit =
                created ? writes.of(Action.CREATE, missing.type(), id, Optional.ofNullable(version), said) : List.of();
        written(missing.claim(), id, created, version, said, audit);
    }

    private void written(
            SharedClaim claim,
            String id,
            boolean created,
            @Nullable String version,
            ObjectNode said,
            List<AuditRecord> audit) {
        ledger.shares().written(claim, new SharedRow(id, created, version, said.toString()), audit);
        held.remove(claim.key());
        ids.put(claim.key(), id);
    }

    private Optional<JsonNode> find(HeldResource missing) throws RefusedException {
        SharedKey key = missing.claim().key();
        return IdentifierSearch.findOne(client, key.type(), key.system(), key.value())
                .filter(found -> Answer.isId(idOf(found)));
    }

    private static String idOf(JsonNode resource) {
        return resource.path("id").asText();
    }

    /** Forgets those that the server no longer has; says whether there was one. */
    boolean forgetDeleted() {
        return new DeletedResources(client, ledger, lease)
                .forget(wanted.stream().map(WantedResource::key).toList());
    }

    /** Gives back what was claimed and not written. */
    @Override
    public void close() {
        held.values().forEach(h -> ledger.shares().release(h.claim()));
        held.clear();
    }
}
