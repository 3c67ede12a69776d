package io.portolan.gateway;

import io.portolan.gateway.config.GatewayConfig;
import io.portolan.gateway.config.GatewayConfig.StorageMode;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerException;
import io.portolan.gateway.ledger.LedgerLock;
import io.portolan.gateway.receive.InstanceStore;
import io.portolan.gateway.receive.Reindex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes the ledger from the files that are kept, or adds to it those that it does not name; while no gateway runs.
 *
 * <pre>
 *   ledger is there        files that it does not name are added, batch by batch
 *   none, or from scratch  LEDGER.new is made whole; then the old one is renamed, then the new one
 * </pre>
 *
 * So a ledger is never half made: broken off, the next run begins anew, or goes on.
 */
public final class LedgerRebuild {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss").withZone(ZoneOffset.UTC);

    /** SQLite's own files beside a database; the database last, since without it they are nothing. */
    private static final List<String> PARTS = List.of("-wal", "-shm", "");

    private final GatewayConfig config;
    private final Path ledger;
    private final boolean fromScratch;

    /** @param fromScratch whether what the ledger has is left behind, under another name */
    public LedgerRebuild(GatewayConfig config, boolean fromScratch) {
        this.config = config;
        this.ledger = config.ledger().file().toAbsolutePath().normalize();
        this.fromScratch = fromScratch;
    }

    /**
     * What was done.
     *
     * @param kept where the old ledger is now; empty: it was added to, or there was none
     */
    public record Result(Reindex.Result files, Optional<Path> kept) {}

    /**
     * Does it all.
     *
     * @param unreferenced whether files that a start of the gateway has set aside are taken in too
     * @throws IOException nothing is kept, a gateway runs, or a file cannot be had; says what to do
     */
    @SuppressWarnings("try") // the lock is only held
    public Result run(boolean unreferenced, Reindex.Listener listener) throws IOException {
        if (config.storage().mode() != StorageMode.KEEP
                || !Files.isDirectory(config.storage().dir())) {
            throw new IOException("no instances are kept: storage.mode is "
                    + config.storage().mode().name().toLowerCase(Locale.ROOT) + ", storage.dir is "
                    + config.storage().dir() + "; give the configuration that serve was given");
        }
        try (LedgerLock lock = LedgerLock.take(ledger)) {
            if (Files.exists(ledger) && !fromScratch) {
                return new Result(fill(ledger, unreferenced, listener), Optional.empty());
            }
            requireAllKept();
            Path made = ledger.resolveSibling(ledger.getFileName() + ".new");
            for (String part : PARTS) {
                Files.deleteIfExists(part(made, part));
            }
            Reindex.Result files = fill(made, unreferenced, listener);
            @Nullable Path old = setAside();
            DurableFiles.move(made, ledger);
            return new Result(files, Optional.ofNullable(old));
        } catch (LedgerException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private Reindex.Result fill(Path file, boolean unreferenced, Reindex.Listener listener) throws IOException {
        try (Ledger filled = Gateway.openLedger(config, file)) {
            return new Reindex(
                            Gateway.engine(config),
                            InstanceStore.open(config.storage().dir()),
                            filled,
                            config.dicom().limits().readLimits(),
                            config.mapping(),
                            config.dicom().correctingAeTitles())
                    .run(unreferenced, listener);
        }
    }

    /** Closing it also puts into the file what SQLite had beside it. One that is damaged says nothing. */
    private void requireAllKept() throws IOException {
        long unkept = 0;
        if (Files.exists(ledger)) {
            try (Ledger old = Gateway.openLedger(config, ledger)) {
                unkept = old.unkept();
            } catch (IOException | LedgerException e) {
                return;
            }
        }
        if (unkept > 0) {
            throw new IOException(
                    "the ledger has " + unkept + " instances of which no file is kept; made from scratch it would"
                            + " not know them. Without --from-scratch, what the files have more is added to it");
        }
    }

    private @Nullable Path setAside() throws IOException {
        if (!Files.exists(ledger)) {
            return null;
        }
        Path old = ledger.resolveSibling(ledger.getFileName() + "." + TIME.format(Instant.now()));
        for (String part : PARTS) {
            if (Files.exists(part(ledger, part))) {
                DurableFiles.move(part(ledger, part), part(old, part));
            }
        }
        return old;
    }

    private static Path part(Path file, String part) {
        return file.resolveSibling(file.getFileName() + part);
    }
}
