package io.portolan.gateway.publish;

import static io.portolan.gateway.publish.FakeFhirServer.to;
import static io.portolan.gateway.publish.TestStudies.fhirId;
import static io.portolan.gateway.publish.TestStudies.header;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portolan.dicom.Attribute;
import io.portolan.gateway.audit.AuditEvents;
import io.portolan.gateway.audit.AuditOptions;
import io.portolan.gateway.audit.AuditOptions.LogFile;
import io.portolan.gateway.audit.AuditSender;
import io.portolan.gateway.ledger.AuditOutbox;
import io.portolan.gateway.publish.FakeFhirServer.Outage;
import io.portolan.gateway.publish.PublisherOptions.Deleted;
import io.portolan.gateway.publish.PublisherOptions.TooLarge;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One AuditEvent for each version of each resource that the publisher writes. */
class AuditTest {

    private static final String STUDY = "ImagingStudy/" + fhirId(1);

    @TempDir
    Path directory;

    private TestGateway gateway;
    private FakeFhirServer server;

    @BeforeEach
    void open() throws Exception {
        open(100);
    }

    private void open(int backlogMax) throws Exception {
        gateway = new TestGateway(
                directory,
                Deleted.RECREATE,
                TooLarge.PARK,
                url -> new AuditOptions(
                        new AuditEvents("PORTOLAN", "host", url, InstantSource.system()), null, backlogMax));
        server = gateway.server;
        server.saysPatch = false;
        server.checksReferences = false; // of a deleted resource, too
    }

    @AfterEach
    void close() throws Exception {
        gateway.close();
    }

    private AuditSender audit() {
        return gateway.publisher.audit().orElseThrow();
    }

    /** {@code C ImagingStudy/1 Patient/2}, in the order in which they were made. */
    private List<String> events() {
        Await.until(
                "told",
                () -> gateway.ledger.audit().waiting() == gateway.ledger.audit().refused());
        return server.all("AuditEvent").stream().map(AuditTest::text).sorted().toList();
    }

    private static String text(JsonNode event) {
        String data = event.at("/entity/0/what/reference").asText();
        return event.path("action").asText() + " " + data + " "
                + event.at("/entity/1/what/reference").asText("-");
    }

    private String version(String path) {
        return path + "/_history/" + server.get(path).at("/meta/versionId").asText();
    }

    private String patient() {
        return "Patient/" + server.all("Patient").get(0).path("id").asText();
    }

