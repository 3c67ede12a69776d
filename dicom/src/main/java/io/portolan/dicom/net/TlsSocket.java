package io.portolan.dicom.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection secured by TLS, as a socket for {@link Transport}: what it is told or asked the TCP connection below is, but for
 * the bytes. Not {@code SSLSocket}, which with TLS 1.2 ends its sending half when its receiving half ends, waits for whoever
 * writes before it closes, and starts its timeout anew with each byte of a record: see docs/decisions/0020-dicom-tls.md.
 *
 * <p>Used by one thread at a time, except {@link #shutdownInput} and {@link #close}, which any thread may call.
 */
final class TlsSocket extends Socket {

    /** Characters of a certificate's subject in a log. */
    private static final int NAME_MAX = 80;

    private final Socket socket;
    private final SSLEngine engine;
    private final TlsRecords records;
    private final AtomicBoolean closed = new AtomicBoolean();
    private int timeoutMillis;
    private volatile @Nullable Thread user;

    private TlsSocket(Socket socket, SSLEngine engine) throws IOException {
        this.socket = socket;
        this.engine = engine;
        this.records = new TlsRecords(socket, engine);
    }

    /**
     * Shakes hands.
     *
     * @param limit for the whole handshake
     * @throws SocketTimeoutException past the limit; the TCP connection is closed, as after every failure
     * @throws SSLException there is no TLS with this peer; it was told why
     */
    static TlsSocket secure(Socket socket, SSLEngine engine, Duration limit) throws IOException {
        TlsSocket secured = new TlsSocket(socket, engine);
        try {
            secured.shakeHands(limit);
            return secured;
        } catch (SSLException e) {
            secured.records.sayWhy();
            throw e;
        } finally {
            if (secured.user == null) {
                socket.close();
            }
        }
    }

    private void shakeHands(Duration limit) throws IOException {
        Watch watch = new Watch(socket, limit);
        watch.begin();
        try {
            records.handshake();
            user = Thread.currentThread();
        } catch (IOException e) {
            if (watch.isLate()) {
                throw new SocketTimeoutException("no TLS handshake within " + limit.toMillis() + " ms");
            }
            throw e;
        } finally {
            watch.end();
        }
    }

    /** By what it is secured, for people: {@code TLSv1.3, certificate CN=ct1}. */
    @Override
    public String toString() {
        SSLSession session = engine.getSession();
        try {
            String name = session.getPeerPrincipal().getName().replaceAll("[^ -~]", "?");
            return session.getProtocol() + ", certificate " + name.substring(0, Math.min(name.length(), NAME_MAX));
        } catch (SSLPeerUnverifiedException e) {
            return session.getProtocol() + ", no certificate";
        }
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
                user = Thread.currentThread();
                return length == 0 ? 0 : records.read(ByteBuffer.wrap(target, offset, length), getSoTimeout());
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
                user = Thread.currentThread();
                records.send(ByteBuffer.wrap(bytes, offset, length));
            }
        };
    }

    @Override
    public void shutdownInput() throws IOException {
        socket.shutdownInput();
    }

    /** With close_notify where its user closes it; at once where another thread does, whose user may be in the middle of a write. */
    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // nobody waits for another who closes
    public void close() throws IOException {
        if (closed.compareAndSet(false, true) && Thread.currentThread() == user) {
            records.end();
        }
        socket.close();
    }

    @Override
    public synchronized void setSoTimeout(int millis) {
        timeoutMillis = millis;
    }

    @Override
    public synchronized int getSoTimeout() {
        return timeoutMillis;
    }

    @Override
    public void setTcpNoDelay(boolean on) throws SocketException {
        socket.setTcpNoDelay(on);
    }

    @Override
    public <T> Socket setOption(SocketOption<T> name, T value) throws IOException {
        socket.setOption(name, value);
        return this;
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return socket.supportedOptions();
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return socket.getRemoteSocketAddress();
    }

    @Override
    public boolean isClosed() {
        return socket.isClosed();
    }
}
