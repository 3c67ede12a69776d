package io.portolan.gateway.forward;

import io.portolan.gateway.RetryDelay;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the PACS takes instances. Closed when it turns out not to; then, after a pause that grows with each failure, one worker
 * tries, and the others wait behind it. It is open again when an instance was confirmed.
 *
 * <p>Shared by all workers.
 */
final class PacsGate {

    private static final Logger LOG = LoggerFactory.getLogger(PacsGate.class);

    private final RetryDelay delay;
    private final Random random;
    private final InstantSource clock;

    // all guarded by this
    private int failures;
    private @Nullable Thread trying;
    private long closedUntilNanos = System.nanoTime();
    private @Nullable Instant downSince;
    private String reason = "";
    private boolean over;

    PacsGate(RetryDelay delay, Random random, InstantSource clock) {
        this.delay = delay;
        this.random = random;
        this.clock = clock;
    }

    /** Waits until the caller may try; false: nobody is to try any more. Who has passed must leave. */
    synchronized boolean pass() throws InterruptedException {
        while (!over && downSince != null && (trying != null || left() > 0)) {
            wait(trying != null ? 0 : left());
        }
        if (downSince != null) {
            trying = Thread.currentThread();
        }
        return !over;
    }

    /** The caller tries no more, whatever came of it. */
    synchronized void leave() {
        if (trying == Thread.currentThread()) {
            trying = null;
            notifyAll();
        }
    }

    /** The PACS has taken an instance. */
    synchronized void up() {
        if (downSince != null) {
            LOG.info("the PACS takes instances again; it did not since {}", downSince);
            downSince = null;
            notifyAll();
        }
        failures = 0;
    }

    /** The PACS takes nothing now. Of several that learn it at once, the first counts. */
    synchronized void down(String why) {
        if (downSince != null && trying != Thread.currentThread()) {
            return;
        }
        if (downSince == null) {
            downSince = clock.instant();
        }
        failures++;
        reason = why;
        Duration wait = delay.after(failures, null, random);
        closedUntilNanos = System.nanoTime() + wait.toNanos();
        LOG.warn("the PACS takes nothing, trying again in {}: {}", wait, why);
    }

    /** Has everybody who waits leave. */
    synchronized void end() {
        over = true;
        notifyAll();
    }

    /** In words, for people: {@code up}, or since when not, and why. */
    synchronized String state() {
        return downSince == null ? "up" : "down since " + downSince + ": " + reason;
    }

    private long left() {
        long nanos = closedUntilNanos - System.nanoTime();
        return nanos <= 0 ? 0 : nanos / 1_000_000 + 1;
    }
}
