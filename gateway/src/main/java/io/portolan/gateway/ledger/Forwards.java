package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;
import io.portolan.gateway.Category;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/**
 * The files that are to be sent on: written in the commit of the file's own row, gone when a PACS has confirmed the file.
 *
 * <pre>
 *   recorded ---> due -----------> confirmed: no row, and no file
 *                 ^ |  later: due again after a pause, for ever
 *        replayed | v  park
 *                parked
 * </pre>
 *
 * Two files of one instance in one folder go in the order in which they came: the newer one is not due while the older one waits.
 *
 * <p>All methods may be called by several threads and throw {@link LedgerException} when the database cannot.
 */
public final class Forwards {

    private static final int ERROR_MAX_CHARACTERS = 500;

    /** The rows of this gateway: those of the files in its folder. */
    private static final String MINE = " WHERE (f.storage_id = :storage OR :storage = 0)";

    private static final long ALL = 0;

    private static final String FILES = " FROM forward w JOIN file f ON f.id = w.file_id" + MINE;
    private static final String INSTANCES = " FROM forward w JOIN file f ON f.id = w.file_id"
            + " JOIN instance i ON i.id = f.instance_id JOIN study t ON t.id = i.study_id" + MINE;

    private static final String WAITING = " AND w.due_at IS NOT NULL";
    private static final String PARKED = " AND w.due_at IS NULL";

    private static final String IS_FIRST = " AND NOT EXISTS (SELECT 1 FROM file g JOIN forward e ON e.file_id = g.id"
            + " WHERE g.instance_id = f.instance_id AND g.storage_id = f.storage_id AND g.id < f.id"
            + " AND e.due_at IS NOT NULL)";

    private final Database database;
    private final Committer committer;
    private final LongSupplier now;
    private final Changes changes;
    private final long storage;

    Forwards(Database database, Committer committer, LongSupplier now, Changes changes, long storage) {
        this.database = database;
        this.committer = committer;
        this.now = now;
        this.changes = changes;
        this.storage = storage;
    }

    static void put(Handle handle, long fileId, long due) {
        handle.createUpdate("INSERT INTO forward (file_id, due_at, attempts) VALUES (:file, :due, 0)")
                .bind("file", fileId)
                .bind("due", due)
                .execute();
    }

    // ---- sending

    /** How often there was something new in this process; for {@link #awaitChange}. */
    public long changes() {
        return changes.count();
    }

    /** As {@link Ledger#awaitChange}. */
    public void awaitChange(long seen, Duration atMost) throws InterruptedException {
        changes.await(seen, atMost);
    }

    /** Has who waits for something new look. */
    public void tell() {
        changes.tell();
    }

    /** Those that may be sent now, in the order in which they came; at most so many. */
    public List<WaitingFile> due(int max) {
        return database.read(handle -> handle.createQuery(
                        "SELECT w.file_id, f.path, t.study_uid, i.sop_uid, w.attempts" + INSTANCES + WAITING
                                + " AND w.due_at <= :now" + IS_FIRST + " ORDER BY w.due_at, w.file_id LIMIT :max")
                .bind("storage", storage)
                .bind("now", now.getAsLong())
                .bind("max", max)
                .map((row, context) -> new WaitingFile(
                        row.getLong("file_id"),
                        row.getString("path"),
                        new Uid(row.getString("study_uid")),
                        new Uid(row.getString("sop_uid")),
                        row.getInt("attempts")))
                .list());
    }

    /** How long until one is due that is not yet; empty: there is none. */
    public Optional<Duration> untilDue() {
        long at = now.getAsLong();
        return database.read(
                        handle -> handle.createQuery("SELECT min(w.due_at)" + FILES + WAITING + " AND w.due_at > :now")
                                .bind("storage", storage)
                                .bind("now", at)
                                .mapTo(Long.class)
                                .findOne())
                .map(due -> Duration.ofMillis(due - at));
    }

    /**
     * The PACS has them.
     *
     * @param drop whether they are not needed any more: their rows go, and their names are among {@link DroppedFiles}
     */
    public void confirmed(Collection<WaitingFile> files, boolean drop) {
        committer.commit(handle -> {
            for (WaitingFile file : files) {
                delete(handle, file.id());
                overtake(handle, file.id());
                markConfirmed(handle, file.id());
                if (drop) {
                    DroppedFiles.drop(handle, file.id(), file.path(), storage);
                }
            }
            return files.size();
        });
        changes.tell(); // a newer file of an instance may be due now
    }

