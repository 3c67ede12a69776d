package io.portolan.gateway.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portolan.gateway.publish.Answer.Failure;
import io.portolan.gateway.publish.Answer.Kind;
import io.portolan.gateway.publish.Answer.Success;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The first publication of a study together with what it shares, in one request (FHIR R4 3.1.0.11).
 *
 * <pre>
 *   entry   fullUrl              request                                       response
 *   shared  urn:uuid:...         POST Type, ifNoneExist identifier=system|value  201 or 200, location, etag
 *   study   [base]/ImagingStudy/id  PUT ImagingStudy/id                          201, location, etag
 * </pre>
 *
 * <p>An answer of 200 is no promise: some servers are not atomic, some merge entries and answer fewer than were asked.
 * So every entry is looked at, and what has no answer of its own is read back.
 */
final class Transaction {

    private final FhirClient client;
    private final SharedResources shared;
    private final List<HeldResource> missing;
    private final String id;

    Transaction(FhirClient client, SharedResources shared, String id) {
        this.client = client;
        this.shared = shared;
        this.missing = shared.missing();
        this.id = id;
    }

    /** What came of the study; what came of the shared resources is in the ledger then. */
    Success send(ObjectNode study) throws RefusedException {
        ObjectNode bundle = FhirClient.JSON.createObjectNode().put("resourceType", "Bundle");
        ArrayNode entries = bundle.put("type", "transaction").putArray("entry");
        for (HeldResource one : missing) {
            ObjectNode entry = entries.addObject().put("fullUrl", one.resource().placeholder());
            entry.set("resource", Resources.withReferences(one.json(), shared.references()));
            entry.putObject("request")
                    .put("method", "POST")
                    .put("url", one.type())
                    .put("ifNoneExist", one.ifNoneExist());
        }
        ObjectNode entry = entries.addObject().put("fullUrl", client.server() + "/ImagingStudy/" + id);
        entry.set("resource", study);
        entry.putObject("request").put("method", "PUT").put("url", "ImagingStudy/" + id);
        return check(RefusedException.successOf(client.transaction(bundle)).body());
    }

    private Success check(JsonNode answer) throws RefusedException {
        List<Answer> answers = new ArrayList<>();
        answer.path("entry").forEach(e -> answers.add(answerOf(e.path("response"))));
        boolean complete = answers.size() == missing.size() + 1;
        Optional<Failure> failure = answers.stream()
                .filter(Failure.class::isInstance)
                .map(Failure.class::cast)
                .findFirst();
        for (int i = 0; i < missing.size(); i++) {
            if (complete && answers.get(i) instanceof Success success) {
                shared.created(missing.get(i), success);
            } else if (!complete && failure.isEmpty()) {
                shared.readBack(missing.get(i));
            }
        }
        if (failure.isPresent()) {
            throw new RefusedException(failure.get());
        }
        return complete ? (Success) answers.get(missing.size()) : readBack();
    }

    private Success readBack() throws RefusedException {
        Answer answer = client.read("ImagingStudy", id);
        if (answer instanceof Failure failure && failure.kind() == Kind.NOT_FOUND) {
            answer = new Failure(200, Kind.UNAVAILABLE, "a transaction succeeded and left no ImagingStudy");
        }
        return RefusedException.successOf(answer);
    }

    /** FHIR R4 Bundle.entry.response. */
    private static Answer answerOf(JsonNode response) {
        String text = response.path("status").asText();
        int status = text.matches("\\d{3}\\b.*") ? Integer.parseInt(text.substring(0, 3)) : 0;
        if (status >= 200 && status < 300) {
            return new Success(
                    status,
                    FhirClient.JSON.missingNode(),
                    response.path("location").asText(),
                    response.path("etag").textValue());
        }
        return new Failure(
                status,
                status == 0 ? Kind.UNAVAILABLE : Kind.of(status),
                "entry of a transaction: status " + status,
                FhirClient.diagnostics(response.path("outcome")),
                null);
    }
}
