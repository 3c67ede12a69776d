package io.portolan.e2e;

import io.portolan.dicom.engine.Status;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** What the senders know of each instance that they sent. By several threads. */
final class SentInstances {

    /** In this order: what was in doubt may be there although it was refused later, what was acknowledged stays so. */
    enum Fate {
        REFUSED,
        IN_DOUBT,
        ACKNOWLEDGED
    }

    private final Map<LoadInstance, Fate> fates = new ConcurrentHashMap<>();
    private final AtomicLong attempts = new AtomicLong();
    private final AtomicLong refusals = new AtomicLong();

    /** Says whether it is the receiver's now. */
    boolean answered(LoadInstance instance, Status status) {
        if (!status.isStored()) {
            refusals.incrementAndGet();
        }
        became(instance, status.isStored() ? Fate.ACKNOWLEDGED : Fate.REFUSED);
        return status.isStored();
    }

    /** The association was lost before the answer came. */
    void unanswered(LoadInstance instance) {
        became(instance, Fate.IN_DOUBT);
    }

    private void became(LoadInstance instance, Fate fate) {
        attempts.incrementAndGet();
        fates.merge(instance, fate, (one, other) -> one.compareTo(other) > 0 ? one : other);
    }

    /** C-STORE requests, those of instances sent again counted again. */
    long attempts() {
        return attempts.get();
    }

    /** C-STORE requests that were refused. */
    long refusals() {
        return refusals.get();
    }

    int count() {
        return fates.size();
    }

    Set<LoadInstance> all(Fate fate) {
        return fates.entrySet().stream()
                .filter(entry -> entry.getValue() == fate)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    Map<LoadInstance, Fate> all() {
        return fates;
    }
}
