package io.portolan.gateway.forward;

import io.portolan.gateway.Category;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** How forwarding went since the start. Written by the workers, read by anybody. */
public final class ForwardCounters {

    private final LongAdder confirmed = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder associations = new LongAdder();
    private final Map<Category, LongAdder> failed = new EnumMap<>(Category.class);

    ForwardCounters() {
        for (Category category : Category.values()) {
            failed.put(category, new LongAdder());
        }
    }

    /** Instances that the PACS has confirmed; one that was sent twice counts twice. */
    public long confirmed() {
        return confirmed.sum();
    }

    /** Bytes of their data sets. */
    public long bytes() {
        return bytes.sum();
    }

    /** Associations that the PACS has accepted. */
    public long associations() {
        return associations.sum();
    }

    /** Attempts that failed, of instances and of associations. */
    public long failed(Category category) {
        LongAdder count = failed.get(category);
        return count == null ? 0 : count.sum();
    }

    void countConfirmed(long dataSetBytes) {
        confirmed.increment();
        bytes.add(dataSetBytes);
    }

    void countAssociation() {
        associations.increment();
    }

    void countFailed(Category category) {
        failed.computeIfPresent(category, (c, count) -> {
            count.increment();
            return count;
        });
    }
}
