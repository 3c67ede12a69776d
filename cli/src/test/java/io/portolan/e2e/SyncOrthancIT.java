package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.e2e.SyncProgram.Run;
import io.portolan.gateway.access.HttpCredentials;
import io.portolan.gateway.publish.FakeFhirServer;
import io.portolan.gateway.sync.OrthancPeer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A FHIR server kept in step with a real archive, over each way to ask it: whatever happens there, FHIR has afterwards what
 * C-STORE of what the archive has would have given.
 */
class SyncOrthancIT {

    /** Of the archive whose answers are cut off. */
    private static final int STUDIES = 200;

    /** So many answers at most: windows have to be split, and days too. */
    private static final int ANSWERS_MAX = 30;

    @TempDir
    private Path directory;

    /** What was sent directly is there: it is not read again, and FHIR is not written. */
    @ParameterizedTest
    @ValueSource(strings = {"dicomweb", "dimse"})
    void takesOverWhatWasSentDirectly(String type) throws Exception {
        OrthancPeer.require();
        Map<String, Object> settings = new HashMap<>(OrthancPeer.dimse("PORTOLAN", 1, 0));
        settings.put("DefaultEncoding", "Utf8"); // Latin1 has not the letters of all names
        try (FakeFhirServer fhir = new FakeFhirServer();
                OrthancPeer orthanc = OrthancPeer.start(directory.resolve("orthanc"), HttpCredentials.NONE, settings)) {
            SyncProgram sync = new SyncProgram(
                    directory,
                    fhir.base().toString(),
                    0,
                    type.equals("dimse")
                            ? SyncProgram.dimse(OrthancPeer.AE_TITLE, orthanc.dicomPort(), "get")
                            : SyncProgram.dicomWeb(orthanc.dicomWeb()));
            SyncStudies studies = new SyncStudies("2.25.960004");
            List<DataSet> instances = studies.all(0, 40);
            orthanc.upload(instances);
            Path files = directory.resolve("files");
            Instances.write(files, instances);
            Site site = new Site(orthanc, studies, sync, reader(fhir));
            try (RunningGateway gateway = sync.serve();
                    ChildProcess send =
                            Programs.portolan(directory, List.of(), "send", gateway.peer(), files.toString())) {
                assertThat(send.awaitEnd(SyncProgram.RUN_MAX))
                        .as("%s", send.lines())
                        .isZero();
                gateway.awaitPublished(SyncProgram.RUN_MAX);
                gateway.stop();
            }
            site.requireEqual(); // so what the others here are compared with is what C-STORE gives
            long writes = fhir.writes();
            Run run = site.step();
            assertThat(run.number("headersRead")).as("%s", run.lines()).isZero();
            assertThat(run.differing()).isZero();
            assertThat(fhir.writes()).isEqualTo(writes);

            orthanc.delete(site.uid(3));
            assertThat(site.step().differing("gone")).isEqualTo(1);
            site.requireCancelled(3);
        }
    }

    /** An archive, a FHIR server, and the program between. */
    private record Site(OrthancPeer orthanc, SyncStudies studies, SyncProgram sync, MappedInstances.Server fhir) {

        /** Syncs, and holds what FHIR has against what the archive has. */
        Run step() throws Exception {
            Run run = sync.run().requireDone();
            requireEqual();
            return run;
        }

        void requireEqual() throws Exception {
            assertThat(MappedInstances.of(orthanc.files(), sync.config()).differences(fhir))
                    .isEmpty();
        }

        Uid uid(int study) {
            return new Uid(studies.uid(study));
        }

        void requireCancelled(int study) throws Exception {
            JsonNode found = fhir.study(uid(study));
            assertThat(found.path("status").asText()).isEqualTo("cancelled");
            assertThat(found.path("series").size()).isZero();
            assertThat(found.path("numberOfInstances").asInt()).isZero();
        }
    }

