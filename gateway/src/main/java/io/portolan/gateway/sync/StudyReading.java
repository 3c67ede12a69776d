package io.portolan.gateway.sync;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.gateway.Category;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerException;
import io.portolan.gateway.ledger.Reception;
import io.portolan.gateway.ledger.SourceStudies.Conclusion;
import io.portolan.gateway.ledger.SourceStudy;
import io.portolan.gateway.sync.SourceException.Kind;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.UnidentifiedInstanceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Reads of one study what differs, and records it.
 *
 * <pre>
 * series listed -> those that differ read, header by header -> recorded in batches -> concluded: the study is due
 * </pre>
 *
 * What fails in between leaves what was recorded and concludes nothing, so that the next run reads it again.
 */
final class StudyReading {

    /** Headers of one commit: arrivals wait for it. */
    private static final int BATCH_MAX = 200;

    /** How long to wait for the publisher before looking again. */
    private static final Duration BACKLOG_PAUSE = Duration.ofSeconds(1);

    /**
     * What became of it.
     *
     * @param adopted whether the ledger had all of it already
     * @param instances headers that were read
     * @param gone instances that were taken back
     * @param missing instances that the source listed before and has no more, and that were not confirmed
     */
    record Result(boolean adopted, int instances, int gone, Set<Uid> missing) {

        private static final Result ADOPTED = new Result(true, 0, 0, Set.of());
    }

    private final Running running;
    private final Ledger ledger;

    StudyReading(Running running) {
        this.running = running;
        this.ledger = running.ledger();
    }

    /**
     * Brings the ledger in step with what the source says of a study.
     *
     * @param known what it said before; null: nothing
     * @param full whether all series are read again, whatever they say
     * @param confirmed instances that were missing before: what of them is missing still is taken back
     * @throws SourceException also when the source does not have it any more
     */
    Result read(ListedStudy listed, @Nullable SourceStudy known, boolean full, Set<Uid> confirmed)
            throws SourceException, InterruptedException {
        List<ListedSeries> series = running.source().series(listed.study());
        if (series.isEmpty()) {
            throw new SourceException(Kind.UNAVAILABLE, "the source lists the study, and no series of it");
        }
        SourceStudy said = said(listed, series);
        if (known == null && !full && adopt(listed, series, said)) {
            return Result.ADOPTED;
        }
        boolean saysTheSame = known != null && !full && said.equals(known);
        if (saysTheSame && saysHowMuch(said)) {
            return Result.ADOPTED; // what the list of studies could not say
        }
        int before = saysTheSame ? instances(listed.study()) : 0;
        List<ListedSeries> differing = series.stream()
                .filter(one -> full
                        || known == null
                        || !known.header().equals(listed.header())
                        || one.fingerprint().isEmpty()
                        || !one.fingerprint().equals(known.series().get(one.series())))
                .toList();
        Map<Uid, Set<Uid>> read = new HashMap<>();
        differing.forEach(one -> read.put(one.series(), new HashSet<>()));
        Map<Uid, Integer> unusable = new HashMap<>();
        int instances = read(listed, read, unusable);
        requireAll(differing, read, unusable);
        Conclusion end = running.studies().conclude(running.run(), said, read, confirmed);
        boolean nothingNew = saysTheSame && end.doubtful().isEmpty() && instances(listed.study()) == before;
        return new Result(nothingNew, instances, end.gone(), end.doubtful());
    }

    /** Of a study of which the list of studies does not say how much there is: whether that of its series says so. */
    boolean isSame(ListedStudy listed, SourceStudy known) throws SourceException, InterruptedException {
        SourceStudy said = said(listed, running.source().series(listed.study()));
        return said.equals(known) && saysHowMuch(said);
    }

    private static boolean saysHowMuch(SourceStudy said) {
        return !said.series().containsValue("");
    }

    private int instances(Uid study) {
        return ledger.find(study).map(known -> known.instances().size()).orElse(0);
    }

