package io.portolan.gateway.ledger;

import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an archive that sync asks. Runs by hand of single studies or of some days are not in it.
 *
 * @param name by which it is configured
 * @param place what stood behind the name in the last run
 * @param started when the last run began; null: there was none
 * @param ended when the last run that ended did; null: none has
 * @param outcome of the last run, in a word of the caller's; null: it has not ended, or was broken off
 * @param report of the last run that ended, in a form of the caller's
 * @param pass a comparison of everything
 * @param recent when a run began that compared the last days; null: none has
 * @param running whether a run has its lease now
 */
public record SourceState(
        String name,
        String place,
        @Nullable Instant started,
        @Nullable Instant ended,
        @Nullable String outcome,
        @Nullable String report,
        Pass pass,
        @Nullable Instant recent,
        boolean running) {

    /**
     * The comparisons of everything.
     *
     * @param started when the last one began; null: none has
     * @param day it is done for studies of this day and later; null: none is under way
     * @param outcome of the last one, as of a run; null: none has ended
     * @param done when one was finished; null: none was
     */
    public record Pass(
            @Nullable Instant started,
            @Nullable LocalDate day,
            @Nullable String outcome,
            @Nullable Instant done) {}
}
