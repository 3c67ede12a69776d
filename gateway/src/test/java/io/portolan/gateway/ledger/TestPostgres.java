package io.portolan.gateway.ledger;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A real PostgreSQL on a port that the system chose, which keeps what it commits; each ledger has a schema of its own. */
public final class TestPostgres implements AutoCloseable {

    private static final class Shared {
        static final TestPostgres SERVER = started();

        private static TestPostgres started() {
            try {
                return start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private final EmbeddedPostgres server;
    private final Map<Path, LedgerPlace> places = new ConcurrentHashMap<>();
    private final AtomicInteger schemas = new AtomicInteger();

    private TestPostgres(EmbeddedPostgres server) {
        this.server = server;
    }

    /** One for all tests of a process; it ends with that. */
    public static TestPostgres shared() {
        return Shared.SERVER;
    }

    /** The caller's to close. */
    public static TestPostgres start() throws IOException {
        return new TestPostgres(EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .start());
    }

    /** What a test would call so if it were a file; the same for the same. */
    public LedgerPlace place(Path file) {
        return places.computeIfAbsent(file, one -> place());
    }

    /** An empty one. */
    public LedgerPlace place() {
        String schema = "ledger" + schemas.incrementAndGet();
        execute("CREATE SCHEMA " + schema);
        String url = "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/postgres?currentSchema=" + schema;
        return new LedgerPlace(url, Optional.of("postgres"), Optional.empty());
    }

    /** As its superuser, in no schema. */
    public void execute(String sql) {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** The same; one number of what it finds. */
    public long number(String sql) {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            found.next();
            return found.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
