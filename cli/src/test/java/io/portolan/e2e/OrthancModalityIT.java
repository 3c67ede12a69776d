package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portolan.dicom.DataSet;
import io.portolan.gateway.access.HttpCredentials;
import io.portolan.gateway.publish.FakeFhirServer;
import io.portolan.gateway.sync.OrthancPeer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Orthanc as a modality: it asks whether the gateway is there, and sends. Only it may, and only from here. */
class OrthancModalityIT {

    @TempDir
    private Path directory;

    @Test
    void isEchoedAndStoredInto() throws Exception {
        OrthancPeer.require();
        List<DataSet> instances = new SyncStudies("2.25.960019").all(0, 3);
        String peers = "dicom.peers=[{ ae-title: " + OrthancPeer.AE_TITLE + ", from: [\"127.0.0.0/8\", localhost] }]";
        try (FakeFhirServer fhir = new FakeFhirServer();
                RunningGateway gateway =
                        RunningGateway.start(directory, fhir.base().toString(), peers, "dicom.peers-only=true");
                OrthancPeer orthanc = OrthancPeer.start(
                        directory.resolve("orthanc"),
                        HttpCredentials.NONE,
                        OrthancPeer.dimse("PORTOLAN", gateway.dicomPort(), 0))) {
            orthanc.rest("POST", "/modalities/peer/echo", "{}".getBytes(StandardCharsets.UTF_8));
            orthanc.upload(instances);
            JsonNode all = orthanc.rest("GET", "/instances", new byte[0]);
            assertThat(all).hasSize(instances.size());
            JsonNode sent = orthanc.rest("POST", "/modalities/peer/store", new ObjectMapper().writeValueAsBytes(all));

            assertThat(sent.path("InstancesCount").asInt()).isEqualTo(instances.size());
            assertThat(sent.path("FailedInstancesCount").asInt()).isZero();
            Await.until(
                    "every study is published",
                    Duration.ofSeconds(60),
                    () -> Published.on(fhir).studies() == 3);
            assertThat(instances.stream().map(Instances::studyUid).distinct()).hasSize(3);
            assertThat(gateway.metric("portolan_associations_total").orElseThrow())
                    .isEqualTo(2);
        }
    }
}
