package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Handle;

/** Which files are kept of which instance in one storage folder. May be used by several threads. */
public final class FileRows {

    private static final String OF_INSTANCE = "SELECT f.path FROM file f JOIN instance i ON i.id = f.instance_id"
            + " WHERE i.study_id = ? AND i.sop_uid = ? AND f.storage_id = ? ORDER BY f.id";

    private final Database database;
    private final Committer committer;
    private final LongSupplier now;
    private final Changes forwardChanges;
    private final long storage;

    /** @param forwardChanges is told when there is something to forward */
    FileRows(Database database, Committer committer, LongSupplier now, Changes forwardChanges, long storage) {
        this.database = database;
        this.committer = committer;
        this.now = now;
        this.forwardChanges = forwardChanges;
        this.storage = storage;
    }

    /** Those of them that are to be sent on. */
    public Forwards forwards() {
        return new Forwards(database, committer, now, forwardChanges, storage);
    }

    /** Those whose rows are gone. */
    public DroppedFiles dropped() {
        return new DroppedFiles(database, committer, storage);
    }

    /** Those that are kept for a time only. */
    public OldFiles old() {
        return new OldFiles(database, committer, now, storage);
    }

    /**
     * Whether an instance that is known would count as sent again, were it recorded now: a note has declared its retention
     * expired since it last came.
     */
    public boolean comesBack(Uid study, Uid sopInstance) {
        return database.read(handle -> Evidence.comesBack(handle, study, sopInstance, Long.MAX_VALUE));
    }

    /** The files that are kept of an instance, oldest first. */
    public List<String> of(Uid study, Uid sopInstance) {
        return database.read(handle -> StudyRow.find(handle, study)
                .map(row -> of(handle, row, sopInstance))
                .orElse(List.of()));
    }

    private List<String> of(Handle handle, StudyRow row, Uid sopInstance) {
        if (row.isCompacted()) {
            StudyRows rows = CompactedRows.read(handle, row);
            return rows.files(rows.indexOf(sopInstance.value()), storage);
        }
        return Prepared.of(handle, OF_INSTANCE)
                .bind(row.id)
                .bind(sopInstance.value())
                .bind(storage)
                .all(file -> file.getString(1));
    }

    /** The files that are kept of a study. */
    public Set<String> of(Uid study) {
        return database.read(handle -> packed(handle, study)
                .map(rows -> rows.files(storage))
                .orElseGet(() -> handle.createQuery("SELECT f.path FROM file f"
                                + " JOIN instance i ON i.id = f.instance_id JOIN study t ON t.id = i.study_id"
                                + " WHERE t.study_uid = :study AND f.storage_id = :storage")
                        .bind("study", study.value())
                        .bind("storage", storage)
                        .mapTo(String.class)
                        .set()));
    }

    private static Optional<StudyRows> packed(Handle handle, Uid study) {
        return StudyRow.find(handle, study).filter(StudyRow::isCompacted).map(row -> CompactedRows.read(handle, row));
    }
}
