package io.portolan.gateway.ledger;

import io.portolan.gateway.Category;
import io.portolan.gateway.FileReason;
import java.io.IOException;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jspecify.annotations.Nullable;

/**
 * The database: opened, migrated, its connections, and what its errors mean. All methods may be called by several threads.
 */
final class Database implements AutoCloseable {

    /** The newest migration in db/ledger: what this version makes, and the only schema that it reads without migrating. */
    static final int SCHEMA = 14;

    private final Dialect dialect;
    private final Jdbi writing;
    private final Jdbi reading;
    private final Semaphore readers;
    private final ConcurrentLinkedQueue<Handle> idleReaders = new ConcurrentLinkedQueue<>();

    private Database(Dialect dialect, DataSource writing, DataSource reading) {
        this.dialect = dialect;
        this.writing = jdbi(writing);
        this.reading = jdbi(reading);
        this.readers = new Semaphore(dialect.readersMax());
    }

    /** @throws LedgerException says what to do */
    static Database open(LedgerOptions options) {
        Dialect dialect = Dialect.of(options);
        try {
            dialect.prepare();
            migrate(dialect);
            return new Database(dialect, dialect.writing(), dialect.reading());
        } catch (FlywayException e) {
            String reason = isForeign(e) ? "it is a database of another program" : reason(e);
            throw dialect.notOpened(reason, sqlException(e), e);
        } catch (IOException e) {
            throw dialect.notOpened(FileReason.of(e), null, e);
        } catch (JdbiException e) {
            throw dialect.notOpened(reason(e), sqlException(e), e);
        }
    }

    /** Flyway's way to say that there are tables, and none of ours. */
    private static boolean isForeign(FlywayException e) {
        return String.valueOf(e.getMessage()).contains("non-empty schema");
    }

    /**
     * Opens a ledger that is there, of exactly this version's schema, to read it; nothing is written, also not by SQLite.
     *
     * @throws LedgerException says what to do
     */
    static Database openForReading(LedgerPlace place) {
        Dialect dialect = Dialect.of(LedgerOptions.of(place, ""));
        DataSource source = dialect instanceof Sqlite sqlite ? sqlite.looking() : dialect.reading();
        Database database = new Database(dialect, source, source);
        try {
            requireSchema(place, database.read(handle -> schema(dialect, handle)));
        } catch (LedgerException e) {
            throw e.getCause() instanceof Exception cause
                    ? new LedgerException(
                            Category.OUT_OF_RESOURCES,
                            place + " cannot be read as a ledger of Portolan: " + reason(cause) + ".",
                            cause)
                    : e;
        }
        return database;
    }

    private static @Nullable Integer schema(Dialect dialect, Handle handle) {
        return handle.createQuery("SELECT max(CAST(version AS INTEGER)) FROM flyway_schema_history WHERE success = "
                        + dialect.isTrue())
                .mapTo(Integer.class)
                .one();
    }

    /** Whether no newer version has migrated it since. */
    boolean isOfThisVersion() {
        return read(handle -> Integer.valueOf(SCHEMA).equals(schema(dialect, handle)));
    }

    /**
     * Opens a ledger that is there, of exactly this version's schema, to write a little; nothing is migrated, since another
     * process may be at work.
     *
     * @throws LedgerException says what to do
     */
    static Database openBeside(LedgerOptions options) {
        openForReading(options.place()).close();
        Dialect dialect = Dialect.of(options);
        return new Database(dialect, dialect.writing(), dialect.reading());
    }

    private static void requireSchema(LedgerPlace place, @Nullable Integer schema) {
        if (schema == null || schema != SCHEMA) {
            boolean newer = schema != null && schema > SCHEMA;
            throw new LedgerException(
                    Category.OUT_OF_RESOURCES,
                    "The ledger " + place + " was made by " + (newer ? "a newer" : "an older")
                            + " version of Portolan (schema " + schema + ", this one reads " + SCHEMA + "). "
                            + (newer
                                    ? "Use that version."
                                    : "Use that version, or start portolan serve of this one, which migrates it."),
                    null);
        }
    }

