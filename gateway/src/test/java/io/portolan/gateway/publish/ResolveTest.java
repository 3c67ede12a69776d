package io.portolan.gateway.publish;

import static io.portolan.gateway.publish.Json.json;
import static io.portolan.gateway.publish.TestStudies.fhirId;
import static io.portolan.gateway.publish.TestStudies.header;
import static io.portolan.gateway.publish.TestStudies.reception;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portolan.dicom.Attribute;
import io.portolan.gateway.Category;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerOptions;
import io.portolan.gateway.ledger.ParkedStudy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** References to resources that must exist on the server: found, never created. */
class ResolveTest {

    @TempDir
    Path directory;

    private FakeFhirServer server;
    private Ledger ledger;
    private FhirPublisher publisher;

    @BeforeEach
    void open() throws IOException {
        server = new FakeFhirServer();
        ledger = Ledger.open(
                new LedgerOptions(
                        "jdbc:sqlite:" + directory.resolve("ledger.db"), Duration.ZERO, Duration.ZERO, 1_000, 0, "v1"),
                InstantSource.system());
        publisher = new FhirPublisher(
                new FhirClient(
                        new FhirClient.Settings(
                                server.base(), Duration.ofSeconds(20), 1_000_000, FhirClient.Packing.AUTO),
                        InstantSource.system()),
                ledger,
                TestStudies::map,
                new PublisherOptions(
                        1,
                        Duration.ofSeconds(30),
                        Duration.ofMillis(20),
                        Duration.ofMillis(100),
                        PublisherOptions.Deleted.RECREATE,
                        PublisherOptions.TooLarge.PARK,
                        ServerCapabilities.Overrides.NONE),
                new Random(1),
                InstantSource.system());
    }

    @AfterEach
    void close() throws InterruptedException {
        server.close();
        publisher.stop(Duration.ZERO);
        ledger.close();
    }

    @Test
    void refersToTheOneThatTheServerHasAndAsksForItOnce() {
        has("Patient/pat", TestStudies.MRN, "R1");
        has("Practitioner/doc", TestStudies.STAFF, "RD1");
        publish(1, "R1");
        publish(2, "R1");
        assertThat(study(1).at("/subject/reference").asText()).isEqualTo("Patient/pat");
        assertThat(study(2).at("/interpreter/0/reference").asText()).isEqualTo("Practitioner/doc");
        assertThat(server.requests().stream()
                        .filter(request ->
                                request.method().equals("GET") && request.path().contains("identifier=")))
                .as("one search for each resource")
                .hasSize(2);
        assertThat(server.writes()).as("the two studies").isEqualTo(2);
    }

    @Test
    void keepsAReferenceLogicalThatItCannotResolve() {
        has("Patient/pat", TestStudies.MRN, "R1");
        publish(1, "R1");
        JsonNode interpreter = study(1).at("/interpreter/0");
        assertThat(interpreter.has("reference")).isFalse();
        assertThat(interpreter.at("/identifier/value").asText()).isEqualTo("RD1");
    }

    @Test
    void parksAStudyWhoseSubjectTheServerDoesNotHave() {
        assertThat(parked("R1").error())
                .isEqualTo("ImagingStudy.subject: the server has no Patient with this identifier");
        assertThat(server.requests())
                .noneMatch(request ->
                        request.method().equals("POST") || request.method().equals("PUT"));
    }

    @Test
    void parksAStudyWhoseSubjectTheServerHasTwice() {
        has("Patient/one", TestStudies.MRN, "R1");
        has("Patient/two", TestStudies.MRN, "R1");
        assertThat(parked("R1").error())
                .isEqualTo("ImagingStudy.subject: the server has 2 of Patient with this identifier");
    }

    @Test
    void takesAStudyBackWhoseSubjectTheServerDoesNotHaveAnyMore() {
        has("Patient/pat", TestStudies.MRN, "R1");
        publish(1, "R1");
        server.delete("Patient/pat");
        ledger.record(reception(header(1, 1, "R1").add(Attribute.StudyID, "IF_PUBLISHED")));
        Await.until("taken back", () -> publisher.counters().published() == 2);

        assertThat(study(1).has("series")).isFalse();
        assertThat(study(1).at("/subject").has("reference")).isFalse();
        assertThat(study(1).at("/subject/identifier/value").asText()).isEqualTo("R1");
    }

    private void has(String path, String system, String value) {
        server.put(path, identified(path.substring(0, path.indexOf('/')), system, value));
    }

    private static ObjectNode identified(String type, String system, String value) {
        return json("{'resourceType':'%s','identifier':[{'system':'%s','value':'%s'}]}".formatted(type, system, value));
    }

    private void publish(int study, String patient) {
        ledger.record(reception(header(study, 1, patient)));
        if (study == 1) {
            publisher.start();
        }
        Await.until("published", () -> publisher.counters().published() == study);
    }

    private ParkedStudy parked(String patient) {
        ledger.record(reception(header(1, 1, patient)));
        publisher.start();
        Await.until("parked", () -> ledger.counts().parked() == 1);
        assertThat(ledger.parked(10).get(0).category()).isEqualTo(Category.UNMAPPABLE);
        return ledger.parked(10).get(0);
    }

    private JsonNode study(int number) {
        return server.get("ImagingStudy/" + fhirId(number));
    }
}
