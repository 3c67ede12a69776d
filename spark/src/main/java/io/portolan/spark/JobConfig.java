package io.portolan.spark;

import io.portolan.gateway.config.ConfigException;
import io.portolan.gateway.config.ConversionConfig;
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
 * What every task needs to know: the configuration as it was given, checked by the driver, and read once in each process. The text
 * of the file goes to the executors, which has no secrets (they are in files and variables of their own); of the environment only
 * what decides how files are read and mapped. What has to do with the rest of it was the driver's to check.
 */
final class JobConfig implements Serializable {

    private static final long serialVersionUID = 1;
    private static final Pattern WANTED = Pattern.compile("PORTOLAN_(MAPPING|SHARING|DICOM)_.*");

    private final @Nullable String yaml;
    private final TreeMap<String, String> environment = new TreeMap<>();
    private final LinkedHashMap<String, String> overrides;
    private final @Nullable String callingAe;
    private final boolean strict;
    private transient @Nullable ConversionConfig read; // guarded by this

    /**
     * Checks the whole configuration.
     *
     * @param file YAML, which only the driver can read; null: there is none
     * @param callingAe who the files came from; null: nobody knows
     * @param strict whether what the mapping has to say is a problem
     * @throws ConfigException with every problem of every source
     */
    JobConfig(
            @Nullable Path file,
            Map<String, String> environment,
            Map<String, String> overrides,
            @Nullable String callingAe,
            boolean strict)
            throws IOException, ConfigException {
        this.read = ConversionConfig.of(GatewayConfig.load(Optional.ofNullable(file), environment, overrides));
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

    synchronized ConversionConfig config() {
        ConversionConfig config = read;
        if (config == null) {
            config = read();
            read = config;
        }
        return config;
    }

    private ConversionConfig read() {
        try {
            return ConversionConfig.ofChecked(Optional.ofNullable(yaml), environment, overrides);
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
