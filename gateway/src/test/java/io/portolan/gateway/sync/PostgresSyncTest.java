package io.portolan.gateway.sync;

import io.portolan.gateway.ledger.LedgerInPostgres;
import org.junit.jupiter.api.Nested;

/** Sync on a ledger that several gateways share: the same tests. */
class PostgresSyncTest {

    @Nested
    class Runs extends SyncRunTest implements LedgerInPostgres {}

    @Nested
    class Safety extends SyncSafetyTest implements LedgerInPostgres {}
}
