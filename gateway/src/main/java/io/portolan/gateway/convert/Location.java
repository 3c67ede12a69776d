package io.portolan.gateway.convert;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.util.List;
import java.util.Optional;

/** A file or folder, whatever file system it is in. Equal when it has the same path. */
public interface Location {

    /** The whole path for a person, in UTF-8: no two files have one name. */
    String name();

    /** The same from a folder on. */
    String nameBelow(Location folder);

    /** The last part of the path, as the file system has it; empty for a root. */
    String lastName();

    /** Whether there is something. */
    boolean exists();

    /** Whether it is a regular file: opening a named pipe would wait for whoever writes into it. */
    boolean isFile();

    /** Skipping does not fetch what is skipped, where the file system can seek. */
    InputStream open() throws IOException;

    /** For reading at any place. */
    SeekableByteChannel openChannel() throws IOException;

    /** Where it lies. */
    Location folder();

    /** What has this name in it, whether it is there or not; empty: the file system can have no such name. */
    Optional<Location> resolve(String name);

    List<Location> list() throws IOException;
}
