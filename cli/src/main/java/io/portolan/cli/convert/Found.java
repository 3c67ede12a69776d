package io.portolan.cli.convert;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file that is to be looked at.
 *
 * @param name see {@link Names}
 * @param size in bytes; 0 when there is a problem
 * @param modified milliseconds since 1970
 * @param problem why it cannot be looked at; null: it can
 */
record Found(
        Path path,
        String name,
        long size,
        long modified,
        @Nullable IOException problem) {

    Found(Path path, long size, long modified) {
        this(path, Names.of(path), size, modified, null);
    }

    Found(Path path, IOException problem) {
        this(path, Names.of(path), 0, 0, problem);
    }
}
