package io.portolan.gateway.sync;

import io.portolan.dicom.Level;
import io.portolan.dicom.Vr;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.SourceState;
import io.portolan.gateway.ledger.Sources.Ending;
import io.portolan.gateway.sync.SyncReport.Outcome;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A configured archive: how it is asked, and when.
 *
 * @param timing empty: only when somebody says so
 * @param jitter by up to so long each run of the schedule begins later
 * @param extraTags what a site keeps beside what the mapping reads
 */
public record Archive(
        SyncOptions options,
        Pace pace,
        Optional<Timing> timing,
        Duration jitter,
        Map<Level, Map<Integer, Vr>> extraTags,
        Opening opening) {

    /** An archive that does not answer is asked again after so long, if its schedule does not say earlier. */
    static final Duration AGAIN_AFTER = Duration.ofMinutes(10);

    /** How its source is had. */
    @FunctionalInterface
    public interface Opening {

        /**
         * Makes ready; nothing is asked yet.
         *
         * @param dryRun whether nothing may be written
         * @throws IOException a file with credentials cannot be read; says what to do
         */
        Source open(boolean dryRun) throws IOException;
    }

    public String name() {
        return options.name();
    }

    /**
     * A run.
     *
     * @param opened told the source, which another thread may close to end the run
     * @param told each difference
     * @return empty: another run of it is under way
     */
    public Optional<SyncReport> run(
            Ledger ledger, SyncRequest request, Clock clock, Consumer<Source> opened, Consumer<Difference> told) {
        Source source;
        try {
            source = opening.open(request.dryRun());
        } catch (IOException | IllegalArgumentException e) { // neither quotes what is in a file
            return notOpened(ledger, request, clock, String.valueOf(e.getMessage()));
        }
        opened.accept(source);
        try (source) {
            // Whoever asks for a run by hand has looked at the clock.
            boolean always = timing.isEmpty() || !request.equals(SyncRequest.SCHEDULED);
            return new SyncRun(
                            source,
                            options,
                            pace,
                            ledger,
                            extraTags,
                            request,
                            () -> always || timing.get().allows(clock.instant()),
                            told,
                            clock)
                    .run();
        }
    }

    private Optional<SyncReport> notOpened(Ledger ledger, SyncRequest request, Clock clock, String why) {
        Instant now = clock.instant();
        Outcome outcome = Outcome.REFUSED;
        SyncReport report = new SyncReport(name(), "nothing", now, now, outcome, 0, Map.of(), 0, 0, 0, List.of(why));
        if (request.counts()) {
            ledger.sources()
                    .begin(name(), options.place(), Running.LEASE, true)
                    .ifPresent(run -> ledger.sources()
                            .end(run, new Ending(outcome.name(), SyncReportJson.format(report), true, false, false)));
        }
        return Optional.of(report);
    }

    /**
     * When the next run of the schedule is to begin, jitter apart; empty: never.
     *
     * @param state of the archive; empty: there was no run
     */
    public static Optional<Instant> next(Optional<Timing> timing, Optional<SourceState> state, Instant now) {
        if (timing.isEmpty()) {
            return Optional.empty();
        }
        Timing when = timing.get();
        Instant started = state.map(SourceState::started).orElse(null);
        Optional<Instant> next = when.next(started == null ? now : started);
        if (started == null && when.every() != null) {
            next = Optional.of(now);
        } else if (started != null) {
            Outcome last = Outcome.of(state.get().outcome());
            if (last == null || last.goesOn()) {
                Instant again = last == Outcome.UNAVAILABLE ? now.plus(AGAIN_AFTER) : now;
                next = next.map(at -> at.isBefore(again) ? at : again).or(() -> Optional.of(again));
            }
        }
        return next.map(at -> when.allowed(at.isBefore(now) ? now : at));
    }
}
