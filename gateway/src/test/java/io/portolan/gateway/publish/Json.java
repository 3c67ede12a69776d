package io.portolan.gateway.publish;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;

/** JSON as tests write it. */
final class Json {

    private Json() {}

    /** An object; single quotes stand for double ones. */
    static ObjectNode json(String text) {
        return (ObjectNode) tree(text.replace('\'', '"'));
    }

    static ArrayNode array(String text) {
        return (ArrayNode) tree(text);
    }

    private static JsonNode tree(String text) {
        try {
            return FhirClient.JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
