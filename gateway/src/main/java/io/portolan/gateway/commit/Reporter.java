package io.portolan.gateway.commit;

import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.DicomEngine;
import io.portolan.dicom.engine.DicomNetworkException;
import io.portolan.gateway.Category;
import io.portolan.gateway.FileReason;
import io.portolan.gateway.Workers;
import io.portolan.gateway.commit.CommitOptions.Peer;
import io.portolan.gateway.ledger.Commitment;
import io.portolan.gateway.ledger.Commitments;
import io.portolan.gateway.ledger.LedgerException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports over associations of its own what was not reported over those of the requests: one association at a time with each
 * requestor, for ever.
 *
 * <pre>
 *   not decided                          looked at again after a pause that grows with its age
 *   nobody knows where it listens        parked
 *   no presentation context accepted     parked
 *   no association, or lost              all of that requestor later
 *   answered                             see {@link Reports}
 * </pre>
 */
final class Reporter {

    /** Longer than an answer may take. */
    static final Duration LEASE = Duration.ofMinutes(2);

    /** So that one requestor that is silent does not hold up the others. */
    private static final int WORKERS = 2;

    /** Of one association. */
    private static final int REPORTS_MAX = 20;

    /** Likewise, where one report does not have more: each takes some hundred bytes. */
    private static final int INSTANCES_MAX = 50_000;

    /** How often the ledger is asked while nothing is due; asking reads one row of an index. */
    private static final Duration IDLE = Duration.ofSeconds(1);

    /** After the ledger failed, or we did. */
    private static final Duration FAILURE_DELAY = Duration.ofSeconds(5);

    private static final Duration UNDECIDED_MIN = Duration.ofSeconds(1);
    private static final Duration UNDECIDED_MAX = Duration.ofMinutes(2);

    private static final Duration FORGET_EVERY = Duration.ofHours(1);

    /** What was parked, and neither mended nor asked for again. */
    private static final Duration PARKED_FOR = Duration.ofDays(30);

    /** A fault of ours may be one of the moment; more often it is not. */
    private static final int BUG_ATTEMPTS_MAX = 3;

