package io.portolan.gateway.ledger;

import static io.portolan.gateway.ledger.TestInstances.reception;
import static io.portolan.gateway.ledger.TestInstances.studyOf;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recording costs the same however big the study is. */
class LedgerScaleTest {

    private static final int INSTANCES = 100_000;
    private static final int STEP = 20_000;
    private static final int COMMIT = 1_000;

    @TempDir
    Path directory;

    private Ledger open() {
        return Ledger.open(LedgerOptions.of(directory.resolve("ledger.db")), new SettableClock());
    }

    @Test
    void recordsTheLastOfAHundredThousandInstancesAsItDidTheFirst() {
        try (Ledger ledger = open()) {
            for (int done = 0; done < INSTANCES; done += STEP) {
                long start = System.nanoTime();
                for (int i = done; i < done + STEP; i += COMMIT) {
                    recordTogether(ledger, i);
                }
                System.out.printf(
                        Locale.ROOT,
                        "%,d instances in the study: %.0f us each for the last %,d%n",
                        done + STEP,
                        (System.nanoTime() - start) / 1e3 / STEP,
                        STEP);
            }
            long start = System.nanoTime();
            assertThat(studyOf(ledger, 1).numberOfInstances()).isEqualTo(INSTANCES);
            System.out.printf(Locale.ROOT, "read in %.1f s%n", (System.nanoTime() - start) / 1e9);
        }
    }

    /** As the committer does with as many threads; here without the threads. */
    private static void recordTogether(Ledger ledger, int first) {
        ledger.committer().commit(handle -> {
            for (int i = first; i < first + COMMIT; i++) {
                new Recording(reception(1, i % 10, i))
                        .write(handle, 0, new Schedule(Duration.ZERO, Duration.ZERO), 100, 1);
            }
            return first;
        });
    }

    @Test
    void scansNoTableToRecordOrToClaim() {
        try (Ledger ledger = open()) {
            List<String> statements = statements(ledger, handle -> {
                Schedule schedule = new Schedule(Duration.ZERO, Duration.ZERO);
                new Recording(reception(TestInstances.header(1, 1, 1), "a.dcm")).write(handle, 0, schedule, 100, 1);
                new Recording(reception(TestInstances.header(1, 1, 1), "b.dcm")).write(handle, 0, schedule, 100, 1);
                assertThat(new Lanes().next(handle, 0)).isPresent();
            });
            statements.addAll(Lanes.UNTIL_DUE);
            assertThat(statements).hasSizeGreaterThan(15);
            List<String> plans = plans(ledger, statements);
            assertThat(plans).anyMatch(plan -> plan.startsWith("SEARCH"));
            // these are results of subqueries, which search indexes: as many rows as may wait, senders, or one
            assertThat(plans)
                    .filteredOn(plan -> plan.startsWith("SCAN "))
                    .allMatch(plan -> plan.matches("SCAN (waiting|lanes|first|CONSTANT ROW) .*"));
        }
    }

    @Test
    void scansNoTableForStorageCommitment() {
        try (Ledger ledger = open()) {
            List<String> statements = statements(ledger, handle -> {
                Holdings.find(handle, List.of(TestInstances.sop(1)), 1);
                Commitments.isFull(handle, "CT1", 10);
            });
            assertThat(statements).hasSize(3);
            assertThat(plans(ledger, statements))
                    .filteredOn(plan -> plan.startsWith("S"))
                    .extracting(plan -> plan.replaceAll(" <- .*| LEFT-JOIN", ""))
                    .containsExactly(
                            "SEARCH i USING INDEX instance_sop (sop_uid=?)",
                            "SEARCH f USING INDEX file_instance (instance_id=?)",
                            "SEARCH w USING INDEX sqlite_autoindex_forward_1 (file_id=?)",
                            "SEARCH commitment USING COVERING INDEX commitment_due (due_at>?)",
                            "SEARCH commitment USING COVERING INDEX commitment_parked (requestor_ae=? AND due_at=? AND reported_at=?)");
        }
    }

    private static List<String> statements(Ledger ledger, Consumer<Handle> work) {
        List<String> statements = new ArrayList<>();
        return ledger.committer().commit(handle -> {
            handle.setSqlLogger(new SqlLogger() {
                @Override
                public void logBeforeExecution(StatementContext context) {
                    statements.add(String.valueOf(
                            context.getParsedSql() == null
                                    ? context.getRawSql()
                                    : context.getParsedSql().getSql()));
                }
            });
            work.accept(handle);
            return new ArrayList<>(statements); // what comes later is logged as well
        });
    }

    private static List<String> plans(Ledger ledger, List<String> statements) {
        return ledger.committer()
                .commit(handle -> statements.stream()
                        .distinct()
                        .flatMap(sql -> handle
                                .createQuery("EXPLAIN QUERY PLAN " + sql.replaceAll("\\?", "1"))
                                .map((row, context) -> row.getString("detail") + " <- " + sql)
                                .list()
                                .stream())
                        .toList());
    }
}
