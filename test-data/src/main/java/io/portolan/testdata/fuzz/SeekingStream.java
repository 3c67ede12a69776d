package io.portolan.testdata.fuzz;

import java.io.InputStream;

/** As a file: skipping goes over the end without a word. */
final class SeekingStream extends InputStream {

    private final byte[] data;
    private long next;

    SeekingStream(byte[] data) {
        this.data = data;
    }

    @Override
    public int read() {
        return next >= data.length ? -1 : data[(int) next++] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
        if (next >= data.length) {
            return length == 0 ? 0 : -1;
        }
        int read = (int) Math.min(length, data.length - next);
        System.arraycopy(data, (int) next, bytes, offset, read);
        next += read;
        return read;
    }

    @Override
    public long skip(long n) {
        next += Math.max(n, 0);
        return Math.max(n, 0);
    }
}
