package io.portolan.gateway;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * All files of files and folders, ascending by name within a folder, symbolic links followed. What cannot be opened is named,
 * and the walk goes on.
 */
public final class FileTree {

    /** Who is told. */
    public interface Visitor {

        void file(Path file, BasicFileAttributes attributes) throws InterruptedException;

        /** A file or folder that cannot be opened, is no regular file, or closes a loop of symbolic links. */
        void unreadable(Path path, IOException problem) throws InterruptedException;
    }

    /** A device, a pipe or a socket: opening a named pipe would wait for whoever writes into it. */
    private static final class NotRegularFileException extends FileSystemException {

        private static final long serialVersionUID = 1;

        NotRegularFileException(Path file) {
            super(file.toString(), null, "no regular file");
        }
    }

    private final Set<Object> skipped; // identities
    private final Visitor visitor;
    private final Deque<Object> folders = new ArrayDeque<>(); // identities of those that the walk is in

    private FileTree(Set<Object> skipped, Visitor visitor) {
        this.skipped = skipped;
        this.visitor = visitor;
    }

    /**
     * Walks through a file or folder.
     *
     * @param skipped files and folders below it that are left out; they exist
     */
    public static void walk(Path root, Set<Path> skipped, Visitor visitor) throws InterruptedException {
        new FileTree(identities(skipped), visitor).walk(root, true);
    }

    private static Set<Object> identities(Set<Path> paths) {
        Set<Object> identities = new HashSet<>();
        for (Path path : paths) {
            try {
                identities.add(identity(path, Files.readAttributes(path, BasicFileAttributes.class)));
            } catch (IOException e) {
                identities.remove(path); // not there any more, so it will not be met either
            }
        }
        return identities;
    }

    /**
     * Lists files, each path once.
     *
     * @param unreadable told what {@link Visitor#unreadable} is
     */
    public static List<Path> list(List<Path> roots, BiConsumer<Path, IOException> unreadable) {
        Set<Path> files = new LinkedHashSet<>();
        Visitor lister = new Visitor() {
            @Override
            public void file(Path file, BasicFileAttributes attributes) {
                files.add(file);
            }

            @Override
            public void unreadable(Path path, IOException problem) {
                unreadable.accept(path, problem);
            }
        };
        try {
            for (Path root : roots) {
                walk(root, Set.of(), lister);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nothing here waits", e);
        }
        return List.copyOf(files);
    }

    /** The first that does not exist. */
    public static Optional<Path> missing(List<Path> roots) {
        return roots.stream().filter(root -> !Files.exists(root)).findFirst();
    }

    private void walk(Path path, boolean root) throws InterruptedException {
        BasicFileAttributes attributes;
        List<Path> children;
        try {
            attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (!root && !skipped.isEmpty() && skipped.contains(identity(path, attributes))) {
                return;
            }
            if (!attributes.isDirectory()) {
                found(path, attributes);
                return;
            }
            Object identity = identity(path, attributes);
            if (folders.contains(identity)) {
                throw new FileSystemLoopException(path.toString());
            }
            children = children(path);
            folders.push(identity);
        } catch (IOException e) { // also of a symbolic link to nothing, and of what is gone since
            visitor.unreadable(path, e);
            return;
        }
        for (Path child : children) {
            walk(path.resolve(child), false);
        }
        folders.pop();
    }

    private void found(Path path, BasicFileAttributes attributes) throws InterruptedException {
        if (attributes.isRegularFile()) {
            visitor.file(path, attributes);
        } else {
            visitor.unreadable(path, new NotRegularFileException(path));
        }
    }

    private static Object identity(Path path, BasicFileAttributes attributes) throws IOException {
        Object key = attributes.fileKey();
        return key == null ? path.toRealPath() : key;
    }

    /** Their names alone: a folder may have a million. */
    private static List<Path> children(Path folder) throws IOException {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(child -> children.add(child.getFileName()));
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        Collections.sort(children);
        return children;
    }
}
