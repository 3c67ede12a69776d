package io.portolan.dicom.net;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.util.Set;

/**
 * A connection in memory, to a peer that has said beforehand all it will say. Nothing waits: where a peer would be silent, the
 * timeout is over at once. Owned by one thread, but for {@link #close}.
 */
final class MemorySocket extends Socket {

    /** How the peer sends, and what it does at the end of it. */
    enum Peer {
        /** One PDU after the other, with a moment between that only a short timeout notices; then it is silent. */
        FALLS_SILENT,
        /** All at once; then it closes the connection, and can be told nothing any more. */
        HANGS_UP
    }

    /** A moment is longer than this. */
    private static final int SHORT_TIMEOUT_MAX_MILLIS = 1000;

    /** Whoever asks so often behind the end will never stop. */
    private static final int READS_BEHIND_THE_END_MAX = 100;

    private static final int PDU_HEADER_BYTES = 6;

    private final byte[] sent;
    private final Peer peer;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private int position;
    private int pduEnd;
    private boolean paused;
    private boolean over;
    private int readsBehindTheEnd;
    private int timeoutMillis;
    private volatile boolean closed;

    MemorySocket(byte[] sent, Peer peer) {
        this.sent = sent;
        this.peer = peer;
    }

    /** What was written to the peer. */
    byte[] received() {
        return received.toByteArray();
    }

    private int read(byte[] target, int offset, int length) throws IOException {
        if (closed) {
            throw new SocketException("closed");
        }
        if (position == sent.length) {
            return end();
        }
        int available = sent.length - position;
        if (peer == Peer.FALLS_SILENT) {
            pauseBetweenPdus();
            available = pduEnd - position;
        }
        int count = Math.min(length, available);
        System.arraycopy(sent, position, target, offset, count);
        position += count;
        return count;
    }

    private void pauseBetweenPdus() throws SocketTimeoutException {
        if (position < pduEnd) {
            return;
        }
        if (timeoutMillis <= SHORT_TIMEOUT_MAX_MILLIS && !paused) {
            paused = true;
            throw new SocketTimeoutException("a moment");
        }
        paused = false;
        boolean header = sent.length - position >= PDU_HEADER_BYTES;
        long end = header ? position + PDU_HEADER_BYTES + PduReader.uint32(sent, position + 2) : sent.length;
        pduEnd = (int) Math.min(end, sent.length);
    }

    private int end() throws IOException {
        Wire.require(++readsBehindTheEnd <= READS_BEHIND_THE_END_MAX, "reads on and on behind the end");
        over = true;
        if (peer == Peer.FALLS_SILENT) {
            throw new SocketTimeoutException("silent");
        }
        return -1;
    }

    private void write(byte[] bytes, int offset, int length) throws IOException {
        if (closed || over && peer == Peer.HANGS_UP) {
            throw new SocketException(closed ? "closed" : "the peer has hung up");
        }
        received.write(bytes, offset, length);
    }

    @Override
    public InputStream getInputStream() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return MemorySocket.this.read(target, offset, length);
            }
        };
    }

    @Override
    public OutputStream getOutputStream() {
        return new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                MemorySocket.this.write(bytes, offset, length);
            }
        };
    }

    @Override
    public synchronized void setSoTimeout(int millis) {
        timeoutMillis = millis;
    }

    @Override
    public void setTcpNoDelay(boolean on) {}

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return Set.of();
    }

    @Override
    public void shutdownInput() {
        over = true;
        position = sent.length;
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }
}
