package io.portolan.gateway.ledger;

import java.nio.file.Path;
import org.junit.jupiter.api.Nested;

/** Whatever the ledger promises in SQLite it promises in PostgreSQL: the same tests. */
class PostgresLedgerTest {

    private static LedgerPlace postgres(Path file) {
        return TestPostgres.shared().place(file);
    }

    @Nested
    class Promises extends LedgerTest {

        @Override
        LedgerPlace place(Path file) {
            return postgres(file);
        }

        @Override
        void refusesWhenItIsFullAndKeepsWhatItAcknowledged() {
            // the size of a database that is shared is not ours to limit
        }
    }

    @Nested
    class Concurrency extends LedgerConcurrencyTest {

        @Override
        void tellsEveryoneInACommitThatFailsAndKeepsNothingOfIt() {
            // fails as SQLite does; see PostgresTest
        }

        @Override
        LedgerPlace place(Path file) {
            return postgres(file);
        }
    }

    @Nested
    class KeyObjects extends LedgerKeyObjectTest {

        @Override
        void findsTheNotesAndSelectionsOfALedgerOfTheFirstVersion() {
            // there was none in PostgreSQL
        }

        @Override
        LedgerPlace place(Path file) {
            return postgres(file);
        }
    }

    @Nested
    class Turns extends LedgerLanesTest {

        @Override
        LedgerPlace place(Path file) {
            return postgres(file);
        }
    }

    @Nested
    class Studies extends LedgerStudyTest {

        @Override
        LedgerPlace place(Path file) {
            return postgres(file);
        }
    }

    @Nested
    class Kill extends LedgerKillTest {

        @Override
        LedgerPlace place(Path file) {
            return postgres(file);
        }
    }

    @Nested
    class Compacting extends LedgerCompactionTest {

        @Override
        LedgerPlace place(Path file) {
            return postgres(file);
        }

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
    class Twins extends CompactedTwinTest {

        @Override
        LedgerPlace place(Path file) {
            return postgres(file);
        }
    }

    @Nested
    class Audit extends AuditOutboxTest {

        @Override
        LedgerPlace place(Path file) {
            return postgres(file);
        }
    }
}
