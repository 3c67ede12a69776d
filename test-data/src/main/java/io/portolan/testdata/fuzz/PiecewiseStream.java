package io.portolan.testdata.fuzz;

import java.io.InputStream;

/** Gives one byte, then two, up to seven and again; skips less than it is told to, or nothing. */
final class PiecewiseStream extends InputStream {

    private static final int PIECE_BYTES_MAX = 7;
    /** Whoever asks so often behind the end will never stop. */
    private static final int READS_BEHIND_THE_END_MAX = 100;

    private final byte[] data;
    private int next;
    private int piece;
    private int readsBehindTheEnd;

    PiecewiseStream(byte[] data) {
        this.data = data;
    }

    @Override
    public int read() {
        if (next == data.length) {
            RoundTrips.require(++readsBehindTheEnd <= READS_BEHIND_THE_END_MAX, "reads on and on behind the end");
            return -1;
        }
        return data[next++] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        int first = read();
        if (first < 0) {
            return -1;
        }
        bytes[offset] = (byte) first;
        int more = Math.min(Math.min(length, nextPiece()) - 1, data.length - next);
        System.arraycopy(data, next, bytes, offset + 1, more);
        next += more;
        return 1 + more;
    }

    @Override
    public long skip(long n) {
        int piece = (int) Math.min(Math.min(n, 1000L * (nextPiece() - 1)), data.length - next);
        next += piece;
        return piece;
    }

    private int nextPiece() {
        piece = piece % PIECE_BYTES_MAX + 1;
        return piece;
    }
}
