package io.portolan.gateway.ledger;

import static io.portolan.gateway.ledger.TestInstances.reception;
import static io.portolan.gateway.ledger.TestInstances.study;
import static io.portolan.gateway.ledger.TestInstances.studyOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.portolan.dicom.Uid;
import io.portolan.gateway.Category;
import io.portolan.gateway.ledger.Claim.Publication;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two gateways on one ledger, and what can happen to a database that is elsewhere. */
class PostgresTest {

    private static final Duration LEASE = Duration.ofMinutes(5);
    private static final int THREADS = 4; // of each ledger

    private final LedgerPlace place = TestPostgres.shared().place();
    private Ledger one;
    private Ledger other;

    private static Ledger open(LedgerPlace place) {
        return Ledger.open(new LedgerOptions(place, Duration.ZERO, Duration.ZERO, 100_000, 0, ""));
    }

    @BeforeEach
    void open() {
        one = open(place);
        other = open(place);
    }

    @AfterEach
    void close() {
        one.close();
        other.close();
    }

    private interface Work<T> {
        T of(Ledger ledger, int thread);
    }

    /** On both at once. */
    private <T> List<T> onBoth(Work<T> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2 * THREADS);
        List<Callable<T>> calls = new ArrayList<>();
        for (int i = 0; i < 2 * THREADS; i++) {
            int thread = i;
            calls.add(() -> work.of(thread % 2 == 0 ? one : other, thread));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> result : threads.invokeAll(calls)) {
            results.add(result.get());
        }
        threads.shutdown();
        return results;
    }

    // ---- two at once

    @Test
    void recordsTheInstancesOfOneStudyThroughBoth() throws Exception {
        int each = 100;
        onBoth((ledger, thread) -> {
            for (int i = 0; i < each; i++) {
                ledger.record(reception(1, thread % 3, thread * each + i));
            }
            return thread;
        });

        assertThat(studyOf(one, 1).numberOfInstances()).isEqualTo(2 * THREADS * each);
        assertThat(other.counts().instances()).isEqualTo(2L * THREADS * each);
        assertThat(other.claim(LEASE).orElseThrow().revision()).isEqualTo(2L * THREADS * each);
    }

    @Test
    void takesAnInstanceThatComesThroughBothOnce() throws Exception {
        List<Recorded> recorded = onBoth((ledger, thread) -> ledger.record(reception(1, 1, 1)));

        assertThat(recorded).containsOnlyOnce(Recorded.NEW);
        assertThat(one.counts().instances()).isEqualTo(1);
    }

    @Test
    void neverGivesAStudyToBoth() throws Exception {
        int studies = 200;
        for (int i = 0; i < studies; i++) {
            one.record(reception(i, 1, 1));
        }
        Set<Uid> claimed = ConcurrentHashMap.newKeySet();
        List<Integer> twice = onBoth((ledger, thread) -> {
            int again = 0;
            for (Optional<Claim> claim = ledger.claim(LEASE); claim.isPresent(); claim = ledger.claim(LEASE)) {
                again += claimed.add(claim.get().study()) ? 0 : 1;
            }
            return again;
        });

        assertThat(twice).containsOnly(0);
        assertThat(claimed).hasSize(studies);
    }

    @Test
    void givesTheStudyOfOneThatDiedToTheOtherWhenTheLeaseIsOver() {
        one.record(reception(1, 1, 1));
        Claim stale = one.claim(Duration.ofMillis(300)).orElseThrow();
        assertThat(other.claim(LEASE)).isEmpty();

        Claim next = awaitClaim();
        assertThat(next.study()).isEqualTo(study(1));
        assertThat(next.uncertain()).isTrue();
        assertThat(one.published(stale, new Publication(null, "1", null, "{}"))).isFalse();
        assertThat(other.published(next, new Publication(null, "1", null, "{}")))
                .isTrue();
    }

    private Claim awaitClaim() {
        Optional<Claim> claim = other.claim(LEASE);
        while (claim.isEmpty()) { // the lease ends by itself
            claim = other.claim(LEASE);
        }
        return claim.get();
    }

    @Test
    void letsOneOfBothRunAnArchive() {
        SourceRun run = one.sources().begin("pacs", "here", LEASE, true).orElseThrow();

        assertThat(other.sources().begin("pacs", "here", LEASE, true)).isEmpty();
        one.sources().end(run, new Sources.Ending("DONE", "{}", true, true, true));
        assertThat(other.sources().begin("pacs", "here", LEASE, true)).isPresent();
    }

    @Test
    void knowsWhichFolderHoldsAFile() {
        one.storages().use("00000000-0000-0000-0000-000000000001", "a:/storage");
        other.storages().use("00000000-0000-0000-0000-000000000002", "b:/storage");
        one.record(reception(TestInstances.header(1, 1, 1), "a.dcm"));
        other.record(reception(TestInstances.header(1, 1, 1), "b.dcm"));

        assertThat(one.files().of(study(1))).containsExactly("a.dcm");
        assertThat(other.files().of(study(1))).containsExactly("b.dcm");
        assertThat(one.storages().knows("00000000-0000-0000-0000-000000000002")).isTrue();
        assertThat(one.storages().knows("00000000-0000-0000-0000-000000000003")).isFalse();
    }

    @Test
    void forwardsAndDropsOnlyWhatIsInItsOwnFolder() {
        one.storages().use("00000000-0000-0000-0000-000000000001", "a:/storage");
        other.storages().use("00000000-0000-0000-0000-000000000002", "b:/storage");
        one.record(forwarded(1, "a.dcm"));
        other.record(forwarded(2, "b.dcm"));

        Forwards mine = one.files().forwards();
        assertThat(mine.due(10)).extracting(WaitingFile::path).containsExactly("a.dcm");
        mine.confirmed(mine.due(10), true);
        assertThat(one.files().dropped().some(10)).containsExactly("a.dcm");
        assertThat(other.files().dropped().some(10)).isEmpty();
        assertThat(mine.isAny()).isFalse();
        assertThat(other.files().forwards().counts().waiting()).isEqualTo(1);
        assertThat(LedgerStatus.read(place).forward().waiting()).isEqualTo(1);
    }

    /** As when a host is lost, and a modality sends to the other what was not forwarded. */
    @Test
    void forwardsWhatCameAgainAlthoughItWaitsInTheFolderOfTheOther() {
        one.storages().use("00000000-0000-0000-0000-000000000001", "a:/storage");
        other.storages().use("00000000-0000-0000-0000-000000000002", "b:/storage");
        one.record(forwarded(1, "a.dcm"));
        other.record(forwarded(1, "b.dcm"));

        assertThat(other.files().forwards().due(10))
                .extracting(WaitingFile::path)
                .containsExactly("b.dcm");
    }

    @Test
    void hasNobodysFilesUntilItSaysWhichFolderItHas() {
        one.storages().use("00000000-0000-0000-0000-000000000001", "a:/storage");
        one.record(forwarded(1, "a.dcm"));

        assertThat(other.files().forwards().isAny()).isFalse();
        assertThat(other.files().of(study(1))).isEmpty();
    }

    @Test
    void takesWhateverAServerSaid() {
        one.record(reception(1, 1, 1));
        Claim claim = one.claim(LEASE).orElseThrow();

        assertThat(one.park(claim, Category.FHIR_REJECTED, "it said \0 and no more"))
                .isTrue();
        assertThat(one.parked(1)).singleElement().returns("it said   and no more", ParkedStudy::error);
    }

    private static Reception forwarded(int sop, String file) {
        Reception kept = reception(TestInstances.header(1, 1, sop), file);
        return new Reception(kept.instance(), kept.transferSyntax(), false, file, true);
    }

    @Test
    void goesByTheClockOfTheDatabase() {
        DatabaseClock clock = new DatabaseClock();
        one.committer().commit(handle -> {
            clock.ask(handle, "SELECT 1000000000000");
            return 1;
        });

        assertThat(clock.millis()).isCloseTo(1_000_000_000_000L, within(60_000L));
    }

    // ---- what can happen to it

    @Test
    void saysThatItCannotWhenItsSessionsAreEndedAndGoesOnThen() {
        one.record(reception(1, 1, 1));
        assertThat(one.counts().studies()).isEqualTo(1);
        assertThatThrownBy(() -> one.committer().commit(handle -> {
                    endSessions();
                    return handle.execute("UPDATE study SET instances = 77");
                }))
                .isInstanceOfSatisfying(
                        LedgerException.class, e -> assertThat(e.category()).isEqualTo(Category.OUT_OF_RESOURCES));

        assertThat(one.counts().instances()).as("read by a new connection").isEqualTo(1);
        assertThat(one.record(reception(1, 1, 2))).isEqualTo(Recorded.NEW);
    }

    private static void endSessions() {
        TestPostgres.shared()
                .execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'portolan'");
    }

    @Test
    void doesNotHoldTheOtherUpForEverWhenItVanishesInATransaction() {
        String limit = one.committer()
                .commit(handle -> handle.createQuery("SHOW idle_in_transaction_session_timeout")
                        .mapTo(String.class)
                        .one());

        assertThat(limit).isEqualTo("15s");
    }

    @Test
    void writesNothingOnceANewerVersionHasMigratedIt() {
        one.record(reception(1, 1, 1));
        assertThat(one.isOfThisVersion()).isTrue();
        String schema = place.url().replaceFirst(".*currentSchema=", "");
        TestPostgres.shared()
                .execute("INSERT INTO " + schema
                        + ".flyway_schema_history SELECT installed_rank + 1, '1000', description,"
                        + " type, script, checksum, installed_by, installed_on, execution_time, success FROM " + schema
                        + ".flyway_schema_history ORDER BY installed_rank DESC LIMIT 1");

        assertThatThrownBy(() -> one.record(reception(1, 1, 2)))
                .isInstanceOfSatisfying(
                        LedgerException.class, e -> assertThat(e.category()).isEqualTo(Category.OUT_OF_RESOURCES))
                .hasMessageContaining("upgrade this gateway as well");
        assertThat(one.isOfThisVersion()).isFalse();
        assertThat(one.counts().instances()).isEqualTo(1);
    }

    /** As {@link LedgerUpgradeTest} does with a whole ledger of then. */
    @Test
    void goesOnFromMigrationsThatWereRewritten() {
        one.record(reception(1, 1, 1));
        String history = place.url().replaceFirst(".*currentSchema=", "") + ".flyway_schema_history";
        TestPostgres.shared()
                .execute("UPDATE " + history
                        + " SET checksum = CASE version WHEN '8' THEN -619797528 ELSE -633676112 END"
                        + " WHERE version IN ('8', '9')");

        try (Ledger again = open(place)) {
            assertThat(again.counts().instances()).isEqualTo(1);
        }
    }

    @Test
    void commitsSynchronouslyWhateverTheDefault() {
        TestPostgres.shared().execute("ALTER ROLE postgres SET synchronous_commit = off");
        try (Ledger ledger = open(TestPostgres.shared().place())) {
            assertThat(ledger.committer()
                            .<String>commit(handle -> handle.createQuery("SHOW synchronous_commit")
                                    .mapTo(String.class)
                                    .one()))
                    .isEqualTo("on");
        } finally {
            TestPostgres.shared().execute("ALTER ROLE postgres RESET synchronous_commit");
        }
    }

    @Test
    void saysNothingOfWhatWasInARow() {
        assertThatThrownBy(() -> one.committer()
                        .commit(handle -> handle.execute("INSERT INTO storage (id, folder_id, place, opened_at)"
                                + " VALUES (7, 'SECRET', '', 0), (8, 'SECRET', '', 0)")))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("storage_folder_id_key")
                .hasMessageNotContaining("SECRET");
    }

    @Test
    void letsReadersWaitForNobody() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch read = new CountDownLatch(1);
        ExecutorService threads = Executors.newSingleThreadExecutor();
        Future<Integer> writer = threads.submit(() -> one.committer().commit(handle -> {
            writing.countDown();
            awaitQuietly(read);
            return 1;
        }));
        writing.await();
        assertThat(other.counts().studies()).isZero();
        read.countDown();

        assertThat(writer.get()).isEqualTo(1);
        threads.shutdown();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0 && !interrupted) {
            Thread.onSpinWait();
            interrupted = Thread.currentThread().isInterrupted();
        }
    }

    // ---- opening

    @Test
    void isReadBesideAGateway() {
        one.record(reception(1, 1, 1));

        assertThat(LedgerStatus.read(place).counts().instances()).isEqualTo(1);
        try (Ledger beside = Ledger.openBeside(place, "")) {
            assertThat(beside.replays().replay(List.of(study(1)))).isEqualTo(1);
        }
    }

    @Test
    void saysThatThereIsNoLedgerInADatabase() {
        assertThatThrownBy(() -> LedgerStatus.read(TestPostgres.shared().place()))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("cannot be read as a ledger of Portolan");
    }

    @Test
    void refusesADatabaseThatForgets() throws IOException {
        try (EmbeddedPostgres forgetful =
                EmbeddedPostgres.builder().setServerConfig("fsync", "off").start()) {
            LedgerPlace there = LedgerPlace.of(forgetful.getJdbcUrl("postgres", "postgres"));

            assertThatThrownBy(() -> open(there))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("its fsync is off");
        }
    }

    @Test
    void takesThePasswordFromItsFileForEachConnection(@TempDir Path directory) throws IOException {
        TestPostgres server = TestPostgres.shared();
        server.execute("CREATE ROLE gateway LOGIN PASSWORD 'first' SUPERUSER");
        Path file = Files.writeString(directory.resolve("password"), "first\n");
        LedgerPlace withPassword = new LedgerPlace(place.url(), Optional.of("gateway"), Optional.of(file));
        try (Ledger ledger = open(withPassword)) {
            assertThat(ledger.counts().studies()).isZero();
        }
        Files.delete(file);

        assertThatThrownBy(() -> open(withPassword))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining(file + " cannot be read")
                .hasMessageNotContaining("first");
    }

    @Test
    void saysWhatToDoWhenItCannotBeReached() {
        LedgerPlace nowhere = LedgerPlace.of("jdbc:postgresql://127.0.0.1:1/ledger");

        assertThatThrownBy(() -> open(nowhere))
                .isInstanceOfSatisfying(
                        LedgerException.class, e -> assertThat(e.category()).isEqualTo(Category.OUT_OF_RESOURCES))
                .hasMessageContaining("jdbc:postgresql://127.0.0.1:1/ledger cannot be opened")
                .hasMessageContaining("The database must be there");
    }
}
