package io.portolan.gateway.ledger;

import io.portolan.gateway.Category;
import java.io.IOException;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Map;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** In what the databases differ: connections, who writes when, the clock, and what their errors mean. */
sealed interface Dialect permits Sqlite, Postgres {

    /** Connections at once, for reading. */
    int readersMax();

    /** Makes what must be there before the first connection. */
    void prepare() throws IOException;

    /** Migrates while nobody writes. */
    void migrate(Runnable migration);

    /** For migrations. */
    DataSource migrating();

    DataSource writing();

    /** Its transactions see one state. */
    DataSource reading();

    /** What the migrations call {@code key} and {@code bytes}, and {@code ordered}: statements. */
    Map<String, String> placeholders();

    /** How a boolean column says yes, of tables that are not ours. */
    String isTrue();

    /**
     * To be run first in a transaction that writes: when it returns, nobody else writes until the transaction ends, and
     * {@link #clock} is right.
     */
    void beginWriting(Handle handle);

    /** Milliseconds of all leases and times in the ledger, the same for all who share it. */
    InstantSource clock();

    /** What the failure of a statement means; its text holds no value of a row. */
    LedgerException failure(SQLException e);

    /** The same of the first connection. */
    LedgerException notOpened(String reason, @Nullable SQLException sql, @Nullable Exception e);

    /** Whether a connection is broken, and others probably too. */
    boolean isConnectionLost(SQLException e);

    /** How a place is spoken to. */
    static Dialect of(LedgerOptions options) {
        return options.place().file().isPresent() ? new Sqlite(options) : new Postgres(options.place());
    }

    /** A statement that no one foresaw. */
    static LedgerException bug(SQLException e) {
        return new LedgerException(Category.BUG, "The ledger failed: " + e.getMessage(), e);
    }
}
