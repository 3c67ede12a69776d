package io.portolan.gateway.ledger;

import java.time.Duration;

/** Wakes threads of this process that wait for something to become due, or due earlier. A wake-up, never the source of truth. */
public final class Changes {

    private long count; // guarded by this

    Changes() {}

    /** How often something did. */
    public synchronized long count() {
        return count;
    }

    synchronized void tell() {
        count++;
        notifyAll();
    }

    /** Waits for the next, for so long at most. */
    public void await(Duration atMost) throws InterruptedException {
        await(count(), atMost);
    }

    /**
     * Waits for the next.
     *
     * @param seen the count before the caller looked; when it is another already, returns at once
     * @param atMost returns after so long in any case
     */
    public synchronized void await(long seen, Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        for (long left = atMost.toNanos(); count == seen && left > 0; left = end - System.nanoTime()) {
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
    }
}
