package io.portolan.gateway.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * One resource that was created, updated or deleted.
 *
 * @param id logical id on the server
 * @param version versionId of what came of it; empty: the server does not tell
 * @param resource as it was said: whom it is of is taken from it
 * @param found whether it is known only because it stands on the server, and nobody recorded it
 */
public record Write(Action action, String type, String id, Optional<String> version, JsonNode resource, boolean found) {

    /** FHIR R4 AuditEvent.action, with the profiles of IHE BALP 1.1 and FHIR R4 restful-interaction. */
    public enum Action {
        CREATE("create", "Create"),
        UPDATE("update", "Update"),
        DELETE("delete", "Delete");

        final String interaction;
        final String profile;

        Action(String interaction, String profile) {
            this.interaction = interaction;
            this.profile = profile;
        }
    }

    /** {@code Type/id/_history/version}, as far as it is known. */
    String reference() {
        return type + '/' + id + version.map(v -> "/_history/" + v).orElse("");
    }
}
