package io.portolan.gateway.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.SopClass;
import io.portolan.dicom.Uid;
import io.portolan.gateway.access.HttpCredentials;
import io.portolan.gateway.ledger.SourceStudy;
import io.portolan.gateway.ledger.Sources.Ending;
import io.portolan.gateway.sync.Difference.Kind;
import io.portolan.gateway.sync.SyncReport.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What must not happen whatever an archive answers, and whenever a run is broken off. */
class SyncSafetyTest extends SyncRoom {

    private static Source blocking(CountDownLatch begun, AtomicInteger runs) {
        return new Source() {
            @Override
            public Listing studies(StudyQuery query) throws InterruptedException {
                runs.incrementAndGet();
                begun.countDown();
                new CountDownLatch(1).await(); // for ever
                return new Listing(List.of(), true);
            }

            @Override
            public List<ListedSeries> series(Uid study) {
                return List.of();
            }

            @Override
            public void headers(Uid study, Collection<Uid> series, Consumer<DataSet> sink) {}

            @Override
            public void close() {}
        };
    }

    private Archive archive(Archive.Opening opening, Timing timing) {
        SyncOptions options = new SyncOptions(
                "pacs",
                "place of pacs",
                Optional.of("PACS"),
                Duration.ofDays(3),
                false,
                Duration.ofHours(24),
                studiesMax,
                1,
                0.1,
                1000);
        return new Archive(options, new Pace(2, 0), Optional.of(timing), Duration.ZERO, Map.of(), opening);
    }

    private static final Timing HOURLY = new Timing(null, Duration.ofHours(1), ZoneOffset.UTC, null);