    private static SourceStudy said(ListedStudy listed, List<ListedSeries> series) {
        SortedMap<Uid, String> fingerprints = new TreeMap<>();
        series.forEach(one -> fingerprints.put(one.series(), one.fingerprint()));
        return new SourceStudy(listed.study(), listed.studyDate(), listed.header(), listed.extent(), fingerprints);
    }

    /**
     * Whether the ledger has it, instance by instance, and says the same of it, as far as the source says anything at study and
     * series level: then nothing is read.
     */
    private boolean adopt(ListedStudy listed, List<ListedSeries> series, SourceStudy said)
            throws SourceException, InterruptedException {
        boolean same = LedgerStudy.find(ledger, listed.study())
                .filter(known -> known.differing(listed).isEmpty())
                .filter(known -> known.extent(listed).isEmpty())
                .filter(known -> known.has(series))
                .isPresent();
        if (!same) {
            return false;
        }
        Optional<Set<Uid>> instances = running.source().instances(listed.study(), series);
        return instances.isPresent() && running.studies().adopt(running.run(), said, instances.get());
    }

    private int read(ListedStudy listed, Map<Uid, Set<Uid>> read, Map<Uid, Integer> unusable)
            throws SourceException, InterruptedException {
        Uid study = listed.study();
        awaitRoom();
        List<Reception> batch = new ArrayList<>();
        List<SourceException> wrong = new ArrayList<>();
        running.source().headers(study, read.keySet(), header -> {
            try {
                Instance instance = instance(study, header, read);
                batch.add(new Reception(instance, TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN.uid(), null));
            } catch (SourceException e) {
                wrong.add(e);
            } catch (UnidentifiedInstanceException e) { // left out, as when it is sent
                header.uid(Attribute.SeriesInstanceUID).ifPresent(series -> unusable.merge(series, 1, Integer::sum));
                running.counts().note("an instance of study " + study + " is left out: " + e.getMessage());
            }
            if (batch.size() == BATCH_MAX) {
                record(listed, batch);
            }
        });
        record(listed, batch);
        if (!wrong.isEmpty()) {
            throw wrong.get(0);
        }
        return read.values().stream().mapToInt(Set::size).sum();
    }

    private Instance instance(Uid study, DataSet header, Map<Uid, Set<Uid>> read)
            throws SourceException, UnidentifiedInstanceException {
        Instance instance = Instance.of(header, running.options().aeTitle(), running.extraTags());
        Set<Uid> ofSeries = read.get(instance.series());
        if (!instance.study().equals(study) || ofSeries == null) {
            throw new SourceException(Kind.MALFORMED, "the source gave an instance of another study or series");
        }
        ofSeries.add(instance.instance());
        return instance;
    }

    /** Modalities that send now need room in the backlog too. */
    private void awaitRoom() throws InterruptedException {
        while (ledger.backlog() > running.options().backlogMax() / 2) {
            running.requireHours();
            ledger.changes().await(BACKLOG_PAUSE);
        }
    }

    private void record(ListedStudy listed, List<Reception> batch) {
        while (!batch.isEmpty()) {
            try {
                running.studies().record(running.run(), listed.study(), listed.studyDate(), batch);
                batch.clear();
            } catch (LedgerException e) {
                if (e.category() != Category.OUT_OF_RESOURCES) {
                    throw e;
                }
                pause();
            }
        }
    }

    /** Until the backlog or the disk has room again. */
    private void pause() {
        try {
            ledger.changes().await(BACKLOG_PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("told to stop");
        }
    }

    /** A series of which not all came is not known; and nothing is gone because it did not come. */
    private static void requireAll(List<ListedSeries> listed, Map<Uid, Set<Uid>> read, Map<Uid, Integer> unusable)
            throws SourceException {
        for (ListedSeries series : listed) {
            int came = read.getOrDefault(series.series(), Set.of()).size() + unusable.getOrDefault(series.series(), 0);
            int said = series.instances().orElse(came);
            if (came != said || came == 0) {
                throw new SourceException(
                        Kind.UNAVAILABLE,
                        "series " + series.series() + ": of " + said + " instances " + came + " were read");
            }
        }
    }
}
