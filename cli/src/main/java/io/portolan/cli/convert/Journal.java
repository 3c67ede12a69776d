package io.portolan.cli.convert;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The records of a run, one behind the other in a file: what is read once is not read again. Nothing in it is ever changed;
 * a run that is broken off leaves at most half a record at its end, which the next one drops.
 *
 * <pre>
 *   header   length u32, CRC-32C u32, what the records were read with
 *   record   length u32, CRC-32C u32, {@link FileRecord#toBytes}
 * </pre>
 *
 * Appended to by one thread, read by several.
 */
final class Journal implements AutoCloseable {

    static final int FRAME_BYTES = 8;
    private static final int BUFFER_BYTES = 1 << 18;
    private static final int READ_AT_ONCE_BYTES = 4096;

    /** Told the old records, one after the other. */
    interface Reader {

        /** Says whether the journal may go on behind this record: an archive has several. */
        boolean record(long offset, ByteBuffer bytes);
    }

    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private long flushed;

    private Journal(FileChannel channel, long end) {
        this.channel = channel;
        this.flushed = end;
    }

    /**
     * Opens a journal at its end.
     *
     * @param fingerprint what the records depend on beside the files
     * @param old told every record that is there and was read with the same fingerprint; null: they are dropped
     */
    static Journal open(Path file, String fingerprint, @Nullable Reader old) throws IOException {
        FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                ownerOnly(file));
        try {
            lock(channel);
            byte[] header = fingerprint.getBytes(StandardCharsets.UTF_8);
            long end = old == null ? 0 : load(channel, header, old);
            channel.truncate(end).position(end);
            Journal journal = new Journal(channel, end);
            if (end == 0) {
                journal.append(ByteBuffer.wrap(header));
            }
            return journal;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Headers are patients' data. */
    private static FileAttribute<?>[] ownerOnly(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private static void lock(FileChannel channel) throws IOException {
        try {
            if (channel.tryLock() == null) {
                throw new InUseException();
            }
        } catch (OverlappingFileLockException e) { // by this process
            throw new InUseException(e);
        }
    }

    /** Another run has it open. */
    static final class InUseException extends IOException {
        private static final long serialVersionUID = 1;

        InUseException() {}

        InUseException(Throwable cause) {
            super(cause);
        }
    }

    /** Says where the last whole record ends; 0: there is none that can be used. */
    private static long load(FileChannel channel, byte[] header, Reader old) throws IOException {
        channel.position(0);
        DataInputStream in =
                new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel), BUFFER_BYTES));
        byte[] first = next(in, channel.size());
        if (first == null || !Arrays.equals(first, header)) {
            return 0;
        }
        long end = (long) FRAME_BYTES + first.length;
        long good = end;
        for (byte[] record = next(in, channel.size() - end); record != null; record = next(in, channel.size() - end)) {
            boolean whole = old.record(end, ByteBuffer.wrap(record));
            end += FRAME_BYTES + record.length;
            good = whole ? end : good;
        }
        return good;
    }

    private static byte @Nullable [] next(DataInputStream in, long left) throws IOException {
        try {
            int length = in.readInt();
            int crc = in.readInt();
            if (length <= 0 || length > left - FRAME_BYTES) { // 0: zeros that a power cut has left, and their checksum
                return null;
            }
            byte[] bytes = new byte[length];
            in.readFully(bytes);
            return crc(ByteBuffer.wrap(bytes)) == crc ? bytes : null;
        } catch (EOFException e) {
            return null;
        }
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    /**
     * Appends a record.
     *
     * @param record not empty
     * @return where it stands
     */
    long append(ByteBuffer record) throws IOException {
        long offset = end();
        if (buffer.remaining() < FRAME_BYTES + record.remaining()) {
            flush();
        }
        if (FRAME_BYTES + record.remaining() > buffer.capacity()) {
            write(frame(record, ByteBuffer.allocate(FRAME_BYTES + record.remaining()))
                    .flip());
        } else {
            frame(record, buffer);
        }
        return offset;
    }

    private static ByteBuffer frame(ByteBuffer record, ByteBuffer to) {
        return to.putInt(record.remaining()).putInt(crc(record.duplicate())).put(record);
    }

    /** Gives what was appended to the operating system: then it outlives this process, and can be read. */
    void flush() throws IOException {
        write(buffer.flip());
        buffer.clear();
    }

    private void write(ByteBuffer bytes) throws IOException {
        flushed += bytes.remaining();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** The record at a place that {@link #append} has named, flushed since. */
    ByteBuffer read(long offset) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(READ_AT_ONCE_BYTES);
        readFully(bytes, offset, FRAME_BYTES);
        int length = bytes.getInt(0);
        if (length > bytes.position() - FRAME_BYTES) {
            ByteBuffer whole = ByteBuffer.allocate(FRAME_BYTES + length);
            whole.put(bytes.flip());
            readFully(whole, offset, FRAME_BYTES + length);
            bytes = whole;
        }
        return bytes.position(FRAME_BYTES).limit(FRAME_BYTES + length);
    }

    /** Where the next record stands. */
    long end() {
        return flushed + buffer.position();
    }

    /** Where the one behind a record stands that was read, and not looked into yet. */
    long behind(long offset, ByteBuffer bytes) {
        return offset + FRAME_BYTES + bytes.remaining();
    }

    /** What stands at a place, as much as an empty buffer has room for, or as there is. */
    void fill(ByteBuffer to, long offset) throws IOException {
        int read = 0;
        while (to.hasRemaining() && read >= 0) {
            read = channel.read(to, offset + to.position());
        }
    }

    /** As much as there is room for, at least so many bytes. */
    private void readFully(ByteBuffer to, long offset, int atLeast) throws IOException {
        while (to.position() < atLeast) {
            if (channel.read(to, offset + to.position()) < 0) {
                throw new EOFException("the journal is shorter than it was");
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
