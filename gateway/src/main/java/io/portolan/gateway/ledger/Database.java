package io.portolan.gateway.ledger;

import io.portolan.gateway.Category;
import io.portolan.gateway.DurableFiles;
import io.portolan.gateway.FileReason;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * The database: opened, migrated, its connections, and what its errors mean.
 *
 * <p>SQLite in WAL mode: readers see the last commit and never wait for the writer; {@code synchronous=FULL}: a commit
 * that returned is on disk. All methods may be called by several threads.
 */
final class Database implements AutoCloseable {

    static final String SQLITE = "jdbc:sqlite:";

    /** How long to wait for another process that holds the file. */
    private static final int BUSY_TIMEOUT_MILLIS = 10_000;

    /** Negative: in KiB. */
    private static final int CACHE_SIZE = -64 * 1024;

    // https://www.sqlite.org/rescode.html, the primary codes
    private static final int SQLITE_BUSY = 5;
    private static final int SQLITE_NOMEM = 7;
    private static final int SQLITE_READONLY = 8;
    private static final int SQLITE_IOERR = 10;
    private static final int SQLITE_CORRUPT = 11;
    private static final int SQLITE_FULL = 13;
    private static final int SQLITE_CANTOPEN = 14;
    private static final int SQLITE_NOTADB = 26;

    private static final int PAGE_BYTES = 4096;

    /** The newest migration in db/ledger: what this version makes, and the only schema that it reads without migrating. */
    static final int SCHEMA = 10;

    private final Jdbi writing;
    private final Jdbi reading;
    private final ConcurrentLinkedQueue<Handle> idleReaders = new ConcurrentLinkedQueue<>();

    private Database(Jdbi writing, Jdbi reading) {
        this.writing = writing;
        this.reading = reading;
    }

    /** @throws LedgerException says what to do */
    static Database open(LedgerOptions options) {
        if (!options.url().startsWith(SQLITE)) {
            throw new LedgerException(
                    Category.OUT_OF_RESOURCES,
                    "The ledger's URL must start with " + SQLITE + " and name a file.",
                    null);
        }
        String file = options.url().substring(SQLITE.length());
        try {
            DurableFiles.makeDirectories( // SQLite syncs only its own files
                    Path.of(file).toAbsolutePath().normalize().getParent());
            SQLiteDataSource writer = source(options, SQLiteConfig.TransactionMode.IMMEDIATE);
            migrate(writer);
            return new Database(jdbi(writer), jdbi(source(options, SQLiteConfig.TransactionMode.DEFERRED)));
        } catch (FlywayException e) {
            throw notOpened(file, isForeign(e) ? "it is a database of another program" : reason(e), e);
        } catch (IOException e) {
            throw notOpened(file, FileReason.of(e), e);
        } catch (JdbiException e) {
            throw notOpened(file, reason(e), e);
        }
    }

    /** Flyway's way to say that there are tables, and none of ours. */
    private static boolean isForeign(FlywayException e) {
        return String.valueOf(e.getMessage()).contains("non-empty schema");
    }

