package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.portolan.dicom.DataSet;
import io.portolan.gateway.publish.FakeFhirServer;
import io.portolan.gateway.sync.OrthancPeer;
import io.portolan.testdata.SyntheticStudies;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real requestor of storage commitment, which releases its association at once and waits for a report over another one. */
class StorageCommitmentIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String CT = "1.2.840.10008.5.1.4.1.1.2";

    /** Nobody listens there. */
    private static final int NOBODY = 1;

    @TempDir
    private Path directory;

    private RunningGateway start(FakeFhirServer fhir, String... more) throws Exception {
        List<String> settings = new ArrayList<>(
                List.of("commitment.retry-delay-min=100ms", "commitment.retry-delay-max=500ms", "log.level=debug"));
        settings.addAll(Arrays.asList(more));
        return RunningGateway.start(directory, fhir.base().toString(), settings.toArray(String[]::new));
    }

    private static String peer(int port) {
        return "dicom.peers=[{ ae-title: " + OrthancPeer.AE_TITLE + ", host: 127.0.0.1, port: " + port + " }]";
    }

    private static void know(OrthancPeer orthanc, RunningGateway gateway) throws Exception {
        String modality = "{\"AET\": \"PORTOLAN\", \"Host\": \"127.0.0.1\", \"Port\": " + gateway.dicomPort()
                + ", \"AllowStorageCommitment\": true}";
        orthanc.rest("PUT", "/modalities/gateway", bytes(modality));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Asks, and says by which transaction. */
    private static String ask(OrthancPeer orthanc, String body) throws Exception {
        return orthanc.rest("POST", "/modalities/gateway/storage-commitment", bytes(body))
                .path("ID")
                .asText();
    }

    private static String askForAll(OrthancPeer orthanc) throws Exception {
        return ask(
                orthanc,
                "{\"Resources\": [\""
                        + orthanc.rest("GET", "/studies", new byte[0]).at("/0").asText() + "\"]}");
    }

    private static JsonNode told(OrthancPeer orthanc, String transaction) throws Exception {
        return orthanc.rest("GET", "/storage-commitment/" + transaction, new byte[0]);
    }

    private static void awaitTold(OrthancPeer orthanc, String transaction, String status) throws Exception {
        Await.until(
                "Orthanc is told",
                LIMIT,
                () -> !told(orthanc, transaction).path("Status").asText().equals("Pending"));
        assertThat(told(orthanc, transaction).path("Status").asText())
                .as("%s", told(orthanc, transaction))
                .isEqualTo(status);
    }

    private static void awaitMetric(RunningGateway gateway, String name, double value) throws Exception {
        Await.until(name + " " + value, LIMIT, () -> gateway.metric(name).orElseThrow() == value);
    }

    private List<String> ended(int exitCode, String... arguments) throws Exception {
        try (ChildProcess process = Programs.portolan(directory, List.of(), arguments)) {
            assertThat(process.awaitEnd(LIMIT)).as("%s", process.lines()).isEqualTo(exitCode);
            return process.lines();
        }
    }

    @Test
    void tellsARequestorHoweverOftenTheGatewayIsKilledBeforeItKnowsWhere() throws Exception {
        OrthancPeer.require();
        try (FakeFhirServer fhir = new FakeFhirServer();
                OrthancPeer orthanc = OrthancPeer.start(directory.resolve("orthanc"))) {
            List<DataSet> study = Instances.ofStudy("2.25.970001", SyntheticStudies.ctTwoSeries());
            orthanc.upload(study);
            String transaction;
            try (RunningGateway gateway = start(fhir)) {
                know(orthanc, gateway);
                String id =
                        orthanc.rest("GET", "/studies", new byte[0]).at("/0").asText();
                orthanc.rest("POST", "/modalities/gateway/store", bytes(id));
                assertThat(gateway.metric("portolan_instances_received_total")).hasValue(study.size());
                transaction = askForAll(orthanc);
                awaitMetric(gateway, "portolan_commitment_parked", 1);
                assertThat(gateway.health("ready").body()).contains("\"commitment\":\"up, parked 1\"");
                assertThat(gateway.http("GET", "parked", "").body())
                        .contains("\"what\":\"commitment\",\"requestor\":\"ORTHANC\",\"transaction\":\"" + transaction);
                assertThat(ended(1, "status"))
                        .contains("commitment 0 reports wait; parked 1", "not told   1 PEER_REJECTED")
                        .anyMatch(line -> line.contains("dicom.peers does not say where it listens"));
                gateway.kill();
            }
            try (RunningGateway gateway = start(fhir, peer(NOBODY))) {
                awaitMetric(gateway, "portolan_commitment_waiting", 1);
                Await.until(
                        "it is tried",
                        LIMIT,
                        () -> gateway.metric("portolan_commitment_failed_total{category=\"PEER_UNAVAILABLE\"}")
                                        .orElseThrow()
                                > 1);
                assertThat(told(orthanc, transaction).path("Status").asText()).isEqualTo("Pending");
                gateway.kill();
            }
            try (RunningGateway gateway = start(fhir, peer(orthanc.dicomPort()))) {
                awaitTold(orthanc, transaction, "Success");
                assertThat(told(orthanc, transaction).path("Success")).hasSize(study.size());
                awaitMetric(gateway, "portolan_commitment_waiting", 0);
                assertThat(gateway.metric("portolan_commitment_instances_committed_total"))
                        .hasValue(study.size());
                know(orthanc, gateway);
                tellsOfWhatIsNotThere(orthanc);
                gateway.stop();
            }
            assertThat(ended(0, "parked")).contains("0 studies are parked");
        }
    }

    private static void tellsOfWhatIsNotThere(OrthancPeer orthanc) throws Exception {
        String transaction = ask(orthanc, "{\"DicomInstances\": [[\"" + CT + "\", \"2.25.970002.1\"]]}");
        awaitTold(orthanc, transaction, "Failure");
        assertThat(told(orthanc, transaction).at("/Failures/0/SOPInstanceUID").asText())
                .isEqualTo("2.25.970002.1");
        assertThat(told(orthanc, transaction).at("/Failures/0/Description").asText())
                .contains("One or more of the elements in the Referenced SOP Instance Sequence was not available");
    }

    @Test
    void waitsForAPacsThatIsAway() throws Exception {
        OrthancPeer.require();
        Peers.require("storescp");
        try (FakeFhirServer fhir = new FakeFhirServer();
                StorescpPeer pacs = new StorescpPeer(directory.resolve("pacs"));
                OrthancPeer orthanc = OrthancPeer.start(directory.resolve("orthanc"));
                RunningGateway gateway = start(
                        fhir,
                        peer(orthanc.dicomPort()),
                        "storage.mode=forward",
                        "forward.host=127.0.0.1",
                        "forward.port=" + pacs.port(),
                        "forward.called-ae=" + StorescpPeer.AE,
                        "forward.parallel=1",
                        "forward.retry-delay-min=50ms",
                        "forward.retry-delay-max=300ms")) {
            orthanc.upload(Instances.ofStudy("2.25.970003", SyntheticStudies.ctTwoSeries()));
            know(orthanc, gateway);
            String id = orthanc.rest("GET", "/studies", new byte[0]).at("/0").asText();
            orthanc.rest("POST", "/modalities/gateway/store", bytes(id));
            String transaction = askForAll(orthanc);
            awaitMetric(gateway, "portolan_commitment_waiting", 1);
            assertThat(told(orthanc, transaction).path("Status").asText()).isEqualTo("Pending");
            pacs.come();
            awaitTold(orthanc, transaction, "Success");
            awaitMetric(gateway, "portolan_forward_waiting", 0);
            gateway.stop();
        }
    }
}
