package io.portolan.gateway.receive;

import io.portolan.gateway.DurableFiles;
import io.portolan.gateway.FileReason;
import io.portolan.gateway.ledger.DroppedFiles;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes files that nobody needs any more, once their rows are gone, and the folders that become empty.
 *
 * <pre>
 * one commit: row deleted, name among the dropped -> file deleted, folder synced -> name forgotten
 * </pre>
 *
 * A crash between leaves a name, and {@link #finish} at the next start does the rest. May be called by several threads.
 */
public final class FileRemoval {

    private static final Logger LOG = LoggerFactory.getLogger(FileRemoval.class);

    private static final int PAGE_FILES = 1_000;

    /** Names to remember while their folders cannot be looked at; the next start looks at all. */
    private static final int LATER_MAX = 10_000;

    private final InstanceStore store;
    private final DroppedFiles dropped;
    private final Set<String> later = new HashSet<>(); // guarded by itself

    public FileRemoval(InstanceStore store, Ledger ledger) {
        this.store = store;
        this.dropped = ledger.files().dropped();
    }

    /** What was removed. */
    public record Removed(long files, long bytes) {}

    /** Removes what was left by a gateway that stopped in the middle; to be called before anything is received. */
    public Removed finish() {
        long files = 0;
        long bytes = 0;
        List<String> before = List.of();
        for (List<String> names = dropped.some(PAGE_FILES);
                !names.isEmpty() && !names.equals(before);
                names = dropped.some(PAGE_FILES)) {
            Removed some = remove(names);
            files += some.files;
            bytes += some.bytes;
            before = names;
        }
        return new Removed(files, bytes);
    }

    /**
     * Removes files whose names are among the dropped. One that cannot be removed is named in the log, and tried again at the
     * next start.
     *
     * @throws LedgerException the files are removed, and their names not forgotten
     */
    public Removed remove(Collection<String> names) {
        List<String> gone = new ArrayList<>();
        long bytes = 0;
        for (String name : names) {
            try {
                bytes += delete(store.root().resolve(name));
                gone.add(name);
            } catch (IOException e) {
                LOG.warn("Cannot remove {}: {}; the next start tries again", name, FileReason.of(e));
            }
        }
        if (!gone.isEmpty() && sync(gone)) {
            dropped.gone(gone);
        }
        removeEmptyFolders(gone);
        return new Removed(gone.size(), bytes);
    }

    private static long delete(Path file) throws IOException {
        try {
            long size = Files.size(file);
            Files.delete(file);
            return size;
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    /** A name that comes back after a power cut must still be known as dropped. */
    private boolean sync(List<String> names) {
        Set<Path> folders = new LinkedHashSet<>();
        names.forEach(
                name -> folders.add(store.root().resolve(name).resolve("..").normalize()));
        return folders.stream().allMatch(FileRemoval::sync);
    }

    private static boolean sync(Path folder) {
        try {
            DurableFiles.sync(folder);
            return true;
        } catch (NoSuchFileException e) {
            return true; // it was empty, and somebody has removed it
        } catch (IOException e) {
            LOG.warn("Cannot sync a storage folder: {}", FileReason.of(e));
            return false;
        }
    }

    private void removeEmptyFolders(List<String> names) {
        synchronized (later) {
            later.addAll(names);
            if (store.removeEmptyFolders(later) || later.size() > LATER_MAX) {
                later.clear();
            }
        }
    }
}
