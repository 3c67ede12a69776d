package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/**
 * The files of a folder that sync looks into. May be used by several threads; throws {@link LedgerException} when the
 * database cannot.
 */
public final class SourceFiles {

    private static final String OF_SOURCE =
            " FROM source_file WHERE source_id = (SELECT id FROM source WHERE name = :name)";

    private final Database database;
    private final Committer committer;
    private final String name;

    SourceFiles(Database database, Committer committer, String name) {
        this.database = database;
        this.committer = committer;
        this.name = name;
    }

    /** Those that have been read, by their paths. */
    public Map<String, SourceFile> find(Collection<String> paths) {
        if (paths.isEmpty()) {
            return Map.of();
        }
        return database.read(handle -> handle.createQuery("SELECT *" + OF_SOURCE + " AND path IN (<paths>)")
                .bind("name", name)
                .bindList("paths", List.copyOf(paths))
                .map((row, context) -> file(row))
                .collect(Collectors.toMap(SourceFile::path, file -> file)));
    }

    /** The files of a study, by their paths. */
    public List<SourceFile> of(Uid study) {
        return database.read(
                handle -> handle.createQuery("SELECT *" + OF_SOURCE + " AND study_uid = :study ORDER BY path")
                        .bind("name", name)
                        .bind("study", study.value())
                        .map((row, context) -> file(row))
                        .list());
    }

    /**
     * Some of them, in the order of their paths: no reader may hold on to the database for as long as a million files take.
     *
     * @param path those after this one; empty: from the first on
     */
    public List<SourceFile> after(String path, int max) {
        return database.read(
                handle -> handle.createQuery("SELECT *" + OF_SOURCE + " AND path > :path ORDER BY path LIMIT :max")
                        .bind("name", name)
                        .bind("path", path)
                        .bind("max", max)
                        .map((row, context) -> file(row))
                        .list());
    }

    private static SourceFile file(ResultSet row) throws SQLException {
        return new SourceFile(
                row.getString("path"),
                row.getLong("size"),
                row.getLong("modified"),
                uid(row.getString("study_uid")),
                uid(row.getString("series_uid")),
                Optional.ofNullable(row.getString("study_date")).orElse(""),
                row.getBoolean("missed"));
    }

    private static @Nullable Uid uid(@Nullable String text) {
        return text == null ? null : new Uid(text);
    }

    /** Records what was read; in one commit, for which others wait. */
    public void put(Collection<SourceFile> files) {
        committer.commit(handle -> {
            PreparedBatch batch = handle.prepareBatch(
                    "INSERT INTO source_file (source_id, path, size, modified, study_uid, series_uid, study_date,"
                            + " missed)"
                            + " SELECT id, :path, :size, :modified, :study, :series, :date, :missed FROM source"
                            + " WHERE name = :name"
                            + " ON CONFLICT (source_id, path) DO UPDATE SET size = excluded.size,"
                            + " modified = excluded.modified, study_uid = excluded.study_uid,"
                            + " series_uid = excluded.series_uid, study_date = excluded.study_date,"
                            + " missed = excluded.missed");
            files.forEach(file -> batch.bind("name", name)
                    .bind("path", file.path())
                    .bind("size", file.size())
                    .bind("modified", file.modified())
                    .bind("study", file.study() == null ? null : file.study().value())
                    .bind("series", file.series() == null ? null : file.series().value())
                    .bind("date", file.date())
                    .bind("missed", file.missed() ? 1 : 0)
                    .add());
            return batch.execute().length;
        });
    }

    /** Records that they were not there; in one commit. */
    public void miss(Collection<String> paths) {
        forEach(
                "UPDATE source_file SET missed = 1"
                        + " WHERE source_id = (SELECT id FROM source WHERE name = :name) AND path = :path",
                paths);
    }

    /** Forgets those that are there no more; in one commit. */
    public void remove(Collection<String> paths) {
        forEach("DELETE" + OF_SOURCE + " AND path = :path", paths);
    }

    private void forEach(String statement, Collection<String> paths) {
        if (paths.isEmpty()) {
            return;
        }
        committer.commit(handle -> {
            PreparedBatch batch = handle.prepareBatch(statement);
            paths.forEach(path -> batch.bind("name", name).bind("path", path).add());
            return batch.execute().length;
        });
    }
}
