package io.portolan.gateway.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.portolan.mapping.ReferencedType;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a server says it can do (FHIR R4 CapabilityStatement.rest), as far as it decides how we publish.
 *
 * @param transaction several resources in one request
 * @param updateCreate whether a PUT of an ImagingStudy may create it, under the id that we choose
 * @param updateCreateAssumed whether {@code updateCreate} is a guess: the server does not say, as HAPI JPA does not, which
 *     can. A refused PUT then shows that it was wrong
 * @param conditionalCreate the types for which If-None-Exist is understood
 * @param patch whether an ImagingStudy is changed by JSON Patch
 * @param versioning whether an ImagingStudy has versions, so that If-Match protects from lost updates
 */
public record ServerCapabilities(
        boolean transaction,
        boolean updateCreate,
        boolean updateCreateAssumed,
        Set<String> conditionalCreate,
        boolean patch,
        boolean versioning) {

    /**
     * What the operator says instead; null: believe the server.
     *
     * @param conditionalCreate for every type alike
     */
    public record Overrides(
            @Nullable Boolean transaction,
            @Nullable Boolean updateCreate,
            @Nullable Boolean conditionalCreate,
            @Nullable Boolean patch,
            @Nullable Boolean versioning) {

        /** Believes the server. */
        public static final Overrides NONE = new Overrides(null, null, null, null, null);
    }

    /** Every type that a study may share, and what tells of writing them. */
    private static final Set<String> TYPES = Stream.concat(
                    Stream.of("ImagingStudy", "Endpoint", "AuditEvent"),
                    Stream.of(ReferencedType.values()).map(ReferencedType::fhirType))
            .collect(Collectors.toUnmodifiableSet());

    public ServerCapabilities {
        conditionalCreate = Set.copyOf(conditionalCreate);
    }

    static ServerCapabilities of(JsonNode statement, Overrides overrides) {
        boolean transaction = false;
        JsonNode updateCreate = MissingNode.getInstance();
        boolean versioning = false;
        boolean patch = false;
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
                if (TYPES.contains(type) && resource.path("conditionalCreate").asBoolean()) {
                    conditionalCreate.add(type);
                }
                if (type.equals("ImagingStudy")) {
                    updateCreate = resource.path("updateCreate");
                    patch = takesPatch(statement, resource);
                    versioning = resource.path("versioning").asText().startsWith("versioned");
                }
            }
        }
        return new ServerCapabilities(
                or(overrides.transaction, transaction),
                or(overrides.updateCreate, updateCreate.asBoolean(true)),
                overrides.updateCreate == null && !updateCreate.isBoolean(),
                overrides.conditionalCreate == null
                        ? conditionalCreate
                        : overrides.conditionalCreate ? TYPES : Set.of(),
                or(overrides.patch, patch),
                or(overrides.versioning, versioning));
    }

    /** The same for a server that turned out not to create by PUT. */
    ServerCapabilities withoutUpdateCreate() {
        return new ServerCapabilities(transaction, false, false, conditionalCreate, patch, versioning);
    }

    /** The same for a server that turned out not to take a patch. */
    ServerCapabilities withoutPatch() {
        return new ServerCapabilities(
                transaction, updateCreate, updateCreateAssumed, conditionalCreate, false, versioning);
    }

    /** The same, less what another turned out not to have. */
    ServerCapabilities without(ServerCapabilities found) {
        ServerCapabilities less = found.patch ? this : withoutPatch();
        return less.updateCreateAssumed && !found.updateCreate ? less.withoutUpdateCreate() : less;
    }

    private static boolean takesPatch(JsonNode statement, JsonNode resource) {
        return has(statement.path("patchFormat"), "", "application/json-patch+json")
                && has(resource.path("interaction"), "/code", "patch");
    }

    private static boolean has(JsonNode array, String pointer, String value) {
        for (JsonNode element : array) {
            if (element.at(pointer).asText().equals(value)) {
                return true;
            }
        }
        return false;
    }

    boolean createsConditionally(String type) {
        return conditionalCreate.contains(type);
    }

    /** In a line, for people. */
    @Override
    public String toString() {
        return "transactions " + yes(transaction) + ", update as create "
                + (updateCreateAssumed ? "not said, tried" : yes(updateCreate)) + ", conditional create of "
                + new TreeSet<>(conditionalCreate) + ", patches " + yes(patch) + ", versions " + yes(versioning);
    }

    private static String yes(boolean can) {
        return can ? "yes" : "no";
    }

    private static boolean or(@Nullable Boolean override, boolean said) {
        return override == null ? said : override;
    }
}
