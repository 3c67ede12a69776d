package io.portolan.gateway.receive;

import io.portolan.dicom.Uid;
import io.portolan.gateway.DurableFiles;
import io.portolan.gateway.FileReason;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.mapping.study.Instance;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of kept instances, each as it came, with a PS3.10 head.
 *
 * <pre>
 * storage/incoming/UUID.part                          being received; nobody was told that it is safe
 * storage/STUDY-UID/SERIES-UID/SOP-UID-UUID.dcm       received; whole, on disk and safe once the ledger names it
 * storage/unreferenced/STUDY-UID/SERIES-UID/...       the ledger did not name it when the gateway started
 * </pre>
 *
 * {@link FileRemoval} removes those that nobody needs any more.
 *
 * Only validated UIDs and names of our own stand in a path. No file is ever overwritten.
 */
public final class InstanceStore {

    private static final Logger LOG = LoggerFactory.getLogger(InstanceStore.class);

    private static final Pattern TEMPORARY = Pattern.compile(KeptFiles.UUID_FORM + "\\.part");

    /** How many directories to remember as being on disk. */
    private static final int DIRECTORIES_MAX = 10_000;

    private final Path root;
    private final Path incoming;
    private final boolean forwards;
    private final Set<Path> onDisk = ConcurrentHashMap.newKeySet();

    /** Held for writing while folders are removed: none may go between being made and getting its file. */
    private final ReentrantReadWriteLock folders = new ReentrantReadWriteLock();

    private InstanceStore(Path root, boolean forwards) {
        this.root = root;
        this.incoming = root.resolve("incoming");
        this.forwards = forwards;
    }

    /** Opens the storage directory; makes it when it is not there. */
    public static InstanceStore open(Path directory) throws IOException {
        return open(directory, false);
    }

    /**
     * As the other.
     *
     * @param forwards whether what is kept is to be sent on, and is not needed here afterwards
     */
    public static InstanceStore open(Path directory, boolean forwards) throws IOException {
        InstanceStore store = new InstanceStore(directory.toAbsolutePath().normalize(), forwards);
        DurableFiles.makeDirectories(store.incoming);
        return store;
    }

    /** Whether what is kept is to be sent on. */
    boolean forwards() {
        return forwards;
    }

    IncomingFile begin() {
        return new IncomingFile(incoming.resolve(UUID.randomUUID() + ".part"));
    }

    /**
     * Whether one of the files holds the very data set of a file that is being received, whoever sent it.
     *
     * @param isNamed whether the ledger still names a file; one may go while it is looked for
     */
    boolean hasSameDataSet(IncomingFile file, List<String> kept, Predicate<String> isNamed) throws StorageException {
        if (!kept.isEmpty()) {
            file.flush();
        }
        for (String name : kept) {
            try {
                if (KeptFile.hasDataSet(root.resolve(name), file.path(), file.dataSetPosition())) {
                    return true;
                }
            } catch (NoSuchFileException e) {
                if (isNamed.test(name)) {
                    LOG.warn("The ledger names a file that is not there: {}", name);
                }
            } catch (IOException e) {
                throw new StorageException("compare with a kept file", e);
            }
        }
        return false;
    }

    /**
     * Gives a file its final name. When this returns, the file and its name are on disk; when it fails, closing the file removes
     * it.
     *
     * <p>Named before it is synced, so that a journaling file system has both in one transaction: the sync of the folder finds
     * nothing left to write. Until then only the ledger, which does not name it, tells that it may not be whole.
     *
     * @return the path inside the storage directory, as the ledger keeps it
     */
    String keep(IncomingFile file, Instance instance) throws StorageException {
        Path study = root.resolve(instance.study().value());
        Path series = study.resolve(instance.series().value());
        Path path = series.resolve(instance.instance() + "-" + UUID.randomUUID() + ".dcm");
        try {
            place(file, study, series, path);
            file.sync();
            DurableFiles.sync(series);
        } catch (StorageException e) {
            throw e;
        } catch (IOException e) {
            onDisk.clear();
            throw new StorageException("keep a file", e);
        }
        file.kept();
        return root.relativize(path).toString();
    }

    /** From then on its folder is not empty, and stays. */
    private void place(IncomingFile file, Path study, Path series, Path path) throws IOException {
        folders.readLock().lock();
        try {
            makeDirectory(study);
            makeDirectory(series);
            file.place(path);
        } finally {
            folders.readLock().unlock();
        }
    }

    /** Removes a file that was kept but not recorded. */
    void remove(String name) {
        try {
            Files.deleteIfExists(root.resolve(name));
        } catch (IOException e) {
            LOG.warn("Cannot remove {}, which was not recorded; the next start will set it aside", name, e);
        }
    }

