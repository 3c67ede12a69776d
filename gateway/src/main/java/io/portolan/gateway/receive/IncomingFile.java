package io.portolan.gateway.receive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * A file that is being received, under a temporary name; gone when it is closed, unless it was moved away before.
 *
 * <p>Written in large pieces. Owned by the thread of its association.
 */
final class IncomingFile extends OutputStream {

    /** Enough for most headers; a file that is longer gets {@value #BUFFER_MAX_BYTES}. */
    private static final int BUFFER_BYTES = 32 * 1024;

    private static final int BUFFER_MAX_BYTES = 256 * 1024;

    private final Path path;
    private final FileChannel channel;
    private byte[] buffer = new byte[BUFFER_BYTES];
    private int filled;
    private long size;
    private long dataSetPosition;
    private boolean moved;

    /** @throws StorageException it cannot be made */
    IncomingFile(Path path) throws StorageException {
        this.path = path;
        try {
            channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new StorageException("create a file", e);
        }
    }

    Path path() {
        return path;
    }

    /** What is written from now on is the data set. */
    void dataSetBegins() {
        dataSetPosition = size + filled;
    }

    /** Where the data set begins, in bytes. */
    long dataSetPosition() {
        return dataSetPosition;
    }

    @Override
    public void write(int b) throws StorageException {
        makeRoom();
        buffer[filled++] = (byte) b;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws StorageException {
        for (int done = 0; done < length; ) {
            makeRoom();
            int step = Math.min(length - done, buffer.length - filled);
            System.arraycopy(bytes, offset + done, buffer, filled, step);
            filled += step;
            done += step;
        }
    }

    /** Moves bytes from a stream into the file. @return how many: fewer than n where the stream ends */
    long transferFrom(InputStream in, long n) throws IOException {
        long moved = 0;
        while (moved < n) {
            makeRoom();
            int read = in.read(buffer, filled, (int) Math.min(n - moved, buffer.length - filled));
            if (read < 0) {
                break;
            }
            filled += read;
            moved += read;
        }
        return moved;
    }

    private void makeRoom() throws StorageException {
        if (filled == buffer.length) {
            flush();
            if (buffer.length < BUFFER_MAX_BYTES) {
                buffer = Arrays.copyOf(buffer, BUFFER_MAX_BYTES);
            }
        }
    }

    @Override
    public void flush() throws StorageException {
        try {
            for (ByteBuffer left = ByteBuffer.wrap(buffer, 0, filled); left.hasRemaining(); ) {
                channel.write(left);
            }
        } catch (IOException e) {
            throw new StorageException("write a file", e);
        }
        size += filled;
        filled = 0;
    }

    /** Returns when all bytes are on disk. */
    void sync() throws StorageException {
        flush();
        try {
            channel.force(true);
        } catch (IOException e) {
            throw new StorageException("sync a file", e);
        }
    }

    /** A stream whose bytes pass into this file as they are read or skipped. */
    InputStream tee(InputStream in) {
        return new InputStream() {

            @Override
            public int read() throws IOException {
                int b = in.read();
                if (b >= 0) {
                    IncomingFile.this.write(b);
                }
                return b;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int read = in.read(bytes, offset, length);
                if (read > 0) {
                    IncomingFile.this.write(bytes, offset, read);
                }
                return read;
            }

            @Override
            public long skip(long n) throws IOException {
                return transferFrom(in, n);
            }
        };
    }

    /** It has its final name: nothing is left to remove. */
    void moved() {
        moved = true;
    }

    @Override
    public void close() throws StorageException {
        try {
            channel.close();
            if (!moved) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new StorageException("remove a temporary file", e);
        }
    }
}
