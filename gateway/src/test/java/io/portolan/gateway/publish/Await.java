package io.portolan.gateway.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what other threads do. */
final class Await {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final long POLL_NANOS = 2_000_000;

    private Await() {}

    /** Fails when it does not become true. */
    static void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        assertThat(condition.getAsBoolean()).as(what).isTrue();
    }
}
