package io.portolan.gateway.sync;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

/**
 * How hard a source may be asked, so that an archive in clinical use is not hurt: so many requests at once, and so many a
 * second. Safe for use by several threads.
 */
public final class Pace {

    private final Semaphore free;
    private final long nanosBetween;
    private final LongAdder requests = new LongAdder();
    private long next = System.nanoTime(); // guarded by this

    /**
     * @param parallel requests at once
     * @param perSecond requests begun in a second; 0: as many as there are
     */
    public Pace(int parallel, double perSecond) {
        this.free = new Semaphore(parallel, true);
        this.nanosBetween = perSecond == 0 ? 0 : (long) (Duration.ofSeconds(1).toNanos() / perSecond);
    }

    /** Waits for the turn of one request; whoever has it closes it when the answer is there. */
    public Turn turn() throws InterruptedException {
        free.acquire();
        try {
            long wait = reserve() - System.nanoTime();
            if (wait > 0) {
                Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
            }
            requests.increment();
            return new Turn();
        } catch (InterruptedException e) {
            free.release();
            throw e;
        }
    }

    private synchronized long reserve() {
        long turn = Math.max(next, System.nanoTime());
        next = turn + nanosBetween;
        return turn;
    }

    /** Requests begun since the start. */
    public long requests() {
        return requests.sum();
    }

    /** One request. */
    public final class Turn implements AutoCloseable {

        private Turn() {}

        @Override
        public void close() {
            free.release();
        }
    }
}