    @Test
    void closingTheServiceEndsWhileARunWaits() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        SyncService service =
                new SyncService(List.of(archive(dry -> blocking(begun, runs), HOURLY)), ledger, clock(), new Random(1));
        service.start();
        begun.await();
        Thread closing = new Thread(service::close);
        closing.start();
        closing.join(5_000);
        boolean ended = !closing.isAlive();
        int begunRuns = runs.get();
        assertThat(begunRuns).as("runs that were begun").isEqualTo(1);
        assertThat(ended).as("close() returned within 5 s").isTrue();
    }

    @Test
    void aTurnThatAnotherGatewayHasTakenIsNotTakenAgain() throws Exception {
        run(SyncRequest.SCHEDULED);
        Instant turn = NOW.plus(Duration.ofHours(1));
        AtomicInteger looks = new AtomicInteger();
        AtomicInteger runs = new AtomicInteger();
        InstantSource waiting = () -> {
            int look = looks.incrementAndGet();
            if (look == 3) { // it wakes up, and another has woken up before
                time.set(turn);
                run(SyncRequest.SCHEDULED);
            }
            return look < 3 ? turn.minusMillis(1) : turn;
        };
        Archive archive = archive(
                dry -> {
                    runs.incrementAndGet();
                    return source;
                },
                HOURLY);
        try (SyncService service =
                new SyncService(List.of(archive), ledger, waiting.withZone(ZoneOffset.UTC), new Random(1))) {
            service.start();
            long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (looks.get() < 6 && runs.get() == 0 && System.nanoTime() < end) {
                LockSupport.parkNanos(1_000_000);
            }
        }
        assertThat(runs.get()).isZero();
        assertThat(looks.get()).as("it waits for the next turn").isGreaterThanOrEqualTo(6);
    }

    @Test
    void aNightlyScheduleComparesEverythingEveryNight() {
        hasStudies(28);
        time.set(Instant.parse("2026-11-26T02:00:00Z"));
        // a run takes ten minutes
        source.fails = request -> {
            time.updateAndGet(t -> t.plusSeconds(600 / 60));
            return false;
        };
        run(SyncRequest.SCHEDULED);
        time.set(Instant.parse("2026-11-27T02:00:00Z"));
        assertThat(run(SyncRequest.SCHEDULED).scope()).isEqualTo("everything");
    }

    @Test
    void studiesThatCannotBeReadDoNotKeepOthersFromBeingRead() {
        hasStudies(60);
        studiesMax = 7;
        source.answerMax = 7;
        // twelve studies of the newest days whose headers the archive does not give
        source.fails = request -> {
            if (!request.startsWith("headers ")) {
                return false;
            }
            int series = Integer.parseInt(request.substring(request.lastIndexOf('.') + 1)) % 100;
            return series % 28 >= 15;
        };
        for (int night = 0; night < 5; night++) {
            run(EVERYTHING);
        }
        assertThat(ledger.find(study(1))).as("an old study that could be read").isPresent();
    }

    @Test
    void oneStudyThatIsRefusedDoesNotEndEveryRun() {
        hasStudies(60);
        studiesMax = 7;
        source.answerMax = 7;
        Source refusing = new ForwardingSource(source) {
            @Override
            public List<ListedSeries> series(Uid study) throws SourceException {
                if (study.equals(study(27))) { // status 403 for a VIP
                    throw new SourceException(SourceException.Kind.REFUSED, "status 403");
                }
                return source.series(study);
            }
        };
        for (int night = 0; night < 5; night++) {
            runWith(refusing, EVERYTHING);
        }
        assertThat(ledger.find(study(1))).as("an old study that could be read").isPresent();
    }

    @Test
    void whatAModalitySentDirectlyIsNotTakenBackBecauseTheNumbersWereTheSame() throws Exception {
        hasStudies(12);
        run(EVERYTHING);
        // the archive has 500 and 502, the modality has sent 500 and 501
        has(50, 50, 500);
        has(50, 50, 502);
        receives(header(50, 50, 500).build());
        receives(header(50, 50, 501).build());
        run(EVERYTHING);
        has(50, 50, 503); // later the archive gets one more
        run(EVERYTHING);
        assertThat(known(50).series().get(0).instances())
                .as("never listed by any archive")
                .containsKey(sop(501));
    }

    @Test
    void whatAModalitySendsWhileAStudyIsAdoptedIsNotTakenBack() throws Exception {
        hasStudies(12);
        run(EVERYTHING);
        has(50, 50, 500);
        receives(header(50, 50, 500).build());
        // LedgerStudy.find has seen one instance; then a modality sends an SR of it; then adopt() commits
        var run = ledger.sources()
                .begin("pacs", "place of pacs", Duration.ofMinutes(1), true)
                .orElseThrow();
        ListedStudy listed = source.studies(StudyQuery.of(study(50))).studies().get(0);
        receives(header(50, 700, 7000).build());
        ledger.sourceStudies()
                .adopt(
                        run,
                        new SourceStudy(
                                listed.study(),
                                listed.studyDate(),
                                listed.header(),
                                listed.extent(),
                                new TreeMap<>(Map.of(
                                        series(50),
                                        source.series(study(50)).get(0).fingerprint()))),
                        Set.of(sop(500)));
        ledger.sources().end(run, new Ending("DONE", "{}", true, true, true));
        source.removeStudy(study(50));
        run(EVERYTHING);
        assertThat(isGone(50)).as("the SR was never listed by any archive").isFalse();
    }

    @Test
    void instancesAreNotTakenBackOnTheStrengthOfOneAnswer() {
        hasStudies(12);
        run(EVERYTHING);
        source.instances.remove(sop(40)); // really gone: one of two instances of series 4
        AtomicInteger asked = new AtomicInteger();
        Source flaky = new ForwardingSource(source) {
            @Override
            public List<ListedSeries> series(Uid study) throws SourceException {
                List<ListedSeries> all = source.series(study);
                // the second time, and only then, one other series is left out
                return study.equals(study(4)) && asked.incrementAndGet() == 2
                        ? all.stream()
                                .filter(one -> !one.series().equals(SyncRoom.series(104)))
                                .toList()
                        : all;
            }
        };
        SyncReport report = runWith(flaky, EVERYTHING);
        assertThat(known(4).numberOfSeries())
                .as("series 104 was left out of one answer only")
                .isEqualTo(2);
        assertThat(report.removed()).as("what both answers lacked").isEqualTo(1);
        assertThat(report.outcome()).as("series 104 is to be looked at again").isEqualTo(Outcome.INCOMPLETE);
        assertThat(run(EVERYTHING).outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void whatTheSecondLookFindsDoesNotCountAsTakenBack() {
        hasStudies(12);
        run(EVERYTHING);
        has(4, 4, 49);
        AtomicInteger asked = new AtomicInteger();
        Source flaky = new ForwardingSource(source) {
            @Override
            public List<ListedSeries> series(Uid study) throws SourceException {
                // the first time, and only then, one of two series is left out
                return asked.incrementAndGet() == 1
                        ? source.series(study).stream()
                                .filter(one -> !one.series().equals(SyncRoom.series(104)))
                                .toList()
                        : source.series(study);
            }
        };
        SyncReport report = runWith(flaky, EVERYTHING);
        assertThat(asked.get()).isEqualTo(2);
        assertThat(known(4).numberOfInstances()).isEqualTo(4);
        assertThat(report.removed()).isZero();
        assertThat(report.differences()).isEqualTo(Map.of(Kind.RESIZED, 1L));
        assertThat(report.outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void aStudyOfWhichARunWasKilledIsTakenBackWhenItIsDeleted() {
        hasStudies(12);
        run(EVERYTHING);
        for (int sop = 1000; sop < 1250; sop++) { // more than one commit
            has(50, 50, sop);
            has(50, 51, 1000 + sop);
        }
        AtomicInteger headers = new AtomicInteger();
        source.fails = request -> request.startsWith("headers ")
                && headers.incrementAndGet() == 2; // as good as a kill between two commits
        run(EVERYTHING);
        source.fails = request -> false;
        assertThat(ledger.find(study(50))).as("recorded in part").isPresent();
        publish();
        source.removeStudy(study(50));
        run(EVERYTHING);
        run(EVERYTHING);
        assertThat(isGone(50)).as("deleted in the only archive that had it").isTrue();
    }

    @Test
    void ofAStudyThatIsGoneWhatWasThereAtLastIsSaid() {
        hasStudies(12);
        run(EVERYTHING);
        // the archive splits the study off to another patient, with new instances
        source.removeStudy(study(4));
        source.put(header(4, 444, 4444).add(Attribute.PatientID, "OTHER").build());
        run(EVERYTHING);
        assertThat(known(4).numberOfInstances()).isEqualTo(1);
        publish();
        source.removeStudy(study(4));
        run(EVERYTHING);
        assertThat(isGone(4)).isTrue();
        assertThat(ledger.gathered(study(4)).instances().stream()
                        .map(one ->
                                one.patientHeader().string(Attribute.PatientID).orElse(""))
                        .distinct())
                .as("patients: with two of them it is parked, never cancelled")
                .containsExactly("OTHER");
    }

    @Test
    void afterTheLedgerWasForgottenEverythingIsReadAgain() {
        hasStudies(28);
        run(EVERYTHING);
        ledger.forgetInstances();
        run(SyncRequest.SCHEDULED);
        assertThat(ledger.sources().studies("pacs")).isEqualTo(28);
    }

    @Test
    void aRunThatWasKilledIsKnownToHaveBeenBrokenOff() {
        hasStudies(3);
        run(EVERYTHING);
        ledger.sources().begin("pacs", "place of pacs", Duration.ofMinutes(10), true); // and killed
        ledger.endLeases(); // the next start
        assertThat(ledger.sources().find("pacs").orElseThrow().outcome()).isNull();
    }

    @Test
    void aRunPausesWhenItsHoursAreOverAlsoWithinAWindow() {
        hasStudies(90);
        mayGoOn = () -> source.asked.size() < 10;
        assertThat(run(SyncRequest.SCHEDULED).outcome()).isEqualTo(Outcome.PAUSED);
        assertThat(source.asked).as("requests after the hours were over").hasSizeLessThan(30);
    }

    @Test
    void aStudyWhoseDateWasCorrectedIsNoTrouble() {
        hasStudies(28);
        run(EVERYTHING);
        source.correct(study(27), Attribute.StudyDate, "20260101");
        SyncReport report = run(SyncRequest.SCHEDULED);
        assertThat(report.problems()).isEmpty();
        assertThat(report.outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void theOnlyStudyOfTheLastDaysMayBeDeleted() {
        hasStudies(23);
        run(EVERYTHING);
        // 22 is of the 23rd: the only one of the last three days
        assertThat(run(SyncRequest.SCHEDULED).listed()).isLessThanOrEqualTo(2);
        source.removeStudy(study(22));
        source.removeStudy(study(23));
        assertThat(run(SyncRequest.SCHEDULED).outcome()).isNotEqualTo(Outcome.STOPPED);
    }

    @Test
    void aRunThatStoppedDoesNotAskForEverythingEveryQuarterOfAnHour() {
        hasStudies(60);
        run(EVERYTHING);
        for (int study = 1; study <= 7; study++) {
            source.removeStudy(study(study));
        }
        run(EVERYTHING);
        time.set(NOW.plus(Duration.ofHours(25)));
        run(SyncRequest.SCHEDULED); // STOPPED
        time.set(NOW.plus(Duration.ofHours(25)).plusSeconds(900));
        assertThat(run(SyncRequest.SCHEDULED).scope()).startsWith("since");
    }

    @Test
    void whatWasDatedWhileThePassWasBrokenOffIsComparedWhenItGoesOn() {
        hasStudies(100);
        source.answerMax = 7;
        studiesMax = 7;
        int[] answers = {0};
        source.fails = request -> request.startsWith("studies") && ++answers[0] > 20;
        assertThat(run(SyncRequest.SCHEDULED).outcome()).isEqualTo(Outcome.UNAVAILABLE);
        source.fails = request -> false;
        // the archive was away for ten days, in which a study was made
        source.put(header(900, 900, 9000).add(Attribute.StudyDate, "20261129").build());
        time.set(NOW.plus(Duration.ofDays(10)));
        assertThat(run(SyncRequest.SCHEDULED).outcome()).isEqualTo(Outcome.DONE);
        assertThat(ledger.sources().find("pacs").orElseThrow().pass().done())
                .as("everything was compared")
                .isEqualTo(clock().instant());
        assertThat(ledger.find(study(900))).isPresent();
    }

    @Test
    void anArchiveWhoseCredentialsAreNoneDoesNotEndItsThread() throws Exception {
        try (SyncService service = new SyncService(
                List.of(archive(
                        dry -> {
                            HttpCredentials.basic("user", "with\ttab");
                            return source;
                        },
                        HOURLY)),
                ledger,
                clock(),
                new Random(1))) {
            service.start();
            long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (service.failures("pacs") == 0 && System.nanoTime() < end) {
                LockSupport.parkNanos(1_000_000);
            }
            assertThat(service.failures("pacs")).as("it is told, and counted").isEqualTo(1);
            assertThat(ledger.sources().find("pacs").orElseThrow().outcome()).isEqualTo("REFUSED");
            assertThat(service.words().get("pacs")).startsWith("REFUSED at");
        }
    }

    @Test
    void readersHaveEndedWhenARunHas() throws Exception {
        hasStudies(5);
        CountDownLatch within = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        AtomicBoolean reading = new AtomicBoolean();
        Source stuck = new ForwardingSource(source) {
            @Override
            public void headers(Uid study, Collection<Uid> series, Consumer<DataSet> sink) throws SourceException {
                reading.set(true);
                within.countDown();
                while (true) { // a socket: it does not know of interrupts
                    try {
                        leave.await();
                        break;
                    } catch (InterruptedException e) {
                        // goes on
                    }
                }
                source.headers(study, series, sink);
                reading.set(false);
            }
        };
        Thread running = new Thread(() -> runWith(stuck, EVERYTHING));
        running.start();
        within.await();
        running.interrupt();
        running.join(3000);
        boolean ended = !running.isAlive();
        boolean still = reading.get();
        boolean lease = ledger.sources().find("pacs").orElseThrow().running();
        leave.countDown();
        running.join(); // before the ledger is closed
        assertThat(ended && still && !lease)
                .as("the run has ended and given its lease back while it still reads from the archive")
                .isFalse();
    }

    @Test
    void instancesThatAreGoneStayAsTheyWereWhereDeletedIsLeft() {
        // sync.deleted: left / endpoint-removed. Nine of ten gone, then the tenth: what is said then?
        for (int sop = 1; sop <= 10; sop++) {
            has(4, 4, sop);
        }
        hasStudiesBeside();
        run(EVERYTHING);
        for (int one = 1; one <= 9; one++) {
            source.instances.remove(sop(one));
        }
        run(EVERYTHING);
        int then = ledger.gathered(study(4)).instances().size();
        source.removeStudy(study(4));
        run(EVERYTHING);
        assertThat(ledger.gathered(study(4)).instances().size())
                .as("a study of which the last is deleted does not grow again (1, then 10 of them)")
                .isLessThanOrEqualTo(then);
    }

    private void hasStudiesBeside() {
        for (int study = 20; study < 32; study++) {
            has(study, study, 10 * study);
        }
    }

    @Test
    void anInstanceIsNotSentAgainBecauseItsHeaderWasReadAgain() throws Exception {
        hasStudies(3);
        run(EVERYTHING);
        receives(expired(1));
        run(new SyncRequest(null, null, true, true, false, false)); // --full
        assertThat(ledger.gathered(study(1)).instances())
                .as("instances that count as sent again since their retention expired")
                .allMatch(one -> one.resentAt().isEmpty());
    }

    /** A note that the retention of what {@code hasStudies} has of a study has expired. */
    private static DataSet expired(int study) {
        List<DataSet> references = IntStream.range(10 * study, 10 * study + 3)
                .mapToObj(sop -> DataSet.builder(CharacterSet.UTF_8)
                        .add(Attribute.ReferencedSOPInstanceUID, sop(sop).value())
                        .build())
                .toList();
        DataSet ofSeries = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.ReferencedSOPSequence, references)
                .build();
        return header(study, 900, 9000)
                .add(Attribute.SOPClassUID, SopClass.KEY_OBJECT_SELECTION.value())
                .add(Attribute.Modality, "KO")
                .add(
                        Attribute.ConceptNameCodeSequence,
                        List.of(DataSet.builder(CharacterSet.UTF_8)
                                .add(Attribute.CodeValue, "113039")
                                .add(Attribute.CodingSchemeDesignator, "DCM")
                                .build()))
                .add(
                        Attribute.CurrentRequestedProcedureEvidenceSequence,
                        List.of(DataSet.builder(CharacterSet.UTF_8)
                                .add(Attribute.StudyInstanceUID, study(study).value())
                                .add(Attribute.ReferencedSeriesSequence, List.of(ofSeries))
                                .build()))
                .build();
    }
}
