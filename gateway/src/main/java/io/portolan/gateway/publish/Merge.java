package io.portolan.gateway.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The three-way merge of one resource: what we said last (base), what we say now (ours), what the server has (theirs).
 *
 * <pre>
 *   base  ours  theirs      result
 *   -     -     t           t        others added it
 *   any   o     any         o        we say it: ours stands, or theirs when it is ours and more (a display, a type)
 *   b     -     b or more   -        we no longer say it
 *   b     -     other       theirs   somebody else has said it since
 * </pre>
 *
 * <p>The resource, its {@code meta}, its {@code series} and their {@code instance}s are merged element by element, the
 * latter two matched by {@code uid}. Every other value stands or goes as a whole: half of a reference to one patient and
 * half of one to another must never meet. Elements of other arrays are matched by equality.
 *
 * <p>{@code id}, {@code meta.versionId} and the like are the server's, and survive. Linear in the size of the resource.
 */
final class Merge {

    /** What nobody but the mapping writes: see {@link #assumedBase}. */
    static final Set<String> OWN_OF_STUDY = Set.of(
            "status", "modality", "subject", "started", "numberOfSeries", "numberOfInstances", "description", "series");

    static final Set<String> OWN_OF_SERIES = Set.of(
            "uid",
            "number",
            "modality",
            "description",
            "numberOfInstances",
            "bodySite",
            "laterality",
            "started",
            "instance");

    /** Elements that are merged one by one. */
    private static final Set<String> KEYED_BY_UID = Set.of("series", "instance");

    /** Beyond this many comparisons two arrays are matched by equality alone. */
    private static final int COMPARISONS_MAX = 10_000;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final ObjectNode NOTHING = NODES.objectNode();

    private Merge() {}

    /**
     * Merges.
     *
     * @param base empty: we have said nothing yet
     * @return equal to {@code theirs} when there is nothing to write
     */
    static ObjectNode merge(ObjectNode base, ObjectNode ours, ObjectNode theirs) {
        ObjectNode result = elements(base, ours, theirs);
        if (theirs.has("id")) {
            result.set("id", theirs.get("id"));
        }
        return result;
    }

    /**
     * What we take for our last words on a study that stands on the server although the ledger knows nothing of it: the
     * elements that nobody but a gateway writes, and the endpoints of ours.
     *
     * @param ownEndpoints the references to them
     */
    static ObjectNode assumedBase(ObjectNode theirs, Set<String> ownEndpoints) {
        ObjectNode base = own(OWN_OF_STUDY, theirs, ownEndpoints);
        if (theirs.get("series") instanceof ArrayNode series) {
            ArrayNode own = base.putArray("series");
            series.forEach(s -> own.add(s instanceof ObjectNode object ? own(OWN_OF_SERIES, object, ownEndpoints) : s));
        }
        return base;
    }

    private static ObjectNode own(Set<String> names, ObjectNode theirs, Set<String> ownEndpoints) {
        ObjectNode own = only(names, theirs);
        for (JsonNode endpoint : theirs.path("endpoint")) {
            if (ownEndpoints.contains(endpoint.path("reference").asText())) {
                own.withArray("endpoint").add(endpoint);
            }
        }
        return own;
    }

    /** The resource as it is sent: without what the server makes itself. */
    static ObjectNode forWriting(ObjectNode resource) {
        ObjectNode result = NODES.objectNode();
        result.setAll(resource);
        if (result.get("meta") instanceof ObjectNode meta) {
            ObjectNode kept = meta.deepCopy();
            kept.remove(List.of("versionId", "lastUpdated"));
            if (kept.path("source").asText().startsWith("#")) {
                kept.remove("source"); // a request id, which HAPI FHIR stores there
            }
            result.set("meta", kept);
            if (kept.isEmpty()) {
                result.remove("meta");
            }
        }
        if (result.at("/text/status").asText().equals("generated")) {
            result.remove("text"); // it tells of the version before
        }
        return result;
    }

    private static ObjectNode only(Set<String> names, ObjectNode object) {
        ObjectNode result = NODES.objectNode();
        object.properties().forEach(f -> {
            if (names.contains(f.getKey())) {
                result.set(f.getKey(), f.getValue());
            }
        });
        return result;
    }

    private static ObjectNode elements(ObjectNode base, ObjectNode ours, ObjectNode theirs) {
        Set<String> names = new LinkedHashSet<>();
        theirs.fieldNames().forEachRemaining(names::add);
        ours.fieldNames().forEachRemaining(names::add);
        ObjectNode result = NODES.objectNode();
        for (String name : names) {
            JsonNode value = value(name, base.get(name), ours.get(name), theirs.get(name));
            if (value != null) {
                result.set(name, value);
            }
        }
        return result;
    }

    private static @Nullable JsonNode value(
            String name, @Nullable JsonNode base, @Nullable JsonNode ours, @Nullable JsonNode theirs) {
        if (theirs == null || base == null && ours == null) {
            return theirs == null ? ours : theirs;
        }
        if (name.equals("meta") && theirs instanceof ObjectNode object) {
            ObjectNode meta = elements(objectOrEmpty(base), objectOrEmpty(ours), object);
            return meta.isEmpty() ? null : meta;
        }
        if (!theirs.isArray() || !isArrayOrNothing(base) || !isArrayOrNothing(ours)) {
            return whole(base, ours, theirs);
        }
        boolean keyed = KEYED_BY_UID.contains(name) && haveUids(base) && haveUids(ours) && haveUids(theirs);
        List<JsonNode> merged =
                keyed ? byUid(list(base), list(ours), list(theirs)) : byEquality(list(base), list(ours), list(theirs));
        if (sameInAnyOrder(merged, list(theirs))) {
            return theirs;
        }
        return merged.isEmpty() ? null : NODES.arrayNode(merged.size()).addAll(merged);
    }

