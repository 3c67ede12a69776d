package io.portolan.spark;

import io.portolan.gateway.convert.FileReader;
import io.portolan.gateway.convert.FileRecord;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The records of an archive: first all are put, then all are taken. In between they are in a file of the executor's, which has
 * patients' data, is its owner's alone, and goes when it is closed: an archive may have a million entries.
 */
final class SpilledRecords implements FileReader.Sink, Iterator<byte[]>, AutoCloseable {

    private static final int BUFFER_BYTES = 1 << 16;

    private final FileChannel channel;
    private @Nullable DataOutputStream out; // from the first that is put until none is put any more
    private @Nullable DataInputStream in; // from the first that is taken
    private int left;

    SpilledRecords() throws IOException {
        Path file = Files.createTempFile("portolan", ".records"); // its owner's alone
        channel = FileChannel.open(
                file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
    }

    private DataOutputStream output() {
        DataOutputStream begun = out;
        if (begun == null) {
            begun = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES));
            out = begun;
        }
        return begun;
    }

    private DataInputStream input() {
        DataInputStream begun = in;
        if (begun == null) {
            begun = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel), BUFFER_BYTES));
            in = begun;
        }
        return begun;
    }

    @Override
    public void accept(FileRecord record) throws IOException {
        ByteBuffer bytes = record.toBytes();
        DataOutputStream to = output();
        to.writeInt(bytes.remaining());
        to.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        left++;
    }

    /** Nothing is put any more. */
    void rewind() throws IOException {
        output().flush();
        out = null;
        channel.position(0);
    }

    @Override
    public boolean hasNext() {
        if (left == 0) {
            close();
        }
        return left > 0;
    }

    @Override
    public byte[] next() {
        if (left == 0) {
            throw new NoSuchElementException();
        }
        try {
            DataInputStream from = input();
            byte[] record = new byte[from.readInt()];
            from.readFully(record);
            left--;
            return record;
        } catch (IOException e) {
            throw new UncheckedIOException(e); // of this machine: the task fails, and is run again
        }
    }

    /** Nothing is taken any more; no buffer is held either. */
    @Override
    public void close() {
        out = null;
        in = null;
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
