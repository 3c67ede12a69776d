package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.mapping.StudyMapper;
import io.portolan.testdata.SyntheticStudies;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job: DCMTK in front, the real FHIR server behind, the gateway between as a process. */
class SpineIT {

    private static final Duration PEER_MAX = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void answersTheEchoOfAPeer() throws Exception {
        Peers.require("echoscu");
        try (RunningGateway gateway = RunningGateway.start(directory, Programs.sandboxUrl())) {
            ChildProcess echo = Peers.start(
                    directory, "echoscu", "-aec", "PORTOLAN", "127.0.0.1", Integer.toString(gateway.dicomPort()));
            assertThat(echo.awaitEnd(PEER_MAX)).as("%s", echo.lines()).isZero();
        }
    }

    @Test
    void aStudySentByAPeerIsFoundOnTheServerAndGrowsInPlace() throws Exception {
        Peers.require("storescu");
        String uid = "2.25.901001";
        List<DataSet> ct = Instances.ofStudy(uid, SyntheticStudies.ctTwoSeries());
        try (CountingProxy proxy = new CountingProxy(Programs.sandboxUrl());
                RunningGateway gateway = RunningGateway.start(directory, proxy.url())) {
            Fhir fhir = new Fhir(Programs.sandboxUrl());

            storescu(gateway, Instances.write(directory.resolve("first"), ct.subList(0, 2)));
            JsonNode study = fhir.awaitStudy(uid, 2);
            assertThat(study.path("id").asText()).as("deterministic").isEqualTo(StudyMapper.idOf(new Uid(uid)));
            assertThat(study.path("numberOfSeries").asInt()).isEqualTo(1);
            assertThat(study.path("series").path(0).path("uid").asText()).isEqualTo(uid + ".1");
            assertThat(study.path("series").path(0).path("numberOfInstances").asInt())
                    .isEqualTo(2);
            assertThat(study.path("meta").path("versionId").asText()).isEqualTo("1");
            assertThat(fhir.search("ImagingStudy", "patient.identifier", "PX-7F3K-90210"))
                    .extracting(found -> found.path("id").asText())
                    .contains(study.path("id").asText());
            int writes = proxy.writes().size();
            assertThat(writes).as("%s", proxy.writes()).isPositive();

            // again, and something new of another study behind it, which shows that the repetition has been dealt with
            storescu(gateway, Instances.write(directory.resolve("first"), ct.subList(0, 2)));
            String marker = "2.25.901002";
            storescu(
                    gateway,
                    Instances.write(directory.resolve("marker"), Instances.ofStudy(marker, SyntheticStudies.cr())));
            fhir.awaitStudy(marker, 1);
            assertThat(proxy.writes()).hasSize(writes + 1);
            assertThat(fhir.studies(uid))
                    .singleElement()
                    .satisfies(same -> assertThat(
                                    same.path("meta").path("versionId").asText())
                            .isEqualTo("1"));

            storescu(gateway, Instances.write(directory.resolve("second"), ct.subList(2, 3)));
            fhir.awaitStudy(uid, 3);
            storescu(gateway, Instances.write(directory.resolve("third"), ct.subList(3, 4)));
            JsonNode grown = fhir.awaitStudy(uid, 4);
            assertThat(grown.path("id")).isEqualTo(study.path("id"));
            assertThat(grown.path("meta").path("versionId").asText()).isEqualTo("3");
            assertThat(grown.path("series")).hasSize(2);
            String patch = "PATCH /fhir/ImagingStudy/" + study.path("id").asText();
            assertThat(proxy.writes().subList(writes + 1, proxy.writes().size()))
                    .as("each by the version that the patch before has made")
                    .containsExactly(patch, patch);
            assertThat(gateway.stop()).isEqualTo(143);
        }
    }

    @Test
    void everySyntheticStudyArrivesAndTheLogHasNoPatientValueAtAnyLevel() throws Exception {
        List<Path> files = new ArrayList<>();
        List<String> uids = new ArrayList<>();
        int number = 902000;
        for (List<DataSet> study : SyntheticStudies.all()) {
            String uid = "2.25." + ++number;
            uids.add(uid);
            files.addAll(Instances.write(directory.resolve(uid), Instances.ofStudy(uid, study)));
        }
        // a refused and a broken instance make the log talk
        DataSet noUid = SyntheticStudies.cr().get(0).where(tag -> tag != 0x0020_000D);
        files.addAll(Instances.write(directory.resolve("no-uid"), List.of(noUid)));
        byte[] whole = Files.readAllBytes(files.get(0));
        files.add(Files.write(directory.resolve("cut.dcm"), Arrays.copyOf(whole, whole.length - 20)));

        try (RunningGateway gateway =
                RunningGateway.start(directory, Programs.sandboxUrl(), "log.level=trace", "mapping.patient=create")) {
            ChildProcess send = Programs.portolan(
                    directory,
                    List.of(),
                    Stream.concat(
                                    Stream.of("send", gateway.peer()),
                                    files.stream().map(Path::toString))
                            .toArray(String[]::new));
            assertThat(send.awaitEnd(PEER_MAX)).as("%s", send.lines()).isEqualTo(1);
            Fhir fhir = new Fhir(Programs.sandboxUrl());
            for (int i = 0; i < uids.size(); i++) {
                fhir.awaitStudy(uids.get(i), SyntheticStudies.all().get(i).size());
            }
            gateway.stop();
            assertThat(gateway.log()).isNotEmpty();
            assertThat(Stream.concat(gateway.log().stream(), send.lines().stream()))
                    .allSatisfy(line -> assertThat(line).doesNotContain(SyntheticStudies.PATIENT_VALUES));
        }
    }

    private void storescu(RunningGateway gateway, List<Path> files) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("-aec", "PORTOLAN", "127.0.0.1", Integer.toString(gateway.dicomPort())));
        files.forEach(file -> arguments.add(file.toString()));
        ChildProcess storescu = Peers.start(directory, "storescu", arguments.toArray(String[]::new));
        assertThat(storescu.awaitEnd(PEER_MAX)).as("%s", storescu.lines()).isZero();
    }
}
