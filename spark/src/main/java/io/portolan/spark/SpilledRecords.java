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

/**
 * The records of an archive: first all are put, then all are taken. In between they are in a file of the executor's, which has
 * patients' data, is its owner's alone, and goes when it is closed: an archive may have a million entries.
 */
final class SpilledRecords implements FileReader.Sink, Iterator<byte[]>, AutoCloseable {

    private static final int BUFFER_BYTES = 1 << 16;

    private final FileChannel channel;
    private final DataOutputStream out;
    private DataInputStream in;
    private int left;

    SpilledRecords() throws IOException {
        Path file = Files.createTempFile("portolan", ".records"); // its owner's alone
        channel = FileChannel.open(
                file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES));
        in = input();
    }

    private DataInputStream input() {
        return new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel), BUFFER_BYTES));
    }

    @Override
    public void accept(FileRecord record) throws IOException {
        ByteBuffer bytes = record.toBytes();
        out.writeInt(bytes.remaining());
        out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        left++;
    }

    /** Nothing is put any more. */
    void rewind() throws IOException {
        out.flush();
        channel.position(0);
        in = input();
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
            byte[] record = new byte[in.readInt()];
            in.readFully(record);
            left--;
            return record;
        } catch (IOException e) {
            throw new UncheckedIOException(e); // of this machine: the task fails, and is run again
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