    private static LedgerException notOpened(String file, String reason, Exception e) {
        String what = "The ledger " + file + " cannot be opened: " + reason + ". ";
        SQLException sql = sqlException(e);
        int code = sql == null ? 0 : sql.getErrorCode() & 0xFF;
        if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) {
            return LedgerException.damaged(
                    what + "If it was a ledger, portolan reindex --from-scratch makes it anew from kept files.", e);
        }
        return new LedgerException(
                Category.OUT_OF_RESOURCES,
                what
                        + "Name a file in a directory that the gateway may write to, made by this version or an older one.",
                e);
    }

    /**
     * Opens a ledger that is there, of exactly this version's schema, to read it; nothing is written, also not by SQLite.
     *
     * @throws LedgerException says what to do
     */
    static Database openForReading(Path file) {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl(SQLITE + file);
        Jdbi jdbi = jdbi(source);
        Database database = new Database(jdbi, jdbi);
        try {
            requireSchema(
                    file,
                    jdbi.withHandle(handle -> handle.createQuery("SELECT max(CAST(version AS INTEGER))"
                                    + " FROM flyway_schema_history WHERE success = 1")
                            .mapTo(Integer.class)
                            .one()));
        } catch (JdbiException e) {
            throw new LedgerException(
                    Category.OUT_OF_RESOURCES, file + " cannot be read as a ledger of Portolan: " + reason(e) + ".", e);
        }
        return database;
    }

    /**
     * Opens a ledger that is there, of exactly this version's schema, to write a little; nothing is migrated, since another
     * process may be at work.
     *
     * @throws LedgerException says what to do
     */
    static Database openBeside(LedgerOptions options, Path file) {
        openForReading(file).close();
        return new Database(
                jdbi(source(options, SQLiteConfig.TransactionMode.IMMEDIATE)),
                jdbi(source(options, SQLiteConfig.TransactionMode.DEFERRED)));
    }

    private static void requireSchema(Path file, @Nullable Integer schema) {
        if (schema == null || schema != SCHEMA) {
            boolean newer = schema != null && schema > SCHEMA;
            throw new LedgerException(
                    Category.OUT_OF_RESOURCES,
                    "The ledger " + file + " was made by " + (newer ? "a newer" : "an older")
                            + " version of Portolan (schema " + schema + ", this one reads " + SCHEMA + "). "
                            + (newer
                                    ? "Use that version."
                                    : "Use that version, or start portolan serve of this one, which migrates it."),
                    null);
        }
    }

    private static SQLiteDataSource source(LedgerOptions options, SQLiteConfig.TransactionMode mode) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        config.setTransactionMode(mode);
        config.enforceForeignKeys(true);
        config.setCacheSize(CACHE_SIZE);
        if (options.sizeMaxBytes() > 0) {
            config.setMaxPageCount((int) Math.min(Integer.MAX_VALUE, options.sizeMaxBytes() / PAGE_BYTES));
        }
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl(options.url());
        return source;
    }

    private static void migrate(SQLiteDataSource source) {
        Flyway.configure()
                .dataSource(source)
                .locations("classpath:db/ledger")
                .javaMigrations(
                        LedgerMigration.superseded("3", "evidence of documents"),
                        new EvidenceOfDocuments(),
                        new LanesAndEffort())
                .placeholders(Map.of("key", "INTEGER PRIMARY KEY", "bytes", "BLOB"))
                .ignoreMigrationPatterns(new String[0]) // what a newer version wrote is not ours to touch
                .load()
                .migrate();
    }

    private static Jdbi jdbi(SQLiteDataSource source) {
        Jdbi jdbi = Jdbi.create(source);
        // what was bound may be a patient's
        jdbi.configure(
                StatementExceptions.class, c -> c.setMessageRendering(StatementExceptions.MessageRendering.NONE));
        jdbi.setStatementBuilderFactory(connection -> new CachedStatements());
        return jdbi;
    }

    /** A connection for writing; the caller's to close. */
    Handle writer() {
        return writing.open();
    }

    /** Reads in one transaction, so that all of it sees one state. */
    <T> T read(Function<Handle, T> query) {
        Handle handle = null;
        try {
            handle = idleReaders.poll();
            if (handle == null) {
                handle = reading.open();
            }
            handle.begin();
            T result = query.apply(handle);
            handle.commit();
            idleReaders.add(handle);
            return result;
        } catch (JdbiException e) {
            discard(handle);
            throw failure(e);
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
    static LedgerException failure(Throwable e) {
        SQLException sql = sqlException(e);
        if (sql == null) {
            return new LedgerException(
                    Category.BUG, "The ledger failed: " + e.getClass().getName(), e);
        }
        return switch (sql.getErrorCode() & 0xFF) {
            case SQLITE_FULL, SQLITE_IOERR, SQLITE_NOMEM, SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_BUSY ->
                new LedgerException(
                        Category.OUT_OF_RESOURCES,
                        "The ledger cannot be written or read: " + sql.getMessage()
                                + ". Look at the free space and the health of its disk.",
                        sql);
            case SQLITE_CORRUPT, SQLITE_NOTADB ->
                LedgerException.damaged(
                        "The ledger is damaged: " + sql.getMessage()
                                + ". Stop the gateway; portolan reindex --from-scratch makes it anew from kept files.",
                        sql);
            default -> new LedgerException(Category.BUG, "The ledger failed: " + sql.getMessage(), sql);
        };
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