    private void publish() {
        Await.until("clean", () -> gateway.ledger.counts().dirty() == 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tellsOfEveryVersionOnce(boolean oneRequest) {
        server.transactions = oneRequest;
        gateway.arrive(header(1, 1));
        gateway.publisher.start();
        publish();
        String created = version(STUDY);
        gateway.arrive(header(1, 2));
        publish();
        String updated = version(STUDY);

        assertThat(events())
                .containsExactlyInAnyOrder(
                        "C " + version(patient()) + " " + patient(),
                        "C " + created + " " + patient(),
                        "U " + updated + " " + patient());
        assertThat(server.all("AuditEvent"))
                .allSatisfy(event ->
                        assertThat(event.at("/meta/profile/0").asText()).contains("IHE.BasicAudit.Patient"));
        gateway.arrive(header(1, 2)); // the same again
        publish();
        assertThat(events()).hasSize(3);
    }

    @Test
    void tellsOfAPatchAndOfADeletion() {
        server.saysPatch = true;
        gateway.arrive(header(1, 1));
        gateway.publisher.start();
        publish();
        gateway.arrive(header(1, 2));
        publish();
        String patched = version(STUDY);
        for (int sop = 3; sop <= 6; sop++) {
            gateway.arrive(header(1, sop).add(Attribute.StudyID, "DELETED"));
        }
        publish();

        assertThat(server.all("ImagingStudy")).isEmpty();
        assertThat(events()).contains("U " + patched + " " + patient());
        assertThat(events())
                .filteredOn(event -> event.startsWith("D "))
                .containsExactly("D " + STUDY + " " + patient());
    }

    @Test
    void tellsOfAnUpdateOfWhatStudiesShare() {
        gateway.arrive(header(1, 1).add(Attribute.AccessionNumber, "A1"));
        gateway.publisher.start();
        publish();
        String order = "ServiceRequest/"
                + server.all("ServiceRequest").get(0).path("id").asText();
        String created = version(order);
        gateway.arrive(header(1, 1).add(Attribute.AccessionNumber, "A1").add(Attribute.StudyDescription, "CT"));
        gateway.arrive(header(1, 2).add(Attribute.AccessionNumber, "A1").add(Attribute.StudyDescription, "CT"));
        publish();

        assertThat(events()).contains("C " + created + " " + patient(), "U " + version(order) + " " + patient());
    }

    @Test
    void doesNotTellOfAnothersChangeOfWhatStudiesShare() {
        gateway.arrive(header(1, 1).add(Attribute.AccessionNumber, "A1"));
        gateway.publisher.start();
        publish();
        String order = "ServiceRequest/"
                + server.all("ServiceRequest").get(0).path("id").asText();
        ObjectNode changed = server.get(order);
        changed.withArray("identifier").removeAll();
        server.put(order, changed);
        String theirs = version(order);
        gateway.arrive(header(1, 1).add(Attribute.AccessionNumber, "A1").add(Attribute.StudyDescription, "CT"));
        gateway.arrive(header(1, 2).add(Attribute.AccessionNumber, "A1").add(Attribute.StudyDescription, "CT"));
        publish();

        assertThat(version(order)).isNotEqualTo(theirs);
        assertThat(events()).contains("U " + version(order) + " " + patient()).noneMatch(e -> e.contains(theirs));
    }

    // ---- what nobody recorded

    @Test
    void tellsOfACreationThatNobodyRecorded() throws Exception {
        gateway.arrive(header(1, 1));
        gateway.publishAndDie();
        gateway.publisher.start();
        publish();

        assertThat(events())
                .containsExactlyInAnyOrder(
                        "C " + version(patient()) + " " + patient(), "C " + version(STUDY) + " " + patient());
        assertThat(server.versions(STUDY)).isOne();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tellsOfAnUpdateThatNobodyRecordedAlsoWhenMoreCame(boolean more) throws Exception {
        gateway.arrive(header(1, 1));
        gateway.publishAndRecord();
        String created = version(STUDY);
        gateway.arrive(header(1, 2));
        gateway.publishAndDie();
        String unrecorded = version(STUDY);
        if (more) {
            gateway.arrive(header(1, 3));
        }
        gateway.publisher.start();
        publish();

        assertThat(events()).contains("C " + created + " " + patient(), "U " + unrecorded + " " + patient());
        assertThat(events()).hasSize(more ? 4 : 3);
        assertThat(events()).contains("U " + version(STUDY) + " " + patient());
    }

    @Test
    void doesNotTellOfAnUpdateByOthers() throws Exception {
        gateway.arrive(header(1, 1));
        gateway.publishAndRecord();
        gateway.ledger.doubt(TestStudies.uid(1));
        server.put(STUDY, server.get(STUDY).put("language", "de"));
        gateway.publisher.start();
        publish();

        assertThat(events()).hasSize(2).allMatch(event -> event.startsWith("C "));
    }

    @Test
    void tellsOfADeletionThatNobodyRecorded() throws Exception {
        gateway.arrive(header(1, 1));
        gateway.publishAndRecord();
        gateway.arrive(header(1, 2).add(Attribute.StudyID, "DELETED"));
        gateway.arrive(header(1, 3).add(Attribute.StudyID, "DELETED"));
        gateway.publishAndDie();
        gateway.publisher.start();
        publish();

        assertThat(events()).filteredOn(event -> event.startsWith("D ")).hasSize(1);
    }

    // ---- delivery

    @ParameterizedTest
    @EnumSource(
            value = Outage.class,
            names = {"STATUS_500", "STATUS_503", "STATUS_429", "CUTS", "CUTS_AFTERWARDS", "CONFIRMS_NOTHING"})
    void tellsOfEachOnceWhateverTheServerDoesMeanwhile(Outage outage) throws Exception {
        gateway.arrive(header(1, 1));
        gateway.arrive(header(2, 1, "P8"));
        gateway.publishAndRecord();
        gateway.publishAndRecord();
        server.outage(outage);
        gateway.publisher.start();
        Await.until("tried", () -> server.requestsReceived() > 8);
        server.outage(Outage.NONE);

        assertThat(events()).hasSize(4).doesNotHaveDuplicates();
        server.all("AuditEvent")
                .forEach(event -> assertThat(
                                server.versions("AuditEvent/" + event.path("id").asText()))
                        .as("never updated")
                        .isOne());
        gateway.assertLogsNoneOf(TestStudies.PATIENT_NAME);
    }

    /** As where a server lets us create AuditEvents, and not read them. */
    @Test
    void deliversTheOthersWhereSomeCannotBeLookedFor() throws Exception {
        gateway.arrive(header(1, 1));
        gateway.publishAndRecord();
        AuditOutbox outbox = gateway.ledger.audit();
        outbox.settle(outbox.claim(10, Duration.ofMinutes(1)), List.of(), Map.of(), true);
        gateway.arrive(header(2, 1, "P8"));
        gateway.publishAndRecord();
        for (int i = 0; i < 100; i++) {
            server.answerNext(to("GET", "AuditEvent"), FakeFhirServer.Response.of(403));
        }
        gateway.publisher.start();

        Await.until("told", () -> server.all("AuditEvent").size() == 2);
        Await.until("recorded", () -> outbox.waiting() == 2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void givesATagWhereItMayNotChooseTheId(boolean conditional) throws Exception {
        server.updateCreate = false;
        server.conditionalCreate = conditional;
        gateway.arrive(header(1, 1));
        gateway.publishAndRecord();
        server.failedAfterwards = to("POST", "AuditEvent");
        gateway.publisher.start();
        Await.until("tried", () -> !server.requestsTo("POST", "AuditEvent").isEmpty());
        server.failedAfterwards = request -> false;

        assertThat(events()).hasSize(2).doesNotHaveDuplicates();
        assertThat(server.all("AuditEvent"))
                .allSatisfy(event ->
                        assertThat(event.at("/meta/tag/0/system").asText()).isEqualTo(FhirAudit.TAGS));
    }

    /** HAPI JPA refuses a reference to what was deleted. */
    @Test
    void namesWhatTheServerWouldNotReferToByIdentifier() throws Exception {
        gateway.arrive(header(1, 1));
        gateway.publishAndRecord();
        String patient = patient();
        server.delete(STUDY);
        server.checksReferences = true;
        gateway.publisher.start();

        assertThat(events()).contains("C " + version(patient) + " " + patient);
        JsonNode event = server.all("AuditEvent").stream()
                .filter(one -> !one.at("/entity/0/what").has("reference"))
                .findFirst()
                .orElseThrow();
        assertThat(event.at("/entity/0/what/identifier/value").asText()).isEqualTo(server.base() + "/" + STUDY);
        assertThat(event.at("/entity/0/detail/0/type").asText()).isEqualTo("versionId");
        assertThat(event.at("/entity/1/what/reference").asText()).isEqualTo(patient);
    }

    @Test
    void keepsAsideAndShowsWhatIsRefusedAndTriesItAgainAfterAStart() throws Exception {
        server.failingEntry = entry -> entry.toString().contains("PatientCreate");
        gateway.arrive(header(1, 1));
        gateway.publishAndRecord();
        for (int i = 0; i < 6; i++) { // each alone, and twice more without literal references
            server.answerNext(to("PUT", "AuditEvent"), FakeFhirServer.Response.of(422));
        }
        gateway.publisher.start();
        Await.until("refused", () -> gateway.ledger.audit().refused() == 2);
        assertThat(audit().state()).isEqualTo("2 records were refused");
        gateway.publisher.stop(Duration.ofSeconds(5));

        server.failingEntry = entry -> false;
        FhirPublisher next = gateway.another();
        next.start();
        Await.until("told", () -> server.all("AuditEvent").size() == 2);
        next.stop(Duration.ofSeconds(5));
    }

    @Test
    void publishesNothingWhileTooManyWait() throws Exception {
        gateway.close();
        open(2);
        gateway.arrive(header(1, 1));
        gateway.publishAndRecord();
        server.failedAfterwards = request -> request.body().contains("AuditEvent");
        gateway.arrive(header(2, 1));
        gateway.publisher.start();
        Await.until("tried", () -> !server.requestsTo("POST", "").isEmpty());
        assertThat(audit().isFull()).isTrue();
        assertThat(audit().state()).startsWith("full: 2 records wait");
        assertThat(server.has("ImagingStudy/" + fhirId(2))).isFalse();
    }

    @Test
    void deliversToAFileWhatItPublishesUntilItStops() throws Exception {
        gateway.close();
        Path file = directory.resolve("audit.ndjson");
        gateway = new TestGateway(
                directory,
                Deleted.RECREATE,
                TooLarge.PARK,
                url -> new AuditOptions(
                        new AuditEvents("PORTOLAN", "host", url, InstantSource.system()),
                        new LogFile(file, 1_000_000, 1),
                        100));
        gateway.arrive(header(1, 1));
        gateway.publisher.start();
        publish();
        gateway.publisher.stop(Duration.ofSeconds(10));

        assertThat(Files.readAllLines(file)).hasSize(2).noneMatch(line -> line.contains(TestStudies.PATIENT_NAME));
        assertThat(gateway.ledger.audit().waiting()).isZero();
        assertThat(gateway.server.all("AuditEvent")).isEmpty();
    }
}