    private static void delete(Handle handle, long fileId) {
        handle.createUpdate("DELETE FROM forward WHERE file_id = :id")
                .bind("id", fileId)
                .execute();
    }

    /** Storage commitment asks, when the file is long gone. */
    private void markConfirmed(Handle handle, long fileId) {
        handle.createUpdate("UPDATE instance SET confirmed_at = :now WHERE id ="
                        + " (SELECT f.instance_id FROM file f WHERE f.id = :id)")
                .bind("now", now.getAsLong())
                .bind("id", fileId)
                .execute();
    }

    /** What was given up of the same instance is older than what the PACS has. */
    private static void overtake(Handle handle, long fileId) {
        handle.createUpdate(
                        "UPDATE forward SET overtaken = 1 WHERE due_at IS NULL AND file_id IN (SELECT g.id FROM file g"
                                + " JOIN file f ON f.instance_id = g.instance_id WHERE f.id = :id AND g.id < :id)")
                .bind("id", fileId)
                .execute();
    }

    /** An attempt failed, and is worth another. */
    public void later(WaitingFile file, Category category, String error, Duration delay) {
        failed(file, category, error, now.getAsLong() + delay.toMillis());
    }

    /** Gives a file up until somebody replays it, or its sender sends it again. It stays where it is. */
    public void park(WaitingFile file, Category category, String error) {
        failed(file, category, error, null);
    }

    private void failed(WaitingFile file, Category category, String error, @Nullable Long due) {
        committer.commit(handle -> handle.createUpdate("UPDATE forward SET due_at = :due, attempts = attempts + 1,"
                        + " category = :category, last_error = :error WHERE file_id = :id")
                .bind("due", due)
                .bind("category", category.name())
                .bind("error", StudyRow.text(error, ERROR_MAX_CHARACTERS))
                .bind("id", file.id())
                .execute());
        changes.tell();
    }

    /** Makes all that wait due now: for a start, which is a reason to try. */
    public void hurry() {
        long at = now.getAsLong();
        committer.commit(handle -> handle.createUpdate(
                        "UPDATE forward SET due_at = :now WHERE due_at > :now AND file_id IN (SELECT w.file_id" + FILES
                                + WAITING + ")")
                .bind("storage", storage)
                .bind("now", at)
                .execute());
    }

    // ---- receiving

    /** The newest file of an instance, when that is still to be sent on; parked or not. */
    public Optional<String> newest(Uid study, Uid sopInstance) {
        return database.read(handle -> handle.createQuery("SELECT f.path" + INSTANCES + " AND t.study_uid = :study AND"
                        + " i.sop_uid = :sop AND NOT EXISTS (SELECT 1 FROM file g WHERE g.instance_id = f.instance_id"
                        + " AND g.id > f.id)")
                .bind("storage", storage)
                .bind("study", study.value())
                .bind("sop", sopInstance.value())
                .mapTo(String.class)
                .findOne());
    }

    /** It was sent to us once more: one that was given up gets another chance. */
    public void cameAgain(Uid study, Uid sopInstance, String path) {
        int again = database.read(handle -> handle.createQuery("SELECT count(*)" + INSTANCES + PARKED
                        + " AND t.study_uid = :study" + " AND i.sop_uid = :sop AND f.path = :path")
                .bind("storage", storage)
                .bind("study", study.value())
                .bind("sop", sopInstance.value())
                .bind("path", path)
                .mapTo(Integer.class)
                .one());
        if (again > 0) {
            replay(
                    storage,
                    " AND t.study_uid = :study AND i.sop_uid = :sop AND f.path = :path",
                    Map.of("study", study.value(), "sop", sopInstance.value(), "path", path));
        }
    }

    // ---- operating

    /** Makes the parked files of studies due; says how many. */
    public int replay(Collection<Uid> studies) {
        int files = 0;
        for (Uid study : studies) {
            files += replay(ALL, " AND t.study_uid = :study", Map.of("study", study.value()));
        }
        return files;
    }

