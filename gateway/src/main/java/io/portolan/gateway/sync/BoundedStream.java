package io.portolan.gateway.sync;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Passes on so many bytes, and fails at the next. */
final class BoundedStream extends FilterInputStream {

    /** There is more than may be. */
    static final class TooLongException extends IOException {

        private static final long serialVersionUID = 1;

        TooLongException(long bytesMax) {
            super("longer than " + bytesMax + " bytes");
        }
    }

    private final long bytesMax;
    private long bytesLeft;

    BoundedStream(InputStream in, long bytesMax) {
        super(in);
        this.bytesMax = bytesMax;
        this.bytesLeft = bytesMax;
    }

    @Override
    public int read() throws IOException {
        int read = super.read();
        count(read < 0 ? 0 : 1);
        return read;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = super.read(bytes, offset, length);
        count(Math.max(0, read));
        return read;
    }

    /** As reading, so that it counts. */
    @Override
    public long skip(long bytes) throws IOException {
        int length = (int) Math.min(Math.max(0, bytes), 8192);
        return Math.max(0, read(new byte[length], 0, length));
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private void count(int bytes) throws TooLongException {
        bytesLeft -= bytes;
        if (bytesLeft < 0) {
            throw new TooLongException(bytesMax);
        }
    }
}
