package io.portolan.gateway.ledger;

import java.time.Duration;

/** Wakes threads that wait for a change. */
final class Changes {

    private long count; // guarded by this

    synchronized long count() {
        return count;
    }

    synchronized void tell() {
        count++;
        notifyAll();
    }

    /**
     * Waits for the next.
     *
     * @param seen the count that the caller knows; when it is another already, returns at once
     */
    synchronized void await(long seen, Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        for (long left = atMost.toNanos(); count == seen && left > 0; left = end - System.nanoTime()) {
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
    }
}
