package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;
import io.portolan.gateway.Category;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The archives that sync asks: when, how far, and what came of it; a run at a time for each. What they have is in
 * {@link SourceStudies}.
 *
 * <p>All methods may be called by several threads and throw {@link LedgerException} when the database cannot.
 */
public final class Sources {

    /** As many as a number has bits that are not its sign. */
    static final int SOURCES_MAX = 63;

    private static final Duration FORGETTING = Duration.ofHours(1);

    private final Database database;
    private final Committer committer;
    private final LongSupplier now;

    Sources(Database database, Committer committer, LongSupplier now) {
        this.database = database;
        this.committer = committer;
        this.now = now;
    }

    /** All that were ever asked, by name. */
    public List<SourceState> all() {
        return database.read(handle -> handle.createQuery("SELECT * FROM source ORDER BY name")
                .map((row, context) -> state(row))
                .list());
    }

    public Optional<SourceState> find(String name) {
        return database.read(handle -> handle.createQuery("SELECT * FROM source WHERE name = :name")
                .bind("name", name)
                .map((row, context) -> state(row))
                .findOne());
    }

    /** How many studies an archive has, as far as is known. */
    public long studies(String name) {
        return database.read(handle -> handle.createQuery("SELECT count(*) FROM source_study WHERE source_id ="
                        + " (SELECT id FROM source WHERE name = :name)")
                .bind("name", name)
                .mapTo(Long.class)
                .one());
    }

    private SourceState state(ResultSet row) throws SQLException {
        Long until = StudyRow.number(row, "claimed_until");
        String day = row.getString("pass_day");
        return new SourceState(
                row.getString("name"),
                row.getString("place"),
                instant(row, "started_at"),
                instant(row, "ended_at"),
                row.getString("outcome"),
                row.getString("report"),
                new SourceState.Pass(
                        instant(row, "pass_started_at"),
                        day == null ? null : LocalDate.parse(day),
                        row.getString("pass_outcome"),
                        instant(row, "compared_at")),
                instant(row, "recent_at"),
                until != null && until > now.getAsLong());
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        Long millis = StudyRow.number(row, column);
        return millis == null ? null : Instant.ofEpochMilli(millis);
    }

    /**
     * Begins a run of an archive; makes it known when it is not. It is known by its name: where it is may change.
     *
     * @param counts whether it is one of which the state is to tell
     * @return empty: another run of it holds the lease
     */
    public Optional<SourceRun> begin(String name, String place, Duration lease, boolean counts) {
        String token = UUID.randomUUID().toString();
        return committer.commit(handle -> {
            long at = now.getAsLong();
            Optional<Row> known = row(handle, name);
            if (known.isPresent() && known.get().claimedUntil != null && known.get().claimedUntil > at) {
                return Optional.empty();
            }
            Row row = known.orElseGet(() -> insert(handle, name, place));
            handle.createUpdate("UPDATE source SET place = :place, claimed_by = :token, claimed_until = :until"
                            + (counts ? ", started_at = :now, outcome = NULL" : "") + " WHERE id = :id")
                    .bind("place", place)
                    .bind("token", token)
                    .bind("until", at + lease.toMillis())
                    .bind("now", at)
                    .bind("id", row.id)
                    .execute();
            return Optional.of(new SourceRun(row.id, row.bit, token));
        });
    }

    /** For who only looks, and writes nothing: also while a run is under way. */
    public SourceRun look(String name) {
        return database.read(handle -> row(handle, name))
                .map(row -> new SourceRun(row.id, row.bit, ""))
                .orElseGet(() -> new SourceRun(-1, SOURCES_MAX - 1, ""));
    }

    private record Row(long id, int bit, @Nullable Long claimedUntil) {}

    private static Optional<Row> row(Handle handle, String name) {
        return handle.createQuery("SELECT id, bit, claimed_until FROM source WHERE name = :name")
                .bind("name", name)
                .map((row, context) ->
                        new Row(row.getLong("id"), row.getInt("bit"), StudyRow.number(row, "claimed_until")))
                .findOne();
    }