    /** For an association that was told to stop. */
    private static final Duration STOPPED_MAX = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Reporter.class);

    private final Commitments commitments;
    private final CommitOptions options;
    private final SafeKeeping keeping;
    private final Reports reports;
    private final DicomEngine engine;
    private final Set<AssociationClient> associations = ConcurrentHashMap.newKeySet();
    private final Workers workers = new Workers();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private long forgotNanos; // guarded by this

    Reporter(Commitments commitments, CommitOptions options, SafeKeeping keeping, Reports reports, DicomEngine engine) {
        this.commitments = commitments;
        this.options = options;
        this.keeping = keeping;
        this.reports = reports;
        this.engine = engine;
        this.forgotNanos = System.nanoTime() - FORGET_EVERY.toNanos();
    }

    /** Starts the workers; once. What waits for a later attempt is tried now, and what was parked too. */
    void start() {
        try {
            commitments.hurry();
        } catch (LedgerException e) { // they are due soon anyway
            LOG.warn("reports of storage commitment are not hurried: {}", e.category());
        }
        workers.start(WORKERS, "commit", this::work);
    }

    /** Finishes what is being reported, and leaves alone what cannot be finished in time. */
    void stop(Duration limit) throws InterruptedException {
        stopping.countDown();
        workers.join(limit);
        associations.forEach(AssociationClient::stop);
        workers.join(STOPPED_MAX);
    }

    private void work() {
        try {
            while (!isStopping()) {
                round();
            }
        } catch (InterruptedException e) {
            LOG.debug("{} stops", Thread.currentThread().getName());
        }
    }

    private void round() throws InterruptedException {
        try {
            forget();
            long claimed = System.nanoTime();
            List<Commitment> due = commitments.claimDue(REPORTS_MAX, INSTANCES_MAX, LEASE);
            if (due.isEmpty()) {
                pause(IDLE);
            } else {
                report(due, claimed + LEASE.minus(options.timeout()).toNanos());
            }
        } catch (LedgerException e) {
            LOG.error("the ledger failed, going on in {}: {} {}", FAILURE_DELAY, e.category(), e.getMessage());
            pause(FAILURE_DELAY);
        } catch (RuntimeException | OutOfMemoryError e) { // its text may quote a value
            LOG.error(
                    "storage commitment failed, going on in {}: {}",
                    FAILURE_DELAY,
                    e.getClass().getName());
            pause(FAILURE_DELAY);
        }
    }

    private void pause(Duration time) throws InterruptedException {
        var unused = stopping.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    private synchronized void forget() {
        if (System.nanoTime() - forgotNanos >= FORGET_EVERY.toNanos()) {
            forgotNanos = System.nanoTime();
            int forgotten = commitments.forget(options.keepFor(), PARKED_FOR);
            LOG.debug("{} requests for storage commitment are forgotten", forgotten);
        }
    }

    /**
     * @param due of one requestor
     * @param until by {@link System#nanoTime}: after that none is begun but the first, or none would ever be where looking at
     *     files takes that long
     */
    private void report(List<Commitment> due, long until) {
        ArrayDeque<Commitment> decided = new ArrayDeque<>();
        for (Commitment commitment : due) {
            Commitment one = keeping.decide(commitment);
            if (one.isDecided()) {
                decided.add(one);
            } else {
                commitments.undecided(one, pauseAt(one.age()));
            }
        }
        if (decided.isEmpty()) {
            return;
        }
        Commitment first = decided.getFirst();
        Optional<Peer> peer = options.peers().apply(first.requestorAe());
        if (peer.isEmpty()) {
            String why = "dicom.peers does not say where it listens: set its host and port there, and restart";
            decided.forEach(one -> reports.park(one, Category.PEER_REJECTED, why));
            return;
        }
        associate(peer.get(), decided, until);
    }

    private static Duration pauseAt(Duration age) {
        Duration part = age.dividedBy(10);
        Duration atMost = part.compareTo(UNDECIDED_MAX) < 0 ? part : UNDECIDED_MAX;
        return atMost.compareTo(UNDECIDED_MIN) < 0 ? UNDECIDED_MIN : atMost;
    }

    /** @param left those that are not settled; empty afterwards */
    private void associate(Peer peer, ArrayDeque<Commitment> left, long until) {
        Commitment first = left.getFirst();
        try (AssociationClient association =
                engine.request(options.request(peer, first.requestorAe(), first.calledAe()))) {
            associations.add(association);
            boolean back = false;
            boolean more = true;
            try {
                while (more && !left.isEmpty() && !isStopping()) {
                    Commitment next = left.getFirst();
                    back |= reports.answered(next, association.report(Reports.of(next))) && next.attempts() > 0;
                    left.removeFirst();
                    more = until - System.nanoTime() > 0;
                }
            } finally {
                associations.remove(association);
            }
            if (back) { // each time one less waits: that ends
                commitments.advance(first.requestorAe());
            }
            association.release();
        } catch (DicomNetworkException e) {
            lost(left, e);
        } catch (IOException e) {
            left.forEach(one -> reports.later(one, Category.PEER_UNAVAILABLE, FileReason.of(e)));
            left.clear();
        } catch (LedgerException e) {
            throw e;
        } catch (RuntimeException e) { // its text may quote a value
            left.forEach(one -> failed(one, e));
            return;
        }
        left.forEach(commitments::release);
    }

    private void lost(ArrayDeque<Commitment> left, DicomNetworkException e) {
        String why = String.valueOf(e.getMessage());
        switch (e.kind()) {
            case STOPPED -> left.forEach(commitments::release);
            case NOT_NEGOTIATED -> left.forEach(one -> reports.park(one, Category.PEER_REJECTED, why));
            default -> {
                Duration longest = Duration.ZERO;
                for (Commitment one : left) {
                    Duration delay = reports.later(one, Category.PEER_UNAVAILABLE, why);
                    longest = delay.compareTo(longest) > 0 ? delay : longest;
                }
                if (!left.isEmpty()) {
                    commitments.postpone(left.getFirst().requestorAe(), longest);
                }
            }
        }
        left.clear();
    }

    private void failed(Commitment commitment, RuntimeException e) {
        StackTraceElement[] trace = e.getStackTrace();
        String place = e.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
        if (commitment.attempts() + 1 < BUG_ATTEMPTS_MAX) {
            reports.later(commitment, Category.BUG, place);
        } else {
            reports.park(commitment, Category.BUG, place);
        }
    }
}
