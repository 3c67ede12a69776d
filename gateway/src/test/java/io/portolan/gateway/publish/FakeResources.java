package io.portolan.gateway.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a {@link FakeFhirServer} has: resources by {@code Type/id}, each in its newest version. Guarded by the server. */
final class FakeResources {

    /** Never changed once it is here. */
    record Stored(ObjectNode resource, String version) {

        String etag() {
            return "W/\"" + version + '"';
        }
    }

    private final Map<String, Stored> resources = new TreeMap<>();
    private final Map<String, Set<String>> byIdentifier = new HashMap<>();
    private final Map<String, Integer> versions = new HashMap<>();
    private final Set<String> deleted = new HashSet<>();
    private int repeated;
    private int lastId;
    private int lastVersion;

    Optional<Stored> find(String path) {
        return Optional.ofNullable(resources.get(path));
    }

    Stored get(String path) {
        return Objects.requireNonNull(resources.get(path), path);
    }

    boolean has(String path) {
        return resources.containsKey(path);
    }

    boolean wasDeleted(String path) {
        return deleted.contains(path);
    }

    /** How often it was written. */
    int versions(String path) {
        return versions.getOrDefault(path, 0);
    }

    /** Versions that say what the version before them says. */
    int repeated() {
        return repeated;
    }

    private static ObjectNode withoutMeta(ObjectNode resource) {
        return resource.deepCopy().without("meta");
    }

    List<Stored> all(String type) {
        return resources.entrySet().stream()
                .filter(e -> e.getKey().startsWith(type + '/'))
                .map(Map.Entry::getValue)
                .toList();
    }

    String newPath(String type) {
        return type + '/' + ++lastId;
    }

    Stored store(String path, ObjectNode resource, boolean uuidVersions) {
        String version = uuidVersions ? UUID.randomUUID().toString() : Integer.toString(++lastVersion);
        ObjectNode copy = resource.deepCopy();
        copy.put("id", path.substring(path.indexOf('/') + 1));
        copy.withObject("/meta").put("versionId", version).put("lastUpdated", "2026-01-01T00:00:00Z");
        Stored stored = new Stored(copy, version);
        Stored before = resources.get(path);
        if (before != null && withoutMeta(before.resource).equals(withoutMeta(copy))) {
            repeated++;
        }
        remove(path);
        put(path, stored);
        versions.merge(path, 1, Integer::sum);
        return stored;
    }

    void delete(String path) {
        remove(path);
        deleted.add(path);
    }

    private void put(String path, Stored stored) {
        resources.put(path, stored);
        identifiers(path, stored)
                .forEach(key -> byIdentifier
                        .computeIfAbsent(key, one -> new TreeSet<>())
                        .add(path));
    }

    private void remove(String path) {
        Stored before = resources.remove(path);
        if (before != null) {
            identifiers(path, before)
                    .forEach(key ->
                            byIdentifier.getOrDefault(key, new TreeSet<>()).remove(path));
        }
    }

    private static Set<String> identifiers(String path, Stored stored) {
        Set<String> keys = new LinkedHashSet<>();
        stored.resource
                .path("identifier")
                .forEach(i -> keys.add(key(
                        path.substring(0, path.indexOf('/')),
                        i.path("system").asText(),
                        i.path("value").asText())));
        stored.resource
                .at("/meta/tag")
                .forEach(t -> keys.add(key(
                        path.substring(0, path.indexOf('/')),
                        t.path("system").asText(),
                        t.path("code").asText())));
        return keys;
    }

    private static String key(String type, String system, String value) {
        return type + ' ' + system + ' ' + value;
    }

    /** Paths of those that a search for {@code identifier=system|value} finds, or for a tag. */
    List<String> matching(String type, String query) {
        String[] token = URLDecoder.decode(query.replaceFirst("^(identifier|_tag)=", ""), StandardCharsets.UTF_8)
                .split("(?<!\\\\)\\|", 2);
        return List.copyOf(
                byIdentifier.getOrDefault(key(type, unescaped(token[0]), unescaped(token[1])), new TreeSet<>()));
    }

    private static String unescaped(String text) {
        return text.replaceAll("\\\\(.)", "$1");
    }

    boolean knowsAllReferencesOf(ObjectNode resource) {
        return resource.findValues("reference").stream()
                .map(JsonNode::asText)
                .map(reference -> reference.replaceFirst("/_history/.*", ""))
                .allMatch(resources::containsKey);
    }

    /** All resources, for {@link #putBack}. */
    Map<String, Stored> copy() {
        return new TreeMap<>(resources);
    }

    void putBack(Map<String, Stored> before) {
        List.copyOf(resources.keySet()).forEach(this::remove);
        before.forEach(this::put);
    }

    /** RFC 6902, as far as publishing needs it; null: it does not apply. */
    static @Nullable ObjectNode patched(ObjectNode resource, JsonNode operations) {
        ObjectNode result = resource.deepCopy();
        for (JsonNode operation : operations) {
            String path = operation.path("path").asText();
            JsonNode parent = result.at(path.substring(0, path.lastIndexOf('/')));
            String name = path.substring(path.lastIndexOf('/') + 1);
            JsonNode value = operation.path("value");
            boolean applied = switch (operation.path("op").asText()) {
                case "test" -> result.at(path).equals(value);
                case "add" ->
                    parent instanceof ObjectNode object
                            ? object.set(name, value) != null
                            : parent.isArray() && add(parent, name, value);
                case "replace" ->
                    parent instanceof ObjectNode object && object.has(name) && object.set(name, value) != null;
                case "remove" -> parent instanceof ObjectNode object && object.remove(name) != null;
                default -> false;
            };
            if (!applied) {
                return null;
            }
        }
        return result;
    }

    private static boolean add(JsonNode array, String name, JsonNode value) {
        ArrayNode elements = (ArrayNode) array;
        elements.insert(name.equals("-") ? elements.size() : Integer.parseInt(name), value);
        return true;
    }
}
