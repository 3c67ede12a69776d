package io.portolan.gateway.config;

import io.portolan.dicom.io.ReadLimits;
import io.portolan.mapping.MappingOptions;
import java.util.Map;
import java.util.Optional;

/** Of the configuration what decides what files and studies become, and nothing of what connects them with anybody. */
public record ConversionConfig(MappingOptions mapping, Sharing sharing, ReadLimits limits) {

    public static ConversionConfig of(GatewayConfig config) {
        return new ConversionConfig(
                config.mapping(), config.sharing(), config.dicom().limits().readLimits());
    }

    /**
     * Reads what {@link GatewayConfig#load} has taken, in another process. What does not concern the conversion may be missing from
     * it: no key is looked at beside others.
     *
     * @param yaml text of the file; empty: there is none
     * @throws ConfigException when it was not checked, with every problem of a single value
     */
    public static ConversionConfig ofChecked(
            Optional<String> yaml, Map<String, String> environment, Map<String, String> overrides)
            throws ConfigException {
        Settings settings = Settings.gatherChecked(yaml, environment, overrides);
        return new ConversionConfig(
                GatewayConfig.mapping(settings), GatewayConfig.sharing(settings), GatewayConfig.readLimits(settings));
    }
}
