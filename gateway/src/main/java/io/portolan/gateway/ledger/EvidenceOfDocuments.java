package io.portolan.gateway.ledger;

import io.portolan.dicom.SopClass;
import io.portolan.dicom.Uid;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.flywaydb.core.api.migration.Context;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Migration 5: what the Key Object Selections name that were recorded before there was a table for it. Reads every
 * instance once. Of a ledger of the first version their texts and frames were not kept, so selections of that time have
 * none.
 */
final class EvidenceOfDocuments extends LedgerMigration {

    private static final Schedule AT_ONCE = new Schedule(Duration.ZERO, Duration.ZERO);

    private record Document(long id, Uid study) {}

    EvidenceOfDocuments() {
        super("5", "evidence of documents again");
    }

    @Override
    public void migrate(Context context) throws SQLException {
        Connection connection = context.getConnection(); // Flyway's to close, and to commit
        LanesAndEffort.addLane(connection);
        CompactedStudies.addCompacted(connection);
        Jdbi jdbi = Jdbi.create(() -> connection);
        jdbi.setStatementBuilderFactory(any -> new CachedStatements());
        Handle handle = jdbi.open();
        List<Document> documents = handle.createQuery("SELECT i.id, t.study_uid FROM instance i"
                        + " JOIN study t ON t.id = i.study_id WHERE i.attributes LIKE :class")
                .bind("class", "%\"" + SopClass.KEY_OBJECT_SELECTION + "\"%")
                .map((row, unused) -> new Document(row.getLong("id"), new Uid(row.getString("study_uid"))))
                .list();
        for (Document document : documents) {
            StudyRow study = StudyRow.find(handle, document.study).orElseThrow();
            long now = study.lastArrivalAt(); // past on any clock, so due at once
            Evidence.rewrite(
                    handle, document.id, study, StudyReader.keyObject(handle, document.id), now, AT_ONCE, false);
            study.changed(0, now, AT_ONCE);
            study.save(handle);
        }
    }
}
