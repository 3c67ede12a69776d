package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/**
 * Packs the rows of studies to which nothing has come for long, see {@link PackedStudy}, so that the ledger does not grow by every
 * instance for ever.
 *
 * <pre>
 *   clean and quiet          its rows of header, series, instance and file become one row of compacted
 *   one of them is written   they are rows again before, in the same transaction
 *   only read, or dirty      they stay packed: who reads them unpacks them in memory
 * </pre>
 *
 * The rows of {@code study} and {@code publication} stay. A study with a Key Object Selection that names others is never packed,
 * since those ask for its instance by its key.
 *
 * <p>All methods may be called by several threads and throw {@link LedgerException} when the database cannot.
 */
public final class Compaction {

    /** Instances of one commit, unless one study has more: arrivals wait for it. */
    private static final int INSTANCES_MAX = 1_000;

    private static final int STUDIES_MAX = 50;

    /** Studies that are looked up at once. */
    private static final int PAGE_MAX = 1_000;

    /** After each commit it rests so many times as long as that took, so that arrivals have the ledger for most of the time. */
    private static final int REST = 4;

    private static final Duration REST_MIN = Duration.ofMillis(20);

    /** What may be packed: nothing is to be done about it, nobody is at it, and nobody knows its rows by their keys. */
    private static final String PACKABLE = " t.compacted = 0 AND t.instances > 0 AND t.last_arrival_at <= :until"
            + " AND t.published_revision = t.revision AND t.due_at IS NULL AND t.parked = 0 AND t.claimed_by IS NULL"
            + " AND t.uncertain = 0"
            + " AND NOT EXISTS (SELECT 1 FROM evidence e WHERE e.document_study_id = t.id)"
            + " AND NOT EXISTS (SELECT 1 FROM instance i JOIN expired x ON x.instance_id = i.id WHERE i.study_id = t.id)"
            + " AND (NOT EXISTS (SELECT 1 FROM forward) OR NOT EXISTS (SELECT 1 FROM instance i"
            + " JOIN file f ON f.instance_id = i.id JOIN forward w ON w.file_id = f.id WHERE i.study_id = t.id))"
            // with storage.keep-for: files are found by their rows when their time is over
            + " AND (:withFiles = 1 OR NOT EXISTS"
            + " (SELECT 1 FROM instance i JOIN file f ON f.instance_id = i.id WHERE i.study_id = t.id))";
    // Whatever else keeps a key of an instance or a file belongs there.

    static final String CANDIDATES = "SELECT t.id, t.study_uid, t.revision FROM study t WHERE t.id > :after AND"
            + PACKABLE + " ORDER BY t.id LIMIT :max";

    private static final String CLAIM =
            "UPDATE study AS t SET compacted = 1 WHERE t.id = :id AND t.revision = :revision AND" + PACKABLE;

    /** What comes between two commits. */
    public interface Rest {

        /**
         * Waits, so that arrivals find the ledger free.
         *
         * @param commit how long they may have waited for it
         * @return false: enough for now
         */
        boolean after(Duration commit) throws InterruptedException;
    }

    /**
     * What became of the studies that were to be packed.
     *
     * @param leftAlone studies whose rows do not come out of their packed form as they went in: a fault, and no harm
     */
    public record Result(long packed, long leftAlone) {}

    /** @param until nothing has come since */
    private record Which(long until, boolean withFiles) {

        <S extends SqlStatement<S>> S bindTo(S statement) {
            return statement.bind("until", until).bind("withFiles", withFiles ? 1 : 0);
        }
    }

    private record Candidate(long id, Uid study, long revision) {}

    private record Read(StudyRows rows, Optional<byte[]> published) {}

    /** Made, and not yet in the ledger; {@code published} is null where that stays as it is. */
    private static final class Packed {

        final Candidate of;
        final Read read;
        final byte[] bytes;
        final byte @Nullable [] published;

        Packed(Candidate of, Read read, byte[] bytes) {
            this.of = of;
            this.read = read;
            this.bytes = bytes;
            this.published = read.published.flatMap(Publications::pack).orElse(null);
        }
    }

    private final Database database;
    private final Committer committer;
    private final LongSupplier now;

    Compaction(Database database, Committer committer, LongSupplier now) {
        this.database = database;
        this.committer = committer;
        this.now = now;
    }

