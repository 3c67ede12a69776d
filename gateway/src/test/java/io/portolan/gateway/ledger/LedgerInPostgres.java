package io.portolan.gateway.ledger;

import java.nio.file.Path;

/** Tests of a ledger in PostgreSQL that are written for one in a file. */
public interface LedgerInPostgres extends LedgerInFile {

    @Override
    default LedgerPlace place(Path file) {
        return TestPostgres.shared().place(file);
    }
}
