package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;
import io.portolan.gateway.Category;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code study}: loaded, told what happened, saved, all in one transaction of one thread.
 *
 * <p>Dirty: {@code revision > publishedRevision}. The publisher sees the study when it is dirty and not parked, and
 * then {@code dueAt} says when; else {@code dueAt} is null.
 */
final class StudyRow {

    /** Characters of {@code last_error}. */
    private static final int ERROR_MAX_CHARACTERS = 10_000;

    private static final String COLUMNS = "id, study_uid, revision, published_revision, instances, first_dirty_at,"
            + " last_arrival_at, due_at, retry_at, claimed_by, claimed_until, attempts, category, last_error, parked,"
            + " uncertain, lane, compacted";

    private static final String FIND = "SELECT " + COLUMNS + " FROM study WHERE study_uid = ?";

    private static final String SAVE = "UPDATE study SET revision = ?, published_revision = ?, instances = ?,"
            + " first_dirty_at = ?, last_arrival_at = ?, due_at = ?, retry_at = ?, claimed_by = ?, claimed_until = ?,"
            + " attempts = ?, category = ?, last_error = ?, parked = ?, uncertain = ?, lane = ? WHERE id = ?";

    final long id;
    final Uid uid;
    long revision;
    private long publishedRevision;
    private long instances;
    private @Nullable Long firstDirtyAt;
    private long lastArrivalAt;

    @Nullable
    Long dueAt;

    private @Nullable Long retryAt;
    private @Nullable String claimedBy;
    private @Nullable Long claimedUntil;
    int attempts;
    private @Nullable String category;
    private @Nullable String lastError;
    private boolean parked;
    private boolean uncertain;
    private boolean again;
    private String sender;
    private boolean compacted; // never saved: whoever packs and unpacks writes it

    /** By position, in the order of {@link #COLUMNS}: to look for names costs more than the row. */
    private StudyRow(ResultSet row) throws SQLException {
        id = row.getLong(1);
        uid = new Uid(row.getString(2));
        revision = row.getLong(3);
        publishedRevision = row.getLong(4);
        instances = row.getLong(5);
        firstDirtyAt = number(row, 6);
        lastArrivalAt = row.getLong(7);
        dueAt = number(row, 8);
        retryAt = number(row, 9);
        claimedBy = row.getString(10);
        claimedUntil = number(row, 11);
        attempts = row.getInt(12);
        category = row.getString(13);
        lastError = row.getString(14);
        parked = row.getInt(15) != 0;
        uncertain = row.getInt(16) != 0;
        String lane = row.getString(17);
        again = lane.charAt(0) == Lanes.AGAIN;
        sender = lane.substring(1);
        compacted = row.getInt(18) != 0;
    }

    static Optional<StudyRow> find(Handle handle, Uid study) {
        return Prepared.of(handle, FIND).bind(study.value()).first(StudyRow::new);
    }

    /** The study of a claim that still holds: its lease has not ended, and nobody has claimed it since. */
    static Optional<StudyRow> find(Handle handle, Claim claim, long now) {
        return find(handle, claim.study())
                .filter(row ->
                        claim.token().equals(row.claimedBy) && row.claimedUntil != null && row.claimedUntil > now);
    }

    static StudyRow get(Handle handle, long id) {
        return handle.createQuery("SELECT " + COLUMNS + " FROM study WHERE id = :id")
                .bind("id", id)
                .map((row, context) -> new StudyRow(row))
                .one();
    }

    /** Ends all that have not ended; says how many. */
    static int endLeases(Handle handle, long now) {
        return handle.createUpdate("UPDATE study SET claimed_until = :now WHERE claimed_until > :now")
                .bind("now", now)
                .execute();
    }

    /** A study that is not there yet, clean and without instances. */
    static StudyRow insert(Handle handle, Uid study, long now) {
        return handle.createQuery("INSERT INTO study (study_uid, revision, published_revision, instances,"
                        + " last_arrival_at, attempts, parked) VALUES (:study, 0, 0, 0, :now, 0, 0) RETURNING "
                        + COLUMNS)
                .bind("study", study.value())
                .bind("now", now)
                .map((row, context) -> new StudyRow(row))
                .one();
    }

    /** False: a selection, as far as it is in the ledger. */
    boolean hasInstances() {
        return instances > 0;
    }

    /** Whether one more instance is nothing but a row more: it has rows, and is no further backlog. */
    boolean takesFurther() {
        return hasInstances() && isWaiting() && !compacted;
    }

    /** Whether its rows of instances are packed, see {@link CompactedRows}. */
    boolean isCompacted() {
        return compacted;
    }

    void expanded() {
        compacted = false;
    }

    boolean isDirty() {
        return revision > publishedRevision;
    }

    /** Whether the publisher has it before it: dirty and not parked. */
    boolean isWaiting() {
        return dueAt != null;
    }

    /** Whether it waits because something new came for it. */
    boolean isBacklog() {
        return isWaiting() && !again;
    }

    /** Something of the study changed by an arrival; a parked study gets another chance. */
    void changed(int moreInstances, long now, Schedule schedule) {
        if (!isWaiting() || firstDirtyAt == null) {
            firstDirtyAt = now;
            attempts = 0;
        }
        revision++;
        instances += moreInstances;
        lastArrivalAt = now;
        parked = false;
        again = false;
        scheduled(schedule);
    }

