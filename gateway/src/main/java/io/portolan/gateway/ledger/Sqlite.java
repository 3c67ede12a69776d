package io.portolan.gateway.ledger;

import io.portolan.gateway.Category;
import io.portolan.gateway.DurableFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Map;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * SQLite in WAL mode: readers see the last commit and never wait for the writer; {@code synchronous=FULL}: a commit that
 * returned is on disk.
 */
final class Sqlite implements Dialect {

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

    private final Path file;
    private final long sizeMaxBytes;

    Sqlite(LedgerOptions options) {
        this.file = options.place().file().orElseThrow();
        this.sizeMaxBytes = options.sizeMaxBytes();
    }

    /** As many as there are threads: they cost little, and none waits for another. */
    @Override
    public int readersMax() {
        return Integer.MAX_VALUE;
    }

    @Override
    public void prepare() throws IOException {
        DurableFiles.makeDirectories( // SQLite syncs only its own files
                file.toAbsolutePath().normalize().getParent());
    }

    /** Whoever opens it has it for himself. */
    @Override
    public void migrate(Runnable migration) {
        migration.run();
    }

    @Override
    public DataSource migrating() {
        return writing();
    }

    @Override
    public DataSource writing() {
        return source(SQLiteConfig.TransactionMode.IMMEDIATE);
    }

    @Override
    public DataSource reading() {
        return source(SQLiteConfig.TransactionMode.DEFERRED);
    }

    /** Nothing is written, also not by SQLite. */
    DataSource looking() {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        return source(config);
    }

    private DataSource source(SQLiteConfig.TransactionMode mode) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        config.setTransactionMode(mode);
        config.enforceForeignKeys(true);
        config.setCacheSize(CACHE_SIZE);
        if (sizeMaxBytes > 0) {
            config.setMaxPageCount((int) Math.min(Integer.MAX_VALUE, sizeMaxBytes / PAGE_BYTES));
        }
        return source(config);
    }

    private DataSource source(SQLiteConfig config) {
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl(LedgerPlace.SQLITE + file);
        return source;
    }

    @Override
    public String isTrue() {
        return "1";
    }

    @Override
    public Map<String, String> placeholders() {
        return Map.of("key", "INTEGER PRIMARY KEY", "bytes", "BLOB", "ordered", "SELECT 1");
    }

    /** A transaction of the writing connection is IMMEDIATE: it has the file from its begin. */
    @Override
    public void beginWriting(Handle handle) {
        // begun
    }

    @Override
    public InstantSource clock() {
        return InstantSource.system();
    }

    @Override
    public LedgerException failure(SQLException e) {
        return switch (e.getErrorCode() & 0xFF) {
            case SQLITE_FULL, SQLITE_IOERR, SQLITE_NOMEM, SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_BUSY ->
                new LedgerException(
                        Category.OUT_OF_RESOURCES,
                        "The ledger cannot be written or read: " + e.getMessage()
                                + ". Look at the free space and the health of its disk.",
                        e);
            case SQLITE_CORRUPT, SQLITE_NOTADB ->
                LedgerException.damaged(
                        "The ledger is damaged: " + e.getMessage()
                                + ". Stop the gateway; portolan reindex --from-scratch makes it anew from kept files.",
                        e);
            default -> Dialect.bug(e);
        };
    }

    @Override
    public LedgerException notOpened(String reason, @Nullable SQLException sql, @Nullable Exception e) {
        String what = "The ledger " + file + " cannot be opened: " + reason + ". ";
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

    @Override
    public boolean isConnectionLost(SQLException e) {
        return false;
    }
}
