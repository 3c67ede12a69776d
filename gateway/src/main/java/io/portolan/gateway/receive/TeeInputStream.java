package io.portolan.gateway.receive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Writes through whatever is read or skipped, and tells its own failures apart from those of the source.
 *
 * <p>Reads in pieces of {@value #PIECE_BYTES} bytes at least where the caller has room; nothing is held.
 */
final class TeeInputStream extends InputStream {

    private static final int PIECE_BYTES = 256 * 1024;

    private final InputStream source;
    private final OutputStream copy;
    private final byte[] piece = new byte[PIECE_BYTES];

    TeeInputStream(InputStream source, OutputStream copy) {
        this.source = source;
        this.copy = copy;
    }

    /** Where the copy goes cannot be written. */
    static final class CopyException extends IOException {

        private static final long serialVersionUID = 1;

        CopyException(IOException cause) {
            super("cannot be written: " + cause.getClass().getSimpleName(), cause);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        int read = read(one, 0, 1);
        return read < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = source.read(buffer, offset, length);
        if (read > 0) {
            write(buffer, offset, read);
        }
        return read;
    }

    @Override
    public long skip(long count) throws IOException {
        long skipped = 0;
        while (skipped < count) {
            int read = source.read(piece, 0, (int) Math.min(piece.length, count - skipped));
            if (read < 0) {
                break;
            }
            write(piece, 0, read);
            skipped += read;
        }
        return skipped;
    }

    /** Reads to the end. */
    void drain() throws IOException {
        while (skip(Long.MAX_VALUE) > 0) {
            // until there is no more
        }
    }

    private void write(byte[] buffer, int offset, int length) throws CopyException {
        try {
            copy.write(buffer, offset, length);
        } catch (IOException e) {
            throw new CopyException(e);
        }
    }
}
