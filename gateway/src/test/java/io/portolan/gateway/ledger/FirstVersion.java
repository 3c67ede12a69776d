package io.portolan.gateway.ledger;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.dicom.io.DicomJson;
import io.portolan.mapping.study.Instance;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Writes a ledger as the first version of the schema had it, clean: everything was published. */
final class FirstVersion {

    private final Handle handle;

    private FirstVersion(Handle handle) {
        this.handle = handle;
    }

    static void write(Path file, List<Instance> instances) {
        String url = "jdbc:sqlite:" + file;
        Flyway.configure()
                .dataSource(url, null, null)
                .locations("classpath:db/ledger")
                .placeholders(Map.of("key", "INTEGER PRIMARY KEY", "bytes", "BLOB"))
                .target("1")
                .load()
                .migrate();
        Jdbi.create(url).useHandle(handle -> instances.forEach(new FirstVersion(handle)::insert));
    }

    private void insert(Instance instance) {
        handle.execute(
                "INSERT INTO study (study_uid, revision, published_revision, instances, last_arrival_at, attempts, parked)"
                        + " VALUES (?, 1, 1, 1, 0, 0, 0) ON CONFLICT DO NOTHING",
                instance.study().value());
        long study = id("SELECT id FROM study WHERE study_uid = ?", instance.study());
        handle.execute(
                "INSERT INTO series (study_id, series_uid) VALUES (?, ?) ON CONFLICT DO NOTHING",
                study,
                instance.series().value());
        handle.execute(
                "INSERT INTO instance (study_id, series_id, sop_uid, patient_header_id, study_header_id,"
                        + " series_header_id, attributes, calling_ae, transfer_syntax, received_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, '1.2.840.10008.1.2', 0)",
                study,
                id("SELECT id FROM series WHERE series_uid = ? AND study_id = " + study, instance.series()),
                instance.instance().value(),
                header(study, "PATIENT", instance.patientHeader()),
                header(study, "STUDY", instance.studyHeader()),
                header(study, "SERIES", instance.seriesHeader()),
                DicomJson.format(instance.instanceHeader()),
                instance.callingAe().orElse(""));
    }

    private long header(long study, String level, DataSet attributes) {
        String json = DicomJson.format(attributes);
        handle.execute(
                "INSERT INTO header (study_id, level, hash, attributes) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                study,
                level,
                Recording.hash(json),
                json);
        return handle.createQuery("SELECT id FROM header WHERE study_id = ? AND level = ? AND hash = ?")
                .bind(0, study)
                .bind(1, level)
                .bind(2, Recording.hash(json))
                .mapTo(Long.class)
                .one();
    }

    private long id(String sql, Uid uid) {
        return handle.createQuery(sql).bind(0, uid.value()).mapTo(Long.class).one();
    }
}
