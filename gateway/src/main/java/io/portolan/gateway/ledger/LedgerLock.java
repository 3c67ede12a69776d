package io.portolan.gateway.ledger;

import io.portolan.gateway.DurableFiles;
import io.portolan.gateway.FileReason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The right to be the one that receives into a ledger: of one process at a time, and gone with it however it ends. Held on a
 * file beside the ledger, which is left there.
 */
public final class LedgerLock implements AutoCloseable {

    private final FileChannel channel;

    private LedgerLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes it at once, or not at all; makes the directory of the ledger where it is not there.
     *
     * @throws IOException another process has it, or the file cannot be had; says what to do
     */
    public static LedgerLock take(Path ledger) throws IOException {
        return takeIfFree(ledger)
                .orElseThrow(() -> new IOException("The ledger " + ledger
                        + " is in use by another portolan serve, sync or reindex; stop that first."));
    }

    /**
     * The same; empty: another process has it.
     *
     * @throws IOException the file cannot be had; says what to do
     */
    public static Optional<LedgerLock> takeIfFree(Path ledger) throws IOException {
        Path file = ledger.toAbsolutePath();
        FileChannel channel;
        try {
            DurableFiles.makeDirectories(file.getParent());
            file = Files.exists(file) ? file.toRealPath() : file; // by whatever links it is reached
            file = file.resolveSibling(file.getFileName() + ".lock");
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new IOException("The ledger " + ledger + " cannot be locked: " + FileReason.of(e) + ", " + file, e);
        }
        try {
            if (channel.tryLock() == null) {
                throw new OverlappingFileLockException();
            }
            return Optional.of(new LedgerLock(channel));
        } catch (OverlappingFileLockException e) { // of another process, or of this one
            channel.close();
            return Optional.empty();
        } catch (IOException e) {
            channel.close();
            throw new IOException("The ledger " + ledger + " cannot be locked: " + FileReason.of(e), e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