    private static void migrate(Dialect dialect) {
        dialect.migrate(() -> {
            RewrittenMigrations.acknowledge(dialect.migrating());
            migrations(dialect).load().migrate();
        });
    }

    /** From the first version to this one. */
    static FluentConfiguration migrations(Dialect dialect) {
        return Flyway.configure()
                .dataSource(dialect.migrating())
                .locations("classpath:db/ledger")
                .javaMigrations(
                        LedgerMigration.superseded("3", "evidence of documents"),
                        new EvidenceOfDocuments(),
                        new LanesAndEffort(),
                        new CompactedStudies())
                .placeholders(dialect.placeholders())
                .ignoreMigrationPatterns(new String[0]); // what a newer version wrote is not ours to touch
    }

    private static Jdbi jdbi(DataSource source) {
        Jdbi jdbi = Jdbi.create(source);
        // what was bound may be a patient's
        jdbi.configure(
                StatementExceptions.class, c -> c.setMessageRendering(StatementExceptions.MessageRendering.NONE));
        jdbi.setStatementBuilderFactory(connection -> new CachedStatements());
        return jdbi;
    }

    /** The clock of all its times, right in a transaction that writes. */
    InstantSource clock() {
        return dialect.clock();
    }

    /** A connection for writing; the caller's to close. */
    Handle writer() {
        return writing.open();
    }

    /** Begins a transaction in which nobody else writes. */
    void beginWriting(Handle handle) {
        handle.begin();
        dialect.beginWriting(handle);
    }

    /** Reads in one transaction, so that all of it sees one state. */
    <T> T read(Function<Handle, T> query) {
        readers.acquireUninterruptibly();
        try {
            Handle idle = idleReaders.poll();
            try {
                return read(idle == null ? reading.open() : idle, query);
            } catch (JdbiException e) {
                SQLException sql = sqlException(e);
                if (idle == null || sql == null || !dialect.isConnectionLost(sql)) {
                    throw failure(e);
                }
            }
            close(); // the others are as old
            try {
                return read(reading.open(), query);
            } catch (JdbiException e) {
                throw failure(e);
            }
        } finally {
            readers.release();
        }
    }

    private <T> T read(Handle handle, Function<Handle, T> query) {
        try {
            handle.begin();
            T result = query.apply(handle);
            handle.commit();
            idleReaders.add(handle);
            return result;
        } catch (RuntimeException
                | Error e) { // what was read is no good, or too much: the transaction must not stay open
            discard(handle);
            throw e;
        }
    }

    /** Closes a connection that may be beyond use. */
    static void discard(@Nullable Handle handle) {
        try {
            if (handle != null) {
                handle.rollback();
                handle.close();
            }
        } catch (JdbiException e) {
            // what made it unusable has been reported
        }
    }

    /** The category of a failure, without what was bound: that may be a patient's. */
    LedgerException failure(Throwable e) {
        if (e instanceof LedgerException refusal) {
            return refusal;
        }
        SQLException sql = sqlException(e);
        return sql == null
                ? new LedgerException(
                        Category.BUG, "The ledger failed: " + e.getClass().getName(), e)
                : dialect.failure(sql);
    }

    private static @Nullable SQLException sqlException(@Nullable Throwable e) {
        return e == null || e instanceof SQLException ? (SQLException) e : sqlException(e.getCause());
    }

    private static String reason(Exception e) {
        SQLException sql = sqlException(e);
        return String.valueOf((sql == null ? e : sql).getMessage())
                .lines()
                .findFirst()
                .orElse("");
    }

    @Override
    public void close() {
        for (Handle handle = idleReaders.poll(); handle != null; handle = idleReaders.poll()) {
            handle.close();
        }
    }
}
