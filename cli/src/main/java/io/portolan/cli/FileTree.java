package io.portolan.cli;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.BiConsumer;

/** All files of files and folders, symbolic links followed. What cannot be opened is named, and the walk goes on. */
final class FileTree {

    private FileTree() {}

    /**
     * Lists files, in the order of the file system.
     *
     * @param unreadable told a file or folder that cannot be opened, or closes a loop of symbolic links
     * @throws UsageException when a path does not exist
     */
    static List<Path> list(List<Path> paths, BiConsumer<Path, IOException> unreadable)
            throws IOException, UsageException {
        List<Path> files = new ArrayList<>();
        for (Path path : paths) {
            if (!Files.exists(path)) {
                throw new UsageException("no such file or folder: " + path);
            }
            Files.walkFileTree(
                    path, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new Visitor(files, unreadable));
        }
        return files;
    }

    private static final class Visitor extends SimpleFileVisitor<Path> {

        private final List<Path> files;
        private final BiConsumer<Path, IOException> unreadable;

        Visitor(List<Path> files, BiConsumer<Path, IOException> unreadable) {
            this.files = files;
            this.unreadable = unreadable;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            files.add(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException problem) {
            unreadable.accept(file, problem);
            return FileVisitResult.CONTINUE;
        }
    }
}
