package io.portolan.gateway.ledger;

import java.time.Duration;

/**
 * When a dirty study is due.
 *
 * <pre>
 * due = last arrival + quiet
 *    or, when sooner and revision >= 2 * published revision: first dirty + max-delay
 *    but not before the time to retry
 * </pre>
 *
 * A revision is one change. So between two publications of a study that never pauses it at least doubles, and n
 * instances cost at most log2(n) + 1 publications, however slowly they come. Until it has doubled it waits for a pause:
 * at most quiet times its size, since whatever comes slower than that is a pause.
 */
record Schedule(Duration quiet, Duration maxDelay) {

    long dueAt(long firstDirtyAt, long lastArrivalAt, long revision, long publishedRevision, long retryAt) {
        long due = lastArrivalAt + quiet.toMillis();
        if (revision >= 2 * publishedRevision) {
            due = Math.min(due, firstDirtyAt + maxDelay.toMillis());
        }
        return Math.max(due, retryAt);
    }
}
