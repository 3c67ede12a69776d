package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.SopReference;
import io.portolan.gateway.Category;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/**
 * Requests for storage commitment, and their reports: durable before the request is answered, there until some time after
 * the report.
 *
 * <pre>
 *   requested ---> due ---> claimed ---> reported ---> forgotten after a time
 *                  ^ ^        |  | undecided, later: due again after a pause
 *                  | +--------+--+
 *                  |          v park
 *                  +------- parked       replayed, asked for again, or after a start
 * </pre>
 *
 * <p>All methods may be called by several threads and throw {@link LedgerException} when the database cannot.
 */
public final class Commitments {

    private static final int ERROR_MAX_CHARACTERS = 500;

    /** So long the other gateways have to say what one could not. */
    private static final Duration OTHERS_FIRST = Duration.ofSeconds(30);

    private static final String OPEN = " FROM commitment WHERE reported_at IS NULL";
    private static final String WAITING = " FROM commitment WHERE due_at IS NOT NULL";
    private static final String PARKED = OPEN + " AND due_at IS NULL";

    private static final String FREE = "(claimed_until IS NULL OR claimed_until <= :now)";

    /** One association at a time with each of them. */
    private static final String DUE = "due_at <= :now AND " + FREE
            + " AND (looked_by IS NULL OR looked_by <> :storage OR due_at <= :others)"
            + " AND requestor_ae NOT IN (SELECT requestor_ae FROM commitment WHERE claimed_until > :now)";

    /** What became of a request. */
    public enum Taken {
        /** It is to be reported; perhaps once more. */
        RECORDED,
        /** There is one of this transaction with other instances. */
        OTHER_INSTANCES,
        /** Too many wait, or too many of this requestor are given up for now. */
        FULL
    }

    private final Database database;
    private final Committer committer;
    private final LongSupplier now;
    private final long storage;

    Commitments(Database database, Committer committer, LongSupplier now, long storage) {
        this.database = database;
        this.committer = committer;
        this.now = now;
        this.storage = storage;
    }

    /**
     * Takes a request. One that was made before is reported again, when its instances are the same.
     *
     * @param decideWithin what is not known by then is not committed
     * @param hold before that, only {@link #claim(String, Uid, Duration)} gives it
     * @param waitingMax so many may wait, and as many of each requestor may be given up for now
     */
    public Taken take(
            String requestorAe,
            String calledAe,
            Uid transaction,
            List<SopReference> instances,
            Duration decideWithin,
            Duration hold,
            int waitingMax) {
        byte[] undecided = CommitmentInstances.undecided(instances).bytes();
        return committer.commit(handle -> {
            Optional<CommitmentInstances> before = handle.createQuery("SELECT instances FROM commitment"
                            + " WHERE requestor_ae = :ae AND transaction_uid = :transaction")
                    .bind("ae", requestorAe)
                    .bind("transaction", transaction.value())
                    .map((row, context) -> CommitmentInstances.read(row.getBytes("instances")))
                    .findOne();
            if (before.isPresent() && !before.get().areThose(instances)) {
                return Taken.OTHER_INSTANCES;
            }
            if (before.isEmpty() && isFull(handle, requestorAe, waitingMax)) {
                return Taken.FULL;
            }
            long at = now.getAsLong();
            handle.createUpdate("INSERT INTO commitment (requestor_ae, called_ae, transaction_uid, instances, total,"
                            + " requested_at, decide_until, due_at, attempts) VALUES (:ae, :called, :transaction,"
                            + " :instances, :total, :now, :until, :due, 0) ON CONFLICT (requestor_ae, transaction_uid)"
                            + " DO UPDATE SET called_ae = excluded.called_ae, instances = excluded.instances,"
                            + " requested_at = excluded.requested_at, decide_until = excluded.decide_until,"
                            + " due_at = excluded.due_at, looked_by = NULL, reported_at = NULL, attempts = 0,"
                            + " category = NULL, last_error = NULL, claimed_by = NULL, claimed_until = NULL")
                    .bind("ae", requestorAe)
                    .bind("called", calledAe)
                    .bind("transaction", transaction.value())
                    .bind("instances", undecided)
                    .bind("total", instances.size())
                    .bind("now", at)
                    .bind("until", at + decideWithin.toMillis())
                    .bind("due", at + hold.toMillis())
                    .execute();
            return Taken.RECORDED;
        });
    }

