package io.portolan.gateway.ledger;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Which of the due studies goes first.
 *
 * <pre>
 *   lane    who waits there                                     order of lanes
 *   0AE     studies never published, last sent by AE            first
 *   1AE     studies published before, to which something came   next
 *   2AE     studies to be published again, nothing new          last
 * </pre>
 *
 * <p>Among lanes of the same rank the senders take turns, so that an archive that sends a million does not keep a
 * modality waiting; in a lane the longest due goes first. Every {@link #TURNS_BY_AGE}th turn is that of the study that has been
 * due for longest of all, so that none waits for ever. Turns are a matter of one process and of no consequence when lost.
 *
 * <p>Lanes are found by skipping through the index, so the cost grows with the senders that wait, not with the studies.
 */
final class Lanes {

    static final int TURNS_BY_AGE = 10;

    /** Rank of studies that are to be published again although nothing new came: no backlog. */
    static final char AGAIN = '2';

    private static final String WAITING = "WITH RECURSIVE lanes (lane) AS ("
            + "SELECT min(lane) FROM study WHERE due_at IS NOT NULL UNION ALL"
            + " SELECT (SELECT min(s.lane) FROM study s WHERE s.due_at IS NOT NULL AND s.lane > lanes.lane)"
            + " FROM lanes WHERE lanes.lane IS NOT NULL) ";

    /** The longest due study of each lane that nobody holds. */
    static final String DUE = WAITING + "SELECT s.id, s.lane, s.due_at FROM lanes JOIN study s ON s.id ="
            + " (SELECT d.id FROM study d WHERE d.lane = lanes.lane AND d.due_at <= :now"
            + " AND (d.claimed_until IS NULL OR d.claimed_until <= :now) ORDER BY d.due_at, d.id LIMIT 1)";

    /** When the first study that nobody holds is due, and when the first that somebody holds may be claimed again. */
    static final List<String> UNTIL_DUE = List.of(
            WAITING + "SELECT min(at) FROM (SELECT (SELECT d.due_at FROM study d WHERE d.lane = lanes.lane"
                    + " AND d.due_at IS NOT NULL AND d.claimed_until IS NULL ORDER BY d.due_at LIMIT 1) AS at FROM lanes"
                    + " WHERE lanes.lane IS NOT NULL) AS first",
            "SELECT min(CASE WHEN due_at > claimed_until THEN due_at ELSE claimed_until END) FROM study"
                    + " WHERE claimed_until IS NOT NULL AND due_at IS NOT NULL");

    /** When there may be something to claim; empty: nothing waits. */
    static Optional<Long> untilDue(Handle handle) {
        return UNTIL_DUE.stream()
                .flatMap(sql -> handle.createQuery(sql).mapTo(Long.class).findOne().stream())
                .min(Comparator.naturalOrder());
    }

    private record Head(long study, String lane, long dueAt) {}

    private long turn; // guarded by this
    private String last = ""; // guarded by this

    /** The row of the study whose turn it is; empty: none is due. */
    synchronized Optional<Long> next(Handle handle, long now) {
        List<Head> heads = heads(handle, now);
        if (heads.isEmpty()) {
            return Optional.empty();
        }
        turn++;
        if (turn % TURNS_BY_AGE == 0) { // nobody's turn: the senders go on where they were
            return heads.stream().min(Comparator.comparingLong(Head::dueAt)).map(Head::study);
        }
        Head head = afterLast(heads);
        last = head.lane;
        return Optional.of(head.study);
    }

    /** Of the first rank the lane behind the one that had the last turn; behind the last one, the first. */
    private Head afterLast(List<Head> heads) {
        char rank = heads.get(0).lane.charAt(0);
        return heads.stream()
                .filter(head -> head.lane.charAt(0) == rank && head.lane.compareTo(last) > 0)
                .findFirst()
                .orElse(heads.get(0));
    }

    static boolean isAnyDue(Handle handle, long now) {
        return !heads(handle, now).isEmpty();
    }

    private static List<Head> heads(Handle handle, long now) {
        return handle.createQuery(DUE + " ORDER BY s.lane")
                .bind("now", now)
                .map((row, context) -> new Head(row.getLong("id"), row.getString("lane"), row.getLong("due_at")))
                .list();
    }
}
