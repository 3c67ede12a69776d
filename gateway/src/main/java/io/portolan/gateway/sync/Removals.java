package io.portolan.gateway.sync;

import io.portolan.dicom.Uid;
import io.portolan.gateway.ledger.SourceStudy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a source listed before and lists no more. Nothing is taken back on the strength of one answer: when everything else is
 * done, each is looked at once more, and when they are too many nothing is taken back at all. What is to be looked at stands in
 * the ledger, so that a run that is broken off leaves it to the next.
 */
final class Removals {

    /** A run that would take back too much. */
    static final class StoppedException extends Exception {

        private static final long serialVersionUID = 1L;

        private StoppedException(String why) {
            super(why);
        }
    }

    private final Running running;
    private final Map<Uid, SourceStudy> missing = new LinkedHashMap<>();
    private final Set<Uid> elsewhere = new HashSet<>();
    private final Map<Uid, Set<Uid>> shrunk = new LinkedHashMap<>(); // guarded by itself

    Removals(Running running) {
        this.running = running;
    }

    /**
     * Studies that are listed after all.
     *
     * @param back as they were
     * @param moved of other days than they were
     */
    void listed(Collection<Uid> back, Collection<Uid> moved) {
        elsewhere.addAll(back);
        elsewhere.addAll(moved);
        if (!back.isEmpty() && !running.request().dryRun()) {
            running.studies().doubt(running.run(), back, false);
        }
    }

    /** Studies that are not listed where they were. */
    void missing(Collection<SourceStudy> studies) {
        studies.forEach(study -> missing.put(study.study(), study));
        List<Uid> news = studies.stream()
                .filter(study -> !study.doubtful())
                .map(SourceStudy::study)
                .toList();
        if (!news.isEmpty() && !running.request().dryRun()) {
            running.studies().doubt(running.run(), news, true);
        }
    }

    /** A study that has lost instances. */
    void shrunk(Uid study, Set<Uid> instances) {
        synchronized (shrunk) {
            shrunk.put(study, instances);
        }
    }

    /**
     * Takes back what a second look does not find either.
     *
     * @param known how many studies there were
     * @param everything whether all were to be listed
     * @throws StoppedException nothing was taken back
     */
    void takeBack(long known, boolean everything, Comparison comparison)
            throws SourceException, StoppedException, InterruptedException {
        running.studies().doubtful(running.run()).forEach(study -> missing.putIfAbsent(study.study(), study));
        missing.keySet().removeAll(elsewhere);
        if (missing.isEmpty() && shrunk.isEmpty()) {
            return;
        }
        boolean allowed = running.request().allowRemovals();
        if (!allowed) {
            requireSomething(everything);
        }
        int max = allowed ? Integer.MAX_VALUE : running.options().removalsMax(known);
        List<Uid> gone = confirmed(max, comparison);
        if (gone.size() + shrunk.size() > max) {
            throw new StoppedException("more than " + max + " of " + known
                    + " studies, or parts of them, would be taken back; nothing is unless removals are allowed");
        }
        for (Uid study : gone) {
            running.tell(new Difference(study, Difference.Kind.GONE, "the source has it no more"));
            if (!running.request().dryRun()) {
                running.studies().gone(running.run(), study);
                running.counts().removed();
            }
        }
        if (!running.request().dryRun()) {
            shrink();
        }
    }

    /** A source that has nothing at all any more is rather out of order. */
    private void requireSomething(boolean everything) throws SourceException, StoppedException, InterruptedException {
        if (running.counts().listed() > 0) {
            return;
        }
        Optional<SourceStudy> control =
                everything ? Optional.empty() : running.studies().any(running.run());
        if (control.isEmpty() || running.look(control.get().study()).isEmpty()) {
            throw new StoppedException("the source lists nothing, and has listed " + missing.size()
                    + " studies before; nothing is taken back unless removals are allowed");
        }
    }

    /** Looks at no more than it takes to know that they are too many. */
    private List<Uid> confirmed(int max, Comparison comparison) throws SourceException, InterruptedException {
        List<Uid> gone = new ArrayList<>();
        for (SourceStudy one : List.copyOf(missing.values())) {
            if (gone.size() > max) {
                break;
            }
            if (shrunk.containsKey(one.study())) {
                continue;
            }
            Optional<ListedStudy> found = running.look(one.study());
            if (found.isEmpty()) {
                gone.add(one.study());
            } else {
                isThere(found.get(), one, comparison);
            }
        }
        return gone;
    }

    private void isThere(ListedStudy found, SourceStudy known, Comparison comparison)
            throws SourceException, InterruptedException {
        Comparison.Work work = new Comparison.Work(found, known);
        if (!work.isSame()) { // of another day, or with less in it
            comparison.read(List.of(work));
            return;
        }
        if (!found.studyDate().isEmpty()) {
            running.counts()
                    .problem("the source has study " + found.study()
                            + " and left it out of its list: its lists are cut off, or have changed meanwhile");
        }
        if (!running.request().dryRun()) {
            running.studies().doubt(running.run(), List.of(found.study()), false);
        }
    }

    /** Reads them as a whole once more, and takes back what is missing both times. */
    private void shrink() throws SourceException, InterruptedException {
        StudyReading reading = new StudyReading(running);
        for (Map.Entry<Uid, Set<Uid>> one : Map.copyOf(shrunk).entrySet()) {
            Uid study = one.getKey();
            Optional<ListedStudy> found = running.look(study);
            if (found.isPresent()) {
                StudyReading.Result result = reading.read(found.get(), null, true, one.getValue());
                running.counts().read(result.instances());
                if (result.gone() > 0) {
                    running.tell(new Difference(
                            study, Difference.Kind.SHRUNK, "the source has " + result.gone() + " instances no more"));
                    running.counts().removed();
                }
                if (!result.missing().isEmpty()) {
                    running.counts()
                            .problem(
                                    "study " + study + ": not the same instances are missing each time it is asked for;"
                                            + " it is looked at again in the next run");
                }
            }
        }
    }
}
