package io.portolan.gateway.publish;

import io.portolan.gateway.RetryDelay;
import io.portolan.gateway.publish.Answer.Failure;
import io.portolan.gateway.publish.Answer.Success;
import io.portolan.gateway.publish.ServerCapabilities.Overrides;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the server is there, and what it can do. Closed until /metadata was read, and again whenever the server turns
 * out to be down; then one worker knocks, with growing pauses, and the others wait behind it.
 *
 * <p>Shared by all workers.
 */
final class ServerGate {

    private static final Logger LOG = LoggerFactory.getLogger(ServerGate.class);

    private final FhirClient client;
    private final Overrides overrides;
    private final RetryDelay delay;
    private final Random random;

    // all guarded by this
    private @Nullable ServerCapabilities capabilities;
    private boolean knocking;
    private int failures;
    private String reason = "";
    private long closedUntilNanos = System.nanoTime();

    ServerGate(FhirClient client, Overrides overrides, RetryDelay delay, Random random) {
        this.client = client;
        this.overrides = overrides;
        this.delay = delay;
        this.random = random;
    }

    /** What the server can do; waits until it is there. */
    ServerCapabilities pass() throws InterruptedException {
        while (true) {
            synchronized (this) {
                while (capabilities == null && (knocking || left() > 0)) {
                    wait(knocking ? 0 : left());
                }
                if (capabilities != null) {
                    return capabilities;
                }
                knocking = true;
            }
            knock();
        }
    }

    private void knock() throws InterruptedException {
        Answer answer = new Failure(0, Answer.Kind.UNAVAILABLE, "GET metadata: no answer");
        try {
            answer = client.metadata();
        } finally {
            synchronized (this) {
                knocking = false;
                if (answer instanceof Failure failure) {
                    close(failure);
                } else {
                    capabilities = ServerCapabilities.of(((Success) answer).body(), overrides);
                    LOG.info("FHIR server is there: {}", capabilities);
                }
                notifyAll();
            }
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** A publication learned that the server is down for everybody. */
    synchronized void down(Failure failure) {
        if (capabilities != null) {
            capabilities = null;
            close(failure);
        }
    }

    /** A publication went well, and may have found out more about the server: the next failure is the first one. */
    synchronized void up(ServerCapabilities found) {
        failures = 0;
        if (capabilities != null) {
            capabilities = capabilities.without(found);
        }
    }

    private void close(Failure failure) {
        failures++;
        reason = failure.place();
        Duration wait = delay.after(failures, failure.retryAfter(), random);
        closedUntilNanos = System.nanoTime() + wait.toNanos();
        LOG.warn("FHIR server is not there, looking again in {}: {}", wait, failure);
    }

    synchronized boolean isUp() {
        return capabilities != null;
    }

    /** In a few words, for people. */
    synchronized String state() {
        if (capabilities != null) {
            return "up";
        }
        return failures == 0 ? "not asked yet" : "unavailable, asked " + failures + " times: " + reason;
    }

    private long left() {
        long nanos = closedUntilNanos - System.nanoTime();
        return nanos <= 0 ? 0 : nanos / 1_000_000 + 1;
    }
}
