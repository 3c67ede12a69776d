package io.portolan.gateway.audit;

import io.portolan.gateway.Category;
import io.portolan.gateway.audit.AuditDestination.Delivery;
import io.portolan.gateway.ledger.AuditOutbox;
import io.portolan.gateway.ledger.AuditOutbox.Claimed;
import io.portolan.gateway.ledger.LedgerException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings audit records from the ledger to where they belong: one worker, {@value #BATCH_MAX} at a time, for ever. What is refused is
 * kept aside and shown, and tried again after the next start.
 *
 * <p>{@link #isFull}: publishing waits, since a write that could not be told of must not happen.
 */
public final class AuditSender {

    static final int BATCH_MAX = 100;

    /** How often the ledger is asked while nothing waits; asking reads one row of an index. */
    private static final Duration IDLE = Duration.ofMillis(500);

    /** For a delivery that was told to stop. */
    private static final Duration INTERRUPTED_MAX = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(AuditSender.class);

    private final AuditOutbox outbox;
    private final AuditDestination destination;
    private final int backlogMax;
    private final Duration lease;
    private final IntFunction<Duration> delay;
    private final AtomicLong delivered = new AtomicLong();
    private final Thread worker = new Thread(this::work, "audit");
    private volatile boolean stopping;
    private final AtomicInteger failures = new AtomicInteger(); // in a row

    /**
     * Does nothing until it is started.
     *
     * @param backlogMax records that may wait
     * @param lease for how long some of them are claimed
     * @param delay how long to wait after so many failures in a row
     */
    public AuditSender(
            AuditOutbox outbox,
            AuditDestination destination,
            int backlogMax,
            Duration lease,
            IntFunction<Duration> delay) {
        this.outbox = outbox;
        this.destination = destination;
        this.backlogMax = backlogMax;
        this.lease = lease;
        this.delay = delay;
    }

    /** Once. */
    public void start() {
        worker.start();
    }

    /** Delivers what waits, as long as it can be delivered; the rest stays in the ledger. */
    public void stop(Duration limit) throws InterruptedException {
        synchronized (worker) {
            stopping = true;
            worker.notifyAll();
        }
        if (destination.isThere() && failures.get() == 0) {
            worker.join(Math.max(1, limit.toMillis()));
        }
        worker.interrupt();
        worker.join(INTERRUPTED_MAX.toMillis());
    }

    /** Whether so many records wait that no more may come. */
    public boolean isFull() {
        return outbox.waiting() >= backlogMax;
    }

    /** Records delivered since the start. */
    public long delivered() {
        return delivered.get();
    }

    /** In a word, for people. */
    public String state() {
        long waiting = outbox.waiting();
        long refused = outbox.refused();
        if (waiting >= backlogMax) {
            return "full: " + waiting + " records wait, publishing waits for them";
        }
        if (refused > 0) {
            return refused + " records were refused";
        }
        return failures.get() == 0 ? "up" : "failing, " + waiting + " records wait";
    }

    private void work() {
        try {
            retryRefused();
            while (round()) {}
        } catch (InterruptedException e) {
            LOG.debug("{} stops", worker.getName());
        }
    }

    private void retryRefused() {
        try {
            int again = outbox.tryRefusedAgain();
            if (again > 0) {
                LOG.info("{} audit records that were refused are tried again", again);
            }
        } catch (LedgerException e) {
            LOG.error("the ledger failed: {} {}", e.category(), e.getMessage());
        }
    }

    /** False: told to stop, and nothing more can be done. */
    private boolean round() throws InterruptedException {
        try {
            boolean ending = stopping; // what came before that is still delivered
            Claimed claimed = outbox.claim(BATCH_MAX, lease);
            if (!claimed.records().isEmpty()) {
                deliver(claimed);
            } else if (!ending) {
                await(IDLE);
            }
            return !ending || !claimed.records().isEmpty() && failures.get() == 0;
        } catch (LedgerException e) {
            if (e.category() == Category.INTERRUPTED) {
                return false;
            }
            LOG.error("the ledger failed: {} {}", e.category(), e.getMessage());
            pause();
        } catch (RuntimeException | OutOfMemoryError e) { // its text may quote a value
            LOG.error("an audit record was not delivered: {}", e.getClass().getName());
            pause();
        }
        return !stopping;
    }

    private void deliver(Claimed claimed) throws InterruptedException {
        Delivery delivery = new Delivery(List.of(), Map.of(), null, true);
        try {
            delivery = destination.deliver(claimed.records());
        } finally {
            outbox.settle(claimed, delivery.delivered(), delivery.refused(), delivery.reached());
        }
        delivered.addAndGet(delivery.delivered().size());
        delivery.refused()
                .keySet()
                .forEach(id -> LOG.error("audit record {} was refused; it is kept in the ledger", id));
        String failure = delivery.failure();
        if (failure == null) {
            failures.set(0);
        } else {
            LOG.warn(
                    "{} audit records wait: {}",
                    claimed.records().size() - delivery.delivered().size(),
                    failure);
            pause();
        }
    }

    private void pause() throws InterruptedException {
        await(delay.apply(failures.incrementAndGet()));
    }

    /** So long, or until told to stop. */
    private void await(Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        synchronized (worker) {
            for (long left = atMost.toNanos(); left > 0 && !stopping; left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(worker, left);
            }
        }
    }
}
