package io.portolan.gateway.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portolan.gateway.publish.Answer.Failure;
import io.portolan.gateway.publish.Answer.Kind;
import java.util.Optional;

/**
 * Whom a resource is of that studies share (FHIR R4 ServiceRequest.subject, Specimen.subject).
 *
 * <pre>
 *   ours          theirs                     it is the same when
 *   literal       literal                    they are equal; theirs is gone: the identifiers are equal
 *   not literal   literal                    theirs has our identifier; it is gone: the identifiers are equal
 *   any           not literal                the identifiers are equal; there are none: nothing differs
 *   nobody, or of nobody                     always: nothing is contradicted
 * </pre>
 *
 * <p>What cannot be known is another: an order of the wrong patient is worse than a reference that is logical.
 */
record Subject(JsonNode reference, Optional<Literal> literal) {

    private static final String ELEMENT = "subject";

    /** @param server base URL, without a slash at its end */
    static Subject of(JsonNode resource, String server) {
        JsonNode reference = resource.path(ELEMENT);
        return new Subject(reference, Literal.of(reference.path("reference").asText(), server));
    }

    static boolean isIn(JsonNode resource) {
        return resource.has(ELEMENT);
    }

    /** Nothing of a resource but its subject. */
    static ObjectNode only(JsonNode resource) {
        return with(resource, FhirClient.JSON.createObjectNode());
    }

    /** The other resource, of the subject of the first. */
    static ObjectNode with(JsonNode resource, ObjectNode other) {
        if (isIn(resource)) {
            other.set(ELEMENT, resource.get(ELEMENT));
        }
        return other;
    }

    /** Whether it is the same as one that we remember; false: the server must be asked. */
    boolean isSurely(Subject remembered) {
        if (reference.isEmpty()) {
            return true;
        }
        return literal.isPresent() && remembered.literal.isPresent()
                ? literal.equals(remembered.literal)
                : isIdentifiedAs(remembered);
    }

    /** Whether it is the same as one that stands on the server. */
    boolean is(Subject theirs, FhirClient client) throws RefusedException {
        if (reference.isEmpty() || theirs.reference.isEmpty()) {
            return true;
        }
        if (theirs.literal.isEmpty()) {
            return isIdentifiedAs(theirs);
        }
        if (literal.equals(theirs.literal)) {
            return true;
        }
        Literal their = theirs.literal.get();
        Answer answer = client.read(their.type(), their.id());
        if (answer instanceof Failure failure && failure.kind() == Kind.NOT_FOUND) {
            return isIdentifiedAs(theirs);
        }
        return literal.isEmpty()
                && hasOurIdentifier(RefusedException.successOf(answer).body());
    }

    private boolean hasOurIdentifier(JsonNode resource) {
        String system = reference.at("/identifier/system").asText();
        String value = reference.at("/identifier/value").asText();
        return !system.isEmpty() && !value.isEmpty() && IdentifierSearch.hasIdentifier(resource, system, value);
    }

    private boolean isIdentifiedAs(Subject theirs) {
        JsonNode ours = reference.path("identifier");
        JsonNode other = theirs.reference.path("identifier");
        if (ours.isEmpty() && other.isEmpty()) {
            return literal.isEmpty() && reference.equals(theirs.reference);
        }
        return !ours.isEmpty()
                && ours.path("system").equals(other.path("system"))
                && ours.path("value").equals(other.path("value"));
    }
}