    static boolean isFull(Handle handle, String requestorAe, int waitingMax) {
        return count(handle, WAITING) >= waitingMax
                || handle.createQuery("SELECT count(*)" + PARKED + " AND requestor_ae = :ae")
                                .bind("ae", requestorAe)
                                .mapTo(Long.class)
                                .one()
                        >= waitingMax;
    }

    /** What the ledger knows of instances; one that it does not know is left out. */
    public Map<Uid, List<Holding>> holdings(Collection<Uid> sopInstances) {
        return database.read(handle -> Holdings.find(handle, sopInstances, storage));
    }

    // ---- reporting

    /** One request, due or not; empty: somebody else has it, or it is reported. */
    public Optional<Commitment> claim(String requestorAe, Uid transaction, Duration lease) {
        Lease mine = lease(lease);
        int claimed = committer.commit(handle -> handle.createUpdate("UPDATE commitment SET claimed_by = :token,"
                        + " claimed_until = :until WHERE requestor_ae = :ae AND transaction_uid = :transaction"
                        + " AND reported_at IS NULL AND " + FREE)
                .bind("token", mine.token)
                .bind("until", mine.until)
                .bind("now", mine.now)
                .bind("ae", requestorAe)
                .bind("transaction", transaction.value())
                .execute());
        return claimed == 0 ? Optional.empty() : claimed(mine).stream().findFirst();
    }

    /**
     * Due requests of one requestor, those that waited longest; none: nothing is due.
     *
     * @param instancesMax of all of them together; the first may have more
     */
    public List<Commitment> claimDue(int max, int instancesMax, Duration lease) {
        Lease mine = lease(lease);
        if (database.read(handle -> due(handle, mine.now)).isEmpty()) {
            return List.of();
        }
        int claimed = committer.commit(handle -> {
            Optional<String> requestor = due(handle, mine.now);
            if (requestor.isEmpty()) {
                return 0;
            }
            return bindDue(
                            handle.createUpdate("UPDATE commitment SET claimed_by = :token, claimed_until = :until"
                                    + " WHERE id IN (SELECT id FROM (SELECT id, total,"
                                    + " sum(total) OVER (ORDER BY due_at, id) AS so_far FROM (SELECT id, total, due_at"
                                    + " FROM commitment WHERE requestor_ae = :ae AND " + DUE
                                    + " ORDER BY due_at, id LIMIT :max) AS due) AS due_so_far"
                                    + " WHERE so_far <= :instances OR so_far = total)"),
                            mine.now)
                    .bind("token", mine.token)
                    .bind("until", mine.until)
                    .bind("ae", requestor.get())
                    .bind("max", max)
                    .bind("instances", instancesMax)
                    .execute();
        });
        return claimed == 0 ? List.of() : claimed(mine);
    }

    /** What is claimed now by one caller. */
    private record Lease(String token, long now, long until) {}

    private Lease lease(Duration time) {
        long at = now.getAsLong();
        return new Lease(UUID.randomUUID().toString(), at, at + time.toMillis());
    }

    private Optional<String> due(Handle handle, long at) {
        return handle.createQuery("SELECT requestor_ae FROM commitment WHERE " + DUE + " ORDER BY due_at, id LIMIT 1")
                .bind("now", at)
                .bind("storage", storage)
                .bind("others", at - OTHERS_FIRST.toMillis())
                .mapTo(String.class)
                .findOne();
    }

