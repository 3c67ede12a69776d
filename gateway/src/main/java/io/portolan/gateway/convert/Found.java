package io.portolan.gateway.convert;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file that is to be looked at.
 *
 * @param name for a person, and unique
 * @param size in bytes; 0 when there is a problem
 * @param modified milliseconds since 1970
 * @param problem why it cannot be looked at; null: it can
 */
public record Found(
        Location location,
        String name,
        long size,
        long modified,
        @Nullable IOException problem) {

    public Found(Path path, long size, long modified) {
        this(new LocalFile(path), Names.of(path), size, modified, null);
    }

    public Found(Path path, IOException problem) {
        this(new LocalFile(path), Names.of(path), 0, 0, problem);
    }
}
