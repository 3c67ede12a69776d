package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;
import io.portolan.gateway.Category;
import io.portolan.gateway.ledger.StudyRows.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What the archives have that sync asks: which studies each listed, and of which instances it is known that they are there.
 *
 * <pre>
 *   an archive lists an instance        its bit is set; what the archive says of it stands
 *   ... and later does not any more     its bit is cleared; when no archive has it then, it is gone
 *   it was never listed                 no archive's list says anything about it
 * </pre>
 *
 * <p>What is gone stays in the ledger, and its file on disk; it is back when it comes again, from wherever.
 *
 * <p>All methods may be called by several threads and throw {@link LedgerException} when the database cannot.
 */
public final class SourceStudies {

    private static final DateTimeFormatter DA = DateTimeFormatter.BASIC_ISO_DATE;

    private final Database database;
    private final Committer committer;
    private final LongSupplier now;
    private final LedgerOptions options;
    private final Schedule schedule;
    private final Runnable changed;

    /** @param changed is told when something has become due */
    SourceStudies(
            Database database,
            Committer committer,
            LongSupplier now,
            LedgerOptions options,
            Schedule schedule,
            Runnable changed) {
        this.database = database;
        this.committer = committer;
        this.now = now;
        this.options = options;
        this.schedule = schedule;
        this.changed = changed;
    }

    /** How many studies the archive listed. */
    public long count(SourceRun run) {
        return database.read(handle -> handle.createQuery("SELECT count(*) FROM source_study WHERE source_id = :id")
                .bind("id", run.id)
                .mapTo(Long.class)
                .one());
    }

    /** How many of each day, ascending; those without a date are not in it. */
    public Map<LocalDate, Integer> days(SourceRun run) {
        Map<LocalDate, Integer> days = new TreeMap<>();
        database.read(handle -> handle.createQuery("SELECT study_date, count(*) AS studies FROM source_study"
                                + " WHERE source_id = :id AND study_date <> '' GROUP BY study_date")
                        .bind("id", run.id)
                        .map((row, context) -> Map.entry(row.getString("study_date"), row.getInt("studies")))
                        .list())
                .forEach(day -> days.put(LocalDate.parse(day.getKey(), DA), day.getValue()));
        return days;
    }

    /** Those that were listed with a date of some days, first and last included; null: all, those without a date too. */
    public Map<Uid, SourceStudy> studies(SourceRun run, @Nullable LocalDate from, @Nullable LocalDate to) {
        boolean all = from == null || to == null;
        String days = all ? "" : " AND study_date BETWEEN :from AND :to";
        return database.read(handle -> {
            var query = handle.createQuery("SELECT * FROM source_study WHERE source_id = :id" + days)
                    .bind("id", run.id);
            if (!all) {
                query.bind("from", DA.format(from)).bind("to", DA.format(to));
            }
            return query.map((row, context) -> study(row)).stream()
                    .collect(Collectors.toMap(SourceStudy::study, study -> study));
        });
    }

    /** Those of these that were listed. */
    public Map<Uid, SourceStudy> studies(SourceRun run, Collection<Uid> uids) {
        Map<Uid, SourceStudy> found = new HashMap<>();
        database.read(handle -> {
            for (Uid uid : uids) {
                handle.createQuery("SELECT * FROM source_study WHERE source_id = :id AND study_uid = :study")
                        .bind("id", run.id)
                        .bind("study", uid.value())
                        .map((row, context) -> study(row))
                        .findOne()
                        .ifPresent(study -> found.put(uid, study));
            }
            return found.size();
        });
        return found;
    }

    private static SourceStudy study(ResultSet row) throws SQLException {
        TreeMap<Uid, String> series = new TreeMap<>();
        row.getString("series").lines().forEach(line -> {
            int space = line.indexOf(' ');
            series.put(new Uid(line.substring(0, space)), line.substring(space + 1));
        });
        return new SourceStudy(
                new Uid(row.getString("study_uid")),
                row.getString("study_date"),
                row.getString("header"),
                row.getString("extent"),
                Collections.unmodifiableSortedMap(series),
                StudyRow.number(row, "doubt_at") != null);
    }

    /** A study that is there without a doubt; empty: there is none. */
    public Optional<SourceStudy> any(SourceRun run) {
        return database.read(handle -> handle.createQuery(
                        "SELECT * FROM source_study WHERE source_id = :id AND doubt_at IS NULL AND header <> '' LIMIT 1")
                .bind("id", run.id)
                .map((row, context) -> study(row))
                .findOne());
    }

    /** Those that are to be looked at once more. */
    public List<SourceStudy> doubtful(SourceRun run) {
        return database.read(handle -> handle.createQuery(
                        "SELECT * FROM source_study WHERE source_id = :id AND doubt_at IS NOT NULL")
                .bind("id", run.id)
                .map((row, context) -> study(row))
                .list());
    }

    /** Studies that are to be looked at once more, or are there after all. */
    public void doubt(SourceRun run, Collection<Uid> studies, boolean doubtful) {
        committer.commit(handle -> {
            requireRun(handle, run);
            studies.forEach(study -> doubt(handle, run, study, doubtful));
            return studies.size();
        });
    }

