package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;
import io.portolan.mapping.study.KeyObject;
import io.portolan.mapping.study.Rejection;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/**
 * The statements on {@code evidence}, {@code expired} and {@code selection}: which studies a Key Object Selection names,
 * which instances are past their retention, and which rows of {@code study} are selections.
 *
 * <pre>
 *   a rejection note is recorded or changed      every study that it names is dirty, as far as there is one
 *   a selection is recorded or changed           the rows of its selections are dirty, and made when there are none
 *   a study is settled                           the selections of its instances and documents are dirty
 * </pre>
 */
final class Evidence {

    private record Named(Uid study, @Nullable Uid selection) {}

    private Evidence() {}

    /**
     * Writes what the instance names now in place of what it named.
     *
     * @param document where it lies; it is dirty anyway, and not touched
     * @param behindAll whether what it names is no backlog
     */
    static void rewrite(
            Handle handle,
            long instanceId,
            StudyRow document,
            Optional<KeyObject> keyObject,
            long now,
            Schedule due,
            boolean behindAll) {
        Collection<Named> before = named(handle, instanceId);
        for (String table : List.of("evidence", "expired")) {
            handle.createUpdate("DELETE FROM " + table + " WHERE instance_id = :instance")
                    .bind("instance", instanceId)
                    .execute();
        }
        keyObject.ifPresent(one -> insert(handle, instanceId, document, one, now));
        TreeSet<Uid> dirty = new TreeSet<>();
        before.forEach(named -> dirty.add(named.selection == null ? named.study : named.selection));
        named(handle, instanceId).forEach(named -> dirty.add(named.selection == null ? named.study : named.selection));
        dirty.remove(document.uid);
        touch(handle, dirty, now, due, behindAll);
    }

    private static Collection<Named> named(Handle handle, long instanceId) {
        return handle.createQuery("SELECT study_uid, selection_uid FROM evidence WHERE instance_id = :instance")
                .bind("instance", instanceId)
                .map((row, context) ->
                        new Named(new Uid(row.getString("study_uid")), uid(row.getString("selection_uid"))))
                .list();
    }

    private static @Nullable Uid uid(@Nullable String text) {
        return text == null ? null : new Uid(text);
    }

    private static void insert(Handle handle, long instanceId, StudyRow document, KeyObject keyObject, long now) {
        boolean note = keyObject.rejection().isPresent();
        if (keyObject.rejection().equals(Optional.of(Rejection.RETENTION))) {
            insertExpired(handle, instanceId, keyObject);
        }
        if (!note && !keyObject.isSelection()) {
            return;
        }
        for (Uid study : keyObject.evidence().keySet()) {
            Uid selection = note ? null : keyObject.selectionUid(study);
            handle.createUpdate("INSERT INTO evidence (instance_id, study_uid, document_study_id, selection_uid)"
                            + " VALUES (:instance, :study, :document, :selection)")
                    .bind("instance", instanceId)
                    .bind("study", study.value())
                    .bind("document", document.id)
                    .bind("selection", selection == null ? null : selection.value())
                    .execute();
            if (selection != null) {
                Optional<StudyRow> known = StudyRow.find(handle, selection);
                if (known.isPresent() && known.get().hasInstances()) {
                    continue; // a study has taken its UID, which no chance can do: the study stands
                }
                StudyRow row = known.orElseGet(() -> StudyRow.insert(handle, selection, now));
                handle.createUpdate("INSERT INTO selection (study_id, evidence_study_uid) VALUES (:id, :study)"
                                + " ON CONFLICT (study_id) DO NOTHING")
                        .bind("id", row.id)
                        .bind("study", study.value())
                        .execute();
            }
        }
    }

    private static void insertExpired(Handle handle, long instanceId, KeyObject note) {
        PreparedBatch batch = handle.prepareBatch(
                "INSERT INTO expired (study_uid, sop_uid, instance_id) VALUES (:study, :sop, :instance)");
        note.evidence()
                .forEach((study, instances) -> instances.forEach(instance -> batch.bind("study", study.value())
                        .bind("sop", instance.value())
                        .bind("instance", instanceId)
                        .add()));
        if (batch.size() > 0) {
            batch.execute();
        }
    }

    /** When the last note came that declares the retention of an instance expired; empty: there is none. */
    static Optional<Long> lastExpired(Handle handle, Uid study, Uid sopInstance) {
        return handle.createQuery("SELECT i.received_at FROM expired e JOIN instance i ON i.id = e.instance_id"
                        + " WHERE e.study_uid = :study AND e.sop_uid = :sop ORDER BY i.received_at DESC LIMIT 1")
                .bind("study", study.value())
                .bind("sop", sopInstance.value())
                .mapTo(Long.class)
                .findOne();
    }

    /**
     * Whether a note has declared the retention of a known instance expired since it last came.
     *
     * @param until later notes do not count
     */
    static boolean comesBack(Handle handle, Uid study, Uid sopInstance, long until) {
        Optional<Long> noted = lastExpired(handle, study, sopInstance).filter(at -> at <= until);
        if (noted.isEmpty()) {
            return false;
        }
        Optional<StudyRow> packed = StudyRow.find(handle, study).filter(StudyRow::isCompacted);
        return packed.isPresent()
                ? comesBack(CompactedRows.read(handle, packed.get()), sopInstance, noted.get())
                : handle.createQuery("SELECT 1 FROM instance i JOIN study t ON t.id = i.study_id WHERE"
                                + " t.study_uid = :study AND i.sop_uid = :sop"
                                + " AND (i.resent_at IS NULL OR i.resent_at < :noted)")
                        .bind("study", study.value())
                        .bind("sop", sopInstance.value())
                        .bind("noted", noted.get())
                        .mapTo(Integer.class)
                        .findOne()
                        .isPresent();
    }

    private static boolean comesBack(StudyRows rows, Uid sopInstance, long noted) {
        int place = rows.indexOf(sopInstance.value());
        Long resent = place < 0 ? null : rows.instances().number("resent_at", place);
        return place >= 0 && (resent == null || resent < noted);
    }

    /** What is said of the study may have changed what its selections say. */
    static void follow(Handle handle, StudyRow settled, long now, Schedule due, boolean behindAll) {
        Collection<Uid> selections = handle.createQuery("SELECT selection_uid FROM evidence"
                        + " WHERE study_uid = :uid AND selection_uid IS NOT NULL"
                        + " UNION SELECT selection_uid FROM evidence"
                        + " WHERE document_study_id = :id AND selection_uid IS NOT NULL")
                .bind("uid", settled.uid.value())
                .bind("id", settled.id)
                .map((row, context) -> new Uid(row.getString("selection_uid")))
                .list();
        touch(handle, selections, now, due, behindAll);
    }

    private static void touch(Handle handle, Collection<Uid> studies, long now, Schedule due, boolean behindAll) {
        for (Uid uid : studies) {
            StudyRow.find(handle, uid).ifPresent(row -> {
                row.touched(now, due, behindAll);
                row.save(handle);
            });
        }
    }

    /** The study whose instances a row selects; empty: the row is a study. */
    static Optional<Uid> selectedStudy(Handle handle, long studyId) {
        return handle.createQuery("SELECT evidence_study_uid FROM selection WHERE study_id = :id")
                .bind("id", studyId)
                .map((row, context) -> new Uid(row.getString("evidence_study_uid")))
                .findOne();
    }
}
