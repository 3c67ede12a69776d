package io.portolan.gateway.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portolan.gateway.audit.AuditDestination;
import io.portolan.gateway.ledger.AuditRecord;
import io.portolan.gateway.publish.Answer.Failure;
import io.portolan.gateway.publish.Answer.Kind;
import io.portolan.gateway.publish.Answer.Success;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * AuditEvents onto the FHIR server, each created once and never updated.
 *
 * <pre>
 *   the server ...         an AuditEvent goes by                               and is perhaps there when
 *   updates as create      PUT under the record's id; several in one batch     a read of that id finds it
 *   does not               POST with the id as tag, If-None-Exist by that tag  a search for that tag finds it
 * </pre>
 *
 * <p>One that is refused is sent once more without the literal reference to what was written, and then without any: a server may
 * have deleted what it refers to.
 */
final class FhirAudit implements AuditDestination {

    private static final String TYPE = "AuditEvent";

    /** Of the tag by which one is found that the server has given its id. */
    static final String TAGS = "urn:portolan:audit";

    private static final String URI = "urn:ietf:rfc:3986";

    private final FhirClient client;
    private final ServerGate gate;

    // of the server as it was found; used by one thread
    private boolean batches = true;
    private boolean updateCreate = true;

    // of one delivery
    private final List<String> delivered = new ArrayList<>();
    private final Map<String, String> refused = new HashMap<>();
    private @Nullable Failure failure;
    private boolean reached;

    FhirAudit(FhirClient client, ServerGate gate) {
        this.client = client;
        this.gate = gate;
    }

    @Override
    public boolean isThere() {
        return gate.isUp();
    }

    @Override
    public Delivery deliver(List<AuditRecord> records) throws InterruptedException {
        delivered.clear();
        refused.clear();
        failure = null;
        reached = false;
        ServerCapabilities can = gate.pass();
        updateCreate &= can.updateCreate();
        List<AuditRecord> missing = missing(records);
        if (!isOver()) {
            send(missing, can);
        }
        if (failure != null && failure.kind() == Kind.INTERRUPTED) {
            throw new InterruptedException();
        }
        return new Delivery(delivered, refused, failure == null ? null : failure.toString(), reached);
    }

    /** Those that are not there yet. One that cannot be looked for waits; the others need not. */
    private List<AuditRecord> missing(List<AuditRecord> records) {
        List<AuditRecord> missing = new ArrayList<>();
        for (AuditRecord record : records) {
            if (isOver()) {
                break;
            }
            Optional<Boolean> there = record.perhapsThere() ? isThere(record) : Optional.of(false);
            there.ifPresent(yes -> {
                if (yes) {
                    delivered.add(record.id());
                } else {
                    missing.add(record);
                }
            });
        }
        return missing;
    }

    /** Empty: that cannot be told now. */
    private Optional<Boolean> isThere(AuditRecord record) {
        Answer answer = updateCreate ? client.read(TYPE, record.id()) : client.searchByTag(TYPE, TAGS, record.id());
        if (answer instanceof Failure failed) {
            if (failed.kind() == Kind.NOT_FOUND) {
                return Optional.of(false);
            }
            failure = failed;
            return Optional.empty();
        }
        JsonNode body = ((Success) answer).body();
        return Optional.of(updateCreate || body.path("entry").size() > 0);
    }

    private void send(List<AuditRecord> records, ServerCapabilities can) {
        if (batches && updateCreate && can.transaction() && records.size() > 1) {
            Answer answer = client.transaction(batch(records));
            reached = true;
            if (answer instanceof Success success) {
                settle(records, success.body().path("entry"), can);
                return;
            }
            Failure failed = (Failure) answer;
            boolean ofTheBatch = failed.kind() == Kind.REJECTED
                    || failed.kind() == Kind.NOT_FOUND
                    || failed.kind() == Kind.TOO_LARGE_TO_SEND;
            if (!ofTheBatch) {
                failure = failed;
                return;
            }
            batches = failed.kind() == Kind.TOO_LARGE_TO_SEND;
        }
        for (AuditRecord record : records) {
            if (!isOver()) {
                send(record, can);
            }
        }
    }

