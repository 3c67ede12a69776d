package io.portolan.dicom.net;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection: buffered reads with an idle timeout and a deadline, whole writes with a timeout.
 *
 * <p>Owned by one thread, except {@link #wake} and {@link #close}, which any thread may call.
 *
 * <p>{@code TCP_QUICKACK} is set again after every read: see docs/decisions/0002-tcp-quickack.md. The kernel's receive buffer
 * is left to tune itself.
 */
final class Transport implements Closeable {

    /** Of a connection that has sent little; enough for most requests of an association. */
    private static final int BUFFER_MIN_BYTES = 8 * 1024;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final @Nullable SocketOption<Boolean> quickAck;
    private final Watch writing;

    private final int bufferMaxBytes;
    private final Pace pace;
    private byte[] buffer;
    private int position;
    private int limit;

    private long idleTimeoutMillis;
    private boolean hasDeadline;
    private long deadlineNanos;

    /** @param readBufferMaxBytes up to which the buffer grows as long as more comes than it holds */
    Transport(Socket socket, int readBufferMaxBytes, int bytesPerSecondMin, Duration idleTimeout, Duration writeTimeout)
            throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        this.bufferMaxBytes = readBufferMaxBytes;
        this.buffer = new byte[Math.min(BUFFER_MIN_BYTES, readBufferMaxBytes)];
        this.pace = new Pace(bytesPerSecondMin, idleTimeout);
        this.idleTimeoutMillis = idleTimeout.toMillis();
        this.writing = new Watch(socket, writeTimeout);
        this.quickAck = quickAck(socket).orElse(null);
        socket.setTcpNoDelay(true);
        acknowledgeQuickly();
    }

    /** Nothing is owed: the peer may pause, as long as the idle timeout lets it. */
    void rest() {
        pace.rest();
    }

    /** The whole of what follows must arrive within this time, however it trickles. */
    void startDeadline(Duration time) {
        hasDeadline = true;
        deadlineNanos = System.nanoTime() + time.toNanos();
    }

    void stopDeadline() {
        hasDeadline = false;
    }

    boolean hasDeadline() {
        return hasDeadline;
    }

    /** @throws EOFException at the end of the connection; {@link SocketTimeoutException} past the deadline */
    void readFully(byte[] target, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            done += read(target, offset + done, length - done);
        }
    }

    /** Reads at least one byte and at most {@code length}; what is large and not buffered goes straight to the target. */
    int read(byte[] target, int offset, int length) throws IOException {
        if (position == limit) {
            if (length >= buffer.length) {
                return receive(target, offset, length);
            }
            fill();
        }
        int count = Math.min(length, limit - position);
        System.arraycopy(buffer, position, target, offset, count);
        position += count;
        return count;
    }

    /** Waits until something is buffered, and says how much. */
    int await() throws IOException {
        if (position == limit) {
            fill();
        }
        return limit - position;
    }

    /**
     * Whether a read would not wait for longer than this, while nothing is owed; how the connection ended is for that read to
     * say.
     */
    boolean isReadable(Duration within) {
        pace.rest();
        long idle = idleTimeoutMillis;
        idleTimeoutMillis = within.toMillis();
        try {
            return await() > 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        } finally {
            idleTimeoutMillis = idle;
        }
    }

    /** Passes buffered bytes on without a copy; they count as read even when the target fails. */
    void writeBufferedTo(OutputStream target, int count) throws IOException {
        int from = position;
        position += count;
        target.write(buffer, from, count);
    }

    void skipFully(long length) throws IOException {
        long left = length;
        while (left > 0) {
            if (position == limit) {
                fill();
            }
            int count = (int) Math.min(left, limit - position);
            position += count;
            left -= count;
        }
    }

    /** Writes all bytes as one; closes the connection when the peer does not take them in time. */
    void write(byte[] bytes, int offset, int length) throws IOException {
        writing.begin();
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            if (writing.isLate()) {
                throw new SocketTimeoutException("the peer does not read");
            }
            throw e;
        } finally {
            writing.end();
        }
    }

    /** Lets the owner's read end as if the peer had closed the connection. */
    void wake() {
        try {
            socket.shutdownInput();
        } catch (IOException e) {
            close();
        }
    }

    @Override
    public void close() {
        writing.forget();
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing is left to do with a socket that cannot be closed.
        }
    }

    private void fill() throws IOException {
        if (limit == buffer.length && limit < bufferMaxBytes) {
            buffer = new byte[Math.min(2 * limit, bufferMaxBytes)];
        }
        position = 0;
        limit = 0;
        limit = receive(buffer, 0, buffer.length);
    }

    private int receive(byte[] target, int offset, int length) throws IOException {
        long millis = idleTimeoutMillis;
        if (hasDeadline) {
            long left = NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            if (left <= 0) {
                throw new SocketTimeoutException("deadline");
            }
            millis = Math.min(millis, left);
        }
        socket.setSoTimeout((int) millis);
        long before = System.nanoTime();
        int count = in.read(target, offset, length);
        if (count < 0) {
            throw new EOFException("the peer closed the connection");
        }
        if (pace.isTooSlow(System.nanoTime() - before, count) && !hasDeadline) {
            throw new SlowPeerException();
        }
        acknowledgeQuickly();
        return count;
    }

    private void acknowledgeQuickly() throws IOException {
        if (quickAck != null) {
            socket.setOption(quickAck, true);
        }
    }

    // By its name, since jdk.net.ExtendedSocketOptions need not be in every runtime, nor the option on every platform.
    @SuppressWarnings("unchecked")
    private static Optional<SocketOption<Boolean>> quickAck(Socket socket) {
        return socket.supportedOptions().stream()
                .filter(option -> option.name().equals("TCP_QUICKACK") && option.type() == Boolean.class)
                .map(option -> (SocketOption<Boolean>) option)
                .findFirst();
    }
}