    /** A run that was taken for dead, and was not, writes nothing any more. */
    private void requireRun(Handle handle, SourceRun run) {
        boolean holds = handle.createQuery(
                        "SELECT 1 FROM source WHERE id = :id AND claimed_by = :token AND claimed_until > :now")
                .bind("id", run.id)
                .bind("token", run.token)
                .bind("now", now.getAsLong())
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
        if (!holds) {
            throw new LedgerException(Category.INTERRUPTED, "Another run of this source has taken over.", null);
        }
    }

    /**
     * Records instances of a study that an archive has. What it says of them stands. The study is known to be there from the
     * first of them on, so that it is missed when it is deleted, and read again when the rest does not come.
     *
     * @param date its StudyDate
     * @throws LedgerException some may be recorded: {@link Category#OUT_OF_RESOURCES} for a full backlog or disk, {@link
     *     Category#INTERRUPTED} when another run has taken over
     */
    public void record(SourceRun run, Uid study, String date, List<Reception> instances) {
        List<Recording> recordings =
                instances.stream().map(one -> new Recording(one, run.mask())).toList();
        committer.commit(handle -> {
            requireRun(handle, run);
            recordings.forEach(
                    one -> one.write(handle, now.getAsLong(), schedule, options.backlogMaxStudies(), Storages.FIRST));
            handle.createUpdate("INSERT INTO source_study (source_id, study_uid, study_date, header, extent, series)"
                            + " VALUES (:id, :study, :date, '', '', '') ON CONFLICT (source_id, study_uid) DO NOTHING")
                    .bind("id", run.id)
                    .bind("study", study.value())
                    .bind("date", date)
                    .execute();
            return recordings.size();
        });
    }

    /**
     * What the ledger has of a study is what the archive has: so these are known to be there, and are not read.
     *
     * @param instances that the archive has, all of them
     * @return false: the ledger does not have all of them; nothing was done
     */
    public boolean adopt(SourceRun run, SourceStudy study, Set<Uid> instances) {
        return committer.commit(handle -> {
            requireRun(handle, run);
            Optional<StudyRow> row = StudyRow.find(handle, study.study());
            Set<String> there = row.map(one -> there(handle, one)).orElse(Set.of());
            if (row.isEmpty()
                    || !there.containsAll(instances.stream().map(Uid::value).toList())) {
                return false;
            }
            if (row.get().isCompacted()) {
                Set<String> all = instances.stream().map(Uid::value).collect(Collectors.toSet());
                CompactedRows.rewrite(handle, row.get(), rows -> rows.listed(all::contains, run.mask()));
                put(handle, run, study);
                return true;
            }
            for (Uid instance : instances) {
                handle.createUpdate("UPDATE instance SET listed = listed | :mask, corrected = 1"
                                + " WHERE study_id = :study AND sop_uid = :sop")
                        .bind("mask", run.mask())
                        .bind("study", row.get().id)
                        .bind("sop", instance.value())
                        .execute();
            }
            put(handle, run, study);
            return true;
        });
    }

    private static Set<String> there(Handle handle, StudyRow study) {
        if (study.isCompacted()) {
            return CompactedRows.read(handle, study).there();
        }
        return handle.createQuery("SELECT sop_uid FROM instance WHERE study_id = :study AND gone_at IS NULL")
                .bind("study", study.id)
                .mapTo(String.class)
                .set();
    }

    /** Nothing is known any more of what the archive has of a study. */
    static void forget(Handle handle, SourceRun run, StudyRow study) {
        if (study.isCompacted()) {
            if (CompactedRows.isListed(handle, study, run.mask())) {
                CompactedRows.rewrite(handle, study, rows -> rows.unlisted(run.mask()));
            }
            return;
        }
        handle.createUpdate(
                        "UPDATE instance SET listed = listed & ~:mask WHERE study_id = :study AND listed & :mask <> 0")
                .bind("mask", run.mask())
                .bind("study", study.id)
                .execute();
    }

    /**
     * What became of instances that an archive listed before and has no more.
     *
     * @param gone how many are taken back
     * @param doubtful those that nobody has confirmed: what the archive says of the study is not remembered, and it is to be looked
     *     at once more
     */
    public record Conclusion(int gone, Set<Uid> doubtful) {}

