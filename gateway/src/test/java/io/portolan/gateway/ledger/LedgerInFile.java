package io.portolan.gateway.ledger;

import java.nio.file.Path;

/** Tests of a ledger in a SQLite file; {@link LedgerInPostgres} runs the same on another database. */
public interface LedgerInFile {

    /** Where the ledger is that a test would have in this file; the same for the same file. */
    default LedgerPlace place(Path file) {
        return LedgerPlace.of(file);
    }
}