    /** How many studies are packed. */
    public long count() {
        return database.read(CompactedRows::count);
    }

    /**
     * Packs what may be packed, a little at a time. Others may do the same meanwhile.
     *
     * @param quiet so long ago the last instance came, at least
     * @param withFiles whether also studies of which files are kept
     */
    public Result run(Duration quiet, boolean withFiles, Rest rest) throws InterruptedException {
        Which which = new Which(now.getAsLong() - quiet.toMillis(), withFiles);
        Sweep sweep = new Sweep(which, rest);
        List<Candidate> page = candidates(which, 0);
        while (!page.isEmpty() && sweep.pack(page)) {
            page = candidates(which, page.get(page.size() - 1).id);
        }
        return new Result(sweep.packed, sweep.leftAlone);
    }

    /** As the other, studies with kept files included. */
    public Result run(Duration quiet, Rest rest) throws InterruptedException {
        return run(quiet, true, rest);
    }

    /** How long to rest after a commit where others write. */
    public static Duration restAfter(Duration commit) {
        Duration rest = commit.multipliedBy(REST);
        return rest.compareTo(REST_MIN) < 0 ? REST_MIN : rest;
    }

    private List<Candidate> candidates(Which which, long after) {
        return database.read(handle -> which.bindTo(handle.createQuery(CANDIDATES))
                .bind("after", after)
                .bind("max", PAGE_MAX)
                .map((row, context) ->
                        new Candidate(row.getLong("id"), new Uid(row.getString("study_uid")), row.getLong("revision")))
                .list());
    }

    private final class Sweep {

        private final Which which;
        private final Rest rest;
        private long packed;
        private long leftAlone;

        Sweep(Which which, Rest rest) {
            this.which = which;
            this.rest = rest;
        }

        /** False: enough for now. */
        boolean pack(List<Candidate> page) throws InterruptedException {
            List<Packed> batch = new ArrayList<>();
            int instances = 0;
            boolean more = true;
            for (int i = 0; more && i < page.size(); i++) {
                Optional<Packed> one = Compaction.this.pack(page.get(i));
                leftAlone += one.isEmpty() ? 1 : 0;
                one.ifPresent(batch::add);
                instances +=
                        one.map(packed -> packed.read.rows.instances().size()).orElse(0);
                if (instances >= INSTANCES_MAX || batch.size() >= STUDIES_MAX || i == page.size() - 1) {
                    more = put(batch);
                    batch.clear();
                    instances = 0;
                }
            }
            return more;
        }

        private boolean put(List<Packed> batch) throws InterruptedException {
            List<Packed> all = List.copyOf(batch);
            long start = System.nanoTime();
            packed += all.isEmpty()
                    ? 0
                    : committer.commit(handle -> all.stream()
                            .filter(one -> Compaction.put(handle, one, which))
                            .count());
            return rest.after(Duration.ofNanos(System.nanoTime() - start));
        }
    }

    /** The work of a processor is done here, not while arrivals wait. */
    private Optional<Packed> pack(Candidate candidate) {
        Read read = database.read(
                handle -> new Read(StudyRows.read(handle, candidate.id), Publications.zipped(handle, candidate.id)));
        byte[] bytes = PackedStudy.pack(candidate.study, read.rows);
        if (!read.rows.isWhole() || !PackedStudy.unpack(candidate.study, bytes).equals(read.rows)) {
            return Optional.empty();
        }
        return Optional.of(new Packed(candidate, read, bytes));
    }

    /** False: it is not as it was read, or may not be packed any more. */
    private static boolean put(Handle handle, Packed one, Which which) {
        int claimed = which.bindTo(handle.createUpdate(CLAIM))
                .bind("id", one.of.id)
                .bind("revision", one.of.revision)
                .execute();
        if (claimed == 0) {
            return false;
        }
        // What an archive has, or a file that came once more, is no revision.
        if (!StudyRows.read(handle, one.of.id).equals(one.read.rows)) {
            CompactedRows.mark(handle, one.of.id, false);
            return false;
        }
        StudyRows.delete(handle, one.of.id);
        CompactedRows.insert(handle, one.of.id, one.read.rows, one.bytes);
        if (one.published != null) {
            Publications.repack(handle, one.of.id, one.read.published.orElseThrow(), one.published);
        }
        return true;
    }
}