    /**
     * Concludes a study of which everything that differed was recorded: it is due now.
     *
     * @param study what the archive says of it now
     * @param read for each series that was read anew, the SOPInstanceUIDs that it has
     * @param confirmed instances that were missing before: what of them is missing still is taken back
     */
    public Conclusion conclude(SourceRun run, SourceStudy study, Map<Uid, Set<Uid>> read, Set<Uid> confirmed) {
        Conclusion conclusion = committer.commit(handle -> {
            requireRun(handle, run);
            Optional<StudyRow> row = StudyRow.find(handle, study.study());
            List<Listed> missing = row.map(one -> listed(handle, run, one)).orElse(List.of()).stream()
                    .filter(one -> !isThere(one, study, read))
                    .toList();
            List<Listed> gone = missing.stream()
                    .filter(one -> confirmed.contains(one.instance))
                    .toList();
            row.ifPresent(one -> settle(handle, run, one, gone));
            Set<Uid> rest = missing.stream()
                    .map(Listed::instance)
                    .filter(instance -> !confirmed.contains(instance))
                    .collect(Collectors.toSet());
            if (rest.isEmpty()) {
                put(handle, run, study);
            } else {
                doubt(handle, run, study.study(), true);
            }
            return new Conclusion(gone.size(), rest);
        });
        changed.run();
        return conclusion;
    }

    private static boolean isThere(Listed instance, SourceStudy study, Map<Uid, Set<Uid>> read) {
        Set<Uid> ofSeries = read.get(instance.series);
        return study.series().containsKey(instance.series)
                && (ofSeries == null || ofSeries.contains(instance.instance));
    }

    private void doubt(Handle handle, SourceRun run, Uid study, boolean doubtful) {
        handle.createUpdate("UPDATE source_study SET doubt_at = :at WHERE source_id = :id AND study_uid = :study")
                .bind("at", doubtful ? now.getAsLong() : null)
                .bind("id", run.id)
                .bind("study", study.value())
                .execute();
    }

    /** The archive has a study no more. */
    public void gone(SourceRun run, Uid study) {
        committer.commit(handle -> {
            requireRun(handle, run);
            StudyRow.find(handle, study).ifPresent(row -> settle(handle, run, row, listed(handle, run, row)));
            return handle.createUpdate("DELETE FROM source_study WHERE source_id = :id AND study_uid = :study")
                    .bind("id", run.id)
                    .bind("study", study.value())
                    .execute();
        });
        changed.run();
    }

    private record Listed(Uid series, Uid instance, long listed) {}

    private static List<Listed> listed(Handle handle, SourceRun run, StudyRow study) {
        if (study.isCompacted()) {
            StudyRows rows = CompactedRows.read(handle, study);
            Rows all = rows.instances();
            return IntStream.range(0, all.size())
                    .filter(i -> (all.value("listed", i) & run.mask()) != 0)
                    .mapToObj(i -> new Listed(
                            new Uid(rows.seriesUid(i)), new Uid(all.text("sop_uid", i)), all.value("listed", i)))
                    .toList();
        }
        return handle.createQuery("SELECT s.series_uid, i.sop_uid, i.listed FROM instance i"
                        + " JOIN series s ON s.id = i.series_id WHERE i.study_id = :study AND i.listed & :mask <> 0")
                .bind("study", study.id)
                .bind("mask", run.mask())
                .map((row, context) -> new Listed(
                        new Uid(row.getString("series_uid")), new Uid(row.getString("sop_uid")), row.getLong("listed")))
                .list();
    }

    private void settle(Handle handle, SourceRun run, StudyRow row, List<Listed> gone) {
        long at = now.getAsLong();
        if (!gone.isEmpty()) {
            CompactedRows.expand(handle, row);
        }
        long goneAt = gone.isEmpty() ? at : Math.max(at, lastGone(handle, row) + 1);
        Predicate<Listed> nowhere = one -> one.listed == run.mask();
        for (Listed one : gone) {
            handle.createUpdate("UPDATE instance SET listed = listed & ~:mask,"
                            + " gone_at = CASE WHEN listed = :mask THEN :now ELSE gone_at END"
                            + " WHERE study_id = :study AND sop_uid = :sop")
                    .bind("mask", run.mask())
                    .bind("now", goneAt)
                    .bind("study", row.id)
                    .bind("sop", one.instance.value())
                    .execute();
        }
        if (gone.stream().anyMatch(nowhere)) {
            row.changed(0, at, schedule);
        }
        row.complete(at);
        row.save(handle);
    }

    /** What goes together has a time of its own, so that what went last is known. */
    private static long lastGone(Handle handle, StudyRow row) {
        return handle.createQuery("SELECT coalesce(max(gone_at), 0) FROM instance WHERE study_id = :study")
                .bind("study", row.id)
                .mapTo(Long.class)
                .one();
    }

    private static void put(Handle handle, SourceRun run, SourceStudy study) {
        handle.createUpdate("INSERT INTO source_study (source_id, study_uid, study_date, header, extent, series)"
                        + " VALUES (:id, :study, :date, :header, :extent, :series)"
                        + " ON CONFLICT (source_id, study_uid) DO UPDATE SET study_date = excluded.study_date,"
                        + " header = excluded.header, extent = excluded.extent, series = excluded.series,"
                        + " doubt_at = NULL")
                .bind("id", run.id)
                .bind("study", study.study().value())
                .bind("date", study.date())
                .bind("header", study.header())
                .bind("extent", study.extent())
                .bind(
                        "series",
                        study.series().entrySet().stream()
                                .map(one -> one.getKey() + " " + one.getValue())
                                .collect(Collectors.joining("\n")))
                .execute();
    }
}
