package io.portolan.cli.convert;

import io.portolan.dicom.io.ReadLimits;
import io.portolan.gateway.FileTree;
import io.portolan.gateway.convert.Found;
import io.portolan.gateway.convert.LocalFile;
import io.portolan.gateway.convert.MediaDirectory;
import io.portolan.gateway.convert.Names;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files of all inputs, in order, by a thread that runs ahead of whoever reads them: so that it is known early how much
 * there is, and memory stays bounded.
 *
 * <p>A file that is a DICOMDIR stands for the files that it names; one in a folder does not, since they are found anyway.
 */
final class Inputs implements AutoCloseable {

    private static final int BATCH = 64;
    private static final int BATCHES_AHEAD = 1024;
    private static final int PATH_MAX_BYTES = 1 << 16;

    /** Files that a run writes into its output and its state. */
    private static final Pattern WRITTEN =
            Pattern.compile(".+\\.(json|ndjson|ndjson\\.gz|part)|journal|output|ledger-.+");

    private final List<Path> roots;
    private final @Nullable InputStream list;
    private final Set<Path> skipped;
    private final ReadLimits limits;
    private final BlockingQueue<List<Found>> queue = new ArrayBlockingQueue<>(BATCHES_AHEAD);
    private final Thread walker = new Thread(this::walk, "walk");
    private List<Found> batch = new ArrayList<>(BATCH); // the walker's

    private final AtomicLong files = new AtomicLong();
    private volatile boolean complete;
    private volatile @Nullable Throwable failure;

    /**
     * Begins to walk.
     *
     * @param list further files and folders, a line each, or each with a NUL behind it; null: there are none
     * @param skipped files and folders that are left out; they exist
     * @param limits of a DICOMDIR
     */
    Inputs(List<Path> roots, @Nullable InputStream list, Set<Path> skipped, ReadLimits limits) {
        this.roots = withoutNested(roots);
        this.list = list;
        this.skipped = skipped;
        this.limits = limits;
        walker.setDaemon(true);
        walker.start();
    }

    /** What lies below another input, or is given twice, is walked through once. */
    private static List<Path> withoutNested(List<Path> roots) {
        List<Path> kept = new ArrayList<>();
        for (Path root : roots) {
            Path whole = root.toAbsolutePath().normalize();
            boolean nested = roots.stream()
                    .map(other -> other.toAbsolutePath().normalize())
                    .anyMatch(other -> !other.equals(whole) && whole.startsWith(other));
            boolean twice = kept.stream()
                    .anyMatch(other -> other.toAbsolutePath().normalize().equals(whole));
            if (!nested && !twice) {
                kept.add(root);
            }
        }
        return kept;
    }

    /** The next files; empty: there are no more. */
    List<Found> next() throws IOException, InterruptedException {
        List<Found> next = queue.take();
        Throwable failed = failure;
        if (next.isEmpty() && failed != null) {
            throw new IOException("the inputs could not be searched", failed);
        }
        return next;
    }

    /** How many files have been found so far. */
    long files() {
        return files.get();
    }

    /** Whether all have been found. */
    boolean isComplete() {
        return complete;
    }

    @Override
    public void close() {
        walker.interrupt();
    }

    private void walk() {
        try {
            for (Path root : roots) {
                walk(root);
            }
            if (list != null) {
                walk(list);
            }
            end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed: nobody waits for more
        } catch (IOException | RuntimeException | Error e) { // whatever it is, somebody waits for the end
            failure = e;
            end();
        }
    }

    private void end() {
        try {
            complete = true;
            if (!batch.isEmpty()) {
                queue.put(batch);
            }
            queue.put(List.of());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void walk(Path root) throws InterruptedException {
        Optional<MediaDirectory> media =
                isMediaDirectory(root) ? MediaDirectory.find(new LocalFile(root), limits) : Optional.empty();
        FileTree.walk(root, skipped, new Adding());
        if (media.isPresent()) {
            for (MediaDirectory.Entry entry : media.get().entries()) {
                if (MediaDirectory.isThere(entry)) {
                    FileTree.walk(((LocalFile) entry.file()).path(), skipped, new Adding()); // beside a local one
                }
            }
        }
    }

    static boolean isMediaDirectory(Path path) {
        return MediaDirectory.isNamedSo(new LocalFile(path));
    }

    /** A path has no NUL: a list that has one has one behind each, and then a line feed is part of a name. */
    private void walk(InputStream paths) throws IOException, InterruptedException {
        BufferedInputStream in = new BufferedInputStream(paths);
        in.mark(PATH_MAX_BYTES);
        boolean lines = indexOf(in.readNBytes(PATH_MAX_BYTES), (byte) 0) < 0;
        in.reset();
        ByteArrayOutputStream path = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == (lines ? '\n' : 0)) {
                walkListed(path.toByteArray(), lines);
                path.reset();
            } else if (path.size() < PATH_MAX_BYTES) {
                path.write(b);
            }
        }
        walkListed(path.toByteArray(), lines);
    }

    private static int indexOf(byte[] bytes, byte one) {
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == one) {
                return i;
            }
        }
        return -1;
    }

    private void walkListed(byte[] bytes, boolean line) throws InterruptedException {
        boolean ended = line && bytes.length > 0 && bytes[bytes.length - 1] == '\r';
        if (ended && !Files.exists(Names.path(bytes), LinkOption.NOFOLLOW_LINKS)) {
            walkListed(Arrays.copyOf(bytes, bytes.length - 1), false); // a list made by Windows
        } else if (bytes.length > 0) {
            walk(Names.path(bytes));
        }
    }

    /** What is skipped is named by a list all the same, or is itself an input: what was written there is none. */
    private boolean isOwn(Path file) {
        Path name = file.getFileName();
        boolean written = name != null && WRITTEN.matcher(name.toString()).matches();
        try {
            for (Path one : skipped) {
                boolean same = Objects.equals(name, one.getFileName()) && Files.isSameFile(file, one);
                if (same || written && Files.isSameFile(file.resolveSibling(""), one)) {
                    return true;
                }
            }
        } catch (IOException e) {
            return false; // said when it is read
        }
        return false;
    }

    private void add(Found found) throws InterruptedException {
        batch.add(found);
        files.incrementAndGet();
        if (batch.size() == BATCH) {
            queue.put(batch);
            batch = new ArrayList<>(BATCH);
        }
    }

    private final class Adding implements FileTree.Visitor {

        @Override
        public void file(Path file, BasicFileAttributes attributes) throws InterruptedException {
            if (!isOwn(file)) {
                add(new Found(
                        file, attributes.size(), attributes.lastModifiedTime().toMillis()));
            }
        }

        @Override
        public void unreadable(Path path, IOException problem) throws InterruptedException {
            add(new Found(path, problem));
        }
    }
}
