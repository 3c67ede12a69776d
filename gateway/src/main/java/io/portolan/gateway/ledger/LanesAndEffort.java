package io.portolan.gateway.ledger;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.flywaydb.core.api.migration.Context;

/**
 * Adds {@code study.lane}, see {@link Lanes}, and to {@code publication} what {@link Amplification} adds up: versions written,
 * bytes of requests sent, bytes of the resource now.
 */
final class LanesAndEffort extends LedgerMigration {

    private static final String ADD_LANE = "ALTER TABLE study ADD COLUMN lane TEXT NOT NULL DEFAULT '0'";

    private static final List<String> STATEMENTS = List.of(
            "UPDATE study SET lane = '1' WHERE published_revision > 0",
            "DROP INDEX study_due",
            "CREATE INDEX study_due ON study (lane, due_at) WHERE due_at IS NOT NULL",
            "ALTER TABLE publication ADD COLUMN versions BIGINT NOT NULL DEFAULT 0",
            "ALTER TABLE publication ADD COLUMN sent_bytes BIGINT NOT NULL DEFAULT 0",
            "ALTER TABLE publication ADD COLUMN resource_bytes BIGINT NOT NULL DEFAULT 0");

    LanesAndEffort() {
        super("6", "lanes and effort");
    }

    @Override
    public void migrate(Context context) throws SQLException {
        addLane(context.getConnection());
        try (Statement statement = context.getConnection().createStatement()) {
            for (String sql : STATEMENTS) {
                statement.execute(sql);
            }
        }
    }

    /** An older migration works on rows of studies as they are now, so it may have been there first. */
    static void addLane(Connection connection) throws SQLException {
        try (ResultSet columns = connection.getMetaData().getColumns(null, connection.getSchema(), "study", "lane");
                Statement statement = connection.createStatement()) {
            if (!columns.next()) {
                statement.execute(ADD_LANE);
            }
        }
    }
}
