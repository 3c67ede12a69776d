package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;
import io.portolan.gateway.Category;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.ObjLongConsumer;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The statements by which an operator makes studies due. */
final class Replays {

    /** Studies of one commit: others wait for it. */
    static final int BATCH_MAX = 1000;

    /** What was published, is not waiting anyway, and was made with something else. */
    private static final String OUTDATED = " FROM publication p JOIN study t ON t.id = p.study_id"
            + " WHERE t.due_at IS NULL AND (:all = 1 OR p.fingerprint <> :fingerprint)";

    private record Row(long id, Uid study) {}

    private Replays() {}

    /** Tells the rows of studies; says how many of them there are. */
    static int due(Handle handle, Collection<Uid> studies, ObjLongConsumer<StudyRow> how, long now) {
        int due = 0;
        for (Uid uid : studies) {
            Optional<StudyRow> study = StudyRow.find(handle, uid);
            study.ifPresent(row -> {
                how.accept(row, now);
                row.save(handle);
            });
            due += study.isPresent() ? 1 : 0;
        }
        return due;
    }

    static List<Uid> unknown(Handle handle, Collection<Uid> studies) {
        return studies.stream()
                .filter(uid -> StudyRow.find(handle, uid).isEmpty())
                .toList();
    }

    /** @param category null: whatever it is */
    static List<Uid> parked(Handle handle, @Nullable Category category) {
        return handle.createQuery("SELECT study_uid FROM study WHERE parked = 1"
                        + " AND (:category = '' OR category = :category) ORDER BY id")
                .bind("category", category == null ? "" : category.name())
                .map((row, context) -> new Uid(row.getString("study_uid")))
                .list();
    }

    /** @param fingerprint null: all that were published */
    static long countOutdated(Handle handle, @Nullable String fingerprint) {
        return handle.createQuery("SELECT count(*)" + OUTDATED)
                .bind("all", fingerprint == null ? 1 : 0)
                .bind("fingerprint", fingerprint == null ? "" : fingerprint)
                .mapTo(Long.class)
                .one();
    }

    /** Reads and makes due the next batch; the row after which to go on, empty: that was all. */
    static Optional<Long> publishAgain(
            Handle handle, @Nullable String fingerprint, long after, long now, Collection<Uid> made) {
        List<Row> rows = handle.createQuery(
                        "SELECT t.id, t.study_uid" + OUTDATED + " AND t.id > :after ORDER BY t.id LIMIT :max")
                .bind("all", fingerprint == null ? 1 : 0)
                .bind("fingerprint", fingerprint == null ? "" : fingerprint)
                .bind("after", after)
                .bind("max", BATCH_MAX)
                .map((row, context) -> new Row(row.getLong("id"), new Uid(row.getString("study_uid"))))
                .list();
        List<Uid> studies = new ArrayList<>(rows.size());
        rows.forEach(row -> studies.add(row.study));
        due(handle, studies, StudyRow::publishedAgain, now);
        made.addAll(studies);
        return rows.size() < BATCH_MAX ? Optional.empty() : Optional.of(rows.get(rows.size() - 1).id);
    }
}
