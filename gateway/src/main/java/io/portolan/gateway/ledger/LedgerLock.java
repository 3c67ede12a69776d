package io.portolan.gateway.ledger;

import io.portolan.gateway.DurableFiles;
import io.portolan.gateway.ExclusiveFile;
import io.portolan.gateway.FileReason;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The right to be the one that receives into a ledger: of one process at a time, and gone with it however it ends. Held on a
 * file beside the ledger, which is left there. A ledger in PostgreSQL is for several, and needs none.
 */
public final class LedgerLock implements Closeable {

    private final @Nullable ExclusiveFile file; // null: others may receive into it as well

    private LedgerLock(@Nullable ExclusiveFile file) {
        this.file = file;
    }

    /**
     * Takes it at once, or not at all; makes the directory of the ledger where it is not there.
     *
     * @throws IOException another process has it, or the file cannot be had; says what to do
     */
    public static LedgerLock take(LedgerPlace ledger) throws IOException {
        return takeIfFree(ledger)
                .orElseThrow(() -> new IOException("The ledger " + ledger
                        + " is in use by another portolan serve, sync or reindex; stop that first."));
    }

    /**
     * The same; empty: another process has it.
     *
     * @throws IOException the file cannot be had; says what to do
     */
    public static Optional<LedgerLock> takeIfFree(LedgerPlace ledger) throws IOException {
        return ledger.file().isEmpty()
                ? Optional.of(new LedgerLock(null))
                : takeIfFree(ledger.file().get()).map(LedgerLock::new);
    }

    private static Optional<ExclusiveFile> takeIfFree(Path ledger) throws IOException {
        Path file = ledger.toAbsolutePath();
        try {
            DurableFiles.makeDirectories(file.getParent());
            file = Files.exists(file) ? file.toRealPath() : file; // by whatever links it is reached
            file = file.resolveSibling(file.getFileName() + ".lock");
            return ExclusiveFile.takeIfFree(file);
        } catch (IOException e) {
            throw new IOException("The ledger " + ledger + " cannot be locked: " + FileReason.of(e) + ", " + file, e);
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
