package io.portolan.gateway.receive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A file that is being received, and is gone when it is closed, unless it was kept before.
 *
 * <p>Written in large pieces. What fits into the first is not given a temporary name: it is made where it stays. Owned by the
 * thread of its association.
 */
final class IncomingFile extends OutputStream {

    /** Enough for most headers; a file that is longer gets {@value #BUFFER_MAX_BYTES}. */
    private static final int BUFFER_BYTES = 32 * 1024;

    private static final int BUFFER_MAX_BYTES = 256 * 1024;

    private Path path;
    private @Nullable FileChannel channel; // none as long as the file is not made
    private byte[] buffer = new byte[BUFFER_BYTES];
    private int filled;
    private long size;
    private long dataSetPosition;
    private boolean kept;

    /** @param temporary where it is made when it does not fit into a piece, or is to be looked at before it has a place */
    IncomingFile(Path temporary) {
        this.path = temporary;
    }

    /** Where it is, once it was flushed or placed. */
    Path path() {
        return path;
    }

    /** Gives it the place where it stays, on the same file system. Neither its bytes nor its name are on disk then. */
    void place(Path target) throws IOException {
        if (channel == null) {
            channel = create(target);
        } else {
            flush();
            Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
        }
        path = target;
    }

    private static FileChannel create(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
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
            FileChannel file = made();
            for (ByteBuffer left = ByteBuffer.wrap(buffer, 0, filled); left.hasRemaining(); ) {
                file.write(left);
            }
        } catch (IOException e) {
            throw new StorageException("write a file", e);
        }
        size += filled;
        filled = 0;
    }

    private FileChannel made() throws IOException {
        FileChannel file = channel;
        if (file == null) {
            file = create(path);
            channel = file;
        }
        return file;
    }

    /** Returns when all bytes are on disk. */
    void sync() throws StorageException {
        flush();
        try {
            made().force(true);
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

    /** It stays where it is. */
    void kept() {
        kept = true;
    }

    @Override
    public void close() throws StorageException {
        if (channel == null) {
            return;
        }
        try {
            channel.close();
            if (!kept) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new StorageException("remove a file that is not kept", e);
        }
    }
}
