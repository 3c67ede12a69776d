package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.testdata.SyntheticStudies;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the ledger says, beside a running gateway. */
class StatusIT {

    @TempDir
    private Path directory;

    @Test
    void saysWhatIsPublishedAndWhatIsParkedWhileTheGatewayRuns() throws Exception {
        assertThat(status().awaitEnd(Duration.ofSeconds(60)))
                .as("no ledger yet")
                .isEqualTo(2);

        String good = "2.25.931001";
        String mixed = "2.25.931002";
        List<DataSet> instances = new ArrayList<>(Instances.ofStudy(good, SyntheticStudies.cr()));
        List<DataSet> ct = Instances.ofStudy(mixed, SyntheticStudies.ctTwoSeries());
        instances.add(ct.get(0));
        instances.add(DataSet.builder()
                .addAll(ct.get(1))
                .add(Attribute.PatientID, "SOMEBODY-ELSE")
                .build());
        Path files = directory.resolve("files");
        Instances.write(files, instances);
        try (RunningGateway gateway = RunningGateway.start(directory, Programs.sandboxUrl())) {
            ChildProcess send = Programs.portolan(directory, List.of(), "send", gateway.peer(), files.toString());
            assertThat(send.awaitEnd(Duration.ofSeconds(60))).isZero();
            new Fhir(Programs.sandboxUrl()).awaitStudy(good, 1);
            Await.until(
                    "the mixed study is parked",
                    Duration.ofSeconds(30),
                    () -> gateway.metrics().contains("portolan_studies_parked 1.0"));

            ChildProcess status = status();
            assertThat(status.awaitEnd(Duration.ofSeconds(60))).isEqualTo(1);
            assertThat(status.lines())
                    .contains("studies    2", "instances  3", "waiting    0", "parked     1", "failing    1 UNMAPPABLE")
                    .contains("parked     " + mixed)
                    .noneMatch(line -> line.contains("patient conflict"));
            ChildProcess withErrors = status("--errors", "--json");
            withErrors.awaitEnd(Duration.ofSeconds(60));
            assertThat(String.join("", withErrors.lines()))
                    .contains("\"study\":\"" + mixed + "\"", "\"category\":\"UNMAPPABLE\"", "patient conflict");
            gateway.stop();
        }
    }

    @Test
    void parkedStudiesAreListedAndReplayedBesideTheGatewayByCommandAndByHttp() throws Exception {
        String uid = "2.25.932001";
        Path files = directory.resolve("files");
        Instances.write(files, Instances.ofStudy(uid, SyntheticStudies.cr()));
        try (CountingProxy proxy = new CountingProxy(Programs.sandboxUrl());
                RunningGateway gateway = RunningGateway.start(directory, proxy.url(), "fhir.gzip=false")) {
            proxy.refuse(uid);
            ChildProcess send = Programs.portolan(directory, List.of(), "send", gateway.peer(), files.toString());
            assertThat(send.awaitEnd(Duration.ofSeconds(60))).isZero();
            awaitParked(gateway, 1);

            assertThat(ended(1, "parked").lines()).contains("1 study is parked", "parked     " + uid);
            assertThat(ended(0, "parked", "--category", "UNMAPPABLE").lines()).contains("0 studies are parked");
            assertThat(String.join("", ended(1, "parked", "--json", "--errors").lines()))
                    .contains("\"study\":\"" + uid + "\"", "not in this house");
            assertThat(gateway.http("GET", "parked", "").body())
                    .contains("\"study\":\"" + uid + "\"", "FHIR_REJECTED")
                    .doesNotContain("not in this house");

            assertThat(ended(2, "replay").lines()).anyMatch(line -> line.contains("required"));
            assertThat(ended(2, "replay", "no-uid").lines()).anyMatch(line -> line.contains("no-uid is no UID"));
            assertThat(ended(1, "replay", "2.25.932009").lines())
                    .anyMatch(line -> line.contains("the ledger has no study 2.25.932009"));
            assertThat(gateway.http("POST", "replay", "{}").statusCode()).isEqualTo(400);
            assertThat(gateway.http("POST", "replay", "{\"category\":\"TIRED\"}")
                            .body())
                    .contains("FHIR_REJECTED");
            assertThat(gateway.http("POST", "replay", "{\"studies\":[\"1.2.\"]}")
                            .statusCode())
                    .isEqualTo(400);

            int refused = proxy.writes().size();
            assertThat(gateway.http("POST", "replay", "{\"category\":\"FHIR_REJECTED\"}")
                            .body())
                    .isEqualTo("{\"replayed\":1,\"forwarded\":0,\"reported\":0}");
            Await.until(
                    "tried again", Duration.ofSeconds(30), () -> proxy.writes().size() > refused);
            awaitParked(gateway, 1);

            proxy.refuse("");
            assertThat(ended(0, "replay", "--all").lines()).contains("1 study is due now");
            new Fhir(Programs.sandboxUrl()).awaitStudy(uid, 1);
            awaitParked(gateway, 0);
            gateway.stop();
        }
        assertThat(ended(0, "republish", "--changed").lines()).contains("0 studies are to be published again");
        assertThat(ended(0, "republish", "--changed", "--dry-run", "--set", "mapping.note=00104000")
                        .lines())
                .as("what serve was given was another configuration")
                .contains("1 study is to be published again");
        assertThat(ended(0, "republish", "--all").lines()).contains("1 study is to be published again");
        assertThat(ended(0, "republish", "--all").lines())
                .as("it waits already")
                .contains("0 studies are to be published again");
    }

    private static void awaitParked(RunningGateway gateway, int studies) throws Exception {
        Await.until(
                studies + " parked",
                Duration.ofSeconds(30),
                () -> gateway.metrics().contains("portolan_studies_parked " + studies + ".0"));
    }

    /** With the settings of the gateway that decide what is made of a study. */
    private ChildProcess ended(int exitCode, String command, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--set", "mapping.patient=create", "--set", "mapping.patient-id-system=urn:oid:2.25.900"));
        ChildProcess process = Programs.portolan(directory, List.of(), all.toArray(String[]::new));
        assertThat(process.awaitEnd(Duration.ofSeconds(60)))
                .as("%s", process.lines())
                .isEqualTo(exitCode);
        return process;
    }

    private ChildProcess status(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("status"));
        all.addAll(List.of(arguments));
        return Programs.portolan(directory, List.of(), all.toArray(String[]::new));
    }
}
