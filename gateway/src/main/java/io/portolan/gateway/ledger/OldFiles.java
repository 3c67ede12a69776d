package io.portolan.gateway.ledger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Handle;

/**
 * The kept files of studies that are done: published, clean, not parked, and nothing came to them for a time. Files that are to be
 * sent on are never among them. The study itself stays.
 *
 * <p>All methods may be called by several threads and throw {@link LedgerException} when the database cannot.
 */
public final class OldFiles {

    private static final int PAGE_FILES = 1_000;

    /** The files of this gateway: those in its folder. */
    private static final String FILES =
            " FROM file f JOIN instance i ON i.id = f.instance_id WHERE f.storage_id = :storage";

    private static final String IS_DONE = "SELECT count(*) FROM study t WHERE t.id = :study AND t.parked = 0"
            + " AND t.due_at IS NULL AND t.claimed_by IS NULL AND t.revision = t.published_revision"
            + " AND t.last_arrival_at < :before AND EXISTS (SELECT 1 FROM publication p WHERE p.study_id = t.id)"
            + " AND NOT EXISTS (SELECT 1 FROM instance n JOIN file g ON g.instance_id = n.id WHERE n.study_id = t.id"
            + " AND g.received_at >= :before)";

    /** A file, and how far a look has come. */
    private record Row(long id, long receivedAt, long study) {}

    private record Old(long id, String path) {}

    /** Where to go on. */
    public record Place(long receivedAt, long fileId) {

        public static final Place START = new Place(Long.MIN_VALUE, 0);
    }

    /**
     * Some studies, of each of which at least one file is old enough.
     *
     * @param next where to go on; empty: there are no more
     */
    public record Page(Set<Long> studies, Optional<Place> next) {

        public Page {
            studies = new LinkedHashSet<>(studies);
        }
    }

    private final Database database;
    private final Committer committer;
    private final LongSupplier now;
    private final long storage;

    OldFiles(Database database, Committer committer, LongSupplier now, long storage) {
        this.database = database;
        this.committer = committer;
        this.now = now;
        this.storage = storage;
    }

    /** The studies whose files may have been kept for long enough, oldest files first. */
    public Page page(Duration keepFor, Place from) {
        List<Row> rows = database.read(handle -> handle.createQuery("SELECT f.id, f.received_at, i.study_id" + FILES
                        + " AND f.received_at < :before AND (f.received_at, f.id) > (:receivedAt, :id)"
                        + " ORDER BY f.received_at, f.id LIMIT " + PAGE_FILES)
                .bind("storage", storage)
                .bind("before", now.getAsLong() - keepFor.toMillis())
                .bind("receivedAt", from.receivedAt)
                .bind("id", from.fileId)
                .map((row, context) -> new Row(row.getLong("id"), row.getLong("received_at"), row.getLong("study_id")))
                .list());
        Set<Long> studies = new LinkedHashSet<>();
        rows.forEach(row -> studies.add(row.study));
        boolean more = rows.size() == PAGE_FILES;
        Optional<Row> last = more ? Optional.of(rows.get(PAGE_FILES - 1)) : Optional.empty();
        return new Page(studies, last.map(row -> new Place(row.receivedAt, row.id)));
    }

    /** Studies that are compacted, with files that have been kept for long enough, behind one; at most so many. */
    public List<Long> compacted(Duration keepFor, long after, int max) {
        long before = now.getAsLong() - keepFor.toMillis();
        return database.read(handle -> CompactedRows.withFiles(handle, storage, before, after, max));
    }

    /**
     * Deletes the rows of some files of a study, if it is done; one that is compacted is made rows again before.
     *
     * @return their names, which are among {@link DroppedFiles} then; empty: there are none, or it is not done
     */
    public List<String> drop(long study, Duration keepFor, int max) {
        long before = now.getAsLong() - keepFor.toMillis();
        return committer.commit(handle -> isDone(handle, study, before) && isDoneAsRows(handle, study, before)
                ? drop(handle, study, max)
                : List.<String>of());
    }

    private static boolean isDoneAsRows(Handle handle, long study, long before) {
        StudyRow row = StudyRow.get(handle, study);
        boolean wasRows = !row.isCompacted();
        CompactedRows.expand(handle, row);
        return wasRows || isDone(handle, study, before);
    }

    private static boolean isDone(Handle handle, long study, long before) {
        return handle.createQuery(IS_DONE)
                        .bind("study", study)
                        .bind("before", before)
                        .mapTo(Integer.class)
                        .one()
                > 0;
    }

    private List<String> drop(Handle handle, long study, int max) {
        List<String> paths = new ArrayList<>();
        handle.createQuery("SELECT f.id, f.path" + FILES + " AND i.study_id = :study AND NOT EXISTS"
                        + " (SELECT 1 FROM forward w WHERE w.file_id = f.id) ORDER BY f.id LIMIT :max")
                .bind("storage", storage)
                .bind("study", study)
                .bind("max", max)
                .map((row, context) -> new Old(row.getLong("id"), row.getString("path")))
                .list()
                .forEach(file -> {
                    DroppedFiles.drop(handle, file.id, file.path, storage);
                    paths.add(file.path);
                });
        return paths;
    }
}