    /** What others say of it changed. */
    void touched(long now, Schedule schedule, boolean behindAll) {
        if (behindAll && !isBacklog()) {
            revision++;
            waitsAgain(now);
        } else {
            changed(0, now, schedule);
        }
    }

    /** All that there is of it has come: nothing is to be waited for. */
    void complete(long now) {
        if (isWaiting() && retryAt == null) {
            dueAt = Math.min(now, dueAt == null ? now : dueAt);
        }
    }

    /** Something that came before is known now: no news, and what is newer of the study stays so. */
    void restored(int moreInstances, long arrived, String callingAe, long now) {
        if (arrived >= lastArrivalAt || sender.isEmpty()) {
            sender = callingAe;
        }
        revision++;
        instances += moreInstances;
        lastArrivalAt = Math.max(lastArrivalAt, arrived);
        if (!isBacklog()) {
            waitsAgain(now);
        }
    }

    /** What stands on the server may not be what was recorded. */
    void doubted() {
        uncertain = true;
    }

    boolean isAgain() {
        return again;
    }

    boolean isParked() {
        return parked;
    }

    /** @param callingAe of whoever sent what changed; empty: not known */
    void sentBy(String callingAe) {
        sender = callingAe;
    }

    /** Whether somebody has claimed it since the last publication that was recorded: it may have been written since. */
    boolean isUncertain() {
        return uncertain;
    }

    void claimed(String token, long until) {
        uncertain = true;
        claimedBy = token;
        claimedUntil = until;
    }

    void released() {
        claimedBy = null;
        claimedUntil = null;
    }

    /** What stands on the server is what was recorded, and nothing else. */
    void established() {
        uncertain = false;
    }

    /** A revision was published; what came since leaves the study dirty, for as long as it has been. */
    void published(long published, Schedule schedule) {
        released();
        again = false;
        publishedRevision = Math.max(publishedRevision, published);
        attempts = 0;
        retryAt = null;
        category = null;
        lastError = null;
        parked = false;
        if (isDirty()) {
            scheduled(schedule);
        } else {
            firstDirtyAt = null;
            dueAt = null;
        }
    }

    void failed(Category why, String error, long retry, Schedule schedule) {
        failed(why, error);
        retryAt = retry;
        scheduled(schedule);
    }

    /** Given up, unless something came since it was claimed: that may be what was missing. */
    void parked(long claimedRevision, Category why, String error, long now, Schedule schedule) {
        failed(why, error);
        retryAt = null;
        if (revision > claimedRevision) {
            firstDirtyAt = now;
            scheduled(schedule);
        } else {
            parked = true;
            dueAt = null;
        }
    }

    /** Due now, whatever it was. */
    void replayed(long now) {
        if (!isDirty()
                || claimedBy != null) { // what is being published may be parked, or may not see why it was asked for
            revision++;
        }
        if (firstDirtyAt == null) {
            firstDirtyAt = now;
        }
        attempts = 0;
        retryAt = null;
        parked = false;
        again = false;
        dueAt = now;
    }

    /** Due when nothing else is, although nothing new came. False: it waits anyway, and is left as it is. */
    boolean publishedAgain(long now) {
        boolean concerned = !isWaiting();
        if (concerned) {
            waitsAgain(now);
        }
        return concerned;
    }

    /** Due when nothing else is, whatever it was. */
    void waitsAgain(long now) {
        replayed(now);
        again = true;
    }

    /** See {@link Lanes}. */
    private String lane() {
        return (again ? Lanes.AGAIN : publishedRevision == 0 ? '0' : '1') + sender;
    }

    /** What a peer has said, in so many characters; PostgreSQL takes no NUL. */
    static String text(String said, int charactersMax) {
        return said.substring(0, Math.min(said.length(), charactersMax)).replace('\0', ' ');
    }

    private void failed(Category why, String error) {
        released();
        attempts++;
        category = why.name();
        lastError = text(error, ERROR_MAX_CHARACTERS);
    }

    private void scheduled(Schedule schedule) {
        dueAt = schedule.dueAt(
                firstDirtyAt == null ? lastArrivalAt : firstDirtyAt,
                lastArrivalAt,
                revision,
                publishedRevision,
                retryAt == null ? 0 : retryAt);
    }

    void save(Handle handle) {
        Prepared.of(handle, SAVE)
                .bind(revision)
                .bind(publishedRevision)
                .bind(instances)
                .bind(firstDirtyAt)
                .bind(lastArrivalAt)
                .bind(dueAt)
                .bind(retryAt)
                .bind(claimedBy)
                .bind(claimedUntil)
                .bind((long) attempts)
                .bind(category)
                .bind(lastError)
                .bind(parked)
                .bind(uncertain)
                .bind(lane())
                .bind(id)
                .execute();
    }

    static @Nullable Long number(ResultSet row, String column) throws SQLException {
        return number(row, row.findColumn(column));
    }

    private static @Nullable Long number(ResultSet row, int column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : value;
    }

    /** Milliseconds, on the ledger's clock. */
    long lastArrivalAt() {
        return lastArrivalAt;
    }
}
