package io.portolan.gateway.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portolan.gateway.publish.Answer.Failure;
import io.portolan.gateway.publish.Answer.Kind;
import io.portolan.gateway.publish.Answer.Success;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Which endpoints of a study on the server a gateway has put there, where no ledger says so: the ones whose Endpoint has an
 * identifier in the gateway's own system. Others refer to theirs.
 */
final class OwnEndpoints {

    /** Endpoints that are asked for; what is beyond stays in the study. */
    static final int ASKED_MAX = 50;

    private OwnEndpoints() {}

    /**
     * The references as they stand in the study.
     *
     * @param said what we say now: what stays is not asked for
     * @param system the gateway's own
     */
    static Set<String> of(ObjectNode study, ObjectNode said, FhirClient client, String system) throws RefusedException {
        Set<String> candidates = references(study);
        candidates.removeAll(references(said));
        Set<String> own = new HashSet<>();
        int asked = 0;
        for (String reference : candidates) {
            Optional<Literal> literal = Literal.of(reference, client.server());
            if (literal.isPresent() && asked++ < ASKED_MAX && isOwn(literal.get(), client, system)) {
                own.add(reference);
            }
        }
        return own;
    }

    private static boolean isOwn(Literal literal, FhirClient client, String system) throws RefusedException {
        Answer answer = client.read("Endpoint", literal.id());
        if (answer instanceof Failure failure && failure.kind() == Kind.NOT_FOUND) {
            return false;
        }
        Success endpoint = RefusedException.successOf(answer);
        for (JsonNode identifier : endpoint.body().path("identifier")) {
            if (identifier.path("system").asText().equals(system)) {
                return true;
            }
        }
        return false;
    }

    private static Set<String> references(ObjectNode study) {
        Set<String> references = new LinkedHashSet<>();
        addTo(references, study);
        study.path("series").forEach(series -> addTo(references, series));
        return references;
    }

    private static void addTo(Set<String> references, JsonNode owner) {
        owner.path("endpoint")
                .forEach(endpoint -> references.add(endpoint.path("reference").asText()));
    }
}
