package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;
import io.portolan.gateway.Category;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Handle;

/**
 * What an operator makes due: parked studies that get another chance, and published ones that are to be made again.
 *
 * <p>All methods may be called by several threads and throw {@link LedgerException} when the database cannot.
 */
public final class Replays {

    /** Studies of one commit: arrivals wait for it. */
    static final int BATCH_MAX = 200;

    /** Studies that are looked up at once. */
    private static final int PAGE_MAX = 10_000;

    /** Between two commits, so that another process, whose gateway records arrivals, finds the ledger free. */
    private static final Duration PAUSE = Duration.ofMillis(50);

    private static final String PARKED = " FROM study t WHERE t.parked = 1 AND (:which = '' OR t.category = :which)";

    /** What was published, is not waiting anyway, and was made with something else. */
    private static final String OUTDATED = " FROM publication p JOIN study t ON t.id = p.study_id"
            + " WHERE t.due_at IS NULL AND (:which = '' OR p.fingerprint <> :which)";

    /** Whether a row is concerned; it is changed then. */
    private interface Change {
        boolean to(StudyRow row, long now);
    }

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
     * Makes studies due now, whether parked, waiting or clean; for whoever has the ledger alone.
     *
     * @return how many of them there are
     */
    public int makeDue(Collection<Uid> studies) {
        return due(studies, Duration.ZERO, (row, at) -> {
            row.replayed(at);
            return true;
        });
    }

    /**
     * As {@link #makeDue}, beside a gateway; each is compared with what the server has.
     *
     * @return how many of them there are
     */
    public int replay(Collection<Uid> studies) {
        return due(studies, PAUSE, (row, at) -> {
            row.doubted();
            row.replayed(at);
            return true;
        });
    }

    /** Makes all parked studies due when nothing else is, or those of a category; says how many. */
    public int replayParked(Optional<Category> category) {
        return due(PARKED, category.map(Category::name).orElse(""), (row, at) -> {
            boolean parked = row.isParked();
            if (parked) {
                row.waitsAgain(at);
            }
            return parked;
        });
    }

    /** Those of which the ledger knows nothing. */
    public List<Uid> unknown(Collection<Uid> studies) {
        return database.read(handle -> studies.stream()
                .filter(uid -> StudyRow.find(handle, uid).isEmpty())
                .toList());
    }

    /**
     * Makes studies due when nothing else is, although nothing new came; each is compared with what the server has.
     *
     * @return how many of them there are
     */
    public int republish(Collection<Uid> studies) {
        return due(studies, PAUSE, (row, at) -> {
            row.doubted();
            row.publishedAgain(at);
            return true;
        });
    }

    /** As {@link #republish}, all that were published; says how many. */
    public int republishAll() {
        return due(OUTDATED, "", (row, at) -> {
            row.doubted();
            return row.publishedAgain(at);
        });
    }

    /**
     * As {@link #republish}, all that were published with another fingerprint than the options have, and compared with what
     * was said of them before.
     *
     * @return how many
     */
    public int republishOutdated() {
        return due(OUTDATED, fingerprint, StudyRow::publishedAgain);
    }

    /** How many studies {@link #republishOutdated} would make due. */
    public long outdated() {
        return count(fingerprint);
    }

    /** How many studies {@link #republishAll} would make due. */
    public long published() {
        return count("");
    }

    private long count(String which) {
        return database.read(handle -> handle.createQuery("SELECT count(*)" + OUTDATED)
                .bind("which", which)
                .mapTo(Long.class)
                .one());
    }

    /** What a query finds, page by page: reading holds nobody up. */
    private int due(String query, String which, Change change) {
        int due = 0;
        List<Row> page = page(query, which, 0);
        while (!page.isEmpty()) {
            due += due(page.stream().map(Row::study).toList(), PAUSE, change);
            page = page(query, which, page.get(page.size() - 1).id);
        }
        return due;
    }

    private List<Row> page(String query, String which, long after) {
        return database.read(handle -> handle.createQuery(
                        "SELECT t.id, t.study_uid" + query + " AND t.id > :after ORDER BY t.id LIMIT :max")
                .bind("which", which)
                .bind("after", after)
                .bind("max", PAGE_MAX)
                .map((row, context) -> new Row(row.getLong("id"), new Uid(row.getString("study_uid"))))
                .list());
    }

    private int due(Collection<Uid> studies, Duration pause, Change change) {
        List<Uid> all = List.copyOf(studies);
        int due = 0;
        for (int from = 0; from < all.size(); from += BATCH_MAX) {
            if (from > 0) {
                LockSupport.parkNanos(pause.toNanos());
            }
            List<Uid> batch = all.subList(from, Math.min(all.size(), from + BATCH_MAX));
            due += committer.commit(handle -> due(handle, batch, change));
        }
        changed.run();
        return due;
    }

    private int due(Handle handle, List<Uid> studies, Change change) {
        int due = 0;
        for (Uid uid : studies) {
            Optional<StudyRow> study = StudyRow.find(handle, uid);
            if (study.isPresent() && change.to(study.get(), now.getAsLong())) {
                study.get().save(handle);
                due++;
            }
        }
        return due;
    }
}
