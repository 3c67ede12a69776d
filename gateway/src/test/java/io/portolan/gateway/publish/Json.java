package io.portolan.gateway.publish;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;

/** JSON as tests write it. */
final class Json {

    private Json() {}

    /** An object; single quotes stand for double ones. */
    static ObjectNode json(String text) {
        try {
            return (ObjectNode) FhirClient.JSON.readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
