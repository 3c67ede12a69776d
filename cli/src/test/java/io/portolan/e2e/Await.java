package io.portolan.e2e;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for a condition, within a limit. */
public final class Await {

    private static final Duration STEP = Duration.ofMillis(20);

    private Await() {}

    /** Asks again and again; an error when the limit has passed. */
    public static void until(String what, Duration limit, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + limit.toSeconds() + " s: " + what);
            }
            LockSupport.parkNanos(STEP.toNanos());
        }
    }
}
