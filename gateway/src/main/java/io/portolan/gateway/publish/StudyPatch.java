package io.portolan.gateway.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How a study that has grown is told by JSON Patch (RFC 6902, FHIR R4 3.1.0.7.2): new instances and series are appended, and
 * the counts, the description and the like are replaced. Anything else is no patch, and the study is read, merged and
 * written as a whole.
 *
 * <pre>
 *   test    /series/0/uid           what stands there is what we take it for, also on servers that ignore If-Match
 *   add     /series/0/instance/-    {...}
 *   test    /numberOfInstances      what we said last
 *   replace /numberOfInstances      what we say now
 * </pre>
 *
 * <p>Only elements that nobody but a gateway writes are touched, so what others added need not be known. On HAPI JPA a patch
 * costs the server what a PUT costs, up to about {@link #OPERATIONS_MAX} operations, beyond that more; it saves the
 * reading and nearly all of the bytes.
 */
final class StudyPatch {

    /** With more, a server that copies the resource for each takes longer than for the whole. */
    static final int OPERATIONS_MAX = 100;

    private final ArrayNode operations = FhirClient.JSON.createArrayNode();
    private final ObjectNode result; // what the server has then

    private StudyPatch(ObjectNode base) {
        result = base.deepCopy();
    }

    /**
     * From what we said last to what we say now.
     *
     * @return the operations; empty: not by a patch
     */
    static Optional<ArrayNode> of(ObjectNode base, ObjectNode said) {
        StudyPatch patch = new StudyPatch(base);
        boolean possible = patch.elements("", base, said, Merge.OWN_OF_STUDY, "series")
                && patch.series(base.path("series"), said.path("series"))
                && patch.operations.size() <= OPERATIONS_MAX
                && patch.result.equals(said); // in the same order: it must not depend on the order of arrival
        return possible ? Optional.of(patch.operations) : Optional.empty();
    }

    /** False: something differs that others may have written as well. */
    private boolean elements(String path, JsonNode base, JsonNode said, Set<String> own, String apart) {
        Set<String> names = new TreeSet<>();
        base.fieldNames().forEachRemaining(names::add);
        said.fieldNames().forEachRemaining(names::add);
        names.remove(apart);
        for (String name : names) {
            JsonNode before = base.get(name);
            JsonNode now = said.get(name);
            if (before != null && before.equals(now)) {
                continue;
            }
            if (!own.contains(name)) {
                return false;
            }
            change(path, name, before, now);
        }
        return true;
    }

    private void change(String path, String name, @Nullable JsonNode before, @Nullable JsonNode now) {
        ObjectNode target = (ObjectNode) result.at(path);
        if (before != null) {
            operation("test", path + '/' + name, before);
        }
        if (now == null) {
            operation("remove", path + '/' + name, null);
            target.remove(name);
        } else {
            operation(before == null ? "add" : "replace", path + '/' + name, now);
            target.set(name, now);
        }
    }

    private void operation(String op, String path, @Nullable JsonNode value) {
        ObjectNode operation = operations.addObject().put("op", op).put("path", path);
        if (value != null) {
            operation.set("value", value);
        }
    }

    private boolean series(JsonNode base, JsonNode said) {
        Map<String, JsonNode> now = byUid(said);
        int index = 0;
        for (JsonNode before : base) {
            JsonNode series = now.remove(before.path("uid").asText());
            if (series == null || !series("/series/" + index++, before, series)) {
                return false;
            }
        }
        if (!now.isEmpty() && base.isEmpty()) {
            return false; // somebody may have put an array there
        }
        now.values().forEach(one -> append("/series", one));
        return true;
    }

    private boolean series(String path, JsonNode before, JsonNode now) {
        if (before.equals(now)) {
            return true;
        }
        operation("test", path + "/uid", before.get("uid"));
        Map<String, JsonNode> instances = byUid(now.path("instance"));
        for (JsonNode instance : before.path("instance")) {
            if (!instance.equals(instances.remove(instance.path("uid").asText()))) {
                return false;
            }
        }
        if (!instances.isEmpty() && before.path("instance").isEmpty()) {
            return false;
        }
        instances.values().forEach(one -> append(path + "/instance", one));
        return elements(path, before, now, Merge.OWN_OF_SERIES, "instance");
    }

    private void append(String path, JsonNode element) {
        operation("add", path + "/-", element);
        ((ArrayNode) result.at(path)).add(element);
    }

    private static Map<String, JsonNode> byUid(JsonNode array) {
        Map<String, JsonNode> elements = new LinkedHashMap<>();
        array.forEach(element -> elements.put(element.path("uid").asText(), element));
        return elements;
    }
}
