package io.portolan.gateway.sync;

import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerException;
import io.portolan.gateway.ledger.SourceState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the archives on their schedules, each in a thread of its own, so that none overlaps with itself. When the last run was
 * begun stands in the ledger: runs that were missed are caught up once.
 */
public final class SyncService implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SyncService.class);

    /** A clock that is set is noticed after so long. */
    private static final Duration LOOK_AT_THE_CLOCK = Duration.ofSeconds(30);

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

    private final List<Archive> archives;
    private final Ledger ledger;
    private final Clock clock;
    private final Random random;
    private final List<Thread> threads = new ArrayList<>();
    private final Map<String, Totals> totals = new ConcurrentHashMap<>();
    private final Map<String, Source> sources = new ConcurrentHashMap<>(); // those that are being asked
    private volatile boolean closed;

    public SyncService(List<Archive> archives, Ledger ledger, Clock clock, Random random) {
        this.archives = List.copyOf(archives);
        this.ledger = ledger;
        this.clock = clock;
        this.random = random;
        this.archives.forEach(archive -> totals.put(archive.name(), new Totals()));
    }

    /** What the runs of an archive came to since the start. */
    private static final class Totals {
        // guarded by this
        private long runs;
        private long failed;
        private long differences;
        private long removed;

        synchronized void add(SyncReport report) {
            runs++;
            failed += report.outcome().isFine() ? 0 : 1;
            differences += report.differences().values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            removed += report.removed();
        }
    }

    /** Begins to wait for what is due. */
    public void start() {
        for (Archive archive : archives) {
            if (archive.timing().isPresent()) {
                Thread thread = new Thread(() -> serve(archive), "sync-" + archive.name());
                threads.add(thread);
                thread.start();
            }
        }
    }

    private void serve(Archive archive) {
        try {
            while (!closed && awaitTurn(archive)) {
                run(archive);
            }
        } catch (InterruptedException e) {
            LOG.debug("sync of {} ends", archive.name());
        }
    }

    /** Waits for a turn that no other gateway has taken meanwhile. False: there is no turn any more. */
    private boolean awaitTurn(Archive archive) throws InterruptedException {
        Optional<Instant> next = next(archive);
        while (next.isPresent()) {
            long jitter = archive.jitter().toMillis();
            awaitTime(next.get().plusMillis(jitter == 0 ? 0 : random.nextLong(jitter)));
            next = next(archive);
            if (next.isPresent() && !next.get().isAfter(clock.instant())) {
                return true;
            }
        }
        return false;
    }

    private void awaitTime(Instant turn) throws InterruptedException {
        for (Instant now = clock.instant(); now.isBefore(turn); now = clock.instant()) {
            Duration left = Duration.between(now, turn);
            Thread.sleep(Math.max(1, Math.min(left.toMillis(), LOOK_AT_THE_CLOCK.toMillis())));
        }
    }

    /** When a run that is under way has not ended, it may have later. */
    private Optional<Instant> next(Archive archive) throws InterruptedException {
        Optional<SourceState> state = state(archive);
        while (state.map(SourceState::running).orElse(false)) {
            Thread.sleep(LOOK_AT_THE_CLOCK.toMillis());
            state = state(archive);
        }
        return Archive.next(archive.timing(), state, clock.instant());
    }

    private Optional<SourceState> state(Archive archive) throws InterruptedException {
        while (true) {
            try {
                return ledger.sources().find(archive.name());
            } catch (LedgerException e) {
                LOG.error("sync of {} cannot look into the ledger: {}", archive.name(), e.category());
                Thread.sleep(LOOK_AT_THE_CLOCK.toMillis());
            }
        }
    }

    /** Whatever goes wrong, there is a next time. */
    private void run(Archive archive) throws InterruptedException {
        try {
            Optional<SyncReport> report = archive.run(
                    ledger, SyncRequest.SCHEDULED, clock, source -> opened(archive, source), difference -> {});
            if (report.isPresent()) {
                tell(archive, report.get());
                return;
            }
            LOG.info("sync of {}: another run is under way", archive.name());
        } catch (RuntimeException e) {
            String category = e instanceof LedgerException failure ? failure.category() + ", " : "";
            LOG.error("sync of {} failed: {}{}", archive.name(), category, SyncRun.place(e));
        } finally {
            sources.remove(archive.name());
        }
        Thread.sleep(LOOK_AT_THE_CLOCK.toMillis());
    }

    private void opened(Archive archive, Source source) {
        sources.put(archive.name(), source);
        if (closed) { // it may have been opened after all were closed
            source.close();
        }
    }

    private void tell(Archive archive, SyncReport report) {
        totals.computeIfPresent(archive.name(), (name, all) -> {
            all.add(report);
            return all;
        });
        if (report.outcome().isFine()) {
            LOG.info("sync of {}: {}", archive.name(), report.summary());
        } else {
            LOG.warn("sync of {}: {}", archive.name(), report.summary());
        }
        report.problems().forEach(problem -> LOG.warn("sync of {}: {}", archive.name(), problem));
    }

    /** A word for each archive: how its last run ended, and when. */
    public SortedMap<String, String> words() {
        TreeMap<String, String> words = new TreeMap<>();
        archives.forEach(archive -> words.put(archive.name(), "never run"));
        ledger.sources().all().forEach(state -> words.computeIfPresent(state.name(), (name, word) -> word(state)));
        return words;
    }

    private static String word(SourceState state) {
        if (state.running()) {
            return "running since " + state.started();
        }
        if (state.started() == null) {
            return "never run";
        }
        return state.outcome() == null
                ? "broken off, begun at " + state.started()
                : state.outcome() + " at " + state.ended();
    }

    /** Runs of an archive since the start, those that failed included. */
    public long runs(String archive) {
        return count(archive, all -> all.runs);
    }

    /** Runs of an archive that somebody has to look at. */
    public long failures(String archive) {
        return count(archive, all -> all.failed);
    }

    /** Studies of an archive that were found to differ. */
    public long differences(String archive) {
        return count(archive, all -> all.differences);
    }

    /** Studies of an archive that were taken back. */
    public long removed(String archive) {
        return count(archive, all -> all.removed);
    }

    private long count(String archive, ToLongFunction<Totals> which) {
        Totals all = totals.get(archive);
        if (all == null) {
            return 0;
        }
        synchronized (all) {
            return which.applyAsLong(all);
        }
    }

    /** Requests to an archive since the start. */
    public long requests(String archive) {
        return archives.stream()
                .filter(one -> one.name().equals(archive))
                .mapToLong(one -> one.pace().requests())
                .sum();
    }

    /** The names of the archives. */
    public List<String> names() {
        return archives.stream().map(Archive::name).toList();
    }

    /** Has runs end as soon as they may, and does not wait; they go on after the next start. */
    public void stop() {
        closed = true;
        threads.forEach(Thread::interrupt);
        sources.values().forEach(Source::close);
    }

    /** As {@link #stop}, and waits until they have ended, for so long at most. */
    public void stop(Duration limit) throws InterruptedException {
        stop();
        long end = System.nanoTime() + limit.toNanos();
        for (Thread thread : threads) {
            thread.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
            if (thread.isAlive()) {
                LOG.warn("{} does not end", thread.getName());
            }
        }
    }

    @Override
    public void close() {
        try {
            stop(CLOSE_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
