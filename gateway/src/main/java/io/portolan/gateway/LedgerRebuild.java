package io.portolan.gateway;

import io.portolan.gateway.config.GatewayConfig;
import io.portolan.gateway.config.GatewayConfig.StorageMode;
import io.portolan.gateway.ledger.ForwardCounts;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerException;
import io.portolan.gateway.ledger.LedgerLock;
import io.portolan.gateway.ledger.LedgerOptions;
import io.portolan.gateway.ledger.LedgerPlace;
import io.portolan.gateway.receive.InstanceStore;
import io.portolan.gateway.receive.Reindex;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * Makes the ledger from the files that are kept, or adds to it those that it does not name; while no gateway runs.
 *
 * <pre>
 *   ledger is there        files that it does not name are added, batch by batch
 *   none, or from scratch  LEDGER.new is made whole; then the old one is renamed, then the new one
 * </pre>
 *
 * So a ledger is never half made: broken off, the next run begins anew, or goes on. And no ledger takes the place of one that
 * knows more.
 */
public final class LedgerRebuild {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss").withZone(ZoneOffset.UTC);

    /**
     * A database, and SQLite's own files beside it: those belong to whatever has its name, so none may be left where another
     * takes that. The database goes first: what is left of an interrupted move is then no ledger, instead of an older state of
     * it.
     */
    private static final List<String> PARTS = List.of("", "-wal", "-shm");

    private final GatewayConfig config;
    private final LedgerPlace place;
    private final Path ledger; // of a place that is no file: never used
    private final boolean fromScratch;
    private final boolean leaveOut;

    /**
     * What is asked for.
     *
     * @param fromScratch whether what the ledger has is left behind, under another name
     * @param leaveOut whether a ledger is made although some files cannot be recorded
     */
    public LedgerRebuild(GatewayConfig config, boolean fromScratch, boolean leaveOut) {
        this.config = config;
        Optional<Path> file = config.ledger().place().file();
        this.ledger = file.orElse(Path.of("")).toAbsolutePath().normalize();
        this.place = file.isPresent() ? LedgerPlace.of(ledger) : config.ledger().place();
        this.fromScratch = fromScratch;
        this.leaveOut = leaveOut;
    }

    /**
     * What was done.
     *
     * @param made false: a ledger was to be made, and was not, since some files cannot be recorded
     * @param kept where the old ledger is now; empty: it was added to, or there was none
     */
    public record Result(Reindex.Result files, boolean made, Optional<Path> kept) {}

    /** Whether there is a ledger: an empty file is none. */
    static boolean isThere(Path ledger) throws IOException {
        return Files.exists(ledger) && Files.size(ledger) > 0;
    }

    /**
     * Does it all.
     *
     * @param unreferenced whether files that a start of the gateway has set aside are taken in too
     * @throws IOException nothing is kept, a gateway runs, the old ledger knows more, or a file cannot be had; says what to do
     */
    @SuppressWarnings("try") // the lock is only held
    public Result run(boolean unreferenced, Reindex.Listener listener) throws IOException {
        Path storage = config.storage().dir();
        if (config.storage().mode() == StorageMode.DISCARD || !Files.isDirectory(storage)) {
            throw new IOException("no instances are kept: storage.mode is "
                    + config.storage().mode().name().toLowerCase(Locale.ROOT) + ", storage.dir is " + storage
                    + "; give the configuration that serve was given");
        }
        if (config.storage().mode() == StorageMode.FORWARD
                && place.file().isPresent()
                && !isThere(ledger)
                && !fromScratch) {
            throw forwarded(storage);
        }
        if (place.file().isEmpty()) {
            requireSharedMayBeFilled(storage);
        }
        try (LedgerLock lock = LedgerLock.take(place)) {
            return place.file().isEmpty() || isThere(ledger) && !fromScratch
                    ? new Result(fill(place, unreferenced, listener), true, Optional.empty())
                    : make(unreferenced, listener);
        } catch (LedgerException e) {
            throw new IOException(e.getMessage(), e);
        } catch (FileSystemException e) {
            throw new IOException(storage + " or the ledger's folder cannot be had: " + FileReason.of(e), e);
        }
    }

