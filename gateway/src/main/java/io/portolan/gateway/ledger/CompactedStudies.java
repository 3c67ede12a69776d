package io.portolan.gateway.ledger;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.api.migration.Context;

/**
 * Migration 11: {@code compacted}, a row for each study whose instances are packed, see {@link Compaction}; {@code study.compacted}
 * says that it has one. {@code listed}: all bits of {@code instance.listed} of its instances; {@code storages}: one bit for each
 * storage folder that has files of it, see {@link Storages#bit}.
 *
 * <p>What is to be packed is found by an index of those that are not: it is written when a study is made, packed or unpacked, never
 * by an arrival.
 */
final class CompactedStudies extends LedgerMigration {

    private static final String ADD_COMPACTED = "ALTER TABLE study ADD COLUMN compacted SMALLINT NOT NULL DEFAULT 0";

    private static final List<String> STATEMENTS = List.of(
            "CREATE TABLE compacted (study_id BIGINT NOT NULL PRIMARY KEY REFERENCES study (id), listed BIGINT NOT NULL,"
                    + " storages BIGINT NOT NULL, packed ${bytes} NOT NULL)",
            "CREATE INDEX study_loose ON study (id) WHERE compacted = 0");

    CompactedStudies() {
        super("11", "compacted studies");
    }

    @Override
    public void migrate(Context context) throws SQLException {
        addCompacted(context.getConnection());
        Map<String, String> placeholders = context.getConfiguration().getPlaceholders();
        try (Statement statement = context.getConnection().createStatement()) {
            for (String sql : STATEMENTS) {
                statement.execute(sql.replace("${bytes}", placeholders.getOrDefault("bytes", "")));
            }
        }
    }

    /** An older migration works on rows of studies as they are now, so it may have been there first. */
    static void addCompacted(Connection connection) throws SQLException {
        try (ResultSet columns =
                        connection.getMetaData().getColumns(null, connection.getSchema(), "study", "compacted");
                Statement statement = connection.createStatement()) {
            if (!columns.next()) {
                statement.execute(ADD_COMPACTED);
            }
        }
    }
}
