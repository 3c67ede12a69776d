package io.portolan.gateway.sync;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.Uid;
import io.portolan.gateway.ledger.SourceStudy;
import io.portolan.gateway.sync.Source.Listing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Holds what a source lists against what it listed before, and has read what differs. */
final class Comparison implements AutoCloseable {

    /**
     * A study that differs.
     *
     * @param known what was listed of it before; null: nothing
     */
    record Work(ListedStudy listed, @Nullable SourceStudy known) {

        boolean isSame() {
            return known != null
                    && !listed.extent().isEmpty()
                    && known.header().equals(listed.header())
                    && known.extent().equals(listed.extent());
        }
    }

    private final Running running;
    private final Removals removals;
    private final StudyReading reading;
    private final ExecutorService readers;

    Comparison(Running running, Removals removals) {
        this.running = running;
        this.removals = removals;
        this.reading = new StudyReading(running);
        this.readers = Executors.newFixedThreadPool(running.options().parallel());
    }

    /** Compares the studies of a window, and returns when what differs is recorded. */
    void compare(StudyQuery window, Listing listing) throws SourceException, InterruptedException {
        Map<Uid, SourceStudy> known = known(window);
        Map<Uid, SourceStudy> ofOtherDays = running.studies()
                .studies(
                        running.run(),
                        listing.studies().stream()
                                .map(ListedStudy::study)
                                .filter(uid -> !known.containsKey(uid))
                                .toList());
        List<Work> work = new ArrayList<>();
        List<Uid> back = new ArrayList<>();
        for (ListedStudy study : listing.studies()) {
            Work one = new Work(study, known.getOrDefault(study.study(), ofOtherDays.get(study.study())));
            if (running.request().full() || !one.isSame()) {
                work.add(one);
            } else if (one.known != null && one.known.doubtful()) {
                back.add(study.study());
            }
            known.remove(study.study());
        }
        running.counts().listed(listing.studies().size());
        if (listing.unidentified() > 0) {
            running.counts()
                    .note("the source lists " + listing.unidentified()
                            + " studies whose StudyInstanceUID is none; they cannot be told apart, and are left out");
        }
        removals.listed(back, ofOtherDays.keySet());
        if (listing.complete()) {
            removals.missing(known.values());
        } else if (window.from() != null) {
            running.counts().problem("the source does not list all studies of " + window.from());
        }
        read(work);
    }

    /** What was listed in the window before; where only what was changed is asked for, a list says nothing of the rest. */
    private Map<Uid, SourceStudy> known(StudyQuery window) {
        if (window.updated() != null) {
            return new HashMap<>();
        }
        return window.study() == null
                ? running.studies().studies(running.run(), window.from(), window.to())
                : running.studies().studies(running.run(), List.of(window.study()));
    }

    /** Reads what differs, several studies at once. */
    void read(List<Work> work) throws SourceException, InterruptedException {
        List<Future<?>> reading = new ArrayList<>();
        for (Work one : work) {
            if (running.request().dryRun()) {
                if (!isFoundTheSame(one)) {
                    running.tell(difference(one));
                }
            } else {
                reading.add(readers.submit(() -> {
                    read(one);
                    return null;
                }));
            }
        }
        for (Future<?> one : reading) {
            await(one);
        }
    }

    private static void await(Future<?> reading) throws SourceException, InterruptedException {
        try {
            reading.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SourceException failure) {
                throw failure;
            }
            if (e.getCause() instanceof InterruptedException failure) {
                throw failure;
            }
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private boolean isFoundTheSame(Work work) throws SourceException, InterruptedException {
        return work.known != null
                && work.listed.extent().isEmpty()
                && !running.request().full()
                && reading.isSame(work.listed, work.known);
    }

    /** One study that fails is told and left for a later run; when many do in a row, the source may be the matter. */
    private void read(Work work) throws SourceException, InterruptedException {
        running.requireHours();
        SyncCounts counts = running.counts();
        Uid study = work.listed.study();
        Difference difference = difference(work);
        try {
            StudyReading.Result result =
                    reading.read(work.listed, work.known, running.request().full(), Set.of());
            counts.read(result.instances());
            if (!result.missing().isEmpty()) {
                removals.shrunk(study, result.missing());
            }
            if (!result.adopted()) {
                running.tell(difference);
            }
            counts.succeeded();
        } catch (SourceException e) {
            running.tell(new Difference(study, Difference.Kind.FAILED, String.valueOf(e.getMessage())));
            counts.problem("study " + study + ": " + e.getMessage());
            if (counts.failedInARow()) {
                running.look(study); // fails when it is the source, and ends the run
            }
        }
    }

    private Difference difference(Work work) {
        Uid uid = work.listed.study();
        Optional<LedgerStudy> found = LedgerStudy.find(running.ledger(), uid);
        if (found.isEmpty()) {
            return new Difference(uid, Difference.Kind.NEW, numbers(work.listed));
        }
        LedgerStudy known = found.get();
        // What it says as before is no news, even where it says something else than its instances do.
        boolean saysTheSame = work.known != null && work.known.header().equals(work.listed.header());
        List<Attribute> differing = saysTheSame ? List.of() : known.differing(work.listed);
        String names = String.join(", ", differing.stream().map(Attribute::name).toList());
        if (differing.contains(Attribute.PatientID)) {
            return new Difference(uid, Difference.Kind.MOVED, names);
        }
        if (!differing.isEmpty()) {
            return new Difference(uid, Difference.Kind.CORRECTED, names);
        }
        return new Difference(
                uid, work.isSame() ? Difference.Kind.REREAD : Difference.Kind.RESIZED, known.extent(work.listed));
    }

    private static String numbers(ListedStudy listed) {
        List<String> numbers = new ArrayList<>();
        listed.series().ifPresent(series -> numbers.add(series + " series"));
        listed.instances().ifPresent(instances -> numbers.add(instances + " instances"));
        return String.join(", ", numbers);
    }

    /** Breaks off what is being read, and returns when nothing is any more. */
    @Override
    public void close() {
        readers.shutdownNow();
        boolean interrupted = false;
        while (!readers.isTerminated()) {
            try {
                readers.awaitTermination(1, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted = true; // the lease is not given back while something reads
                running.source().close();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
