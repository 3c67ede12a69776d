package io.portolan.gateway.commit;

import io.portolan.gateway.Category;
import io.portolan.gateway.ledger.Commitment;
import io.portolan.gateway.ledger.Custody;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** How storage commitment went since the start. Written by many threads, read by anybody. */
public final class CommitCounters {

    private final LongAdder requests = new LongAdder();
    private final LongAdder reports = new LongAdder();
    private final LongAdder committed = new LongAdder();
    private final LongAdder notCommitted = new LongAdder();
    private final Map<Category, LongAdder> failed = new EnumMap<>(Category.class);

    public CommitCounters() {
        for (Category category : Category.values()) {
            failed.put(category, new LongAdder());
        }
    }

    /** Requests that were taken. */
    public long requests() {
        return requests.sum();
    }

    /** Reports that their requestors have taken. */
    public long reports() {
        return reports.sum();
    }

    /** Instances that these say are kept safely. */
    public long committed() {
        return committed.sum();
    }

    /** Instances that these say are not. */
    public long notCommitted() {
        return notCommitted.sum();
    }

    /** Attempts to report that failed. */
    public long failed(Category category) {
        LongAdder count = failed.get(category);
        return count == null ? 0 : count.sum();
    }

    void countRequest() {
        requests.increment();
    }

    void countReport(Commitment commitment) {
        long safe = commitment.custody().values().stream()
                .filter(Custody.COMMITTED::equals)
                .count();
        reports.increment();
        committed.add(safe);
        notCommitted.add(commitment.custody().size() - safe);
    }

    void countFailed(Category category) {
        failed.computeIfPresent(category, (c, count) -> {
            count.increment();
            return count;
        });
    }
}
