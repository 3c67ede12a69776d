package io.portolan.gateway.sync;

import io.portolan.gateway.ledger.LedgerPlace;
import io.portolan.gateway.ledger.TestPostgres;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;

/** Sync on a ledger that several gateways share: the same tests. */
class PostgresSyncTest {

    @Nested
    class Runs extends SyncRunTest {

        @Override
        LedgerPlace place(Path file) {
            return TestPostgres.shared().place(file);
        }
    }

    @Nested
    class Safety extends SyncSafetyTest {

        @Override
        LedgerPlace place(Path file) {
            return TestPostgres.shared().place(file);
        }
    }
}