    /**
     * Makes a directory unless somebody has, and returns when its name is on disk, whoever made it. Not in the mount point of a
     * file system that has gone.
     */
    private void makeDirectory(Path directory) throws IOException {
        if (!onDisk.contains(directory)) {
            if (!Files.isDirectory(incoming)) {
                throw new NoSuchFileException(incoming.toString());
            }
            Files.createDirectories(directory);
            DurableFiles.sync(directory.resolve("..").normalize());
            if (onDisk.size() >= DIRECTORIES_MAX) {
                onDisk.clear();
            }
            onDisk.add(directory);
        }
    }

    /**
     * Removes folders that are empty: of a series, then of its study. Not while anything is being given its name, so that no
     * folder goes under a file that is moved into it.
     *
     * @param names of files that were in them
     * @return false: not now
     */
    boolean removeEmptyFolders(Collection<String> names) {
        if (!folders.writeLock().tryLock()) {
            return false;
        }
        try {
            names.stream()
                    .map(name -> root.resolve(name).resolve("..").normalize())
                    .distinct()
                    .forEach(series -> {
                        removeIfEmpty(series);
                        removeIfEmpty(series.resolve("..").normalize());
                    });
            return true;
        } finally {
            folders.writeLock().unlock();
        }
    }

    private void removeEmptyFolders(Uid study) throws IOException {
        Path folder = root.resolve(study.value());
        for (Path series : KeptFiles.list(folder)) {
            if (Files.isDirectory(series, LinkOption.NOFOLLOW_LINKS)) {
                removeIfEmpty(series);
            }
        }
        removeIfEmpty(folder);
    }

    private void removeIfEmpty(Path folder) {
        try {
            Files.delete(folder);
            onDisk.remove(folder);
        } catch (DirectoryNotEmptyException | NoSuchFileException e) {
            LOG.trace("{} stays, or has gone", folder);
        } catch (IOException e) {
            LOG.debug("Cannot remove the empty folder {}: {}", folder, FileReason.of(e));
        }
    }

    /**
     * What a sweep found.
     *
     * @param removed files that were being received when the gateway stopped
     * @param setAside files that the ledger does not name
     */
    public record Swept(int removed, int setAside) {}

    /**
     * Tidies up behind a gateway that stopped in the middle; to be called before anything is received.
     *
     * <p>A file without a row was not acknowledged, and may not be whole, or the ledger is not the one that it was recorded in. As
     * these cannot be told apart, it is set aside, not removed; {@link Reindex} takes in what is whole.
     */
    public Swept sweep(Ledger ledger) throws IOException {
        int removed = 0;
        for (Path file : KeptFiles.list(incoming)) {
            if (TEMPORARY.matcher(file.getFileName().toString()).matches() && KeptFiles.isFile(file)) {
                Files.delete(file);
                removed++;
            }
        }
        int setAside = 0;
        for (Uid study : KeptFiles.studies(root)) {
            Set<String> known = ledger.files().of(study);
            for (Path name : KeptFiles.names(root, study)) {
                if (!known.contains(name.toString())) {
                    moveInto(unreferenced(), name, root);
                    setAside++;
                }
            }
            removeEmptyFolders(study);
        }
        if (removed > 0 || setAside > 0) {
            LOG.warn(
                    "Removed {} files that were not received to their end; set {} files aside that the ledger does not"
                            + " name, in {}; portolan reindex --unreferenced takes them in again",
                    removed,
                    setAside,
                    unreferenced());
        }
        return new Swept(removed, setAside);
    }

    /** Whether any file is kept, whatever the ledger says. */
    public boolean holdsFiles() throws IOException {
        return KeptFiles.isAny(root);
    }

    /** How many files were set aside. */
    long countUnreferenced() throws IOException {
        long count = 0;
        for (Uid study : KeptFiles.studies(unreferenced())) {
            count += KeptFiles.names(unreferenced(), study).size();
        }
        return count;
    }

    /** Puts the files that were set aside back to where they were. */
    void takeBack() throws IOException {
        for (Uid study : KeptFiles.studies(unreferenced())) {
            for (Path name : KeptFiles.names(unreferenced(), study)) {
                moveInto(root, name, unreferenced());
            }
        }
    }

    private static void moveInto(Path to, Path name, Path from) throws IOException {
        Path target = to.resolve(name);
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            LOG.warn("{} is there twice; both are left where they are", name);
            return;
        }
        DurableFiles.makeDirectories(target.getParent());
        DurableFiles.move(from.resolve(name), target);
    }

    /** Where files of the names stand that the ledger keeps. */
    Path root() {
        return root;
    }

    private Path unreferenced() {
        return root.resolve("unreferenced");
    }
}
