package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;
import io.portolan.gateway.Category;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What an operator makes due: parked studies that get another chance, and published ones that are to be made again.
 *
 * <p>All methods may be called by several threads and throw {@link LedgerException} when the database cannot.
 */
public final class Replays {

    /** Studies of one commit: others wait for it. */
    static final int BATCH_MAX = 1000;

    /** What was published, is not waiting anyway, and was made with something else. */
    private static final String OUTDATED = " FROM publication p JOIN study t ON t.id = p.study_id"
            + " WHERE t.due_at IS NULL AND (:all = 1 OR p.fingerprint <> :fingerprint)";

    private record Row(long id, Uid study) {}

    private final Database database;
    private final Committer committer;
    private final LongSupplier now;
    private final String fingerprint;
    private final Runnable changed;

    /** @param changed is told when something has become due */
    Replays(Database database, Committer committer, LongSupplier now, String fingerprint, Runnable changed) {
        this.database = database;
        this.committer = committer;
        this.now = now;
        this.fingerprint = fingerprint;
        this.changed = changed;
    }

    /**
     * Makes studies due now, whether parked, waiting or clean.
     *
     * @return how many of them there are
     */
    public int replay(Collection<Uid> studies) {
        return due(studies, StudyRow::replayed);
    }

    /** Makes all parked studies due now, or those of a category; says how many. */
    public int replayParked(Optional<Category> category) {
        return replay(database.read(handle -> parked(handle, category.orElse(null))));
    }

    /** Those of which the ledger knows nothing. */
    public List<Uid> unknown(Collection<Uid> studies) {
        return database.read(handle -> studies.stream()
                .filter(uid -> StudyRow.find(handle, uid).isEmpty())
                .toList());
    }

    /** Makes studies due when nothing else is, although nothing new came; says how many of them there are. */
    public int republish(Collection<Uid> studies) {
        return due(studies, StudyRow::publishedAgain);
    }

    /** As {@link #republish}, all that were published; says how many. */
    public long republishAll() {
        return publishAgain(null);
    }

    /** As {@link #republish}, all that were published with another fingerprint than the options have; says how many. */
    public long republishOutdated() {
        return publishAgain(fingerprint);
    }

    /** How many studies {@link #republishOutdated} would make due. */
    public long outdated() {
        return database.read(handle -> count(handle, fingerprint));
    }

    /** How many studies {@link #republishAll} would make due. */
    public long published() {
        return database.read(handle -> count(handle, null));
    }

    private int due(Collection<Uid> studies, ObjLongConsumer<StudyRow> how) {
        int due = committer.commit(handle -> due(handle, studies, how));
        changed.run();
        return due;
    }

    private int due(Handle handle, Collection<Uid> studies, ObjLongConsumer<StudyRow> how) {
        int due = 0;
        for (Uid uid : studies) {
            Optional<StudyRow> study = StudyRow.find(handle, uid);
            study.ifPresent(row -> {
                how.accept(row, now.getAsLong());
                row.save(handle);
            });
            due += study.isPresent() ? 1 : 0;
        }
        return due;
    }

    private static List<Uid> parked(Handle handle, @Nullable Category category) {
        return handle.createQuery("SELECT study_uid FROM study WHERE parked = 1"
                        + " AND (:category = '' OR category = :category) ORDER BY id")
                .bind("category", category == null ? "" : category.name())
                .map((row, context) -> new Uid(row.getString("study_uid")))
                .list();
    }

    /** @param other than this; null: all that were published */
    private static long count(Handle handle, @Nullable String other) {
        return handle.createQuery("SELECT count(*)" + OUTDATED)
                .bind("all", other == null ? 1 : 0)
                .bind("fingerprint", other == null ? "" : other)
                .mapTo(Long.class)
                .one();
    }

    private long publishAgain(@Nullable String other) {
        long due = 0;
        for (long last = 0, made = BATCH_MAX; made == BATCH_MAX; due += made) {
            long after = last;
            List<Row> rows = committer.commit(handle -> {
                List<Row> batch = batch(handle, other, after);
                List<Uid> studies = new ArrayList<>(batch.size());
                batch.forEach(row -> studies.add(row.study));
                due(handle, studies, StudyRow::publishedAgain);
                return batch;
            });
            made = rows.size();
            last = rows.isEmpty() ? last : rows.get(rows.size() - 1).id;
        }
        changed.run();
        return due;
    }

    private static List<Row> batch(Handle handle, @Nullable String other, long after) {
        return handle.createQuery("SELECT t.id, t.study_uid" + OUTDATED + " AND t.id > :after ORDER BY t.id LIMIT :max")
                .bind("all", other == null ? 1 : 0)
                .bind("fingerprint", other == null ? "" : other)
                .bind("after", after)
                .bind("max", BATCH_MAX)
                .map((row, context) -> new Row(row.getLong("id"), new Uid(row.getString("study_uid"))))
                .list();
    }
}
