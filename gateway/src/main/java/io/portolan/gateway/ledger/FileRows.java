package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** Which files are kept of which instance. May be used by several threads. */
public final class FileRows {

    private final Database database;

    FileRows(Database database) {
        this.database = database;
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
        return database.read(handle -> packed(handle, study)
                .map(rows -> rows.files(rows.indexOf(sopInstance.value())))
                .orElseGet(() -> handle.createQuery("SELECT f.path FROM file f"
                                + " JOIN instance i ON i.id = f.instance_id JOIN study t ON t.id = i.study_id"
                                + " WHERE t.study_uid = :study AND i.sop_uid = :sop ORDER BY f.id")
                        .bind("study", study.value())
                        .bind("sop", sopInstance.value())
                        .mapTo(String.class)
                        .list()));
    }

    /** The files that are kept of a study. */
    public Set<String> of(Uid study) {
        return database.read(handle -> packed(handle, study)
                .map(rows -> Set.copyOf(rows.of(PackedTable.FILE).texts("path")))
                .orElseGet(() -> handle.createQuery("SELECT f.path FROM file f"
                                + " JOIN instance i ON i.id = f.instance_id JOIN study t ON t.id = i.study_id"
                                + " WHERE t.study_uid = :study")
                        .bind("study", study.value())
                        .mapTo(String.class)
                        .set()));
    }

    private static Optional<StudyRows> packed(Handle handle, Uid study) {
        return StudyRow.find(handle, study).filter(StudyRow::isCompacted).map(row -> CompactedRows.read(handle, row));
    }
}
