package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Objects;

/** The one switch that rewrites golden files and generated pages; the review is {@code git diff}. */
final class Goldens {

    private Goldens() {}

    static boolean rewrite() {
        boolean write = "write".equals(System.getProperty("portolan.golden"));
        if (write) {
            assertThat(System.getenv("CI"))
                    .as("goldens are not rewritten in CI")
                    .isNull();
        }
        return write;
    }

    static Path root() {
        return Path.of(Objects.requireNonNull(System.getProperty("portolan.root"), "run by Maven"));
    }
}
