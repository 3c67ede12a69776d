package io.portolan.gateway.config;

import java.util.Locale;

/**
 * One row of the table of keys.
 *
 * @param section such as {@code publish}
 * @param name such as {@code max-delay}
 * @param standard the default, as it would be written
 * @param description one line, as {@code docs/configuration.md} and the example file show it
 */
record Key<T>(String section, String name, Kind<T> kind, String standard, String description) {

    static final String ENVIRONMENT_PREFIX = "PORTOLAN_";

    /** {@code publish.max-delay} */
    String path() {
        return section + "." + name;
    }

    /** {@code PORTOLAN_PUBLISH_MAX_DELAY} */
    String variable() {
        return ENVIRONMENT_PREFIX + path().replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }
}