    /** Makes all parked files due, or those of a category, but those that were overtaken; says how many. */
    public int replayParked(Optional<Category> category) {
        return replay(
                ALL,
                " AND w.overtaken = 0 AND (:which = '' OR w.category = :which)",
                Map.of("which", category.map(Category::name).orElse("")));
    }

    private int replay(long where, String which, Map<String, String> values) {
        long at = now.getAsLong();
        int files = committer.commit(handle -> bind(
                        handle.createUpdate("UPDATE forward SET due_at = :now, attempts = 0, overtaken = 0"
                                + " WHERE due_at IS NULL AND file_id IN (SELECT w.file_id" + INSTANCES + PARKED + which
                                + ")"),
                        values)
                .bind("storage", where)
                .bind("now", at)
                .execute());
        changes.tell();
        return files;
    }

    /** What is parked of studies is not sent on any more, and stays kept; says how many files. */
    public int giveUp(Collection<Uid> studies) {
        return committer.commit(handle -> studies.stream()
                .mapToInt(study -> handle.createUpdate("DELETE FROM forward WHERE due_at IS NULL AND file_id IN"
                                + " (SELECT w.file_id" + INSTANCES + PARKED + " AND t.study_uid = :study)")
                        .bind("storage", ALL)
                        .bind("study", study.value())
                        .execute())
                .sum());
    }

    private static <S extends SqlStatement<S>> S bind(S statement, Map<String, String> values) {
        values.forEach(statement::bind);
        return statement;
    }

    /** Whether anything waits or is parked. */
    public boolean isAny() {
        return database.read(handle -> handle.createQuery("SELECT count(*) FROM (SELECT 1" + FILES + " LIMIT 1) AS one")
                        .bind("storage", storage)
                        .mapTo(Integer.class)
                        .one()
                > 0);
    }

    public ForwardCounts counts() {
        return database.read(handle -> counts(handle, storage));
    }

    /** What was given up for now, oldest first; at most so many studies and categories. */
    public List<ParkedFiles> parked(int max) {
        return database.read(handle -> parkedOfAll(handle, max));
    }

    /** Of all gateways that share the ledger. */
    static ForwardCounts countsOfAll(Handle handle) {
        return counts(handle, ALL);
    }

    private static ForwardCounts counts(Handle handle, long where) {
        Map<Category, Long> failed = new EnumMap<>(Category.class);
        handle.createQuery("SELECT w.category, count(*) AS files" + FILES
                        + " AND w.category IS NOT NULL GROUP BY w.category")
                .bind("storage", where)
                .map((row, context) -> Map.entry(Category.valueOf(row.getString("category")), row.getLong("files")))
                .forEach(entry -> failed.put(entry.getKey(), entry.getValue()));
        return new ForwardCounts(
                count(handle, FILES + WAITING, where),
                count(handle, FILES + PARKED, where),
                handle.createQuery("SELECT f.received_at" + FILES + WAITING + " ORDER BY w.file_id LIMIT 1")
                        .bind("storage", where)
                        .mapTo(Long.class)
                        .findOne()
                        .map(Instant::ofEpochMilli),
                failed);
    }

    private static long count(Handle handle, String which, long where) {
        return handle.createQuery("SELECT count(*)" + which)
                .bind("storage", where)
                .mapTo(Long.class)
                .one();
    }

    static List<ParkedFiles> parkedOfAll(Handle handle, int max) {
        return handle.createQuery(
                        "SELECT t.study_uid, w.category, max(w.last_error) AS error, max(w.attempts) AS attempts,"
                                + " count(*) AS files, sum(w.overtaken) AS overtaken, max(f.received_at) AS received"
                                + INSTANCES + PARKED
                                + " GROUP BY t.study_uid, w.category ORDER BY min(f.id) LIMIT :max")
                .bind("storage", ALL)
                .bind("max", max)
                .map((row, context) -> new ParkedFiles(
                        new Uid(row.getString("study_uid")),
                        Category.valueOf(row.getString("category")),
                        row.getString("error"),
                        row.getInt("attempts"),
                        row.getLong("files"),
                        row.getLong("overtaken"),
                        Instant.ofEpochMilli(row.getLong("received"))))
                .list();
    }
}
