package io.portolan.dicom.net;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/**
 * The record protocol of TLS (RFC 8446 5, RFC 5246 6) on a TCP connection: the handshake, and then bytes both ways, several records
 * at once. Used by one thread at a time.
 */
final class TlsRecords {

    /** Up to which the buffers grow, from one record: several, so that a fast peer costs few system calls. */
    private static final int RECEIVE_BYTES_MAX = 128 * 1024;

    /** A P-DATA-TF of 128 KB with what its records have beside it. */
    private static final int SEND_BYTES_MAX = 136 * 1024;

    /** For a peer to take an alert or a new key. */
    private static final Duration ALERT_TIME = Duration.ofSeconds(1);

    /** What is read of a peer whose handshake failed. */
    private static final int FAREWELL_BYTES_MAX = 256 * 1024;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Socket socket;
    private final SSLEngine engine;
    private final InputStream in;
    private final OutputStream out;

    private final int recordBytesMax;
    private final ByteBuffer decrypted;
    private ByteBuffer received;
    private ByteBuffer sent;

    TlsRecords(Socket socket, SSLEngine engine) throws IOException {
        this.socket = socket;
        this.engine = engine;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        this.recordBytesMax = engine.getSession().getPacketBufferSize();
        this.received = ByteBuffer.allocate(recordBytesMax).flip();
        this.sent = ByteBuffer.allocate(recordBytesMax);
        this.decrypted = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize())
                .flip();
    }

    /** RFC 8446 4, RFC 5246 7.3; without a timeout of its own. */
    void handshake() throws IOException {
        engine.beginHandshake();
        HandshakeStatus status = engine.getHandshakeStatus();
        while (status != HandshakeStatus.NOT_HANDSHAKING) {
            switch (status) {
                case NEED_WRAP -> send(NOTHING);
                case NEED_TASK -> runTasks();
                default -> receiveHandshake();
            }
            status = engine.getHandshakeStatus();
        }
    }

    private void runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    private void receiveHandshake() throws IOException {
        SSLEngineResult result = engine.unwrap(received, decrypted.clear());
        decrypted.flip();
        requireRoom(result);
        if (result.getStatus() == Status.CLOSED || result.getStatus() == Status.BUFFER_UNDERFLOW && !receive(0)) {
            throw new SSLException("closed within the handshake");
        }
    }

    /**
     * The JDK takes records of 33 KB, and from the first on has room for no less; the standard has 16 KB (RFC 8446 5.1). Nothing
     * would go on.
     */
    private static void requireRoom(SSLEngineResult result) throws SSLException {
        if (result.getStatus() == Status.BUFFER_OVERFLOW) {
            throw new SSLException("a record is too long");
        }
    }

    /** After a handshake that failed: sends the alert, and lets the peer read it, since a close with bytes unread is a reset. */
    void sayWhy() {
        Watch watch = new Watch(socket, ALERT_TIME);
        watch.begin();
        try {
            send(NOTHING);
            socket.shutdownOutput();
            int bytes = 0;
            do {
                received.clear().flip();
            } while (receive(0) && (bytes += received.remaining()) < FAREWELL_BYTES_MAX);
        } catch (IOException e) {
            // Who does not listen need not know.
        } finally {
            watch.end();
        }
    }

    /**
     * Reads at least a byte, and as much as is there of several records; -1: the peer sends no more. Without close_notify it is
     * the same: PS3.8 says by itself whether something is missing.
     *
     * @param timeoutMillis for a whole record (RFC 8446 5.1: 16 KB at most), however it trickles; 0: none
     */
    int read(ByteBuffer target, int timeoutMillis) throws IOException {
        int start = target.position();
        if (!decrypted.hasRemaining() && target.remaining() >= decrypted.capacity()) {
            return decrypt(target, timeoutMillis) ? target.position() - start : -1;
        }
        if (!decrypted.hasRemaining()) {
            boolean some = decrypt(decrypted.clear(), timeoutMillis);
            decrypted.flip();
            if (!some) {
                return -1;
            }
        }
        int count = Math.min(target.remaining(), decrypted.remaining());
        target.put(decrypted.slice(decrypted.position(), count));
        decrypted.position(decrypted.position() + count);
        return count;
    }

    /** Waits for something to decrypt, and decrypts what is there; false: the peer sends no more. */
    private boolean decrypt(ByteBuffer target, int timeoutMillis) throws IOException {
        int start = target.position();
        long end = System.nanoTime() + MILLISECONDS.toNanos(timeoutMillis);
        while (true) {
            SSLEngineResult result = engine.unwrap(received, target);
            answer(result);
            boolean some = target.position() > start;
            switch (result.getStatus()) {
                case CLOSED -> {
                    return some;
                }
                case BUFFER_OVERFLOW -> {
                    if (!some) {
                        requireRoom(result);
                    }
                    return true;
                }
                case BUFFER_UNDERFLOW -> {
                    if (some || !receive(timeoutMillis == 0 ? 0 : millisUntil(end))) {
                        return some;
                    }
                }
                case OK -> {
                    // and what comes after it
                }
            }
        }
    }

    private static int millisUntil(long end) throws SocketTimeoutException {
        long left = NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
            throw new SocketTimeoutException("no whole record");
        }
        return (int) left;
    }

    /** What the engine has to say to what it read: a new key of its own (RFC 8446 4.6.3), close_notify. */
    private void answer(SSLEngineResult result) throws IOException {
        if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
            // TLS 1.2 alone has this; RFC 9325 3.5 has its dangers
            throw new SSLException("the peer wants to renegotiate");
        }
        if (result.getHandshakeStatus() != HandshakeStatus.NEED_WRAP) {
            return;
        }
        try {
            sendInTime();
        } catch (IOException e) {
            if (result.getStatus() != Status.CLOSED) {
                throw e;
            }
        }
    }

    private void sendInTime() throws IOException {
        Watch watch = new Watch(socket, ALERT_TIME);
        watch.begin();
        try {
            send(NOTHING);
        } finally {
            watch.end();
        }
    }

    /** False: the connection has ended. */
    private boolean receive(int timeoutMillis) throws IOException {
        socket.setSoTimeout(timeoutMillis);
        if (received.limit() == received.capacity() && received.capacity() < RECEIVE_BYTES_MAX) {
            received = larger(received.capacity(), RECEIVE_BYTES_MAX).put(received);
        } else {
            received.compact();
        }
        try {
            int count = in.read(received.array(), received.position(), received.remaining());
            received.position(received.position() + Math.max(count, 0));
            return count >= 0;
        } finally {
            received.flip();
        }
    }

    private static ByteBuffer larger(int bytes, int bytesMax) {
        return ByteBuffer.allocate(Math.min(2 * bytes, bytesMax));
    }

    /** Sends the bytes, or with none what the engine has to say. */
    void send(ByteBuffer bytes) throws IOException {
        do {
            if (bytes.remaining() > sent.capacity() && sent.capacity() < SEND_BYTES_MAX) {
                sent = larger(sent.capacity(), SEND_BYTES_MAX);
            }
            sent.clear();
            SSLEngineResult result;
            do {
                result = engine.wrap(bytes, sent);
            } while (result.getStatus() == Status.OK
                    && (bytes.hasRemaining() || result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP)
                    && sent.remaining() >= recordBytesMax);
            if (sent.position() == 0) {
                requireRoom(result);
            }
            out.write(sent.array(), 0, sent.position());
            if (result.getStatus() == Status.CLOSED && bytes.hasRemaining()) {
                throw new SocketException("TLS has ended");
            }
        } while (bytes.hasRemaining());
    }

    /** Sends close_notify (RFC 8446 6.1). */
    void end() {
        engine.closeOutbound();
        try {
            sendInTime();
        } catch (IOException e) {
            // The peer has gone before.
        }
    }
}
