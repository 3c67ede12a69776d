package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.portolan.dicom.DataSet;
import io.portolan.gateway.publish.FakeFhirServer;
import io.portolan.gateway.sync.FakeDicomWeb;
import io.portolan.testdata.SyntheticStudies;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sync that is killed again and again ends as if it never had been. */
class SyncKillIT {

    private static final int STUDIES = 150;
    private static final int KILLS = 8;
    private static final int REQUESTS_BETWEEN = 70;
    private static final long SEED = 20261127;
    private static final Duration MAX = Duration.ofMinutes(2);

    @TempDir
    private Path directory;

    private final SyncStudies studies = new SyncStudies("2.25.961001");

    @Test
    void endsAsIfItHadNeverBeenKilled() throws Exception {
        List<String> unbroken;
        Map<String, String> standing;
        try (FakeDicomWeb archive = new FakeDicomWeb();
                FakeFhirServer fhir = new FakeFhirServer()) {
            SyncProgram sync = sync(archive, fhir, "unbroken", "");
            fill(archive);
            sync.run().requireDone();
            change(archive);
            sync.run().requireDone();
            assertThat(expected(archive, sync).differences(SyncOrthancIT.reader(fhir)))
                    .isEmpty();
            assertThat(standing(fhir)).containsValue("cancelled, 0 instances");
            standing = standing(fhir);
            unbroken = ledger("unbroken");
        }
        try (FakeDicomWeb archive = new FakeDicomWeb();
                FakeFhirServer fhir = new FakeFhirServer()) {
            SyncProgram sync = sync(archive, fhir, "broken", "");
            Random random = new Random(SEED);
            fill(archive);
            for (int i = 0; i < KILLS / 2; i++) {
                killAfter(archive, sync, 1 + random.nextInt(REQUESTS_BETWEEN));
            }
            sync.run().requireDone();
            change(archive);
            for (int i = 0; i < KILLS / 2; i++) {
                killAfter(archive, sync, 1 + random.nextInt(8));
            }
            sync.run().requireDone();
            assertThat(expected(archive, sync).differences(SyncOrthancIT.reader(fhir)))
                    .isEmpty();
            assertThat(standing(fhir)).isEqualTo(standing);
            assertThat(ledger("broken")).isEqualTo(unbroken);
            assertThat(sync.run().requireDone().differing()).isZero();
        }
    }

    @Test
    void aGatewayThatIsKilledInTheMiddleOfARunGoesOn() throws Exception {
        try (FakeDicomWeb archive = new FakeDicomWeb();
                FakeFhirServer fhir = new FakeFhirServer()) {
            SyncProgram sync = sync(archive, fhir, "serve", ", schedule: 2s");
            fill(archive);
            try (RunningGateway gateway = sync.serve()) {
                awaitRequests(archive, 60);
                gateway.kill();
            }
            change(archive);
            try (RunningGateway gateway = sync.serve()) {
                Await.until("all is published", MAX, () -> isInStep(archive, fhir, sync));
                assertThat(gateway.stop()).isEqualTo(143);
            }
        }
    }

    private static boolean isInStep(FakeDicomWeb archive, FakeFhirServer fhir, SyncProgram sync) throws Exception {
        Map<String, String> standing = standing(fhir);
        standing.values().removeIf("cancelled, 0 instances"::equals);
        MappedInstances expected = expected(archive, sync);
        return standing.keySet().equals(expected.ids())
                && expected.differences(SyncOrthancIT.reader(fhir)).isEmpty();
    }

    private SyncProgram sync(FakeDicomWeb archive, FakeFhirServer fhir, String folder, String more) throws Exception {
        return new SyncProgram(
                directory.resolve(folder),
                fhir.base().toString(),
                0,
                SyncProgram.dicomWeb(archive.base()) + ", compare-all: 0s" + more);
    }

    private void fill(FakeDicomWeb archive) {
        archive.add(studies.all(0, STUDIES));
    }

    /** New, grown, moved, shrunk and deleted studies. */
    private void change(FakeDicomWeb archive) {
        archive.add(studies.all(STUDIES, STUDIES + 5));
        archive.add(studies.moreSeries(10));
        archive.put(studies.ofPatient(26, "MOVED"));
        archive.remove(one -> Instances.seriesUid(one).equals(studies.uid(40) + ".2"));
        for (int study = 50; study < 55; study++) {
            String uid = studies.uid(study);
            archive.remove(one -> Instances.studyUid(one).equals(uid));
        }
    }

    private static void killAfter(FakeDicomWeb archive, SyncProgram sync, int requests) throws Exception {
        archive.forgetRequests();
        try (ChildProcess run = sync.start("sync", "--json")) {
            Await.until(requests + " requests", MAX, () -> {
                assertThat(run.isAlive()).as("%s", run.lines()).isTrue();
                return archive.requests().size() >= requests;
            });
            run.kill();
        }
    }

    private static void awaitRequests(FakeDicomWeb archive, int requests) throws Exception {
        Await.until(requests + " requests", MAX, () -> archive.requests().size() >= requests);
    }

    private static MappedInstances expected(FakeDicomWeb archive, SyncProgram sync) throws Exception {
        List<byte[]> files = new ArrayList<>();
        for (DataSet instance : archive.instances()) {
            files.add(SyntheticStudies.toFile(instance));
        }
        return MappedInstances.of(files, sync.config());
    }

    /** What stands for each study that there is or was. */
    private static Map<String, String> standing(FakeFhirServer fhir) {
        Map<String, String> standing = new TreeMap<>();
        for (JsonNode study : fhir.all("ImagingStudy")) {
            standing.put(
                    study.path("id").asText(),
                    study.path("status").asText() + ", " + study.path("numberOfInstances") + " instances");
        }
        return standing;
    }

    /** All that it knows of instances and of what the archive listed, but when that was. */
    private List<String> ledger(String folder) throws Exception {
        List<String> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:sqlite:" + directory.resolve(folder).resolve("data/ledger.db"));
                Statement statement = connection.createStatement()) {
            for (String query : List.of(
                    "SELECT s.study_uid, e.series_uid, i.sop_uid, p.attributes, t.attributes, h.attributes,"
                            + " i.attributes, i.calling_ae, i.corrected, i.listed, i.gone_at IS NULL"
                            + " FROM instance i JOIN study s ON s.id = i.study_id JOIN series e ON e.id = i.series_id"
                            + " JOIN header p ON p.id = i.patient_header_id JOIN header t ON t.id = i.study_header_id"
                            + " JOIN header h ON h.id = i.series_header_id ORDER BY 1, 3",
                    "SELECT study_uid, study_date, header, extent, series FROM source_study ORDER BY 1",
                    "SELECT study_uid, instances, parked, due_at IS NULL FROM study ORDER BY 1",
                    "SELECT name, outcome, pass_day, claimed_until FROM source")) {
                ResultSet row = statement.executeQuery(query);
                int columns = row.getMetaData().getColumnCount();
                while (row.next()) {
                    StringBuilder text = new StringBuilder();
                    for (int column = 1; column <= columns; column++) {
                        text.append(row.getString(column)).append(' ');
                    }
                    rows.add(text.toString());
                }
            }
        }
        return rows;
    }
}