    private static @Nullable JsonNode whole(@Nullable JsonNode base, @Nullable JsonNode ours, JsonNode theirs) {
        if (ours == null) {
            return base != null && contains(theirs, base) ? null : theirs;
        }
        return (base == null || base.equals(ours)) && contains(theirs, ours) ? theirs : ours;
    }

    /** Whether it says the same, and perhaps more. */
    private static boolean contains(JsonNode whole, JsonNode part) {
        if (part instanceof ObjectNode object) {
            return whole.isObject()
                    && object.properties().stream()
                            .allMatch(f -> whole.has(f.getKey()) && contains(whole.get(f.getKey()), f.getValue()));
        }
        if (part.isArray() && whole.isArray()) {
            Iterator<JsonNode> candidates = whole.elements();
            for (JsonNode element : part) {
                if (!containsNext(candidates, element)) {
                    return false;
                }
            }
            return true;
        }
        return whole.equals(part);
    }

    private static boolean containsNext(Iterator<JsonNode> candidates, JsonNode element) {
        while (candidates.hasNext()) {
            if (contains(candidates.next(), element)) {
                return true;
            }
        }
        return false;
    }

    private static List<JsonNode> byUid(List<JsonNode> base, List<JsonNode> ours, List<JsonNode> theirs) {
        Map<String, ObjectNode> baseByUid = uidToElement(base);
        Map<String, ObjectNode> theirsByUid = uidToElement(theirs);
        List<JsonNode> result = new ArrayList<>(ours.size());
        uidToElement(ours).forEach((uid, our) -> {
            ObjectNode their = theirsByUid.remove(uid);
            result.add(
                    their == null || their.equals(our)
                            ? our
                            : elements(baseByUid.getOrDefault(uid, NOTHING), our, their));
        });
        theirsByUid.keySet().removeAll(baseByUid.keySet());
        result.addAll(theirsByUid.values());
        return result;
    }

    private static List<JsonNode> byEquality(List<JsonNode> base, List<JsonNode> ours, List<JsonNode> theirs) {
        Pile said = new Pile(base);
        Pile there = new Pile(theirs);
        Map<Integer, JsonNode> found = new TreeMap<>();
        List<Integer> saidBefore = new ArrayList<>();
        List<Integer> added = new ArrayList<>();
        for (int i = 0; i < ours.size(); i++) {
            if (there.takeEqual(ours.get(i))) {
                found.put(i, ours.get(i));
                said.takeEqual(ours.get(i));
            } else {
                (said.takeEqual(ours.get(i)) ? saidBefore : added).add(i);
            }
        }
        List<JsonNode> gone = said.left();
        gone.removeIf(there::takeEqual);
        // what is not there as we said it may be there with something that the server added
        saidBefore.forEach(i -> found.put(i, there.takeContaining(ours.get(i))));
        gone.forEach(there::takeContaining);
        added.forEach(i -> found.put(i, there.takeContaining(ours.get(i))));
        List<JsonNode> result = new ArrayList<>(found.values());
        result.addAll(there.left());
        return result;
    }

    /** Elements to be taken one by one; equal ones are counted. */
    private static final class Pile {

        private final Map<JsonNode, Integer> counts = new LinkedHashMap<>();
        private int comparisonsLeft = COMPARISONS_MAX;

        Pile(List<JsonNode> elements) {
            elements.forEach(e -> counts.merge(e, 1, Integer::sum));
        }

        boolean takeEqual(JsonNode element) {
            boolean there = counts.containsKey(element);
            counts.computeIfPresent(element, (e, count) -> count == 1 ? null : count - 1);
            return there;
        }

        /** Takes an element that says the same and more; there is none: gives the one asked for. */
        JsonNode takeContaining(JsonNode element) {
            for (JsonNode candidate : counts.keySet()) {
                if (comparisonsLeft-- <= 0) {
                    break;
                }
                if (contains(candidate, element)) {
                    takeEqual(candidate);
                    return candidate;
                }
            }
            return element;
        }

        List<JsonNode> left() {
            List<JsonNode> result = new ArrayList<>();
            counts.forEach((element, count) -> result.addAll(Collections.nCopies(count, element)));
            return result;
        }
    }

    private static boolean sameInAnyOrder(List<JsonNode> a, List<JsonNode> b) {
        return a.equals(b) || a.size() == b.size() && new Pile(a).counts.equals(new Pile(b).counts);
    }

    private static Map<String, ObjectNode> uidToElement(List<JsonNode> elements) {
        Map<String, ObjectNode> result = new LinkedHashMap<>();
        elements.forEach(e -> result.putIfAbsent(e.get("uid").textValue(), (ObjectNode) e));
        return result;
    }

    private static boolean haveUids(@Nullable JsonNode array) {
        return list(array).stream().allMatch(e -> e.isObject() && e.path("uid").isTextual());
    }

    private static boolean isArrayOrNothing(@Nullable JsonNode node) {
        return node == null || node.isArray();
    }

    private static List<JsonNode> list(@Nullable JsonNode array) {
        List<JsonNode> result = new ArrayList<>();
        if (array != null) {
            array.forEach(result::add);
        }
        return result;
    }

    private static ObjectNode objectOrEmpty(@Nullable JsonNode node) {
        return node instanceof ObjectNode object ? object : NOTHING;
    }
}
