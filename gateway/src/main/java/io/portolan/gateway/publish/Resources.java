package io.portolan.gateway.publish;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Map;
import org.hl7.fhir.r4.model.DomainResource;

/** Resources as JSON trees, in the form that FHIR R4 gives them. */
final class Resources {

    private static final FhirContext R4 = FhirContext.forR4Cached();

    /** Instead of {@code Type/id}: the reference keeps its identifier and its display, and refers to no resource. */
    static final String LOGICAL = "";

    private Resources() {}

    static ObjectNode encode(DomainResource resource) {
        return parse(R4.newJsonParser().encodeResourceToString(resource));
    }

    /** Of a text of our own. */
    static ObjectNode parse(String json) {
        try {
            return (ObjectNode) FhirClient.JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what we wrote ourselves is no JSON"); // the cause quotes it
        }
    }

    /**
     * A copy in which references by placeholder are literal.
     *
     * @param references placeholder to {@code Type/id}, or to {@link #LOGICAL}
     */
    static ObjectNode withReferences(ObjectNode resource, Map<String, String> references) {
        ObjectNode copy = resource.deepCopy();
        replaceReferences(copy, references);
        return copy;
    }

    private static void replaceReferences(JsonNode node, Map<String, String> references) {
        if (node instanceof ObjectNode object && object.get("reference") instanceof TextNode reference) {
            String literal = references.getOrDefault(reference.textValue(), reference.textValue());
            if (literal.equals(LOGICAL)) {
                object.remove("reference");
            } else {
                object.put("reference", literal);
            }
        }
        node.forEach(child -> replaceReferences(child, references));
    }
}
