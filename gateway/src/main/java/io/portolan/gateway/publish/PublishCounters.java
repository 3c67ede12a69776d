package io.portolan.gateway.publish;

import io.portolan.gateway.Category;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** How publishing went since the start. Written by the workers, read by anybody. */
public final class PublishCounters {

    private volatile Consumer<Publishing> listener = publishing -> {};
    private final LongAdder published = new LongAdder();
    private final LongAdder unchanged = new LongAdder();
    private final LongAdder overtaken = new LongAdder();
    private final LongAdder subjectConflicts = new LongAdder();
    private final Map<Category, LongAdder> failed = new EnumMap<>(Category.class);

    PublishCounters() {
        for (Category category : Category.values()) {
            failed.put(category, new LongAdder());
        }
    }

    /** Publications that told the server something new. */
    public long published() {
        return published.sum();
    }

    /** Publications that had nothing new to tell. */
    public long unchanged() {
        return unchanged.sum();
    }

    /** Publications whose lease had ended before they did. */
    public long overtaken() {
        return overtaken.sum();
    }

    /** References that stayed logical because what they name on the server is of another patient. */
    public long subjectConflicts() {
        return subjectConflicts.sum();
    }

    /** Attempts that failed. */
    public long failed(Category category) {
        LongAdder count = failed.get(category);
        return count == null ? 0 : count.sum();
    }

    /**
     * One publication that told the server something new.
     *
     * @param took from the claim to the record of it
     * @param sinceLastArrival from the record of the study's newest instance; the quiet period is part of it
     * @param own from when it was due, less what the FHIR server took for its answers
     */
    public record Publishing(Duration took, Duration sinceLastArrival, Duration own) {}

    /** Tells a listener of every publication from now on; one listener, called by the workers. */
    public void onPublished(Consumer<Publishing> tell) {
        listener = tell;
    }

    void countPublished(boolean wrote, Publishing publishing) {
        if (wrote) {
            published.increment();
            listener.accept(publishing);
        } else {
            unchanged.increment();
        }
    }

    void countOvertaken() {
        overtaken.increment();
    }

    void countSubjectConflicts(int references) {
        subjectConflicts.add(references);
    }

    void countFailed(Category category) {
        failed.computeIfPresent(category, (c, count) -> {
            count.increment();
            return count;
        });
    }
}
