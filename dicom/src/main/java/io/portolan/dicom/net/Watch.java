package io.portolan.dicom.net;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection when what its user does with it takes too long: a write that the peer does not take, a handshake that
 * trickles. It looks from time to time at what is going on instead of setting a timer for each, which cost more than a write.
 *
 * <p>{@link #begin} and {@link #end} are for the thread that uses the connection.
 */
final class Watch {

    private static final long NONE = 0;

    private volatile @Nullable Closeable connection;
    private final long timeoutNanos;
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile long began = NONE; // what is going on, by System.nanoTime()
    private volatile boolean late;

    Watch(Closeable connection, Duration timeout) {
        this.connection = connection;
        this.timeoutNanos = timeout.toNanos();
    }

    void begin() {
        began = System.nanoTime() | 1;
        lookIn(timeoutNanos);
    }

    void end() {
        began = NONE;
    }

    /**
     * The connection is closed, and not held any longer: the next look may be a minute away, and a peer could open and close
     * thousands until then. For any thread.
     */
    void forget() {
        connection = null;
    }

    /** Whether it has closed the connection. */
    boolean isLate() {
        return late;
    }

    private void lookIn(long nanos) {
        if (!looking.get() && looking.compareAndSet(false, true)) {
            CompletableFuture.delayedExecutor(nanos, NANOSECONDS).execute(this::look);
        }
    }

    private void look() {
        long start = began;
        long left = timeoutNanos - (System.nanoTime() - start);
        if (start != NONE && left <= 0) {
            late = true;
            close();
            return;
        }
        looking.set(false);
        long now = began; // what began meanwhile has found us looking
        if (now != NONE) {
            lookIn(now == start ? left : timeoutNanos);
        }
    }

    private void close() {
        Closeable open = connection;
        if (open == null) {
            return;
        }
        try {
            open.close();
        } catch (IOException e) {
            // Nothing is left to do with a connection that cannot be closed.
        }
    }
}
