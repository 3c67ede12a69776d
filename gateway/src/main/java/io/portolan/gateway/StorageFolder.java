package io.portolan.gateway;

import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.receive.InstanceStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The right to keep files in a storage folder: of one gateway at a time, however many share a ledger. The folder has an id of
 * its own, in the file {@value #ID_FILE}, by which the ledger knows it wherever it is moved to.
 */
final class StorageFolder implements Closeable {

    private static final String ID_FILE = "folder-id";

    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private static final int ID_BYTES = 36;

    private final Path folder;
    private final ExclusiveFile file;
    private final String id;

    private StorageFolder(Path folder, ExclusiveFile file, String id) {
        this.folder = folder;
        this.file = file;
        this.id = id;
    }

    /** Whether a gateway has kept files there. */
    static boolean isThere(Path folder) {
        return Files.isRegularFile(folder.resolve(ID_FILE));
    }

    /**
     * Takes it for a ledger that has its files, or that it is new to; makes it, and its id, where it is not there.
     *
     * @throws IOException another gateway has it, it cannot be had, or it holds files of another ledger; says what to do
     */
    static StorageFolder open(Path folder, Ledger ledger) throws IOException {
        StorageFolder taken = take(folder);
        try {
            if (!ledger.storages().knows(taken.id)
                    && (!ledger.isFile() || ledger.storages().isAny())
                    && InstanceStore.open(folder).holdsFiles()) {
                throw new IOException(
                        "the instances that are kept in " + folder
                                + " are not in this ledger: portolan reindex puts them there. Or set storage.dir to another folder.");
            }
            ledger.storages().use(taken.id, taken.place());
            return taken;
        } catch (IOException | RuntimeException e) {
            taken.close();
            throw e;
        }
    }

    /** As {@link #open}, for who makes a ledger of the files. */
    static StorageFolder openToIndex(Path folder, Ledger ledger) throws IOException {
        StorageFolder taken = take(folder);
        ledger.storages().use(taken.id, taken.place());
        return taken;
    }

    private static StorageFolder take(Path folder) throws IOException {
        Optional<ExclusiveFile> free;
        try {
            DurableFiles.makeDirectories(folder);
            free = ExclusiveFile.takeIfFree(folder.resolve(ID_FILE));
            if (free.isPresent()) {
                return new StorageFolder(folder, free.get(), id(free.get().channel(), folder));
            }
        } catch (IOException e) {
            throw new IOException(
                    "instances cannot be kept in " + folder + ": " + FileReason.of(e)
                            + "; make it writable, or set storage.dir",
                    e);
        }
        throw new IOException(
                "another gateway keeps its instances in " + folder + "; set storage.dir to a folder of its own");
    }

    /** An id that was not written to its end is known to nobody. */
    private static String id(FileChannel channel, Path folder) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(ID_BYTES);
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
            // more
        }
        String there = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
        if (ID.matcher(there).matches()) {
            return there;
        }
        String made = UUID.randomUUID().toString();
        channel.truncate(0);
        channel.write(ByteBuffer.wrap((made + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
        channel.force(true);
        DurableFiles.sync(folder);
        return made;
    }

    /** For people: host and path. */
    private String place() {
        return Host.name() + ":" + folder.toAbsolutePath().normalize();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
