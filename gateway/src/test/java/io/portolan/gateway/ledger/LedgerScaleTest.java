package io.portolan.gateway.ledger;

import static io.portolan.gateway.ledger.TestInstances.reception;
import static io.portolan.gateway.ledger.TestInstances.studyOf;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
            List<String> statements = new ArrayList<>();
            ledger.committer().commit(handle -> {
                handle.setSqlLogger(new SqlLogger() {
                    @Override
                    public void logBeforeExecution(StatementContext context) {
                        statements.add(String.valueOf(
                                context.getParsedSql() == null
                                        ? context.getRawSql()
                                        : context.getParsedSql().getSql()));
                    }
                });
                Schedule schedule = new Schedule(Duration.ZERO, Duration.ZERO);
                new Recording(reception(TestInstances.header(1, 1, 1), "a.dcm")).write(handle, 0, schedule, 100, 1);
                new Recording(reception(TestInstances.header(1, 1, 1), "b.dcm")).write(handle, 0, schedule, 100, 1);
                return new Lanes().next(handle, 0).orElseThrow();
            });
            statements.addAll(Lanes.UNTIL_DUE);
            assertThat(statements).hasSizeGreaterThan(15);

            List<String> seen = List.copyOf(statements); // the plans themselves are logged as well
            List<String> plans = ledger.committer()
                    .commit(handle -> seen.stream()
                            .distinct()
                            .flatMap(sql -> handle
                                    .createQuery("EXPLAIN QUERY PLAN " + sql.replaceAll("\\?", "1"))
                                    .map((row, context) -> row.getString("detail") + " <- " + sql)
                                    .list()
                                    .stream())
                            .toList());
            assertThat(plans).anyMatch(plan -> plan.startsWith("SEARCH"));
            // these are results of subqueries, which search indexes: as many rows as may wait, senders, or one
            assertThat(plans)
                    .filteredOn(plan -> plan.startsWith("SCAN "))
                    .allMatch(plan -> plan.matches("SCAN (waiting|lanes|first|CONSTANT ROW) .*"));
        }
    }
}