    private static Row insert(Handle handle, String name, String place) {
        List<Integer> taken = handle.createQuery("SELECT bit FROM source")
                .mapTo(Integer.class)
                .list();
        int bit = 0;
        while (taken.contains(bit)) {
            bit++;
        }
        if (bit >= SOURCES_MAX) {
            throw new LedgerException(
                    Category.OUT_OF_RESOURCES, "The ledger knows no more than " + SOURCES_MAX + " sources.", null);
        }
        handle.createUpdate("INSERT INTO source (name, bit, place) VALUES (:name, :bit, :place)")
                .bind("name", name)
                .bind("bit", bit)
                .bind("place", place)
                .execute();
        return row(handle, name).orElseThrow();
    }

    /** Makes the lease of a run last from now. False: another run has it. */
    public boolean renew(SourceRun run, Duration lease) {
        return update(run, "claimed_until = :value", now.getAsLong() + lease.toMillis());
    }

    /** A comparison of everything begins. */
    public void passBegun(SourceRun run) {
        update(run, "pass_day = NULL, pass_started_at = :value", now.getAsLong());
    }

    /** It is done for studies of this day and later. */
    public void passed(SourceRun run, LocalDate day) {
        update(run, "pass_day = :value", day.toString());
    }

    /** It is finished. */
    public void passDone(SourceRun run) {
        update(run, "pass_day = NULL, compared_at = :value", now.getAsLong());
    }

    /**
     * How a run ended.
     *
     * @param counts as in {@link #begin}
     * @param everything whether it was to compare everything
     * @param recent whether it has compared the last days
     */
    public record Ending(String outcome, String report, boolean counts, boolean everything, boolean recent) {}

    /** Ends a run, and gives its lease back. */
    public void end(SourceRun run, Ending ending) {
        committer.commit(handle -> handle.createUpdate("UPDATE source SET claimed_by = NULL, claimed_until = NULL"
                        + (ending.counts ? ", ended_at = :now, outcome = :outcome, report = :report" : "")
                        + (ending.counts && ending.everything ? ", pass_outcome = :outcome" : "")
                        + (ending.counts && ending.recent ? ", recent_at = started_at" : "")
                        + " WHERE id = :id AND claimed_by = :token")
                .bind("now", now.getAsLong())
                .bind("outcome", ending.outcome)
                .bind("report", ending.report)
                .bind("id", run.id)
                .bind("token", run.token)
                .execute());
    }

    /**
     * Forgets an archive: nothing that only it had counts as deleted, or ever will. A little at a time, since arrivals wait.
     *
     * @return false: there is none of this name, or a run of it is under way
     */
    public boolean forget(String name) {
        Optional<SourceRun> run = find(name).isEmpty() ? Optional.empty() : begin(name, "", FORGETTING, false);
        if (run.isEmpty()) {
            return false;
        }
        while (committer.commit(handle -> forgetSome(handle, run.get())) > 0) {
            // until there is nothing more
        }
        committer.commit(handle -> {
            for (String of :
                    List.of("source_study WHERE source_id", "source_file WHERE source_id", "source WHERE id")) {
                handle.createUpdate("DELETE FROM " + of + " = :id")
                        .bind("id", run.get().id)
                        .execute();
            }
            return 1;
        });
        return true;
    }

    private static int forgetSome(Handle handle, SourceRun run) {
        List<String> studies = handle.createQuery(
                        "SELECT study_uid FROM source_study WHERE source_id = :id LIMIT " + Replays.BATCH_MAX)
                .bind("id", run.id)
                .mapTo(String.class)
                .list();
        for (String study : studies) {
            StudyRow.find(handle, new Uid(study)).ifPresent(row -> SourceStudies.forget(handle, run, row));
            handle.createUpdate("DELETE FROM source_study WHERE source_id = :id AND study_uid = :study")
                    .bind("id", run.id)
                    .bind("study", study)
                    .execute();
        }
        return studies.size();
    }

    private boolean update(SourceRun run, String set, Object value) {
        return committer.commit(
                handle -> handle.createUpdate("UPDATE source SET " + set + " WHERE id = :id AND claimed_by = :token")
                                .bind("value", value)
                                .bind("id", run.id)
                                .bind("token", run.token)
                                .execute()
                        == 1);
    }

    /** Ends the leases of runs that were killed; says how many. */
    static int endLeases(Handle handle, long now) {
        return handle.createUpdate("UPDATE source SET claimed_until = :now WHERE claimed_until > :now")
                .bind("now", now)
                .execute();
    }
}
