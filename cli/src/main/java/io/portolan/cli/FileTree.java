package io.portolan.cli;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** All files of files and folders, symbolic links followed. What cannot be opened is named, and the walk goes on. */
final class FileTree {

    private FileTree() {}

    /**
     * Lists files, in the order of the file system, each path once.
     *
     * @param skipped files and folders below the given ones that are left out; they exist
     * @param unreadable told a file or folder that cannot be opened, is no regular file, or closes a loop of symbolic
     *     links
     * @throws UsageException when a path does not exist
     */
    static List<Path> list(List<Path> paths, Set<Path> skipped, BiConsumer<Path, IOException> unreadable)
            throws IOException, UsageException {
        Set<Path> files = new LinkedHashSet<>();
        for (Path path : paths) {
            if (!Files.exists(path)) {
                throw new UsageException("no such file or folder: " + path);
            }
            Files.walkFileTree(
                    path,
                    EnumSet.of(FileVisitOption.FOLLOW_LINKS),
                    Integer.MAX_VALUE,
                    new Visitor(path, files, skipped, unreadable));
        }
        return List.copyOf(files);
    }

    /** A device, a pipe or a socket. */
    private static final class NotRegularFileException extends FileSystemException {

        private static final long serialVersionUID = 1;

        NotRegularFileException(Path file) {
            super(file.toString(), null, "no regular file");
        }
    }

    private static final class Visitor extends SimpleFileVisitor<Path> {

        private final Path root;
        private final Set<Path> files;
        private final Set<Path> skipped;
        private final BiConsumer<Path, IOException> unreadable;

        Visitor(Path root, Set<Path> files, Set<Path> skipped, BiConsumer<Path, IOException> unreadable) {
            this.root = root;
            this.files = files;
            this.skipped = skipped;
            this.unreadable = unreadable;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
            return isSkipped(folder) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        private boolean isSkipped(Path path) throws IOException {
            for (Path one : skipped) {
                if (!path.equals(root) && Files.isSameFile(path, one)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            if (isSkipped(file)) {
                return FileVisitResult.CONTINUE;
            }
            if (attributes.isOther()) {
                // opening a named pipe would wait for whoever writes into it
                unreadable.accept(file, new NotRegularFileException(file));
            } else {
                files.add(file);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException problem) {
            unreadable.accept(file, problem);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException problem) {
            if (problem != null) {
                unreadable.accept(folder, problem);
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