    /** Whether there is no use in going on; what one record meets need not meet another. */
    private boolean isOver() {
        return failure != null && (failure.kind() == Kind.DOWN || failure.kind() == Kind.INTERRUPTED);
    }

    private static ObjectNode batch(List<AuditRecord> records) {
        ObjectNode bundle = FhirClient.JSON.createObjectNode().put("resourceType", "Bundle");
        ArrayNode entries = bundle.put("type", "batch").putArray("entry");
        for (AuditRecord record : records) {
            ObjectNode entry = entries.addObject();
            entry.set("resource", event(record).put("id", record.id()));
            entry.putObject("request").put("method", "PUT").put("url", TYPE + '/' + record.id());
        }
        return bundle;
    }

    private void settle(List<AuditRecord> records, JsonNode entries, ServerCapabilities can) {
        boolean complete = entries.size() == records.size();
        for (int i = 0; i < records.size() && !isOver(); i++) {
            String status = entries.path(i).at("/response/status").asText();
            if (complete && status.startsWith("2")) {
                delivered.add(records.get(i).id());
            } else if (complete && status.startsWith("4")) {
                send(records.get(i), can); // alone it says why, and which kind of failure it is
            } else {
                failure = new Failure(200, Kind.UNAVAILABLE, "batch of AuditEvents: entry without an answer");
            }
        }
    }

    private void send(AuditRecord record, ServerCapabilities can) {
        Answer answer = send(record.id(), event(record), can);
        if (updateCreate && answer instanceof Failure failed && isNoUpdateCreate(failed)) {
            updateCreate = false;
            answer = send(record.id(), event(record), can);
        }
        if (answer instanceof Failure failed && isRefusal(failed)) {
            answer = send(record.id(), withoutLiterals(event(record), client.server(), 1), can);
        }
        if (answer instanceof Failure failed && isRefusal(failed)) {
            answer = send(record.id(), withoutLiterals(event(record), client.server(), Integer.MAX_VALUE), can);
        }
        if (answer instanceof Success || hasConflict(answer) && isThere(record).orElse(false)) {
            delivered.add(record.id());
        } else if (answer instanceof Failure failed && isRefusal(failed)) {
            refused.put(record.id(), failed.detail());
        } else {
            failure = (Failure) answer;
        }
    }

    private Answer send(String id, ObjectNode event, ServerCapabilities can) {
        reached = true;
        if (updateCreate) {
            return client.update(TYPE, id, event.put("id", id), null);
        }
        event.withObject("/meta")
                .withArray("tag")
                .addObject()
                .put("system", TAGS)
                .put("code", id);
        return client.create(TYPE, event, can.createsConditionally(TYPE) ? FhirClient.tagQuery(TAGS, id) : null);
    }

    private static boolean hasConflict(Answer answer) {
        return answer instanceof Failure failed && failed.kind() == Kind.CONFLICT;
    }

    private static boolean isNoUpdateCreate(Failure failed) {
        return failed.status() == 404 || failed.status() == 405;
    }

    private static boolean isRefusal(Failure failed) {
        return switch (failed.kind()) {
            case REJECTED, NOT_FOUND, CONFLICT, TOO_LARGE_TO_SEND -> true;
            case DOWN, UNAVAILABLE, TOO_LARGE, INTERRUPTED -> false;
        };
    }

    private static ObjectNode event(AuditRecord record) {
        return Resources.parse(record.json());
    }

    /**
     * What a reference said is said by its identifier, and the version beside it.
     *
     * @param first how many; what was written comes before whom it is of
     */
    static ObjectNode withoutLiterals(ObjectNode event, String server, int first) {
        int left = first;
        for (JsonNode entity : event.path("entity")) {
            String reference = entity.at("/what/reference").asText();
            if (reference.isEmpty() || left-- <= 0) {
                continue;
            }
            ObjectNode what = (ObjectNode) entity.get("what");
            what.remove("reference");
            String[] parts = reference.split("/_history/", 2);
            what.putObject("identifier").put("system", URI).put("value", server + '/' + parts[0]);
            if (parts.length == 2) {
                ((ObjectNode) entity)
                        .putArray("detail")
                        .addObject()
                        .put("type", "versionId")
                        .put("valueString", parts[1]);
            }
        }
        return event;
    }
}
