package io.portolan.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Whatever the ledger promises in SQLite it promises in PostgreSQL: the same tests. */
class PostgresLedgerTest {

    @Test
    void isInPostgres() {
        assertThat(new Turns().place(Path.of("ledger.db")).file()).isEmpty();
    }

    @Nested
    class Promises extends LedgerTest implements LedgerInPostgres {

        @Override
        void refusesWhenItIsFullAndKeepsWhatItAcknowledged() {
            // the size of a database that is shared is not ours to limit
        }
    }

    @Nested
    class Concurrency extends LedgerConcurrencyTest implements LedgerInPostgres {

        @Override
        void tellsEveryoneInACommitThatFailsAndKeepsNothingOfIt() {
            // fails as SQLite does; see PostgresTest
        }
    }

    @Nested
    class KeyObjects extends LedgerKeyObjectTest implements LedgerInPostgres {

        @Override
        void findsTheNotesAndSelectionsOfALedgerOfTheFirstVersion() {
            // there was none in PostgreSQL
        }
    }

    @Nested
    class Turns extends LedgerLanesTest implements LedgerInPostgres {}

    @Nested
    class Studies extends LedgerStudyTest implements LedgerInPostgres {}

    @Nested
    class Kill extends LedgerKillTest implements LedgerInPostgres {}

    @Nested
    class Compacting extends LedgerCompactionTest implements LedgerInPostgres {

        @Override
        void looksOnlyAtThoseThatAreNotCompacted() {
            // asks SQLite for its plan
        }

        @Override
        void packsEveryColumn() {
            // asks SQLite for its columns, and they are the same
        }

        @Override
        void noOtherTableNamesARowThatIsPacked() {
            // asks SQLite for its keys, and they are the same
        }
    }

    @Nested
    class Twins extends CompactedTwinTest implements LedgerInPostgres {}

    @Nested
    class Audit extends AuditOutboxTest implements LedgerInPostgres {}
}
