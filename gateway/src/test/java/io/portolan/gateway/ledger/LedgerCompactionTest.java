package io.portolan.gateway.ledger;

import static io.portolan.gateway.ledger.TestInstances.header;
import static io.portolan.gateway.ledger.TestInstances.instance;
import static io.portolan.gateway.ledger.TestInstances.keyObject;
import static io.portolan.gateway.ledger.TestInstances.reception;
import static io.portolan.gateway.ledger.TestInstances.series;
import static io.portolan.gateway.ledger.TestInstances.sop;
import static io.portolan.gateway.ledger.TestInstances.study;
import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.TransferSyntax;
import io.portolan.gateway.Category;
import io.portolan.gateway.ledger.Claim.Publication;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is compacted, what is not, and what becomes of it when something comes. */
class LedgerCompactionTest implements LedgerInFile {

    private static final Duration LEASE = Duration.ofMinutes(5);
    private static final Duration MONTH = Duration.ofDays(30);

    @TempDir
    Path directory;

    private final SettableClock clock = new SettableClock();
    private Ledger ledger;

    @BeforeEach
    void open() {
        ledger = Ledger.open(
                new LedgerOptions(place(directory.resolve("ledger.db")), Duration.ZERO, Duration.ZERO, 100, 0, "v1"),
                clock);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private void publishAll() {
        for (var claim = ledger.claim(LEASE); claim.isPresent(); claim = ledger.claim(LEASE)) {
            ledger.published(claim.get(), new Publication(null, "1", null, "{\"a\":1}"));
        }
    }

    private void compact() throws InterruptedException {
        ledger.compaction().run(MONTH, commit -> true);
    }

    private void compactStudyOf(int... sops) throws InterruptedException {
        for (int sop : sops) {
            ledger.record(reception(header(1, 1, sop), "file-" + sop));
        }
        publishAll();
        clock.pass(MONTH);
        compact();
        assertThat(ledger.compaction().count()).isEqualTo(1);
    }

    private long rows(String table) {
        return ledger.committer()
                .commit(handle -> handle.createQuery("SELECT count(*) FROM " + table)
                        .mapTo(Long.class)
                        .one());
    }

    // ---- what is compacted

    @Test
    void compactsWhatIsPublishedAndQuiet() throws Exception {
        compactStudyOf(1, 2, 3);

        assertThat(Stream.of("header", "series", "instance", "file").map(this::rows))
                .containsOnly(0L);
        assertThat(TestInstances.studyOf(ledger, 1).numberOfInstances()).isEqualTo(3);
        assertThat(ledger.files().of(study(1), sop(2))).containsExactly("file-2");
        assertThat(ledger.files().of(study(1))).containsExactlyInAnyOrder("file-1", "file-2", "file-3");
        assertThat(ledger.counts().instances()).isEqualTo(3);
        assertThat(ledger.waiting()).isZero();
    }

    @Test
    void compactsNothingThatCameOfLate() throws Exception {
        ledger.record(reception(1, 1, 1));
        publishAll();
        clock.pass(MONTH.minusMillis(1));
        compact();
        assertThat(ledger.compaction().count()).isZero();

        clock.pass(Duration.ofMillis(1));
        compact();
        assertThat(ledger.compaction().count()).isEqualTo(1);
    }

    @Test
    void compactsNothingThatIsDirtyParkedClaimedOrUncertain() throws Exception {
        ledger.record(reception(1, 1, 1));
        publishAll();
        ledger.replays().makeDue(List.of(study(1)));
        clock.pass(MONTH);
        compact();
        assertThat(ledger.compaction().count()).as("dirty").isZero();

        Claim claim = ledger.claim(LEASE).orElseThrow();
        compact();
        assertThat(ledger.compaction().count()).as("claimed").isZero();

        ledger.park(claim, Category.FHIR_REJECTED, "no");
        compact();
        assertThat(ledger.compaction().count()).as("parked").isZero();

        ledger.replays().replay(List.of(study(1)));
        ledger.settled(ledger.claim(LEASE).orElseThrow());
        compact();
        assertThat(ledger.compaction().count()).as("uncertain").isZero();

        ledger.replays().replay(List.of(study(1)));
        publishAll();
        compact();
        assertThat(ledger.compaction().count()).isEqualTo(1);
    }

    @Test
    void compactsNoStudyWithANoteOrASelection() throws Exception {
        ledger.record(reception(1, 1, 1));
        ledger.record(reception(keyObject(2, 9, "113001", study(1), sop(1))));
        ledger.record(reception(keyObject(3, 10, "113039", study(1), sop(1))));
        ledger.record(reception(keyObject(4, 11, "113000", study(1), sop(1))));
        publishAll();
        clock.pass(MONTH);
        compact();

        assertThat(ledger.compaction().count()).as("the study that they name").isEqualTo(1);
        assertThat(rows("instance")).isEqualTo(3);
        assertThat(ledger.gathered(study(1)).notes()).hasSize(2);
    }

    /** However many are compacted. */
    @Test
    void compactsNoStudyWithAFileThatWaitsToBeForwarded() throws Exception {
        ledger.record(new Reception(
                instance(header(1, 1, 1)), TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN.uid(), false, "file-1", true));
        publishAll();
        clock.pass(MONTH);
        compact();
        assertThat(ledger.compaction().count()).isZero();

        ledger.files().forwards().confirmed(ledger.files().forwards().due(10), true);
        compact();
        assertThat(ledger.compaction().count()).isEqualTo(1);
    }

    /** Else they would not be found when their time is over. */
    @Test
    void leavesStudiesWithFilesThatAreKeptForATimeOnly() throws Exception {
        ledger.record(reception(header(1, 1, 1), "file-1"));
        ledger.record(reception(2, 1, 1));
        publishAll();
        clock.pass(MONTH);
        ledger.compaction().run(MONTH, false, commit -> true);
        assertThat(ledger.compaction().count()).isEqualTo(1);
        assertThat(rows("file")).isEqualTo(1);
        compact();
        assertThat(ledger.compaction().count()).isEqualTo(2);
    }

    @Test
    void looksOnlyAtThoseThatAreNotCompacted() {
        List<String> plan = ledger.committer()
                .commit(handle -> handle.createQuery(
                                "EXPLAIN QUERY PLAN " + Compaction.CANDIDATES.replaceAll(":[a-zA-Z]+", "1"))
                        .map((row, context) -> row.getString("detail"))
                        .list());
        assertThat(plan).contains("SEARCH t USING INDEX study_loose (id>?)");
        assertThat(plan)
                .filteredOn(step -> step.startsWith("SCAN"))
                .as("whether anything is to be forwarded")
                .allMatch(step -> step.startsWith("SCAN forward USING COVERING INDEX"));
    }

    /** Or a migration adds a column, and what it says of a study is lost when that is compacted. */
    @Test
    void packsEveryColumn() {
        Map<PackedTable, Set<String>> found = ledger.committer().commit(handle -> {
            Map<PackedTable, Set<String>> columns = new TreeMap<>();
            for (PackedTable table : PackedTable.values()) {
                columns.put(
                        table,
                        handle.queryMetadata(meta -> meta.getColumns(null, null, table.table(), null))
                                .map((row, context) -> row.getString("COLUMN_NAME"))
                                .set());
            }
            return columns;
        });
        found.forEach((table, columns) -> assertThat(columns)
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                Stream.of("id"),
                                Stream.concat(
                                        switch (table) {
                                            case HEADER -> Stream.of("study_id", "hash");
                                            case SERIES -> Stream.of("study_id");
                                            case INSTANCE -> Stream.of("study_id", "confirmed_at"); // not packed
                                            case FILE -> Stream.empty();
                                        },
                                        table.columns().stream().map(PackedTable.Column::name)))
                        .toList()));
    }

    /** Nor is there another table whose rows name one of them. */
    @Test
    void noOtherTableNamesARowThatIsPacked() {
        Set<String> naming = ledger.committer()
                .commit(handle -> handle.createQuery("SELECT m.name || '.' || f.\"from\" FROM sqlite_master m"
                                + " JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'"
                                + " AND f.\"table\" IN ('instance', 'file', 'series', 'header')")
                        .mapTo(String.class)
                        .set());
        assertThat(naming)
                .as("a study of which such a table knows a row must not be compacted, see Compaction.PACKABLE")
                .containsExactlyInAnyOrder(
                        "file.instance_id", "evidence.instance_id", "expired.instance_id", "forward.file_id");
    }

    // ---- what comes then

    @Test
    void mergesALateInstance() throws Exception {
        compactStudyOf(1, 2);
        assertThat(ledger.record(reception(1, 2, 3))).isEqualTo(Recorded.NEW);

        assertThat(ledger.compaction().count()).isZero();
        assertThat(ledger.claim(LEASE)).hasValueSatisfying(claim -> {
            assertThat(claim.study()).isEqualTo(study(1));
            assertThat(claim.uncertain()).isFalse();
            assertThat(Objects.requireNonNull(claim.last()).json()).isEqualTo("{\"a\":1}");
        });
        assertThat(TestInstances.studyOf(ledger, 1).numberOfInstances()).isEqualTo(3);
        assertThat(ledger.counts().instances()).isEqualTo(3);
    }

    @Test
    void knowsWhatComesOnceMore() throws Exception {
        compactStudyOf(1, 2);

        assertThat(ledger.record(reception(header(1, 1, 2), "again"))).isEqualTo(Recorded.UNCHANGED);
        assertThat(ledger.waiting()).isZero();
        assertThat(ledger.files().of(study(1), sop(2))).containsExactly("file-2", "again");
        compact();
        assertThat(ledger.compaction().count()).as("nothing is to be done").isEqualTo(1);
        assertThat(ledger.files().of(study(1), sop(2))).containsExactly("file-2", "again");
    }

    @Test
    void isMadeAnewWithoutBeingUnpacked() throws Exception {
        compactStudyOf(1, 2);
        ledger.replays().republishAll();

        assertThat(ledger.waiting()).isEqualTo(1);
        Claim claim = ledger.claim(LEASE).orElseThrow();
        assertThat(TestInstances.studyOf(ledger, 1).numberOfInstances()).isEqualTo(2);
        assertThat(ledger.published(claim, new Publication(null, "1", null, "{}")))
                .isTrue();
        assertThat(ledger.compaction().count()).isEqualTo(1);
        assertThat(rows("instance")).isZero();
    }

    @Test
    void forgetsCompactedStudiesWithAllOthers() throws Exception {
        compactStudyOf(1, 2);
        ledger.forgetInstances();
        assertThat(ledger.compaction().count()).isZero();
        assertThat(ledger.gathered(study(1)).instances()).isEmpty();

        assertThat(ledger.record(reception(1, 1, 1))).isEqualTo(Recorded.NEW);
        assertThat(TestInstances.studyOf(ledger, 1).numberOfInstances()).isEqualTo(1);
    }

    /** A bit that is free belongs to the next archive, which has none of it. */
    @Test
    void forgetsWhatAnArchiveHad() throws Exception {
        compactStudyOf(1);
        SourceRun first = ledger.sources().begin("first", "", LEASE, true).orElseThrow();
        assertThat(ledger.sourceStudies().adopt(first, listed(), Set.of(sop(1))))
                .isTrue();
        assertThat(ledger.compaction().count()).as("what it has is told inside").isEqualTo(1);
        ledger.sources().end(first, new Sources.Ending("done", "", true, true, true));
        assertThat(ledger.sources().forget("first")).isTrue();

        SourceRun next = ledger.sources().begin("next", "", LEASE, true).orElseThrow();
        assertThat(ledger.sourceStudies()
                        .conclude(next, listed(), Map.of(series(1), Set.of()), Set.of(sop(1)))
                        .gone())
                .isZero();
        assertThat(ledger.compaction().count()).isEqualTo(1);
    }

    @Test
    void takesBackWhatAnArchiveHasNoMore() throws Exception {
        compactStudyOf(1, 2);
        SourceRun run = ledger.sources().begin("main", "", LEASE, true).orElseThrow();
        ledger.sourceStudies().adopt(run, listed(), Set.of(sop(1), sop(2)));
        assertThat(ledger.sourceStudies()
                        .conclude(run, listed(), Map.of(series(1), Set.of(sop(1))), Set.of(sop(2)))
                        .gone())
                .isEqualTo(1);

        assertThat(ledger.compaction().count()).isZero();
        assertThat(TestInstances.studyOf(ledger, 1).numberOfInstances()).isEqualTo(1);
        publishAll();
        ledger.sourceStudies().gone(run, study(1));
        publishAll();
        clock.pass(MONTH);
        compact();
        assertThat(ledger.compaction().count()).isEqualTo(1);
        assertThat(ledger.gathered(study(1)).gone()).isTrue();
        assertThat(ledger.gathered(study(1)).instances()).hasSize(1);
        ledger.record(reception(1, 1, 2));
        assertThat(ledger.gathered(study(1)).gone()).isFalse();
    }

    private static SourceStudy listed() {
        return new SourceStudy(study(1), "20260101", "h", "e", new TreeMap<>(Map.of(series(1), "s")));
    }

    /** The committer does what waits in turn: first the write, then what was read before it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void leavesAloneWhatHasChangedSinceItWasRead(boolean arrival) throws Exception {
        ledger.record(reception(1, 1, 1));
        publishAll();
        clock.pass(MONTH);
        SourceRun run = ledger.sources().begin("main", "", LEASE, true).orElseThrow();
        ExecutorService threads = Executors.newCachedThreadPool();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(1);
        Future<Boolean> holder = threads.submit(() -> ledger.committer().commit(handle -> {
            begun.countDown();
            while (held.getCount() > 0) {
                Thread.onSpinWait();
            }
            return true;
        }));
        begun.await();
        Future<?> writer = threads.submit(() -> arrival
                ? ledger.record(reception(header(1, 1, 1), "file"))
                : ledger.sourceStudies().adopt(run, listed(), Set.of(sop(1))));
        awaitWaiting(1);
        Future<?> compaction = threads.submit(() -> ledger.compaction().run(MONTH, commit -> true));
        awaitWaiting(2);
        held.countDown();
        holder.get();
        writer.get();
        compaction.get();
        threads.shutdown();

        assertThat(ledger.compaction().count()).isZero();
        assertThat(ledger.files().of(study(1))).hasSize(arrival ? 1 : 0);
        compact();
        assertThat(ledger.compaction().count()).isEqualTo(1);
        assertThat(ledger.files().of(study(1))).hasSize(arrival ? 1 : 0);
    }

    private void awaitWaiting(int count) {
        while (ledger.committer().waiting() < count) {
            Thread.onSpinWait();
        }
    }
}
