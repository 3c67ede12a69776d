package io.portolan.gateway.publish;

import com.fasterxml.jackson.databind.JsonNode;
import io.portolan.gateway.publish.Answer.Failure;
import io.portolan.gateway.publish.Answer.Kind;
import io.portolan.gateway.publish.Answer.Success;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Resources by their identifier (FHIR R4 3.1.1.4.10). What comes is looked at again: a server that does not understand
 * the search gives everything it has.
 */
final class IdentifierSearch {

    private IdentifierSearch() {}

    /** The resource that has the identifier. More than one: somebody must mend that first. */
    static Optional<JsonNode> findOne(FhirClient client, String type, String system, String value)
            throws RefusedException {
        List<JsonNode> matches = findAll(client, type, system, value);
        if (matches.size() > 1) {
            throw new RefusedException(new Failure(
                    200, Kind.REJECTED, "the server has " + matches.size() + " of " + type + " with one identifier"));
        }
        return matches.stream().findFirst();
    }

    /** All that have the identifier. */
    static List<JsonNode> findAll(FhirClient client, String type, String system, String value) throws RefusedException {
        Success found = RefusedException.successOf(client.search(type, system, value));
        List<JsonNode> matches = new ArrayList<>();
        for (JsonNode entry : found.body().path("entry")) {
            JsonNode resource = entry.path("resource");
            if (resource.path("resourceType").asText().equals(type) && hasIdentifier(resource, system, value)) {
                matches.add(resource);
            }
        }
        return matches;
    }

    static boolean hasIdentifier(JsonNode resource, String system, String value) {
        for (JsonNode identifier : resource.path("identifier")) {
            if (identifier.path("system").asText().equals(system)
                    && identifier.path("value").asText().equals(value)) {
                return true;
            }
        }
        return false;
    }
}
