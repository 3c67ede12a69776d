package io.portolan.gateway.ledger;

import io.portolan.gateway.Category;
import io.portolan.gateway.FileReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * PostgreSQL, shared by several gateways. As in SQLite one writes at a time: a transaction that writes takes the lock of the
 * ledger first, so that what it reads stays true until it commits, whoever else is there. Commits are synchronous.
 *
 * <p>A gateway that vanishes in the middle of a transaction holds that lock until the server ends its session: hence the
 * limits that each session sets itself.
 */
final class Postgres implements Dialect {

    private static final int READERS_MAX = 12;
    private static final int CONNECT_SECONDS_MAX = 10;

    /** Of the network; longer than any limit that the server sets. */
    private static final int SOCKET_SECONDS_MAX = 90;

    /** An answer to each statement follows at once, so a session that pauses for so long has lost its gateway. */
    private static final String WRITER_LIMITS =
            "-c synchronous_commit=on -c default_transaction_isolation=read\\ committed -c idle_in_transaction_session_timeout=15s -c lock_timeout=30s -c statement_timeout=60s";

    private static final String READER_LIMITS =
            "-c default_transaction_isolation=repeatable\\ read -c default_transaction_read_only=on"
                    + " -c idle_in_transaction_session_timeout=5min -c statement_timeout=5min";

    /** "PORT" in ASCII, to be told from the locks of other programs. */
    private static final String KEY = "1347375700, hashtext(current_schema())";

    private static final String LOCK = "pg_advisory_xact_lock(" + KEY + ")";

    private static final String MILLIS = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

    private static final String TURN = "SELECT CAST(" + LOCK + " AS TEXT)";

    /** To be asked when one has the turn: a statement sees what was committed before it began. 0: the schema is not ours any more. */
    private static final String TIME = "SELECT CASE"
            + " WHEN (SELECT max(CAST(version AS INTEGER)) FROM flyway_schema_history) = " + Database.SCHEMA + " THEN "
            + MILLIS
            + " ELSE 0 END";

    /** Text is compared byte by byte, as SQLite and Java do. */
    private static final String ORDERED = """
            DO $$
            DECLARE text_column record;
            BEGIN
              FOR text_column IN
                SELECT c.table_name, c.column_name, format_type(a.atttypid, a.atttypmod) AS type
                FROM information_schema.columns c
                JOIN pg_attribute a ON a.attname = c.column_name
                  AND a.attrelid = (quote_ident(c.table_schema) || '.' || quote_ident(c.table_name))::regclass
                WHERE c.table_schema = current_schema() AND c.data_type IN ('text', 'character varying')
                  AND c.table_name NOT LIKE 'flyway%'
              LOOP
                EXECUTE format('ALTER TABLE %I ALTER COLUMN %I TYPE %s COLLATE "C"',
                  text_column.table_name, text_column.column_name, text_column.type);
              END LOOP;
            END $$""";

    private final LedgerPlace place;
    private final DatabaseClock clock = new DatabaseClock();

    Postgres(LedgerPlace place) {
        this.place = place;
    }

    @Override
    public int readersMax() {
        return READERS_MAX;
    }

    /** @throws LedgerException it cannot be reached, or does not keep what it commits */
    @Override
    public void prepare() {
        try (Connection connection = migrating().getConnection();
                var statement = connection.createStatement();
                var fsync = statement.executeQuery("SHOW fsync")) {
            fsync.next();
            if (!fsync.getString(1).equals("on")) {
                throw notOpened("its fsync is off, and a power failure would lose what was acknowledged", null, null);
            }
            clockFirst(connection);
        } catch (SQLException e) {
            throw notOpened(reason(e), e, e);
        }
    }

    private void clockFirst(Connection connection) {
        try (Handle handle = Jdbi.create(() -> connection).open()) {
            clock.ask(handle, "SELECT " + MILLIS);
        }
    }

