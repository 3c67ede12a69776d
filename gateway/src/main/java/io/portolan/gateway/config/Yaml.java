package io.portolan.gateway.config;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * YAML 1.1 as a tree of nodes that know their lines. Nothing is constructed from it: no beans, no tags, no YAML types, so
 * that {@code +01:00} stays text and {@code yes} is no truth value.
 */
final class Yaml {

    private static final int TEXT_MAX_CODE_POINTS = 1024 * 1024;
    private static final int DEPTH_MAX = 16;
    private static final int ALIASES_MAX = 50;

    private Yaml() {}

    /** One key of a mapping and what stands there. */
    record Entry(String name, Place place, Node value) {}

    /** The one document of the text; empty when there is nothing but comments, or when it was reported as no YAML. */
    static Optional<Node> compose(String text, Place place) {
        LoaderOptions limits = new LoaderOptions();
        limits.setCodePointLimit(TEXT_MAX_CODE_POINTS);
        limits.setNestingDepthLimit(DEPTH_MAX);
        limits.setMaxAliasesForCollections(ALIASES_MAX);
        try {
            return Optional.ofNullable(new org.yaml.snakeyaml.Yaml(limits).compose(new StringReader(text)))
                    .filter(node -> !isNull(node));
        } catch (MarkedYAMLException e) {
            Optional<Mark> mark = Optional.ofNullable(e.getProblemMark());
            mark.map(m -> place.atLine(m.getLine() + 1)).orElse(place).report("is not valid YAML: " + e.getProblem());
        } catch (ReaderException e) {
            long line = 1
                    + text.codePoints()
                            .limit(e.getPosition())
                            .filter(c -> c == '\n')
                            .count();
            place.atLine((int) line)
                    .report("is not valid YAML: it has the control character U+%04X".formatted(e.getCodePoint()));
        } catch (YAMLException e) {
            String firstLine =
                    String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            place.report("is not valid YAML: " + firstLine);
        }
        return Optional.empty();
    }

    /** The entries in their order, each name once. What is no mapping, has no plain name or comes twice is reported. */
    static List<Entry> entries(Node node, Place place, String example) {
        if (!(node instanceof MappingNode mapping)) {
            place.at(node).report("must have keys below it, such as " + example + ", not " + describe(node));
            return List.of();
        }
        List<Entry> entries = new ArrayList<>();
        Map<String, Integer> lines = new HashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Node key = tuple.getKeyNode();
            if (!(key instanceof ScalarNode name) || isNull(key)) {
                place.at(key).report("a key must be a word, not " + describe(key));
                continue;
            }
            Place here = place.within(name.getValue()).at(key);
            Integer first =
                    lines.putIfAbsent(name.getValue(), key.getStartMark().getLine() + 1);
            if (first != null) {
                here.report(place.hasLines() ? "given twice; first on line " + first : "given twice");
                continue;
            }
            entries.add(new Entry(name.getValue(), here, tuple.getValueNode()));
        }
        return entries;
    }

    static boolean isNull(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    static String describe(Node node) {
        if (isNull(node)) {
            return "empty";
        }
        if (node instanceof ScalarNode scalar) {
            return quote(scalar.getValue());
        }
        return node instanceof SequenceNode ? "a list" : "a mapping";
    }

    /** The text as a message may show it: on one line, and not endless. */
    static String quote(String text) {
        String line = text.replaceAll("\\p{Cntrl}", " ");
        return '"' + (line.length() > 80 ? line.substring(0, 77) + "..." : line) + '"';
    }
}
