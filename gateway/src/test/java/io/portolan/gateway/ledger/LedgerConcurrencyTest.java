package io.portolan.gateway.ledger;

import static io.portolan.gateway.ledger.TestInstances.header;
import static io.portolan.gateway.ledger.TestInstances.instance;
import static io.portolan.gateway.ledger.TestInstances.reception;
import static io.portolan.gateway.ledger.TestInstances.studyOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portolan.dicom.Uid;
import io.portolan.gateway.Category;
import io.portolan.mapping.study.Instance;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several threads on one ledger. */
class LedgerConcurrencyTest implements LedgerInFile {

    private static final int THREADS = 8;
    private static final Duration LEASE = Duration.ofMinutes(5);

    @TempDir
    Path directory;

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1);
    private Ledger ledger;

    @BeforeEach
    void open() {
        LedgerOptions options =
                new LedgerOptions(place(directory.resolve("ledger.db")), Duration.ZERO, Duration.ZERO, 100_000, 0, "");
        ledger = Ledger.open(options, InstantSource.system());
    }

    @AfterEach
    void close() {
        ledger.close();
        threads.shutdownNow();
    }

    private <T> List<T> onAllThreads(IntFunction<T> work) throws InterruptedException, ExecutionException {
        List<Callable<T>> calls = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int thread = i;
            calls.add(() -> work.apply(thread));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> future : threads.invokeAll(calls)) {
            results.add(future.get());
        }
        return results;
    }

    @Test
    void sharesCommitsAmongThreadsAndLosesNothing() throws InterruptedException, ExecutionException {
        int each = 500;
        long all = (long) THREADS * each;
        long before = ledger.committer().commits();
        onAllThreads(thread -> {
            for (int i = 0; i < each; i++) {
                ledger.record(reception(1, thread, thread * each + i));
            }
            return thread;
        });

        long commits = ledger.committer().commits() - before;
        System.out.println(all + " receptions of " + THREADS + " threads took " + commits + " commits");
        assertThat(commits).isLessThan(all / 2);
        assertThat(ledger.counts().instances()).isEqualTo(all);
        assertThat(studyOf(ledger, 1).numberOfInstances()).isEqualTo(THREADS * each);
    }

    @Test
    void takesOneCommitForAllThatWaitedForIt() throws InterruptedException, ExecutionException {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        Committer committer = ledger.committer();
        Future<String> first = threads.submit(() -> committer.commit(handle -> awaited(entered, leave)));
        entered.await();
        long before = ledger.committer().commits();
        List<Future<Recorded>> waiting = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int sop = i;
            waiting.add(threads.submit(() -> ledger.record(reception(1, 1, sop))));
        }
        while (committer.waiting() < THREADS) {
            Thread.onSpinWait();
        }
        leave.countDown();
        first.get();
        for (Future<Recorded> future : waiting) {
            assertThat(future.get()).isEqualTo(Recorded.NEW);
        }

        assertThat(ledger.committer().commits() - before).isEqualTo(2);
    }

    @Test
    void failsTheWorkThatIsAtFaultAndNoOther() throws InterruptedException, ExecutionException {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        Committer committer = ledger.committer();
        Future<String> first = threads.submit(() -> committer.commit(handle -> awaited(entered, leave)));
        entered.await();
        Future<Object> poison = threads.submit(() -> committer.commit(handle -> {
            handle.execute("UPDATE study SET study_uid = NULL");
            throw new IllegalStateException("a fault");
        }));
        Future<Recorded> good = threads.submit(() -> ledger.record(reception(1, 1, 1)));
        while (committer.waiting() < 2) {
            Thread.onSpinWait();
        }
        leave.countDown();

        assertThat(first.get()).isEqualTo("done");
        assertThat(good.get()).isEqualTo(Recorded.NEW);
        assertThatThrownBy(poison::get).hasCauseInstanceOf(LedgerException.class);
        assertThat(studyOf(ledger, 1).numberOfInstances()).isEqualTo(1);
    }

    private static String awaited(CountDownLatch entered, CountDownLatch leave) {
        entered.countDown();
        while (leave.getCount() > 0) {
            Thread.onSpinWait();
        }
        return "done";
    }

    @Test
    void tellsEveryoneInACommitThatFailsAndKeepsNothingOfIt() {
        assertThatThrownBy(() -> ledger.committer().commit(handle -> {
                    handle.execute("PRAGMA max_page_count = 1"); // nothing more fits
                    handle.execute(
                            "CREATE TABLE large AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n"
                                    + " LIMIT 100000) SELECT x, 'SECRET' AS y FROM n");
                    return "";
                }))
                .isInstanceOfSatisfying(
                        LedgerException.class, e -> assertThat(e.category()).isEqualTo(Category.OUT_OF_RESOURCES))
                .hasMessageNotContaining("SECRET");
        assertThat(ledger.record(reception(1, 1, 1))).isEqualTo(Recorded.NEW);
    }

    @Test
    void neverGivesAStudyToTwo() throws InterruptedException, ExecutionException {
        int studies = 200;
        for (int i = 0; i < studies; i++) {
            ledger.record(reception(i, 1, 1));
        }
        Set<Uid> claimed = ConcurrentHashMap.newKeySet();
        List<Integer> twice = onAllThreads(thread -> {
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
    void letsOneThreadOnlyCreateASharedResource() throws InterruptedException, ExecutionException {
        SharedKey key = new SharedKey("http://fhir", "Patient", "urn:hospital", "1");
        List<Boolean> got =
                onAllThreads(thread -> ledger.shares().claim(key, LEASE).isPresent());

        assertThat(got).containsOnlyOnce(true);
    }

    @Test
    void agreesOnOneHeaderWhenManyThreadsSendTheSameInstance() throws InterruptedException, ExecutionException {
        Instance instance = instance(header(1, 1, 1));
        List<Recorded> recorded = onAllThreads(thread -> ledger.record(reception(header(1, 1, 1))));

        assertThat(recorded).containsOnlyOnce(Recorded.NEW).contains(Recorded.UNCHANGED);
        assertThat(studyOf(ledger, 1).series().get(0).instances())
                .containsExactly(Map.entry(instance.instance(), instance.instanceHeader()));
        assertThat(ledger.counts().instances()).isEqualTo(1);
    }
}