    private Update bindDue(Update update, long at) {
        return update.bind("now", at).bind("storage", storage).bind("others", at - OTHERS_FIRST.toMillis());
    }

    /** Not within a commit, since it may unzip much. */
    private List<Commitment> claimed(Lease lease) {
        return database.read(handle -> handle.createQuery(
                        "SELECT id, requestor_ae, called_ae, transaction_uid, instances, requested_at, decide_until,"
                                + " attempts FROM commitment WHERE claimed_until = :until AND claimed_by = :token"
                                + " ORDER BY id")
                .bind("token", lease.token)
                .bind("until", lease.until)
                .map((row, context) -> commitment(row, lease))
                .list());
    }

    private static Commitment commitment(ResultSet row, Lease lease) throws SQLException {
        return new Commitment(
                row.getLong("id"),
                lease.token,
                row.getString("requestor_ae"),
                row.getString("called_ae"),
                new Uid(row.getString("transaction_uid")),
                CommitmentInstances.read(row.getBytes("instances")).custody(),
                Duration.ofMillis(lease.now - row.getLong("requested_at")),
                row.getLong("decide_until") <= lease.now,
                row.getInt("attempts"));
    }

    /** The requestor has the report; also when the lease has ended. */
    public void reported(Commitment commitment) {
        long at = now.getAsLong();
        committer.commit(handle -> handle.createUpdate("UPDATE commitment SET reported_at = :now, due_at = NULL,"
                        + " category = NULL, last_error = NULL, claimed_by = NULL, claimed_until = NULL WHERE id = :id"
                        + " AND claimed_by IS NOT NULL") // or it was asked for anew meanwhile
                .bind("now", at)
                .bind("id", commitment.id())
                .execute());
    }

    /** Gives one back that cannot be reported yet; to the other gateways first, where they can say more. */
    public void undecided(Commitment commitment, Duration delay) {
        Long lookedBy = commitment.custody().containsValue(Custody.ELSEWHERE) ? Long.valueOf(storage) : null;
        giveBack(commitment, delay, ", looked_by = :lookedBy", update -> update.bind("lookedBy", lookedBy));
    }

    /** Gives one back of which nothing became. */
    public void release(Commitment commitment) {
        giveBack(commitment, Duration.ZERO, "", update -> update);
    }

    /** An attempt failed, and is worth another. */
    public void later(Commitment commitment, Category category, String error, Duration delay) {
        failed(commitment, category, error, delay);
    }

    /** Gives a report up until somebody replays it or its requestor asks again. */
    public void park(Commitment commitment, Category category, String error) {
        failed(commitment, category, error, null);
    }

    private void failed(Commitment commitment, Category category, String error, @Nullable Duration delay) {
        giveBack(
                commitment,
                delay,
                ", looked_by = NULL, attempts = attempts + 1, category = :category, last_error = :error",
                update -> update.bind("category", category.name())
                        .bind("error", StudyRow.text(error, ERROR_MAX_CHARACTERS)));
    }

    private void giveBack(
            Commitment commitment, @Nullable Duration delay, String more, UnaryOperator<Update> bindings) {
        byte[] instances = new CommitmentInstances(commitment.custody()).bytes();
        Long due = delay == null ? null : Long.valueOf(now.getAsLong() + delay.toMillis());
        committer.commit(handle -> bindings.apply(handle.createUpdate("UPDATE commitment SET instances = :instances,"
                        + " due_at = :due, claimed_by = NULL, claimed_until = NULL" + more
                        + " WHERE id = :id AND claimed_by = :token"))
                .bind("instances", instances)
                .bind("due", due)
                .bind("id", commitment.id())
                .bind("token", commitment.token())
                .execute());
    }

    /** The requestor cannot be reached: what else waits for it is not tried before either. */
    public void postpone(String requestorAe, Duration delay) {
        long due = now.getAsLong() + delay.toMillis();
        committer.commit(handle -> handle.createUpdate(
                        "UPDATE commitment SET due_at = :due WHERE requestor_ae = :ae AND due_at < :due AND " + FREE)
                .bind("due", due)
                .bind("ae", requestorAe)
                .bind("now", now.getAsLong())
                .execute());
    }

