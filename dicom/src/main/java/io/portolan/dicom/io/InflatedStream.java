package io.portolan.dicom.io;

import static io.portolan.dicom.io.MalformedDataException.Kind.INVALID;
import static io.portolan.dicom.io.MalformedDataException.Kind.LIMIT;
import static io.portolan.dicom.io.MalformedDataException.Kind.TRUNCATED;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * A deflate bit stream without zlib header (PS3.5 A.5, RFC 1951), inflated, up to a limit.
 *
 * <p>Unlike {@link java.util.zip.InflaterInputStream}, bad input is a {@link MalformedDataException}, so that it cannot
 * be taken for a failure of the stream below, whose exceptions pass through. Positions count inflated bytes.
 */
final class InflatedStream extends InputStream {

    private static final int BUFFER_BYTES = 8 * 1024;

    private final InputStream in;
    private final ReadLimits limits;
    private final Inflater inflater;
    private final byte[] deflated = new byte[BUFFER_BYTES];
    private long position;

    /** @param zlib whether a zlib header (RFC 1950) stands before the bit stream */
    InflatedStream(InputStream in, boolean zlib, ReadLimits limits) {
        this.in = in;
        this.limits = limits;
        this.inflater = new Inflater(!zlib);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        while (length > 0) {
            int inflated = inflate(bytes, offset, length);
            if (inflated > 0) {
                position += inflated;
                checkLimits();
                return inflated;
            }
            if (inflater.finished()) {
                return -1;
            }
            if (!inflater.needsInput()) {
                throw malformed(INVALID, "deflated bytes that need a dictionary");
            }
            int read = ByteSource.readSome(in, deflated, 0, deflated.length);
            if (read < 0) {
                throw malformed(TRUNCATED, "the deflated bytes are cut off");
            }
            inflater.setInput(deflated, 0, read);
        }
        return 0;
    }

    private void checkLimits() throws MalformedDataException {
        if (position > limits.inflatedBytesMax()) {
            throw malformed(LIMIT, "inflates to more than " + limits.inflatedBytesMax() + " bytes");
        }
        boolean judged = position > ReadLimits.INFLATE_UNJUDGED_BYTES;
        if (judged && position / limits.inflateRatioMax() > inflater.getBytesRead()) {
            throw malformed(LIMIT, "inflates to more than " + limits.inflateRatioMax() + " times its size");
        }
    }

    private int inflate(byte[] bytes, int offset, int length) throws MalformedDataException {
        try {
            return inflater.inflate(bytes, offset, length);
        } catch (DataFormatException e) {
            // What came out before the bad bytes is good, and is given first; the inflater then fails again.
            int before = (int) (inflater.getBytesWritten() - position);
            if (before > 0) {
                return before;
            }
            throw malformed(INVALID, "bytes that are not deflated");
        }
    }

    /** The memory of zlib; not the stream below. */
    @Override
    public void close() {
        inflater.end();
    }

    private MalformedDataException malformed(MalformedDataException.Kind kind, String reason) {
        return new MalformedDataException(kind, position, "", reason);
    }
}