    /** Nobody writes while it migrates; a session that ends gives the lock back. */
    @Override
    public void migrate(Runnable migration) {
        try (Connection connection = migrating().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(" + KEY + ")");
            migration.run();
        } catch (SQLException e) {
            throw notOpened(reason(e), e, e);
        }
    }

    @Override
    public DataSource migrating() {
        return source("-c synchronous_commit=on -c idle_in_transaction_session_timeout=1h", 0);
    }

    @Override
    public DataSource writing() {
        return source(WRITER_LIMITS, SOCKET_SECONDS_MAX);
    }

    @Override
    public DataSource reading() {
        return source(READER_LIMITS, 6 * 60);
    }

    private DataSource source(String options, int socketSeconds) {
        PGSimpleDataSource source = new PGSimpleDataSource() {
            private static final long serialVersionUID = 1;

            @Override
            public Connection getConnection() throws SQLException {
                setPassword(password().orElse(null));
                return super.getConnection();
            }
        };
        source.setUrl(place.url());
        place.user().ifPresent(source::setUser);
        source.setApplicationName("portolan");
        source.setConnectTimeout(CONNECT_SECONDS_MAX);
        source.setLoginTimeout(CONNECT_SECONDS_MAX);
        source.setSocketTimeout(socketSeconds);
        source.setTcpKeepAlive(true);
        source.setLogServerErrorDetail(false); // it quotes rows
        source.setOptions(options);
        return source;
    }

    private Optional<String> password() throws SQLException {
        if (place.passwordFile().isEmpty()) {
            return Optional.empty();
        }
        Path file = place.passwordFile().get();
        try {
            return Optional.of(Files.readString(file).strip());
        } catch (IOException e) {
            throw new SQLException(file + " cannot be read: " + FileReason.of(e), "28000", e);
        }
    }

    @Override
    public String isTrue() {
        return "true";
    }

    @Override
    public Map<String, String> placeholders() {
        return Map.of(
                "key", "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY", "bytes", "BYTEA", "ordered", ORDERED);
    }

    /** @throws LedgerException a newer version has migrated it, and this one does not know how to write it */
    @Override
    public void beginWriting(Handle handle) {
        handle.createQuery(TURN).mapTo(String.class).one();
        if (clock.ask(handle, TIME) == 0) {
            throw new LedgerException(
                    Category.OUT_OF_RESOURCES,
                    "The ledger " + place
                            + " was migrated by another version of Portolan; upgrade this gateway as well.",
                    null);
        }
    }

    @Override
    public InstantSource clock() {
        return clock;
    }

    /** https://www.postgresql.org/docs/current/errcodes-appendix.html, by class. */
    @Override
    public LedgerException failure(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        if (state.startsWith("XX")) {
            return LedgerException.damaged(
                    "The ledger is damaged: " + reason(e) + ". Restore the database from a backup.", e);
        }
        boolean heals = isConnectionLost(e)
                || state.startsWith("40") // another was first
                || state.startsWith("53") // disk full, too many connections, out of memory
                || state.startsWith("55") // a lock that was not to be had
                || state.startsWith("58") // the disk
                || state.startsWith("28") // a password that is just being changed
                || state.equals("25006"); // a standby, read only
        return heals
                ? new LedgerException(
                        Category.OUT_OF_RESOURCES,
                        "The ledger cannot be written or read: " + reason(e) + ". Look at the database " + place + ".",
                        e)
                : Dialect.bug(e);
    }

    @Override
    public LedgerException notOpened(String reason, @Nullable SQLException sql, @Nullable Exception e) {
        return new LedgerException(
                Category.OUT_OF_RESOURCES,
                "The ledger " + place + " cannot be opened: " + reason
                        + ". The database must be there, reachable from here, owned by ledger.user or with the right to create"
                        + " tables in its schema, and made by this version or an older one.",
                e);
    }

    @Override
    public boolean isConnectionLost(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.startsWith("08") || state.startsWith("57") || state.equals("25P03");
    }

    /** The driver's texts hold no value of a row, since the server's details are off; only the first line. */
    private static String reason(SQLException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
