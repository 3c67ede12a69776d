package io.portolan.gateway.sync;

import io.portolan.dicom.Level;
import io.portolan.dicom.Vr;
import io.portolan.gateway.Category;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerException;
import io.portolan.gateway.ledger.SourceRun;
import io.portolan.gateway.ledger.SourceState;
import io.portolan.gateway.ledger.SourceState.Pass;
import io.portolan.gateway.ledger.Sources.Ending;
import io.portolan.gateway.sync.Removals.StoppedException;
import io.portolan.gateway.sync.Running.PausedException;
import io.portolan.gateway.sync.SyncReport.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run: the source is asked for its studies, window by window; what differs from what it said the last time is read and
 * recorded; at the end, what it has no more is taken back.
 *
 * <pre>
 *   listed as the last time     nothing more is asked, nothing is written
 *   listed otherwise, or new    its series are asked for, and of those that differ the headers
 *   not listed any more         asked for once more by its UID; then it is gone
 * </pre>
 *
 * <p>Every window that is done is recorded, so a run that is broken off, at whatever moment, is gone on with by the next.
 */
final class SyncRun {

    private static final Logger LOG = LoggerFactory.getLogger(SyncRun.class);

    private final Source source;
    private final SyncOptions options;
    private final Pace pace;
    private final Ledger ledger;
    private final Map<Level, Map<Integer, Vr>> extraTags;
    private final SyncRequest request;
    private final BooleanSupplier mayGoOn;
    private final Consumer<Difference> told;
    private final Clock clock;
    private final SyncCounts counts = new SyncCounts();
    private boolean recentDone;

    /**
     * @param mayGoOn asked between two windows; false: the working hours are over
     * @param told each difference
     */
    SyncRun(
            Source source,
            SyncOptions options,
            Pace pace,
            Ledger ledger,
            Map<Level, Map<Integer, Vr>> extraTags,
            SyncRequest request,
            BooleanSupplier mayGoOn,
            Consumer<Difference> told,
            Clock clock) {
        this.source = source;
        this.options = options;
        this.pace = pace;
        this.ledger = ledger;
        this.extraTags = extraTags;
        this.request = request;
        this.mayGoOn = mayGoOn;
        this.told = told;
        this.clock = clock;
    }

    /**
     * Runs, and records how it ended.
     *
     * @return empty: another run of this source is under way
     */
    Optional<SyncReport> run() {
        Scope scope = scope();
        Optional<SourceRun> run = request.dryRun()
                ? Optional.of(ledger.sources().look(options.name()))
                : ledger.sources().begin(options.name(), options.place(), Running.LEASE, request.counts());
        return run.map(one -> run(one, scope));
    }

    private SyncReport run(SourceRun run, Scope scope) {
        Instant started = clock.instant();
        long before = pace.requests();
        Running running = new Running(source, options, ledger, extraTags, request, run, counts, mayGoOn, told);
        ScheduledExecutorService renewing = Executors.newSingleThreadScheduledExecutor();
        Outcome outcome;
        try {
            if (!request.dryRun()) {
                long every = Running.LEASE.toMillis() / 10;
                ScheduledFuture<?> unused =
                        renewing.scheduleAtFixedRate(() -> renew(run), every, every, TimeUnit.MILLISECONDS);
            }
            outcome = compare(running, scope);
        } finally {
            renewing.shutdownNow();
        }
        source.troubles().forEach(counts::problem);
        if (outcome == Outcome.DONE && counts.isIncomplete()) {
            outcome = Outcome.INCOMPLETE;
        }
        SyncReport report =
                counts.report(options.name(), scope.words, started, clock.instant(), outcome, pace.requests() - before);
        if (!request.dryRun()) {
            ledger.sources()
                    .end(
                            run,
                            new Ending(
                                    outcome.name(),
                                    SyncReportJson.format(report),
                                    request.counts(),
                                    scope.everything,
                                    recentDone));
        }
        return report;
    }

    private void renew(SourceRun run) {
        try {
            ledger.sources().renew(run, Running.LEASE);
        } catch (LedgerException e) {
            LOG.warn("the lease of {} was not renewed: {}", options.name(), e.category());
        }
    }

    /** Whatever happens is an outcome. */
    private Outcome compare(Running running, Scope scope) {
        Removals removals = new Removals(running);
        try (Comparison comparison = new Comparison(running, removals)) {
            long known = running.studies().count(running.run());
            if (scope.everything && scope.done == null && !request.dryRun()) {
                ledger.sources().passBegun(running.run());
            }
            compare(running, scope, known, comparison);
            recentDone = request.counts();
            if (scope.everything && !request.dryRun()) {
                ledger.sources().passDone(running.run());
            }
            removals.takeBack(known, scope.everything && scope.done == null, comparison);
            return Outcome.DONE;
        } catch (StoppedException e) {
            counts.problem(String.valueOf(e.getMessage()));
            return Outcome.STOPPED;
        } catch (PausedException e) {
            return Outcome.PAUSED;
        } catch (SourceException e) {
            counts.problem(String.valueOf(e.getMessage()));
            return Outcome.valueOf(e.kind().name());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Outcome.INTERRUPTED;
        } catch (CancellationException e) {
            return Outcome.INTERRUPTED;
        } catch (LedgerException e) {
            counts.problem(String.valueOf(e.getMessage()));
            return e.category() == Category.INTERRUPTED ? Outcome.INTERRUPTED : Outcome.FAILED;
        } catch (RuntimeException e) {
            // Never its message, which may hold what the source said.
            LOG.error("sync of {} failed: {}", options.name(), place(e));
            counts.problem(
                    "it failed by a fault of the gateway's own: " + e.getClass().getName());
            return Outcome.FAILED;
        }
    }

