package io.portolan.gateway.ledger;

import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * What comes most: one more instance of a study whose series and header variants are there already. One statement finds these
 * and writes the row.
 */
record FurtherInstance(
        String series,
        String sopInstance,
        String patientHash,
        String studyHash,
        String seriesHash,
        String attributes,
        String callingAe,
        String transferSyntax,
        boolean correction) {

    private static final String INSERT =
            "INSERT INTO instance (study_id, series_id, sop_uid, patient_header_id, study_header_id, series_header_id,"
                    + " attributes, calling_ae, transfer_syntax, received_at, corrected)"
                    + " SELECT s.study_id, s.id, ?, p.id, t.id, e.id, ?, ?, ?, ?, ?"
                    + " FROM series s"
                    + " JOIN header p ON p.study_id = s.study_id AND p.level = 'PATIENT' AND p.hash = ?"
                    + " JOIN header t ON t.study_id = s.study_id AND t.level = 'STUDY' AND t.hash = ?"
                    + " JOIN header e ON e.study_id = s.study_id AND e.level = 'SERIES' AND e.hash = ?"
                    + " WHERE s.study_id = ? AND s.series_uid = ?"
                    + " ON CONFLICT (study_id, sop_uid) DO NOTHING RETURNING id";

    /** Gives its key; empty: the instance is there, or a part that it refers to is not, and nothing is written. */
    Optional<Long> insert(Handle handle, long studyId, long now) {
        return Prepared.of(handle, INSERT)
                .bind(sopInstance)
                .bind(attributes)
                .bind(callingAe)
                .bind(transferSyntax)
                .bind(now)
                .bind(correction)
                .bind(patientHash)
                .bind(studyHash)
                .bind(seriesHash)
                .bind(studyId)
                .bind(series)
                .first(row -> row.getLong(1));
    }
}
