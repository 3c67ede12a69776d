package io.portolan.dicom.io;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one input with a position: numbers in either byte order, values with a checked length, and skipping.
 *
 * <p>Reads ahead by at most {@value #BUFFER_BYTES} bytes. Owned by one thread.
 */
final class ByteSource implements Closeable {

    static final int BUFFER_BYTES = 16 * 1024;

    /** The steps in which memory is taken for a value whose length the input claims but has not yet shown. */
    private static final int STEP_BYTES = 64 * 1024;

    private InputStream in;
    private @Nullable InflatedStream inflated;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int next;
    private int limit;
    /** Position in the input of {@code buffer[0]}. */
    private long base;

    boolean bigEndian;

    ByteSource(InputStream in) {
        this.in = in;
    }

    long position() {
        return base + next;
    }

    /** Whether n bytes (at most {@value #BUFFER_BYTES}) are there; makes them addressable by {@link #peek}. */
    boolean has(int n) throws IOException {
        if (limit - next >= n) {
            return true;
        }
        System.arraycopy(buffer, next, buffer, 0, limit - next);
        base += next;
        limit -= next;
        next = 0;
        while (limit < n) {
            int read = readSome(in, buffer, limit, buffer.length - limit);
            if (read < 0) {
                return false;
            }
            limit += read;
        }
        return true;
    }

    /** How many bytes are in the buffer: all that is left, after {@link #has} said no. */
    int buffered() {
        return limit - next;
    }

    /** A byte ahead of the position, 0 to 255. */
    int peek(int offset) {
        return buffer[next + offset] & 0xFF;
    }

    int peekU16(int offset) {
        int first = peek(offset);
        int second = peek(offset + 1);
        return bigEndian ? first << 8 | second : second << 8 | first;
    }

    int peekU32(int offset) {
        int first = peekU16(offset);
        int second = peekU16(offset + 2);
        return bigEndian ? first << 16 | second : second << 16 | first;
    }

    /** Group and element, in this order whatever the byte order (PS3.5 7.1.1). */
    int peekTag(int offset) {
        return peekU16(offset) << 16 | peekU16(offset + 2);
    }

    /** Moves on over bytes that {@link #has} has shown. */
    void advance(int n) {
        next += n;
    }

    /**
     * The next n bytes. Memory is taken as the bytes arrive, never for a mere claim.
     *
     * @return fewer than n bytes where the input ends
     */
    byte[] read(int n) throws IOException {
        int taken = Math.min(n, limit - next);
        byte[] bytes = new byte[n <= STEP_BYTES ? n : taken];
        System.arraycopy(buffer, next, bytes, 0, taken);
        next += taken;
        while (taken < n) {
            if (taken == bytes.length) {
                bytes = Arrays.copyOf(bytes, (int) Math.min(n, Math.max(2L * taken, taken + (long) STEP_BYTES)));
            }
            int read = readSome(in, bytes, taken, bytes.length - taken);
            if (read < 0) {
                return Arrays.copyOf(bytes, taken);
            }
            taken += read;
            base += read;
        }
        return bytes;
    }

    /**
     * Moves over n bytes without looking at them, but for the last: {@link java.io.FileInputStream} skips over the end
     * of a file without a word.
     *
     * @return false where the input ends before; the position then means nothing any more
     */
    boolean skip(long n) throws IOException {
        int there = (int) Math.min(n, limit - next);
        next += there;
        long left = n - there;
        while (left > BUFFER_BYTES) {
            long step = in.skip(left - 1);
            if (step <= 0) {
                if (in.read() < 0) {
                    return false;
                }
                step = 1;
            }
            left -= step;
            base += step;
        }
        while (left > 0) {
            if (!has(1)) {
                return false;
            }
            int step = (int) Math.min(left, limit - next);
            next += step;
            left -= step;
        }
        return true;
    }

    /** From here on the bytes are what the rest of the input inflates to; the position starts again at 0. */
    void inflate(ReadLimits limits) throws IOException {
        // Deviation from PS3.5 A.5: some writers leave the zlib header on. Read as a bit stream of its own it would
        // begin
        // with a stored block whose length contradicts its complement.
        boolean zlib = has(4) && peek(0) == 0x78 && (peek(0) << 8 | peek(1)) % 31 == 0 && !isStoredBlock();
        InputStream rest =
                new SequenceInputStream(new ByteArrayInputStream(Arrays.copyOfRange(buffer, next, limit)), in);
        base = 0;
        next = 0;
        limit = 0;
        inflated = new InflatedStream(rest, zlib, limits);
        in = inflated;
    }

    /** RFC 1951 3.2.4, not the last: a byte of which three bits count, then a length and its complement. */
    private boolean isStoredBlock() throws IOException {
        return has(5) && (peek(0) & 0x07) == 0 && (peek(2) << 8 | peek(1)) == (~(peek(4) << 8 | peek(3)) & 0xFFFF);
    }

    /** Gives back what inflating took; the input itself belongs to whoever opened it. */
    @Override
    public void close() {
        if (inflated != null) {
            inflated.close();
        }
    }

    /** As {@link InputStream#read(byte[], int, int)}; a stream that gives nothing is asked for one byte, and waits. */
    static int readSome(InputStream in, byte[] bytes, int offset, int length) throws IOException {
        int read = in.read(bytes, offset, length);
        if (read != 0) {
            return read;
        }
        int one = in.read();
        if (one < 0) {
            return -1;
        }
        bytes[offset] = (byte) one;
        return 1;
    }
}