    static String place(Exception e) {
        StackTraceElement[] trace = e.getStackTrace();
        return e.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
    }

    /**
     * What is compared.
     *
     * @param everything whether it is a comparison of all studies, to be gone on with when it is broken off
     * @param since of these days; of one that is gone on with, those that are looked at in addition
     * @param done of it the days from this one on are done; null: none
     * @param updated only what was changed since; null: whenever
     */
    private record Scope(
            String words,
            boolean everything,
            @Nullable LocalDate since,
            @Nullable LocalDate done,
            @Nullable Instant updated) {}

    private Scope scope() {
        if (request.study() != null) {
            return new Scope("study " + request.study(), false, null, null, null);
        }
        if (request.since() != null) {
            return new Scope("since " + request.since(), false, request.since(), null, null);
        }
        Optional<SourceState> state = ledger.sources().find(options.name());
        Optional<Pass> pass = state.map(SourceState::pass);
        LocalDate done = pass.map(Pass::day).orElse(null);
        if (request.full()) { // what is done of a pass was not read again
            return new Scope("everything, every header", true, null, null, null);
        }
        // A night whose run begins a little earlier than that of the night before is a night too.
        Duration after = options.compareAll().multipliedBy(9).dividedBy(10);
        boolean due = pass.map(Pass::started)
                .map(started -> !clock.instant().isBefore(started.plus(after)))
                .orElse(true);
        LocalDate recent = recent(state, done != null);
        if (request.everything() || due || done != null) {
            return new Scope(done == null ? "everything" : "everything, gone on with", true, recent, done, null);
        }
        if (options.lastUpdated()) {
            Instant updated = recentInstant(state, false);
            return new Scope("changed since " + updated, false, null, null, updated);
        }
        return new Scope("since " + recent, false, recent, null, null);
    }

    /** Back from the last run that compared the last days, not from now: there may have been none for long. */
    private Instant recentInstant(Optional<SourceState> state, boolean ofPass) {
        Instant now = clock.instant();
        Instant last = state.map(SourceState::recent).orElse(now);
        Instant begun = ofPass ? state.map(SourceState::pass).map(Pass::started).orElse(now) : now;
        return Stream.of(now, last, begun)
                .min(Comparator.naturalOrder())
                .orElse(now)
                .minus(options.recent());
    }

    private LocalDate recent(Optional<SourceState> state, boolean ofPass) {
        return LocalDate.ofInstant(recentInstant(state, ofPass), ZoneOffset.UTC);
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    private void compare(Running running, Scope scope, long known, Comparison comparison)
            throws SourceException, InterruptedException {
        Listings listings = new Listings(source, today());
        for (StudyQuery window : windows(scope, running, known)) {
            listings.list(window, (part, listing) -> {
                comparison.compare(part, listing);
                pass(running.run(), scope, part);
                running.requireHours();
            });
        }
    }

    private List<StudyQuery> windows(Scope scope, Running running, long known) {
        if (request.study() != null) {
            return List.of(StudyQuery.of(request.study()));
        }
        if (scope.updated != null) {
            return List.of(StudyQuery.ALL.updatedSince(scope.updated));
        }
        Map<LocalDate, Integer> days = running.studies().days(running.run());
        if (scope.since != null && !scope.everything) {
            return Windows.of(scope.since, Windows.LAST_DAY, days, options.studiesMax());
        }
        if (scope.done == null) {
            return Windows.isOne(known, options.studiesMax())
                    ? List.of(StudyQuery.ALL)
                    : Windows.of(Windows.FIRST_DAY, Windows.LAST_DAY, days, options.studiesMax());
        }
        List<StudyQuery> windows = new ArrayList<>(
                Windows.of(Objects.requireNonNull(scope.since), Windows.LAST_DAY, days, options.studiesMax()));
        if (scope.done.isAfter(Windows.FIRST_DAY)) {
            windows.addAll(Windows.of(Windows.FIRST_DAY, scope.done.minusDays(1), days, options.studiesMax()));
        }
        return windows;
    }

    /** What is newer than where a pass stands is looked at in addition, and moves nothing. */
    private void pass(SourceRun run, Scope scope, StudyQuery part) {
        boolean further = scope.done == null || (part.to() != null && part.to().isBefore(scope.done));
        if (scope.everything && part.from() != null && further && !request.dryRun()) {
            ledger.sources().passed(run, part.from());
        }
    }
}