    /** The requestor takes reports again: those that it did not get are due. */
    public void advance(String requestorAe) {
        long at = now.getAsLong();
        committer.commit(handle -> handle.createUpdate(
                        "UPDATE commitment SET due_at = :now WHERE requestor_ae = :ae AND due_at > :now")
                .bind("now", at)
                .bind("ae", requestorAe)
                .execute());
    }

    static int endLeases(Handle handle, long now) {
        return handle.createUpdate("UPDATE commitment SET claimed_until = :now WHERE claimed_until > :now")
                .bind("now", now)
                .execute();
    }

    // ---- operating

    /** Makes all due that are not reported, also what was given up: for a start, after which more may be known. */
    public void hurry() {
        replayParked(Optional.empty());
        long at = now.getAsLong();
        committer.commit(handle -> handle.createUpdate(
                        "UPDATE commitment SET due_at = :now, looked_by = NULL WHERE due_at > :now AND " + FREE)
                .bind("now", at)
                .execute());
    }

    /** Makes all that are given up due, or those of a category; says how many. */
    public int replayParked(Optional<Category> category) {
        long at = now.getAsLong();
        return committer.commit(handle -> handle.createUpdate("UPDATE commitment SET due_at = :now, attempts = 0"
                        + " WHERE due_at IS NULL AND reported_at IS NULL AND (:which = '' OR category = :which)")
                .bind("now", at)
                .bind("which", category.map(Category::name).orElse(""))
                .execute());
    }

    /** Forgets those that were reported so long ago, and those that were given up and asked for so long ago. */
    public int forget(Duration reported, Duration parked) {
        long at = now.getAsLong();
        return committer.commit(handle -> handle.createUpdate("DELETE FROM commitment WHERE reported_at <= :reported"
                        + " OR (reported_at IS NULL AND due_at IS NULL AND requested_at <= :parked)")
                .bind("reported", at - reported.toMillis())
                .bind("parked", at - parked.toMillis())
                .execute());
    }

    public CommitmentCounts counts() {
        return database.read(Commitments::counts);
    }

    static CommitmentCounts counts(Handle handle) {
        Map<Category, Long> failed = new EnumMap<>(Category.class);
        handle.createQuery(
                        "SELECT category, count(*) AS reports" + OPEN + " AND category IS NOT NULL GROUP BY category")
                .map((row, context) -> Map.entry(Category.valueOf(row.getString("category")), row.getLong("reports")))
                .forEach(entry -> failed.put(entry.getKey(), entry.getValue()));
        return new CommitmentCounts(
                count(handle, WAITING),
                count(handle, PARKED),
                handle.createQuery("SELECT min(requested_at)" + WAITING)
                        .mapTo(Long.class)
                        .findOne()
                        .map(Instant::ofEpochMilli),
                failed);
    }

    private static long count(Handle handle, String which) {
        return handle.createQuery("SELECT count(*)" + which).mapTo(Long.class).one();
    }

    /** What was given up for now, oldest first; at most so many. */
    public List<ParkedReport> parked(int max) {
        return database.read(handle -> parked(handle, max));
    }

    static List<ParkedReport> parked(Handle handle, int max) {
        return handle.createQuery("SELECT requestor_ae, transaction_uid, total, category, last_error, attempts,"
                        + " requested_at" + PARKED + " ORDER BY id LIMIT :max")
                .bind("max", max)
                .map((row, context) -> new ParkedReport(
                        row.getString("requestor_ae"),
                        new Uid(row.getString("transaction_uid")),
                        row.getLong("total"),
                        Category.valueOf(row.getString("category")),
                        row.getString("last_error"),
                        row.getInt("attempts"),
                        Instant.ofEpochMilli(row.getLong("requested_at"))))
                .list();
    }
}
