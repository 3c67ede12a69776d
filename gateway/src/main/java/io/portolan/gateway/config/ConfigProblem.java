package io.portolan.gateway.config;

/**
 * One thing that is wrong with the configuration, where it stands, and what would be right.
 *
 * @param source the file as it was named, {@code environment} or {@code --set}
 * @param line counted from 1; 0 where the source has no lines
 * @param key the key ({@code publish.quiet}) or the variable's name; empty when the source as a whole is meant
 * @param message what is wrong and what would be right
 */
public record ConfigProblem(String source, int line, String key, String message) {

    /** {@code portolan.yaml:3: publish.quite: unknown key; did you mean publish.quiet?} */
    @Override
    public String toString() {
        return source + (line > 0 ? ":" + line : "") + ": " + (key.isEmpty() ? "" : key + ": ") + message;
    }
}
