package io.portolan.cli;

import io.portolan.gateway.config.ConfigException;
import io.portolan.gateway.config.GatewayConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that needs the configuration. */
final class ConfigOptions {

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "Configuration file (YAML). Without it: the defaults.")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "Set one configuration key, for example --set publish.quiet=2s. May be given several times; goes over"
                            + " the file and over environment variables (PORTOLAN_PUBLISH_QUIET=2s).")
    private Map<String, String> overrides = new LinkedHashMap<>();

    /** @throws ConfigException with everything that is wrong, and what would be right */
    GatewayConfig load() throws ConfigException {
        return GatewayConfig.load(Optional.ofNullable(file), System.getenv(), overrides);
    }

    /** The same, with what options of the command say over everything else. */
    GatewayConfig load(Map<String, String> more) throws ConfigException {
        Map<String, String> all = new LinkedHashMap<>(overrides);
        all.putAll(more);
        return GatewayConfig.load(Optional.ofNullable(file), System.getenv(), all);
    }

    /** The same for what is to be started. */
    GatewayConfig loadToStart() throws ConfigException {
        return GatewayConfig.loadToStart(Optional.ofNullable(file), System.getenv(), overrides);
    }
}
