package io.portolan.spark;

import io.portolan.gateway.config.ConfigException;
import io.portolan.gateway.config.GatewayConfig;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What every task needs to know: the configuration as it was given, and read once in each process. The text of the file goes to
 * the executors, which has no secrets (they are in files and variables of their own); of the environment only what decides how files are
 * read and mapped.
 */
final class JobConfig implements Serializable {

    private static final long serialVersionUID = 1;
    private static final Pattern WANTED = Pattern.compile("PORTOLAN_(MAPPING|SHARING|DICOM)_.*");

    private final @Nullable String yaml;
    private final TreeMap<String, String> environment = new TreeMap<>();
    private final LinkedHashMap<String, String> overrides;
    private final @Nullable String callingAe;
    private final boolean strict;
    private transient @Nullable GatewayConfig read; // guarded by this

    /**
     * Takes a configuration that was checked.
     *
     * @param file YAML, which only the driver can read; null: there is none
     * @param callingAe who the files came from; null: nobody knows
     * @param strict whether what the mapping has to say is a problem
     */
    JobConfig(
            @Nullable Path file,
            Map<String, String> environment,
            Map<String, String> overrides,
            @Nullable String callingAe,
            boolean strict)
            throws IOException {
        this.yaml = file == null ? null : Files.readString(file);
        environment.forEach((name, value) -> {
            if (WANTED.matcher(name).matches()) {
                this.environment.put(name, value);
            }
        });
        this.overrides = new LinkedHashMap<>(overrides);
        this.callingAe = callingAe;
        this.strict = strict;
    }

    synchronized GatewayConfig config() throws IOException {
        GatewayConfig config = read;
        if (config == null) {
            config = read();
            read = config;
        }
        return config;
    }

    private GatewayConfig read() throws IOException {
        try {
            if (yaml == null) {
                return GatewayConfig.load(Optional.empty(), environment, overrides);
            }
            Path file = Files.createTempFile("portolan", ".yaml");
            try {
                return GatewayConfig.load(Optional.of(Files.writeString(file, yaml)), environment, overrides);
            } finally {
                Files.delete(file);
            }
        } catch (ConfigException e) {
            throw new IllegalStateException("the driver has checked the configuration", e);
        }
    }

    Optional<String> callingAe() {
        return Optional.ofNullable(callingAe);
    }

    boolean isStrict() {
        return strict;
    }
}