    @Test
    void overDicomWebOntoTheRealServer() throws Exception {
        OrthancPeer.require();
        Fhir fhir = new Fhir(Programs.sandboxUrl());
        try (OrthancPeer orthanc = OrthancPeer.start(directory.resolve("orthanc"))) {
            SyncProgram sync =
                    new SyncProgram(directory, Programs.sandboxUrl(), 0, SyncProgram.dicomWeb(orthanc.dicomWeb()));
            runsThroughIt(new Site(orthanc, new SyncStudies("2.25.960001"), sync, fhir::find), 200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "find", "move"})
    void overTheDicomNetwork(String retrieve) throws Exception {
        OrthancPeer.require();
        int port = SyncProgram.freePort();
        Map<String, Object> dimse = new HashMap<>(OrthancPeer.dimse("PORTOLAN", port, 0));
        dimse.put("DefaultEncoding", retrieve.equals("find") ? "Utf8" : "Latin1"); // of its answers
        try (FakeFhirServer fhir = new FakeFhirServer();
                OrthancPeer orthanc = OrthancPeer.start(directory.resolve("orthanc"), HttpCredentials.NONE, dimse)) {
            SyncProgram sync = new SyncProgram(
                    directory,
                    fhir.base().toString(),
                    port,
                    SyncProgram.dimse(OrthancPeer.AE_TITLE, orthanc.dicomPort(), retrieve));
            runsThroughIt(new Site(orthanc, new SyncStudies("2.25.960002"), sync, reader(fhir)), 120);
        }
    }

    static MappedInstances.Server reader(FakeFhirServer fhir) {
        return reference -> fhir.has(reference) ? fhir.get(reference) : null;
    }

    /** @param count studies that it has at first */
    private void runsThroughIt(Site site, int count) throws Exception {
        OrthancPeer orthanc = site.orthanc;
        SyncStudies studies = site.studies;
        orthanc.upload(studies.all(0, count));
        assertThat(site.step().differing("new")).isEqualTo(count);
        Run unchanged = site.step();
        assertThat(unchanged.differing()).isZero();
        assertThat(unchanged.number("headersRead")).isZero();
        assertThat(unchanged.number("requests")).isLessThanOrEqualTo(6);

        orthanc.upload(studies.all(count, count + 3));
        orthanc.upload(studies.moreSeries(10));
        orthanc.upload(studies.moreInstance(11));
        orthanc.upload(studies.moreInstance(13)); // without a date
        Run grown = site.step();
        assertThat(grown.differing("new")).isEqualTo(3);
        assertThat(grown.differing("resized")).isEqualTo(3);

        orthanc.modify(site.uid(20), Map.of("PatientName", "Corrected^Name"));
        orthanc.modify(site.uid(24), Map.of("StudyDescription", "corrected", "ReferringPhysicianName", "Other^One"));
        orthanc.delete(site.uid(26));
        orthanc.upload(studies.ofPatient(26, "MOVED-26"));
        Run corrected = site.step();
        assertThat(corrected.differing("corrected"))
                .as("Orthanc lists other studies of the patient with the name, too")
                .isGreaterThanOrEqualTo(2);
        assertThat(corrected.differing("moved")).isEqualTo(1);

        for (int study = 50; study < 60; study++) {
            orthanc.delete(site.uid(study));
        }
        orthanc.delete(new Uid(studies.uid(40) + ".2"));
        Run deleted = site.step();
        assertThat(deleted.differing("gone")).isEqualTo(10);
        assertThat(deleted.differing("shrunk")).isEqualTo(1);
        for (int study = 50; study < 60; study++) {
            site.requireCancelled(study);
        }
        goesOnAfterTheArchiveWasAway(site, count);
        assertThat(site.step().differing()).isZero();
    }

    private static void goesOnAfterTheArchiveWasAway(Site site, int count) throws Exception {
        site.orthanc.upload(site.studies.all(count + 3, count + 40));
        site.orthanc.delete(site.uid(61));
        site.sync.atMost(10);
        try (ChildProcess sync = site.sync.start("sync", "--json")) {
            Await.until(
                    "the run has begun to read",
                    SyncProgram.RUN_MAX,
                    () -> site.fhir.study(site.uid(count + 3)) != null);
            site.orthanc.stop();
            Run broken = SyncProgram.end(sync);
            assertThat(broken.code()).isEqualTo(1);
            assertThat(broken.outcome()).as("%s", broken.lines()).isEqualTo("UNAVAILABLE");
            assertThat(broken.number("takenBack")).isZero();
        }
        assertThat(site.fhir.study(site.uid(61)).path("status").asText()).isEqualTo("available");
        site.orthanc.restart();
        site.sync.atMost(0);
        site.step();
        site.requireCancelled(61);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dicomweb", "dimse"})
    void whereAnswersAreCutOff(String type) throws Exception {
        OrthancPeer.require();
        Map<String, Object> limited = OrthancPeer.dimse("PORTOLAN", 1, ANSWERS_MAX);
        try (FakeFhirServer fhir = new FakeFhirServer();
                OrthancPeer orthanc = OrthancPeer.start(directory.resolve("orthanc"), HttpCredentials.NONE, limited)) {
            String archive = type.equals("dimse")
                    ? SyncProgram.dimse(OrthancPeer.AE_TITLE, orthanc.dicomPort(), "get")
                    : SyncProgram.dicomWeb(orthanc.dicomWeb());
            SyncProgram sync =
                    new SyncProgram(directory, fhir.base().toString(), 0, archive + ", server-max: " + ANSWERS_MAX);
            SyncStudies studies = new SyncStudies("2.25.960003");
            // of one day more than an answer has room for
            for (int study = 0; study < STUDIES; study++) {
                orthanc.upload(study % 8 == 5 ? List.of() : studies.ofDay(study, study < 40 ? 0 : study / 3));
            }
            Site site = new Site(orthanc, studies, sync, reader(fhir));
            assertThat(site.step().differing("new")).isEqualTo(STUDIES - STUDIES / 8);
            assertThat(site.step().differing()).isZero();
            orthanc.delete(site.uid(3));
            orthanc.delete(site.uid(150));
            orthanc.modify(site.uid(7), Map.of("PatientName", "Corrected^Name"));
            Run changed = site.step();
            assertThat(changed.differing("gone")).isEqualTo(2);
            assertThat(changed.differing("corrected")).isEqualTo(1);
            site.requireCancelled(3);
        }
    }
}
