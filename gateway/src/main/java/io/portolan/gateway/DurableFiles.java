package io.portolan.gateway;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Names of files and folders that survive a power cut: a name is on disk when the folder that it stands in is synced. */
public final class DurableFiles {

    private DurableFiles() {}

    /** Makes a folder and those above it, and returns when the names of all that were missing are on disk. */
    public static void makeDirectories(@Nullable Path directory) throws IOException {
        if (directory == null || Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.getParent();
        makeDirectories(parent);
        Files.createDirectories(directory);
        if (parent != null) {
            sync(parent);
        }
    }

    /** Moves a file, never over another file system's border, and returns when its new name is on disk. */
    public static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        sync(to.resolve("..").normalize());
    }

    /** Returns when all names in a folder are on disk. */
    public static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
