package io.portolan.gateway.forward;

import io.portolan.gateway.ledger.LedgerPlace;
import io.portolan.gateway.ledger.TestPostgres;
import java.nio.file.Path;

/** Forwarding from a ledger that several gateways may share: the same tests. */
class PostgresForwarderTest extends ForwarderTest {

    @Override
    LedgerPlace place(Path file) {
        return TestPostgres.shared().place(file);
    }
}
