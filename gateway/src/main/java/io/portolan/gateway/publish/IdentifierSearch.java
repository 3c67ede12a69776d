package io.portolan.gateway.publish;

import com.fasterxml.jackson.databind.JsonNode;
import io.portolan.gateway.publish.Answer.Failure;
import io.portolan.gateway.publish.Answer.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Resources by their identifier (FHIR R4 3.1.1.4.10). What comes is looked at again: a server that does not understand
 * the search gives everything it has.
 */
final class IdentifierSearch {

    /** However often a server says that there is more. */
    static final int PAGES_MAX = 20;

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
        List<JsonNode> matches = new ArrayList<>();
        JsonNode page =
                RefusedException.successOf(client.search(type, system, value)).body();
        for (int pages = 1; ; pages++) {
            for (JsonNode entry : page.path("entry")) {
                JsonNode resource = entry.path("resource");
                if (resource.path("resourceType").asText().equals(type) && hasIdentifier(resource, system, value)) {
                    matches.add(resource);
                }
            }
            Optional<String> next = next(page);
            if (next.isEmpty()) {
                return matches;
            }
            if (pages == PAGES_MAX) {
                throw unfinished(type, "has more than " + PAGES_MAX + " pages");
            }
            Answer answer = client.page(type, next.get())
                    .orElseThrow(() -> unfinished(type, "goes on at another address than fhir.url"));
            page = RefusedException.successOf(answer).body();
        }
    }

    /** FHIR R4 3.1.1.4.11, paging. */
    private static Optional<String> next(JsonNode page) {
        for (JsonNode link : page.path("link")) {
            if (link.path("relation").asText().equals("next")) {
                return Optional.of(link.path("url").asText()).filter(url -> !url.isEmpty());
            }
        }
        return Optional.empty();
    }

    private static RefusedException unfinished(String type, String why) {
        return new RefusedException(new Failure(200, Kind.UNAVAILABLE, "search " + type + ": the answer " + why));
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
