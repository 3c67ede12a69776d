package io.portolan.gateway.sync;

import io.portolan.gateway.sync.Difference.Kind;
import io.portolan.gateway.sync.SyncReport.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What a run has done so far. Safe for use by several threads. */
final class SyncCounts {

    /** So many studies in a row that cannot be read are not their own fault. */
    private static final int FAILURES_IN_A_ROW_MAX = 10;

    // guarded by this
    private long listed;
    private long instances;
    private long removed;
    private int failuresInARow;
    private boolean incomplete;
    private final Map<Kind, Long> differences = new EnumMap<>(Kind.class);
    private final List<String> problems = new ArrayList<>();

    synchronized void listed(int studies) {
        listed += studies;
    }

    synchronized long listed() {
        return listed;
    }

    synchronized void differs(Kind kind) {
        differences.merge(kind, 1L, Long::sum);
    }

    synchronized void read(int headers) {
        instances += headers;
    }

    synchronized void removed() {
        removed++;
    }

    synchronized void succeeded() {
        failuresInARow = 0;
    }

    /** One more study has failed; whether that makes too many. */
    synchronized boolean failedInARow() {
        failuresInARow++;
        return failuresInARow >= FAILURES_IN_A_ROW_MAX;
    }

    /** Something that could not be done, and may be the next time. */
    synchronized void problem(String what) {
        incomplete = true;
        note(what);
    }

    synchronized boolean isIncomplete() {
        return incomplete;
    }

    /** Something that is odd, and stays so until somebody mends it in the source. */
    synchronized void note(String what) {
        if (problems.size() < SyncReport.PROBLEMS_MAX) {
            problems.add(what);
        }
    }

    synchronized SyncReport report(
            String source, String scope, Instant started, Instant ended, Outcome outcome, long requests) {
        return new SyncReport(
                source, scope, started, ended, outcome, listed, differences, instances, removed, requests, problems);
    }
}
