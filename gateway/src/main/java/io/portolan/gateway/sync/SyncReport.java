package io.portolan.gateway.sync;

import io.portolan.gateway.sync.Difference.Kind;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a run did.
 *
 * @param scope what was compared: {@code everything}, or since when
 * @param listed studies that the source listed
 * @param differences how many studies of each kind
 * @param instances headers that were read
 * @param removed studies that were taken back
 * @param requests to the source
 * @param problems what could not be done, in words without a patient's values; the first {@link #PROBLEMS_MAX}
 */
public record SyncReport(
        String source,
        String scope,
        Instant started,
        Instant ended,
        Outcome outcome,
        long listed,
        Map<Kind, Long> differences,
        long instances,
        long removed,
        long requests,
        List<String> problems) {

    static final int PROBLEMS_MAX = 100;

    /** How it ended. */
    public enum Outcome {
        /** Everything is as the source says. */
        DONE,
        /** Some studies could not be read, or not all could be listed; the others are as the source says. */
        INCOMPLETE,
        /** More would have been taken back than is allowed: nothing was, and somebody has to look. */
        STOPPED,
        /** The working hours are over; the next run goes on. */
        PAUSED,
        /** The source does not answer. */
        UNAVAILABLE,
        /** The source says no. */
        REFUSED,
        /** What the source answers is no answer. */
        MALFORMED,
        /** Somebody told it to stop; the next run goes on. */
        INTERRUPTED,
        /** Our own fault, or the ledger's. */
        FAILED;

        /** The outcome of a name; null: there is none, or a newer version has written it. */
        public static @Nullable Outcome of(@Nullable String name) {
            return Stream.of(values())
                    .filter(one -> one.name().equals(name))
                    .findFirst()
                    .orElse(null);
        }

        /** Whether the next run need not wait for the schedule. */
        boolean goesOn() {
            return this == PAUSED || this == INTERRUPTED || this == UNAVAILABLE;
        }

        /** Whether the source was compared as far as was meant. */
        public boolean isFine() {
            return this == DONE || this == PAUSED || this == INTERRUPTED;
        }
    }

    public SyncReport {
        EnumMap<Kind, Long> copy = new EnumMap<>(Kind.class);
        copy.putAll(differences);
        differences = Collections.unmodifiableMap(copy);
        problems = List.copyOf(problems);
    }

    /** In a line. */
    public String summary() {
        StringBuilder text = new StringBuilder();
        text.append(outcome)
                .append(": ")
                .append(scope)
                .append(", ")
                .append(listed)
                .append(" studies listed");
        differences.forEach((kind, count) ->
                text.append(", ").append(count).append(' ').append(kind.name().toLowerCase(Locale.ROOT)));
        return text.append(", ")
                .append(removed)
                .append(" taken back, ")
                .append(instances)
                .append(" headers read, ")
                .append(requests)
                .append(" requests")
                .toString();
    }
}
