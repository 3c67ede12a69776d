package io.portolan.spark;

import io.portolan.gateway.convert.Found;
import io.portolan.gateway.convert.LocalFile;
import io.portolan.gateway.convert.Location;
import java.net.URI;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * A file that was listed.
 *
 * @param number its place in the order of the names, from 0
 * @param uri absolute, escaped; {@code file:} for a disk
 * @param size in bytes
 * @param modified milliseconds since 1970
 * @param problem why it cannot be looked at; null: it can
 */
record ListedFile(
        long number,
        String uri,
        long size,
        long modified,
        @Nullable String problem) {

    private static final String LOCAL = "file";

    /** As text, for a task. */
    String format() {
        return number + "\t" + size + "\t" + modified + "\t" + (problem == null ? "" : problem) + "\t" + uri;
    }

    static ListedFile parse(String text) {
        String[] fields = text.split("\t", 5);
        return new ListedFile(
                Long.parseLong(fields[0]),
                fields[4],
                Long.parseLong(fields[1]),
                Long.parseLong(fields[2]),
                fields[3].isEmpty() ? null : fields[3]);
    }

    Found found(Configuration configuration) {
        Location location = locate(URI.create(uri), size, configuration);
        return new Found(location, location.name(), size, modified, null);
    }

    static boolean isLocal(URI uri) {
        return LOCAL.equals(uri.getScheme());
    }

    /** A path that was given; what is not ASCII in it, in the encoding that names on the disk are in. */
    static URI uri(org.apache.hadoop.fs.Path path) {
        URI uri = path.toUri();
        return isLocal(uri) ? Path.of(uri.getPath()).toUri() : uri;
    }

    /** A disk is read as {@code convert} reads it, with its links and its names in whatever encoding. */
    static Location locate(URI uri, long size, Configuration configuration) {
        return isLocal(uri)
                ? new LocalFile(Path.of(uri))
                : new HadoopFile(new org.apache.hadoop.fs.Path(uri), size, configuration);
    }
}
