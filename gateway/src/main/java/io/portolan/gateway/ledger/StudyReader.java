package io.portolan.gateway.ledger;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.dicom.io.DicomJson;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.mapping.study.Gathered;
import io.portolan.mapping.study.Instance;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Gathers a study from its rows. Instances with the same header share it: it is parsed once, and one object. */
final class StudyReader {

    private final Handle handle;
    private final Uid study;
    private final Map<Long, DataSet> headers = new HashMap<>();
    private final Map<String, Uid> series = new HashMap<>();
    private final Map<String, Optional<String>> senders = new HashMap<>();

    private StudyReader(Handle handle, Uid study) {
        this.handle = handle;
        this.study = study;
    }

    static Gathered read(Handle handle, long studyId, Uid uid) {
        StudyReader reader = new StudyReader(handle, uid);
        reader.readHeaders(studyId);
        return new Gathered(uid, reader.instances(studyId));
    }

    private void readHeaders(long studyId) {
        handle.createQuery("SELECT id, attributes FROM header WHERE study_id = :study")
                .bind("study", studyId)
                .map((row, context) -> Map.entry(row.getLong("id"), row.getString("attributes")))
                .forEach(row -> headers.put(row.getKey(), parse(row.getValue())));
    }

    private List<Instance> instances(long studyId) {
        return handle.createQuery("SELECT s.series_uid, i.sop_uid, i.patient_header_id, i.study_header_id,"
                        + " i.series_header_id, i.attributes, i.calling_ae FROM instance i"
                        + " JOIN series s ON s.id = i.series_id WHERE i.study_id = :study")
                .bind("study", studyId)
                .map((row, context) -> instance(row))
                .list();
    }

    private Instance instance(ResultSet row) throws SQLException {
        return new Instance(
                study,
                series.computeIfAbsent(row.getString("series_uid"), Uid::new),
                new Uid(row.getString("sop_uid")),
                header(row, "patient_header_id"),
                header(row, "study_header_id"),
                header(row, "series_header_id"),
                parse(row.getString("attributes")),
                senders.computeIfAbsent(
                        row.getString("calling_ae"), ae -> Optional.of(ae).filter(title -> !title.isEmpty())));
    }

    private DataSet header(ResultSet row, String column) throws SQLException {
        return headers.getOrDefault(row.getLong(column), DataSet.EMPTY);
    }

    private static DataSet parse(String json) {
        try {
            return DicomJson.parse(json);
        } catch (MalformedDataException e) {
            throw new IllegalStateException("the ledger holds a header that it did not write", e);
        }
    }
}
