package io.portolan.gateway.config;

/** A configuration file with every key at its default, each explained by the line above it. */
public final class ExampleConfig {

    private ExampleConfig() {}

    public static String yaml() {
        StringBuilder text = new StringBuilder();
        text.append("# Portolan. Every key is optional; the values here are the defaults.\n");
        for (Keys.Section section : Keys.SECTIONS) {
            text.append("\n# ").append(section.description()).append('\n');
            text.append(section.name()).append(":\n");
            for (Key<?> key : section.keys()) {
                text.append("  # ").append(key.description()).append('\n');
                text.append("  # Right: ").append(key.kind().right()).append(".\n");
                text.append("  ")
                        .append(key.name())
                        .append(": ")
                        .append(quoted(key))
                        .append('\n');
            }
        }
        return text.toString();
    }

    /** Quoted where a colon might be read as a mapping by a stricter eye than ours. */
    private static String quoted(Key<?> key) {
        boolean plain = key.kind() instanceof Kind.Table || !key.standard().contains(":");
        return plain ? key.standard() : '"' + key.standard() + '"';
    }
}
