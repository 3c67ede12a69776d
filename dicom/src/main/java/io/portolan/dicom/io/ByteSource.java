package io.portolan.dicom.io;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * The bytes of one input with a position: numbers in either byte order, values with a checked length, and skipping.
 *
 * <p>Reads ahead by at most {@value #BUFFER_BYTES} bytes. Owned by one thread.
 */
final class ByteSource {

    static final int BUFFER_BYTES = 16 * 1024;

    /** The steps in which memory is taken for a value whose length the input claims but has not yet shown. */
    private static final int STEP_BYTES = 64 * 1024;

    private InputStream in;
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
            int read = in.read(buffer, limit, buffer.length - limit);
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
            int read = in.read(bytes, taken, bytes.length - taken);
            if (read < 0) {
                return Arrays.copyOf(bytes, taken);
            }
            taken += read;
            base += read;
        }
        return bytes;
    }

    /**
     * Moves over n bytes without looking at them.
     *
     * @return how many there were: fewer than n where the input ends
     */
    long skip(long n) throws IOException {
        long skipped = Math.min(n, limit - next);
        next += (int) skipped;
        while (skipped < n) {
            long step = in.skip(n - skipped);
            if (step <= 0) {
                if (in.read() < 0) {
                    break;
                }
                step = 1;
            }
            skipped += step;
            base += step;
        }
        return skipped;
    }

    /** From here on the bytes are those of another stream, made upon what is left of this one. */
    void replace(UnaryOperator<InputStream> wrap) {
        InputStream rest =
                new SequenceInputStream(new ByteArrayInputStream(Arrays.copyOfRange(buffer, next, limit)), in);
        base = 0;
        next = 0;
        limit = 0;
        in = wrap.apply(rest);
    }
}
