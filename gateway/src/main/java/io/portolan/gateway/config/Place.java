package io.portolan.gateway.config;

import java.util.List;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Where a value was given, so that what is wrong with it is reported there.
 *
 * @param hasLines false for the environment and {@code --set}, whose values are one text each
 * @param line counted from 1; 0 when there is none
 * @param key the key or the variable's name; empty for the source as a whole
 * @param problems takes what is reported
 */
record Place(String source, boolean hasLines, int line, String key, List<ConfigProblem> problems) {

    static Place inFile(String source, List<ConfigProblem> problems) {
        return new Place(source, true, 0, "", problems);
    }

    static Place inText(String source, String key, List<ConfigProblem> problems) {
        return new Place(source, false, 0, key, problems);
    }

    Place within(String name) {
        return new Place(source, hasLines, line, key.isEmpty() ? name : key + "." + name, problems);
    }

    Place at(Node node) {
        return atLine(node.getStartMark().getLine() + 1);
    }

    Place atLine(int newLine) {
        return new Place(source, hasLines, hasLines ? newLine : 0, key, problems);
    }

    void report(String message) {
        problems.add(new ConfigProblem(source, line, key, message));
    }
}
