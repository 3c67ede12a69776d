package io.portolan.gateway.publish;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a server says it can do (FHIR R4 CapabilityStatement.rest), as far as it decides how we publish.
 *
 * @param transaction several resources in one request
 * @param updateCreate whether a PUT of an ImagingStudy may create it, under the id that we choose
 * @param conditionalCreate the types for which If-None-Exist is understood
 * @param versioning whether an ImagingStudy has versions, so that If-Match protects from lost updates
 */
public record ServerCapabilities(
        boolean transaction, boolean updateCreate, Set<String> conditionalCreate, boolean versioning) {

    /**
     * What the operator says instead; null: believe the server.
     *
     * @param conditionalCreate for every type alike
     */
    public record Overrides(
            @Nullable Boolean transaction,
            @Nullable Boolean updateCreate,
            @Nullable Boolean conditionalCreate,
            @Nullable Boolean versioning) {

        /** Believes the server. */
        public static final Overrides NONE = new Overrides(null, null, null, null);
    }

    /** Every type that a study may share. */
    private static final Set<String> TYPES =
            Set.of("ImagingStudy", "Patient", "Endpoint", "Practitioner", "Organization", "Location", "Device");

    public ServerCapabilities {
        conditionalCreate = Set.copyOf(conditionalCreate);
    }

    static ServerCapabilities of(JsonNode statement, Overrides overrides) {
        boolean transaction = false;
        boolean updateCreate = false;
        boolean versioning = false;
        Set<String> conditionalCreate = new HashSet<>();
        for (JsonNode rest : statement.path("rest")) {
            if (!rest.path("mode").asText().equals("server")) {
                continue;
            }
            for (JsonNode interaction : rest.path("interaction")) {
                transaction |= interaction.path("code").asText().equals("transaction");
            }
            for (JsonNode resource : rest.path("resource")) {
                String type = resource.path("type").asText();
                if (resource.path("conditionalCreate").asBoolean()) {
                    conditionalCreate.add(type);
                }
                if (type.equals("ImagingStudy")) {
                    updateCreate = resource.path("updateCreate").asBoolean();
                    versioning = resource.path("versioning").asText().startsWith("versioned");
                }
            }
        }
        return new ServerCapabilities(
                or(overrides.transaction, transaction),
                or(overrides.updateCreate, updateCreate),
                overrides.conditionalCreate == null
                        ? conditionalCreate
                        : overrides.conditionalCreate ? TYPES : Set.of(),
                or(overrides.versioning, versioning));
    }

    boolean createsConditionally(String type) {
        return conditionalCreate.contains(type);
    }

    private static boolean or(@Nullable Boolean override, boolean said) {
        return override == null ? said : override;
    }
}
