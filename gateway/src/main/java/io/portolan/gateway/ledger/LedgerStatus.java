package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;
import io.portolan.gateway.Category;
import io.portolan.mapping.study.Gathered;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * What a ledger holds at one moment, for a person; read beside a running gateway or without one.
 *
 * @param amplification what publishing has cost
 * @param parked the studies that were given up for now, oldest first
 * @param forward what is to be sent on
 * @param parkedFiles what of that was given up for now, oldest first
 * @param commitment reports of storage commitment that are to be made
 * @param parkedReports what of them was given up for now, oldest first
 */
public record LedgerStatus(
        LedgerCounts counts,
        Amplification amplification,
        List<ParkedStudy> parked,
        ForwardCounts forward,
        List<ParkedFiles> parkedFiles,
        CommitmentCounts commitment,
        List<ParkedReport> parkedReports) {

    public LedgerStatus {
        parked = List.copyOf(parked);
        parkedFiles = List.copyOf(parkedFiles);
        parkedReports = List.copyOf(parkedReports);
    }

    /**
     * Reads a ledger without writing to it: nothing is made or migrated, and a gateway that runs on it is not held up.
     *
     * @throws LedgerException says what to do: there is no ledger of this version's schema in the file
     */
    public static LedgerStatus read(LedgerPlace place) {
        try (Database database = Database.openForReading(place)) {
            return database.read(handle -> new LedgerStatus(
                    counts(handle),
                    Amplification.read(handle),
                    parked(handle, Integer.MAX_VALUE),
                    Forwards.countsOfAll(handle),
                    Forwards.parkedOfAll(handle, Integer.MAX_VALUE),
                    Commitments.counts(handle),
                    Commitments.parked(handle, Integer.MAX_VALUE)));
        }
    }

    /**
     * What a ledger knows of one study, read as {@link #read} does.
     *
     * @return empty: it has no such study
     */
    public static Optional<Gathered> gathered(LedgerPlace place, Uid study) {
        try (Database database = Database.openForReading(place)) {
            return database.read(handle -> StudyRow.find(handle, study).map(row -> StudyReader.read(handle, row)));
        }
    }

    static LedgerCounts counts(Handle handle) {
        return new LedgerCounts(
                count(handle, "SELECT count(*) FROM study"),
                count(handle, "SELECT coalesce(sum(instances), 0) FROM study"),
                waiting(handle) + parkedCount(handle),
                parkedCount(handle),
                failed(handle));
    }

    /** Dirty and not parked; as cheap as they are few, see study_due. */
    static long waiting(Handle handle) {
        return count(handle, "SELECT count(*) FROM study WHERE due_at IS NOT NULL");
    }

    /** Those of them to which something came: what the limit of the backlog counts. */
    static long backlog(Handle handle) {
        return handle.createQuery("SELECT count(*) FROM study WHERE due_at IS NOT NULL AND lane < :again")
                .bind("again", String.valueOf(Lanes.AGAIN))
                .mapTo(Long.class)
                .one();
    }

    /** As cheap as they are few, see study_parked. */
    static long parkedCount(Handle handle) {
        return count(handle, "SELECT count(*) FROM study WHERE parked = 1");
    }

    private static long count(Handle handle, String sql) {
        return handle.createQuery(sql).mapTo(Long.class).one();
    }

    private static Map<Category, Long> failed(Handle handle) {
        Map<Category, Long> failed = new EnumMap<>(Category.class);
        handle.createQuery("SELECT category, count(*) AS studies FROM study WHERE category IS NOT NULL"
                        + " GROUP BY category")
                .map((row, context) -> Map.entry(Category.valueOf(row.getString("category")), row.getLong("studies")))
                .forEach(entry -> failed.put(entry.getKey(), entry.getValue()));
        return failed;
    }

    static List<ParkedStudy> parked(Handle handle, int max) {
        return handle.createQuery("SELECT study_uid, category, last_error, attempts, instances, last_arrival_at"
                        + " FROM study WHERE parked = 1 ORDER BY id LIMIT :max")
                .bind("max", max)
                .map((row, context) -> new ParkedStudy(
                        new Uid(row.getString("study_uid")),
                        Category.valueOf(row.getString("category")),
                        row.getString("last_error"),
                        row.getInt("attempts"),
                        row.getLong("instances"),
                        Instant.ofEpochMilli(row.getLong("last_arrival_at"))))
                .list();
    }
}
