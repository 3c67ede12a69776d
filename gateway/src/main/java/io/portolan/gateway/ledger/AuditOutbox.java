package io.portolan.gateway.ledger;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Handle;

/**
 * Audit records on their way: written in the transaction that records what they tell of, and gone once they are delivered.
 *
 * <p>Whoever claims some has them until the lease ends, so that several gateways of one ledger can deliver. One that was claimed
 * before may have been delivered, and comes back as {@link AuditRecord#perhapsThere}.
 */
public final class AuditOutbox {

    /** Characters of {@code error}. */
    private static final int ERROR_MAX_CHARACTERS = 2_000;

    private static final String FREE = "refused = 0 AND (claimed_until IS NULL OR claimed_until <= :now)";

    /**
     * Records that are the caller's for a while, oldest first.
     *
     * @param token who holds them
     */
    public record Claimed(String token, List<AuditRecord> records) {

        public Claimed {
            records = List.copyOf(records);
        }
    }

    private final Database database;
    private final Committer committer;
    private final LongSupplier now;

    AuditOutbox(Database database, Committer committer, LongSupplier now) {
        this.database = database;
        this.committer = committer;
        this.now = now;
    }

    /** Of writes that no other record of the ledger tells of. */
    public void add(List<AuditRecord> records) {
        if (!records.isEmpty()) {
            committer.commit(handle -> add(handle, records, now.getAsLong()));
        }
    }

    /** One that is there already stays as it is. */
    static int add(Handle handle, List<AuditRecord> records, long now) {
        for (AuditRecord record : records) {
            handle.createUpdate("INSERT INTO audit (id, json, created_at, tried) VALUES (:id, :json, :now, :tried)"
                            + " ON CONFLICT (id) DO NOTHING")
                    .bind("id", record.id())
                    .bind("json", record.json())
                    .bind("now", now)
                    .bind("tried", record.perhapsThere() ? 1 : 0)
                    .execute();
        }
        return records.size();
    }

    /** The oldest that nobody has and that were not refused; none: nothing is to be done. */
    public Claimed claim(int max, Duration lease) {
        String token = UUID.randomUUID().toString();
        if (!database.read(handle -> isAnyFree(handle, now.getAsLong()))) {
            return new Claimed(token, List.of());
        }
        return new Claimed(token, committer.commit(handle -> claim(handle, token, max, lease)));
    }

    private static boolean isAnyFree(Handle handle, long now) {
        return handle.createQuery("SELECT seq FROM audit WHERE " + FREE + " LIMIT 1")
                .bind("now", now)
                .mapTo(Long.class)
                .findOne()
                .isPresent();
    }

    /** What is free is asked twice: where two claim at once, the second one waits, and then looks again. */
    private List<AuditRecord> claim(Handle handle, String token, int max, Duration lease) {
        long at = now.getAsLong();
        handle.createUpdate(
                        "UPDATE audit SET claimed_by = :token, claimed_until = :until, tried = CASE WHEN tried < 1000 THEN tried + 1 ELSE tried END"
                                + " WHERE seq IN (SELECT seq FROM audit WHERE " + FREE
                                + " ORDER BY seq LIMIT :max) AND "
                                + FREE)
                .bind("token", token)
                .bind("until", at + lease.toMillis())
                .bind("now", at)
                .bind("max", max)
                .execute();
        return handle.createQuery(
                        "SELECT id, json, tried FROM audit WHERE claimed_by = :token AND refused = 0 ORDER BY seq")
                .bind("token", token)
                .map((row, context) ->
                        new AuditRecord(row.getString("id"), row.getString("json"), row.getInt("tried") > 1))
                .list();
    }

    /**
     * Tells what became of records, and gives the others back.
     *
     * @param delivered ids of those that are where they belong; also when the lease has ended
     * @param refused id to the reason, which may quote a patient's value; they are kept aside
     * @param reached whether the others may have been delivered as well
     */
    public void settle(Claimed claimed, Collection<String> delivered, Map<String, String> refused, boolean reached) {
        committer.commit(handle -> {
            delivered.forEach(id -> handle.createUpdate("DELETE FROM audit WHERE id = :id")
                    .bind("id", id)
                    .execute());
            refused.forEach((id, reason) -> handle.createUpdate(
                            "UPDATE audit SET refused = 1, error = :reason WHERE id = :id AND claimed_by = :token")
                    .bind("reason", StudyRow.text(reason, ERROR_MAX_CHARACTERS))
                    .bind("id", id)
                    .bind("token", claimed.token())
                    .execute());
            return handle.createUpdate("UPDATE audit SET claimed_by = NULL, claimed_until = NULL"
                            + (reached ? "" : ", tried = tried - 1") + " WHERE claimed_by = :token")
                    .bind("token", claimed.token())
                    .execute();
        });
    }

    /** Those that were refused are tried again: somebody may have mended why. Says how many. */
    public int tryRefusedAgain() {
        return committer.commit(
                handle -> handle.createUpdate("UPDATE audit SET refused = 0, error = NULL WHERE refused = 1")
                        .execute());
    }

    static int endLeases(Handle handle, long now) {
        return handle.createUpdate("UPDATE audit SET claimed_until = :now WHERE claimed_until > :now")
                .bind("now", now)
                .execute();
    }

    /** Records that are not delivered, those kept aside included. */
    public long waiting() {
        return count("SELECT count(*) FROM audit");
    }

    /** Those kept aside because they were refused. */
    public long refused() {
        return count("SELECT count(*) FROM audit WHERE refused = 1");
    }

    private long count(String sql) {
        return database.read(handle -> handle.createQuery(sql).mapTo(Long.class).one());
    }
}
