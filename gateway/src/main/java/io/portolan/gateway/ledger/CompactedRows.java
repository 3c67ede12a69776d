package io.portolan.gateway.ledger;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;

/** The statements on {@code compacted}: a row is there if, and only if, {@code study.compacted} says so. */
final class CompactedRows {

    private CompactedRows() {}

    /** The rows of a study that is packed, to be looked at. */
    static StudyRows read(Handle handle, StudyRow study) {
        return handle.createQuery("SELECT packed FROM compacted WHERE study_id = :study")
                .bind("study", study.id)
                .map((row, context) -> PackedStudy.unpack(study.uid, row.getBytes("packed")))
                .one();
    }

    /** Whether an archive has any of its instances, as far as is known. */
    static boolean isListed(Handle handle, StudyRow study, long mask) {
        return handle.createQuery("SELECT 1 FROM compacted WHERE study_id = :study AND listed & :mask <> 0")
                .bind("study", study.id)
                .bind("mask", mask)
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
    }

    /**
     * Makes rows again of what is packed; to be called before any row of a study is written. A study that is not packed is left as
     * it is.
     */
    static void expand(Handle handle, StudyRow study) {
        if (study.isCompacted()) {
            StudyRows rows = read(handle, study);
            remove(handle, study.id);
            mark(handle, study.id, false);
            rows.insert(handle, study.id);
            study.expanded();
        }
    }

    /** Changes what is packed, and leaves it so; the rows keep their number and their order. */
    static void rewrite(Handle handle, StudyRow study, UnaryOperator<StudyRows> change) {
        StudyRows rows = change.apply(read(handle, study));
        remove(handle, study.id);
        insert(handle, study.id, rows, PackedStudy.pack(study.uid, rows));
    }

    /** @param packed of the rows, made before */
    static void insert(Handle handle, long studyId, StudyRows rows, byte[] packed) {
        handle.createUpdate("INSERT INTO compacted (study_id, listed, storages, packed)"
                        + " VALUES (:study, :listed, :storages, :packed)")
                .bind("study", studyId)
                .bind("listed", rows.listed())
                .bind("storages", rows.storages())
                .bind("packed", packed)
                .execute();
    }

    static void mark(Handle handle, long studyId, boolean compacted) {
        handle.createUpdate("UPDATE study SET compacted = :compacted WHERE id = :study")
                .bind("compacted", compacted ? 1 : 0)
                .bind("study", studyId)
                .execute();
    }

    private static void remove(Handle handle, long studyId) {
        handle.createUpdate("DELETE FROM compacted WHERE study_id = :study")
                .bind("study", studyId)
                .execute();
    }

    static void forgetAll(Handle handle) {
        handle.execute("DELETE FROM compacted");
        handle.execute("UPDATE study SET compacted = 0 WHERE compacted = 1");
    }

    /** Those of which a storage folder has files and to which nothing came for a time, in the order of their keys. */
    static List<Long> withFiles(Handle handle, long storage, long before, long after, int max) {
        return handle.createQuery("SELECT c.study_id FROM compacted c JOIN study t ON t.id = c.study_id"
                        + " WHERE c.study_id > :after AND c.storages & :bit <> 0 AND t.last_arrival_at < :before"
                        + " ORDER BY c.study_id LIMIT :max")
                .bind("after", after)
                .bind("bit", Storages.bit(storage))
                .bind("before", before)
                .bind("max", max)
                .mapTo(Long.class)
                .list();
    }

    static long count(Handle handle) {
        return handle.createQuery("SELECT count(*) FROM compacted")
                .mapTo(Long.class)
                .one();
    }
}
