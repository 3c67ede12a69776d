package io.portolan.gateway.publish;

import com.fasterxml.jackson.databind.JsonNode;
import io.portolan.gateway.Category;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a FHIR server said to one request, or to one entry of a transaction. */
sealed interface Answer {

    /** FHIR R4 id: 1 to 64 of these. */
    Pattern ID = Pattern.compile("[A-Za-z0-9\\-.]{1,64}");

    /**
     * It did what it was asked.
     *
     * @param body missing node: none, or no JSON
     * @param location Location or Content-Location as it came; empty: none
     * @param etag as it came, opaque; null: none that can be sent back
     */
    record Success(
            int status,
            JsonNode body,
            String location,
            @Nullable String etag) implements Answer {

        public Success {
            etag = etag != null && isHeaderText(etag) ? etag : null;
        }

        boolean created() {
            return status == 201;
        }

        /** The resource, if it is one of this type. */
        Optional<JsonNode> resource(String type) {
            return body.path("resourceType").asText().equals(type) ? Optional.of(body) : Optional.empty();
        }

        /** The logical id that the resource was given: from the location, else from the body. */
        Optional<String> id(String type) {
            return idIn(location, type)
                    .or(() -> resource(type).map(r -> r.path("id").asText()).filter(Answer::isId));
        }

        /** What If-Match takes: the ETag, else made of meta.versionId or of the version in the location (FHIR R4 3.1.0.5). */
        Optional<String> ifMatch() {
            return Optional.ofNullable(etag)
                    .or(() -> Optional.of(body.at("/meta/versionId").asText())
                            .filter(v -> !v.isEmpty() && isHeaderText(v))
                            .or(() -> idIn(location, "_history"))
                            .map(Answer::ifMatch));
        }

        /** versionId, opaque: a number on some servers, a UUID on others. */
        Optional<String> version() {
            return ifMatch().map(tag -> tag.replaceFirst("^W/", "").replaceAll("^\"|\"$", ""));
        }
    }

    /**
     * It did not, or we do not know.
     *
     * @param status of HTTP; 0: there was no answer
     * @param place what was asked and what came, for logs; no value of a resource
     * @param diagnostics of the OperationOutcome, which may quote a patient's value: for the ledger only, never for a log
     * @param retryAfter how long the server asked us to stay away; null: it did not
     */
    record Failure(
            int status,
            Kind kind,
            String place,
            String diagnostics,
            @Nullable Duration retryAfter) implements Answer {

        Failure(int status, Kind kind, String place) {
            this(status, kind, place, "", null);
        }

        Category category() {
            return kind.category;
        }

        /** For the ledger. */
        String detail() {
            return diagnostics.isEmpty() ? place : place + ": " + diagnostics;
        }

        /** For logs: without the diagnostics. */
        @Override
        public String toString() {
            return kind + " " + place;
        }
    }

    /** What a failure calls for. */
    enum Kind {
        /** Nobody can publish at the moment: no answer, 401, 407, 408, 429, 502, 503, 504, a redirect. */
        DOWN(Category.FHIR_UNAVAILABLE),
        /** This request cannot be answered at the moment; others may be: 500, 403 and what is no FHIR. */
        UNAVAILABLE(Category.FHIR_UNAVAILABLE),
        /** 409 or 412: somebody else was first; read again. */
        CONFLICT(Category.FHIR_UNAVAILABLE),
        /** 404 or 410. */
        NOT_FOUND(Category.FHIR_REJECTED),
        /** Any other 4xx. */
        REJECTED(Category.FHIR_REJECTED),
        /** 413: what we sent is beyond a limit of the server's. */
        TOO_LARGE_TO_SEND(Category.FHIR_REJECTED),
        /** The answer is beyond a limit of ours. */
        TOO_LARGE(Category.OUT_OF_RESOURCES),
        /** We were told to stop. */
        INTERRUPTED(Category.INTERRUPTED);

        final Category category;

        Kind(Category category) {
            this.category = category;
        }

        /**
         * By HTTP status.
         *
         * <p>401 and 403 are not the fault of a study but of credentials or their rights: they heal when somebody mends
         * those, and parking every study that comes by in the meantime would bury the operator. Every worker has the
         * same credentials, so 401 stops all; 403 may be about one patient.
         */
        static Kind of(int status) {
            return switch (status) {
                case 401, 407, 408, 425, 429, 502, 503, 504 -> DOWN;
                case 403 -> UNAVAILABLE;
                case 404, 410 -> NOT_FOUND;
                case 409, 412 -> CONFLICT;
                case 413 -> TOO_LARGE_TO_SEND;
                default -> status >= 500 ? UNAVAILABLE : status >= 400 ? REJECTED : DOWN;
            };
        }
    }

    /**
     * The id in a location such as {@code [base]/Patient/7/_history/2}, absolute or relative. Some servers give none, or
     * that of a search.
     */
    static Optional<String> idIn(String location, String type) {
        String[] steps = location.replaceFirst("[?#].*$", "").split("/", -1);
        for (int i = steps.length - 2; i >= 0; i--) {
            if (steps[i].equals(type)) {
                return Optional.of(steps[i + 1]).filter(Answer::isId);
            }
        }
        return Optional.empty();
    }

    /** Whether a peer's text can stand in a path of ours. */
    static boolean isId(String text) {
        return ID.matcher(text).matches() && !text.replace(".", "").isEmpty();
    }

    /** The version that a resource must still have (FHIR R4 3.1.0.5). */
    static String ifMatch(String version) {
        return "W/\"" + version + '"';
    }

    private static boolean isHeaderText(String text) {
        return text.chars().allMatch(c -> c > ' ' && c < 127);
    }
}