    private Result make(boolean unreferenced, Reindex.Listener listener) throws IOException {
        long known = instancesOfOld();
        requireNothingWaits();
        Path made = ledger.resolveSibling(ledger.getFileName() + ".new");
        remove(made);
        Reindex.Result files = fill(LedgerPlace.of(made), unreferenced, listener);
        if (files.leftOut() > 0 && !leaveOut) {
            remove(made);
            return new Result(files, false, Optional.empty());
        }
        try (Ledger filled = Gateway.openLedger(config, LedgerPlace.of(made))) {
            requireNoFewer(known, filled.counts().instances());
        } catch (IOException e) {
            remove(made);
            throw e;
        }
        if (Files.exists(part(made, "-wal"))) { // it would stay behind
            throw new IOException(
                    "SQLite could not finish " + made + "; look at the free space and the health of its disk");
        }
        Optional<Path> old = setAside();
        DurableFiles.move(made, ledger);
        return new Result(files, true, old);
    }

    private void requireNoFewer(long known, long found) throws IOException {
        if (found == 0) {
            throw new IOException("no instances are in " + config.storage().dir() + ": is it what serve was given, and"
                    + " mounted? Nothing was changed");
        }
        if (found < known) {
            throw new IOException(
                    "the ledger has " + known + " instances, and the kept files only " + found
                            + " of them, so it is not replaced. Without --from-scratch, what the files have more is added to it");
        }
    }

    /** In a ledger of mode keep, files that wait for the PACS could not be told from others. */
    private void requireNothingWaits() throws IOException {
        if (config.storage().mode() == StorageMode.KEEP && waitingOfOld() > 0) {
            throw new IOException(
                    "the ledger has instances that wait to be forwarded, which the files do not say, so it is not"
                            + " replaced. With storage.mode forward, --from-scratch has all of them forwarded");
        }
    }

    private void requireSharedMayBeFilled(Path storage) throws IOException {
        try (Ledger shared = Gateway.openLedger(config, place)) {
            boolean isEmpty = shared.counts().instances() == 0;
            if (fromScratch && !isEmpty) {
                throw new IOException(
                        "the ledger " + place + " is shared, and is not replaced: restore it from a backup, or name an"
                                + " empty database and run portolan reindex on each gateway's host");
            }
            if (config.storage().mode() == StorageMode.FORWARD && isEmpty && !fromScratch) {
                throw forwarded(storage);
            }
        }
    }

    private static IOException forwarded(Path storage) {
        return new IOException("what was forwarded is not in " + storage
                + " any more, so studies would be published with what is left of them. --from-scratch makes the ledger all"
                + " the same: what waits is forwarded, and portolan sync with the PACS lists the rest again");
    }

    @SuppressWarnings("try") // the folder is only held
    private Reindex.Result fill(LedgerPlace made, boolean unreferenced, Reindex.Listener listener) throws IOException {
        try (Ledger filled = Gateway.openLedger(config, made);
                StorageFolder folder =
                        StorageFolder.openToIndex(config.storage().dir(), filled)) {
            return new Reindex(
                            Gateway.engine(config),
                            InstanceStore.open(
                                    config.storage().dir(), config.storage().mode() == StorageMode.FORWARD),
                            filled,
                            config.dicom().limits().readLimits(),
                            config.mapping(),
                            config.dicom().correctingAeTitles())
                    .run(unreferenced, listener);
        }
    }

    private long instancesOfOld() {
        return ofOld(old -> old.counts().instances());
    }

    private long waitingOfOld() {
        return ofOld(old -> {
            ForwardCounts counts = old.files().forwards().counts();
            return counts.waiting() + counts.parked();
        });
    }

    /** One that is damaged says nothing. */
    private long ofOld(ToLongFunction<Ledger> what) {
        if (!Files.exists(ledger)) {
            return 0;
        }
        try (Ledger old = Ledger.open(LedgerOptions.of(ledger), InstantSource.system())) {
            return what.applyAsLong(old);
        } catch (LedgerException e) {
            if (e.isDamage()) {
                return 0;
            }
            throw e;
        }
    }

    private Optional<Path> setAside() throws IOException {
        Path old = ledger.resolveSibling(ledger.getFileName() + "." + TIME.format(Instant.now()));
        boolean any = false;
        for (String part : PARTS) {
            if (Files.exists(part(ledger, part))) {
                DurableFiles.move(part(ledger, part), part(old, part));
                any |= part.isEmpty();
            }
        }
        return any ? Optional.of(old) : Optional.empty();
    }

    private static void remove(Path file) throws IOException {
        for (String part : PARTS) {
            Files.deleteIfExists(part(file, part));
        }
    }

    private static Path part(Path file, String part) {
        return file.resolveSibling(file.getFileName() + part);
    }
}
