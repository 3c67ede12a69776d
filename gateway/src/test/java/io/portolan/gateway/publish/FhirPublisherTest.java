package io.portolan.gateway.publish;

import static io.portolan.gateway.publish.FakeFhirServer.to;
import static io.portolan.gateway.publish.Json.json;
import static io.portolan.gateway.publish.TestStudies.fhirId;
import static io.portolan.gateway.publish.TestStudies.header;
import static io.portolan.gateway.publish.TestStudies.reception;
import static io.portolan.gateway.publish.TestStudies.uid;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.gateway.Category;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerOptions;
import io.portolan.gateway.ledger.ParkedStudy;
import io.portolan.gateway.ledger.SharedKey;
import io.portolan.gateway.ledger.SharedRow;
import io.portolan.gateway.publish.FakeFhirServer.Outage;
import io.portolan.gateway.publish.FakeFhirServer.Request;
import io.portolan.gateway.publish.FakeFhirServer.Response;
import io.portolan.gateway.publish.PublisherOptions.Deleted;
import io.portolan.gateway.publish.PublisherOptions.TooLarge;
import io.portolan.gateway.publish.ServerCapabilities.Overrides;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The publisher between a real ledger and a server that misbehaves the ways that real ones do. */
class FhirPublisherTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final String STUDY_1 = "ImagingStudy/" + fhirId(1);

    @TempDir
    Path directory;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private FakeFhirServer server;
    private Ledger ledger;
    private FhirPublisher publisher;
    private Duration timeout = TIMEOUT;
    private int responseBytesMax = 1_000_000;
    private Duration lease = Duration.ofSeconds(30);
    private Overrides capabilities = Overrides.NONE;

    @BeforeEach
    void open() throws IOException {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.DEBUG);
        log.start();
        root.addAppender(log);
        server = new FakeFhirServer();
        server.saysPatch = false; // see GrowingStudyTest
        ledger = ledger("ledger.db");
        publisher = publisher(1);
    }

    private Ledger ledger(String file) {
        return Ledger.open(
                new LedgerOptions(
                        "jdbc:sqlite:" + directory.resolve(file), Duration.ZERO, Duration.ZERO, 1_000, 0, "v1"),
                InstantSource.system());
    }

    @AfterEach
    void close() throws InterruptedException {
        server.close();
        publisher.stop(Duration.ZERO);
        ledger.close();
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).detachAppender(log);
        // whatever happened, no log line says anything of a patient
        assertThat(List.copyOf(log.list))
                .allSatisfy(line -> assertThat(line.getFormattedMessage())
                        .doesNotContain(TestStudies.PATIENT_NAME)
                        .doesNotContain("P7"));
    }

    private void start() {
        start(4);
    }

    private void start(int parallel) {
        publisher = publisher(parallel);
        publisher.start();
    }

    private FhirPublisher publisher(int parallel) {
        return new FhirPublisher(
                new FhirClient(
                        new FhirClient.Settings(server.base(), timeout, responseBytesMax, FhirClient.Packing.AUTO),
                        InstantSource.system()),
                ledger,
                TestStudies::map,
                new PublisherOptions(
                        parallel,
                        lease,
                        Duration.ofMillis(20),
                        Duration.ofMillis(100),
                        Deleted.RECREATE,
                        TooLarge.PARK,
                        capabilities),
                new Random(1),
                InstantSource.system());
    }

    private void arrive(DataSet.Builder header) {
        ledger.record(reception(header));
    }

    private void awaitPublished(long studies) {
        Await.until("published", () -> publisher.counters().published() == studies);
        awaitClean();
    }

    private void awaitClean() {
        Await.until("nothing to do", () -> ledger.counts().dirty() == 0);
    }

    private ParkedStudy awaitParked() {
        Await.until("parked", () -> ledger.counts().parked() == 1);
        return ledger.parked(10).get(0);
    }

    /** Study 1 with one instance, published; the requests for it forgotten. */
    private void publishedOnce() {
        arrive(header(1, 1));
        start();
        awaitPublished(1);
        server.forgetRequests();
    }

    private SharedRow patientRow() {
        return ledger.shares().find(patientKey()).orElseThrow();
    }

    private SharedKey patientKey() {
        return new SharedKey(server.base().toString(), "Patient", TestStudies.MRN, "P7");
    }

    private ObjectNode patient() {
        assertThat(server.all("Patient")).hasSize(1);
        return server.all("Patient").get(0);
    }

    private void others(String path, String field, JsonNode value) {
        ObjectNode resource = server.get(path);
        resource.set(field, value);
        server.put(path, resource);
    }

    private static JsonNode reference(String to) {
        return json("{'reference':'" + to + "'}");
    }

    private static JsonNode list(JsonNode element) {
        return FhirClient.JSON.createArrayNode().add(element);
    }

    // ---- what is asked of a server

    @Test
    void publishesANewStudyAndItsNewPatientInOneTransaction() {
        arrive(header(1, 1));
        start();
        awaitPublished(1);

        assertThat(server.log()).containsExactly("GET metadata", "GET " + STUDY_1, "POST ");
        assertThat(server.get(STUDY_1).at("/subject/reference").asText())
                .isEqualTo("Patient/" + patient().get("id").asText());
        assertThat(patientRow())
                .returns(patient().get("id").asText(), SharedRow::fhirId)
                .returns(true, SharedRow::created);
    }

    @Test
    void publishesAStudyOfAKnownPatientByPut() {
        publishedOnce();
        arrive(header(2, 1));
        awaitPublished(2);

        assertThat(server.log()).containsExactly("GET ImagingStudy/" + fhirId(2), "PUT ImagingStudy/" + fhirId(2));
        assertThat(server.all("Patient")).hasSize(1);
    }

    @Test
    void publishesNothingOfAStudyThatHasNothingToShareAndWasNotPublished() {
        arrive(header(1, 1).add(Attribute.StudyID, "IF_PUBLISHED"));
        start();
        awaitClean();

        assertThat(server.log())
                .containsExactly(
                        "GET metadata",
                        "GET " + STUDY_1,
                        "GET ImagingStudy?" + FhirClient.identifierQuery(TestStudies.OWN, fhirId(1)));
        assertThat(server.all("Patient")).isEmpty();
        assertThat(publisher.counters().published()).isZero();
    }

    @Test
    void updatesAPublishedStudyThatHasNothingToShareAnyMore() {
        publishedOnce();
        arrive(header(1, 1).add(Attribute.StudyDescription, "!").add(Attribute.StudyID, "IF_PUBLISHED"));
        awaitPublished(2);

        assertThat(server.get(STUDY_1).path("description").asText()).isEqualTo("!");
    }

    @Test
    void deletesWhatItPublishedAndPublishesItAgain() {
        publishedOnce();
        arrive(header(1, 2).add(Attribute.StudyID, "DELETED"));
        awaitPublished(2);
        assertThat(server.log()).containsExactly("DELETE " + STUDY_1);
        assertThat(server.all("ImagingStudy")).isEmpty();

        arrive(header(1, 0).add(Attribute.StudyID, "ALWAYS"));
        awaitPublished(3);
        assertThat(server.get(STUDY_1).path("numberOfInstances").asInt()).isEqualTo(3);
    }

    @Test
    void takesWhatIsGoneAlreadyForDeleted() {
        publishedOnce();
        server.delete(STUDY_1);
        arrive(header(1, 2).add(Attribute.StudyID, "DELETED"));
        awaitClean();

        assertThat(server.log()).containsExactly("DELETE " + STUDY_1);
        assertThat(ledger.counts().parked()).isZero();
    }

    @Test
    void leavesAloneWhatWaits() {
        arrive(header(1, 1).add(Attribute.PatientID, "LATE"));
        start();
        awaitClean();

        assertThat(server.log()).containsExactly("GET metadata");
    }

    /** Others write a version for every instance. */
    @Test
    void writesOneVersionOfAStudyOfManyInstances() {
        for (int instance = 1; instance <= 50; instance++) {
            arrive(header(1, instance));
        }
        start();
        awaitPublished(1);

        assertThat(server.all("ImagingStudy")).hasSize(1);
        ObjectNode study = server.all("ImagingStudy").get(0);
        assertThat(study.at("/numberOfInstances").asInt()).isEqualTo(50);
        assertThat(server.log())
                .filteredOn(request -> !request.startsWith("GET"))
                .as("one transaction, and nothing after it")
                .hasSize(1);
    }

    @Test
    void sendingAgainMakesNoRequestAndAReplayLooksAndWritesNothing() {
        publishedOnce();
        arrive(header(1, 1));
        assertThat(ledger.waiting()).isZero();
        ledger.replays().replay(List.of(uid(1)));
        Await.until("unchanged", () -> publisher.counters().unchanged() > 0);
        awaitClean();

        assertThat(server.log()).containsExactly("GET " + STUDY_1);
    }

    @Test
    void updatesWithTheVersionThatItRead() {
        publishedOnce();
        arrive(header(1, 2));
        awaitPublished(2);

        assertThat(server.log()).containsExactly("GET " + STUDY_1, "PUT " + STUDY_1);
        assertThat(server.requestsTo("PUT", STUDY_1).get(0).headers()).containsEntry("If-match", "W/\"2\"");
        assertThat(server.get(STUDY_1).path("numberOfInstances").asInt()).isEqualTo(2);
    }

    @Test
    void updatesWithAVersionThatIsNoNumber() {
        server.uuidVersions = true;
        publishedOnce();
        String version = server.get(STUDY_1).at("/meta/versionId").asText();
        arrive(header(1, 2));
        awaitPublished(2);

        assertThat(version).hasSize(36);
        assertThat(server.requestsTo("PUT", STUDY_1).get(0).headers())
                .containsEntry("If-match", "W/\"" + version + '"');
    }

    @Test
    void sendsNoVersionToAServerWithoutVersions() {
        capabilities = new Overrides(null, null, null, null, false);
        publishedOnce();
        arrive(header(1, 2));
        awaitPublished(2);

        assertThat(server.requestsTo("PUT", STUDY_1).get(0).headers()).doesNotContainKey("If-match");
    }

    @Test
    void whatOthersAddedSurvives() {
        publishedOnce();
        others(STUDY_1, "basedOn", list(reference("ServiceRequest/1")));
        server.put("ServiceRequest/1", json("{}"));
        arrive(header(1, 2));
        awaitPublished(2);

        assertThat(server.get(STUDY_1).at("/basedOn/0/reference").asText()).isEqualTo("ServiceRequest/1");
        assertThat(server.get(STUDY_1).path("numberOfInstances").asInt()).isEqualTo(2);
    }

    @Test
    void createsAgainWhatWasDeletedOnTheServer() {
        publishedOnce();
        server.delete(STUDY_1);
        arrive(header(1, 2));
        awaitPublished(2);

        assertThat(server.get(STUDY_1).path("numberOfInstances").asInt()).isEqualTo(2);
    }

    // ---- servers that can do less

    @Test
    void withoutTransactionsWritesOneByOneWhatIsSharedFirst() {
        server.transactions = false;
        arrive(header(1, 1, "E7"));
        start();
        awaitPublished(1);

        assertThat(server.log())
                .containsExactly("GET metadata", "GET " + STUDY_1, "POST Patient", "POST Endpoint", "PUT " + STUDY_1);
        assertThat(server.requestsTo("POST", "Patient").get(0).headers())
                .containsEntry("If-none-exist", FhirClient.identifierQuery(TestStudies.MRN, "E7"));
        assertThat(server.get(STUDY_1).at("/endpoint/0/reference").asText())
                .isEqualTo("Endpoint/" + server.all("Endpoint").get(0).get("id").asText());
    }

    @Test
    void withoutUpdateAsCreateCreatesByItsOwnIdentifierAndThenUpdatesWhatCameBack() {
        server.updateCreate = false;
        arrive(header(1, 1));
        start();
        awaitPublished(1);
        arrive(header(1, 2));
        awaitPublished(2);

        String id = server.all("ImagingStudy").get(0).get("id").asText();
        assertThat(server.log())
                .containsExactly(
                        "GET metadata",
                        "POST Patient",
                        "POST ImagingStudy",
                        "GET ImagingStudy/" + id,
                        "PUT ImagingStudy/" + id);
        assertThat(server.requestsTo("POST", "ImagingStudy").get(0).headers())
                .containsEntry("If-none-exist", FhirClient.identifierQuery(TestStudies.OWN, fhirId(1)));
        assertThat(server.all("ImagingStudy")).hasSize(1);
    }

    @Test
    void putsToItsOwnIdWhereTheServerDoesNotSayThatItMay() {
        server.saysUpdateCreate = false;
        arrive(header(1, 1));
        start();
        awaitPublished(1);

        assertThat(server.log()).containsExactly("GET metadata", "GET " + STUDY_1, "POST ");
        assertThat(server.get(STUDY_1).path("id").asText()).isEqualTo(fhirId(1));
    }

    @Test
    void findsOutOnceThatAServerWhichDoesNotSayCannotUpdateAsCreate() {
        server.saysUpdateCreate = false;
        server.updateCreate = false;
        arrive(header(1, 1));
        start();
        awaitPublished(1);
        int found = server.log().size();
        arrive(header(2, 1));
        awaitPublished(2);

        assertThat(server.all("ImagingStudy")).hasSize(2);
        assertThat(server.all("Patient")).hasSize(1);
        assertThat(server.log().subList(found, server.log().size())).containsExactly("POST ImagingStudy");
    }

    @Test
    void withNeitherSearchesByItsOwnIdentifierAndCreates() {
        server.updateCreate = false;
        server.conditionalCreate = false;
        arrive(header(1, 1));
        start();
        awaitPublished(1);
        arrive(header(1, 2));
        awaitPublished(2);

        String id = server.all("ImagingStudy").get(0).get("id").asText();
        assertThat(server.log())
                .containsExactly(
                        "GET metadata",
                        "GET Patient?" + FhirClient.identifierQuery(TestStudies.MRN, "P7"),
                        "POST Patient",
                        "GET ImagingStudy?" + FhirClient.identifierQuery(TestStudies.OWN, fhirId(1)),
                        "POST ImagingStudy",
                        "GET ImagingStudy/" + id,
                        "PUT ImagingStudy/" + id);
    }

    @ParameterizedTest
    @CsvSource({"true, true, true", "false, true, true", "false, false, true", "false, false, false"})
    void aLostLedgerMakesNothingTwiceAndLosesNothingOfOthers(
            boolean transactions, boolean updateCreate, boolean conditionalCreate) throws InterruptedException {
        server.transactions = transactions;
        server.updateCreate = updateCreate;
        server.conditionalCreate = conditionalCreate;
        publishedOnce();
        String path =
                "ImagingStudy/" + server.all("ImagingStudy").get(0).get("id").asText();
        server.put("ServiceRequest/1", json("{}"));
        others(path, "basedOn", list(reference("ServiceRequest/1")));
        publisher.stop(TIMEOUT);
        ledger.close();
        ledger = ledger("another.db");

        arrive(header(1, 1));
        start();
        Await.until("looked", () -> publisher.counters().unchanged() == 1);
        arrive(header(1, 2));
        awaitPublished(1);

        assertThat(server.all("ImagingStudy")).hasSize(1);
        assertThat(server.all("Patient")).hasSize(1);
        assertThat(server.get(path).at("/basedOn/0/reference").asText()).isEqualTo("ServiceRequest/1");
        assertThat(server.get(path).path("numberOfInstances").asInt()).isEqualTo(2);
        assertThat(patientRow().created()).isFalse();
    }

    @Test
    void aLostLedgerTakesBackWhatOnlyAGatewaySays() throws InterruptedException {
        publishedOnce();
        others(STUDY_1, "description", FhirClient.JSON.getNodeFactory().textNode("of old"));
        publisher.stop(TIMEOUT);
        ledger.close();
        ledger = ledger("another.db");
        arrive(header(1, 1));
        start();
        awaitPublished(1);

        assertThat(server.get(STUDY_1).has("description")).isFalse();
    }

    @Test
    void parksAStudyThatTheServerHasTwice() {
        server.updateCreate = false;
        for (String id : List.of("a", "b")) {
            ObjectNode study = json("{'resourceType':'ImagingStudy'}");
            study.putArray("identifier")
                    .addObject()
                    .put("system", TestStudies.OWN)
                    .put("value", fhirId(1));
            server.put("ImagingStudy/" + id, study);
        }
        arrive(header(1, 1));
        start();

        assertThat(awaitParked().error()).isEqualTo("the server has 2 of ImagingStudy with one identifier");
    }

    // ---- resources that studies share

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noSecondPatientForTheSameIdentifierWhenStudiesOfOneNewPatientArePublishedAtOnce(boolean conditionalCreate) {
        server.conditionalCreate = conditionalCreate;
        for (int study = 1; study <= 8; study++) {
            arrive(header(study, 1));
        }
        start(4);
        awaitPublished(8);

        assertThat(server.all("ImagingStudy"))
                .hasSize(8)
                .allSatisfy(s -> assertThat(s.at("/subject/reference").asText())
                        .isEqualTo("Patient/" + patient().get("id").asText()));
    }

    @Test
    void updatesThePatientThatItCreatedAndKeepsWhatOthersAdded() {
        publishedOnce();
        String path = "Patient/" + patientRow().fhirId();
        others(path, "active", FhirClient.JSON.getNodeFactory().booleanNode(true));
        arrive(header(2, 1).add(Attribute.PatientName, "Married"));
        awaitPublished(2);

        assertThat(patient().at("/name/0/family").asText()).isEqualTo("Married");
        assertThat(patient().path("active").asBoolean()).isTrue();
        assertThat(server.requestsTo("PUT", "Patient").get(0).headers()).containsKey("If-match");
        assertThat(patientRow().json()).contains("Married");
        assertThat(patientRow().created()).isTrue();
    }

    @Test
    void neverUpdatesAPatientThatSomebodyElseCreated() {
        ObjectNode theirs = json("{'resourceType':'Patient','name':[{'family':'Theirs'}]}");
        theirs.putArray("identifier").addObject().put("system", TestStudies.MRN).put("value", "P7");
        server.put("Patient/theirs", theirs);
        publishedOnce();
        arrive(header(2, 1).add(Attribute.PatientName, "Married"));
        awaitPublished(2);

        assertThat(patient().at("/name/0/family").asText()).isEqualTo("Theirs");
        assertThat(patientRow()).returns("theirs", SharedRow::fhirId).returns(false, SharedRow::created);
        assertThat(server.get(STUDY_1).at("/subject/reference").asText()).isEqualTo("Patient/theirs");
    }

    @Test
    void createsAPatientAgainThatWasDeletedMeanwhile() {
        publishedOnce();
        String old = "Patient/" + patientRow().fhirId();
        server.delete(old);
        arrive(header(1, 2));
        awaitPublished(2);

        assertThat("Patient/" + patient().get("id").asText()).isNotEqualTo(old);
        assertThat(server.get(STUDY_1).at("/subject/reference").asText())
                .isEqualTo("Patient/" + patientRow().fhirId());
    }

    @Test
    void updatesWhatOnlyAGatewayCanHaveMadeEvenWhenAnotherLedgerMadeIt() {
        ObjectNode endpoint = json("{'resourceType':'Endpoint','address':'https://old.example.org','name':'theirs'}");
        endpoint.putArray("identifier")
                .addObject()
                .put("system", TestStudies.OWN)
                .put("value", "wado");
        server.put("Endpoint/old", endpoint);
        ledger.shares()
                .claim(new SharedKey(server.base().toString(), "Endpoint", TestStudies.OWN, "wado"), lease)
                .ifPresent(claim -> ledger.shares().written(claim, new SharedRow("old", false, null, null), List.of()));
        arrive(header(1, 1, "E7"));
        start();
        awaitPublished(1);

        assertThat(server.get("Endpoint/old").path("address").asText()).isEqualTo("https://pacs.example.org/dicom-web");
        assertThat(server.get("Endpoint/old").path("name").asText()).isEqualTo("theirs");
        assertThat(server.all("Endpoint")).hasSize(1);
    }

    @Test
    void parksAStudyWhosePatientTheServerHasTwice() {
        for (String id : List.of("a", "b")) {
            ObjectNode patient = json("{'resourceType':'Patient'}");
            patient.putArray("identifier")
                    .addObject()
                    .put("system", TestStudies.MRN)
                    .put("value", "P7");
            server.put("Patient/" + id, patient);
        }
        arrive(header(1, 1));
        start();

        assertThat(awaitParked())
                .returns(Category.FHIR_REJECTED, ParkedStudy::category)
                .returns("the server has 2 of Patient with one identifier", ParkedStudy::error);
    }

    @Test
    void trustsNoSearchThatGivesWhatWasNotAskedFor() {
        server.conditionalCreate = false;
        server.put("Patient/somebody", json("{'resourceType':'Patient'}"));
        ObjectNode bundle = json("{'resourceType':'Bundle'}");
        bundle.putArray("entry").addObject().set("resource", server.get("Patient/somebody"));
        server.answerNext(to("GET", "Patient?"), new Response(200, bundle));
        arrive(header(1, 1));
        start();
        awaitPublished(1);

        assertThat(server.all("Patient")).hasSize(2);
        assertThat(server.get(STUDY_1).at("/subject/reference").asText())
                .isEqualTo("Patient/" + patientRow().fhirId())
                .isNotEqualTo("Patient/somebody");
    }

    // ---- answers that say less than they should

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void findsWhatItCreatedWhenTheLocationHasNoId(boolean transactions) {
        server.transactions = transactions;
        server.locationsWithoutId = true;
        publishedOnce();
        arrive(header(1, 2));
        awaitPublished(2);

        assertThat(patientRow())
                .returns(patient().get("id").asText(), SharedRow::fhirId)
                .returns(true, SharedRow::created);
        assertThat(server.get(STUDY_1).path("numberOfInstances").asInt()).isEqualTo(2);
    }

    @Test
    void readsBackWhatATransactionDidNotAnswerFor() {
        server.losesTransactionEntries = true;
        arrive(header(1, 1));
        start();
        awaitPublished(1);

        assertThat(patientRow())
                .returns(patient().get("id").asText(), SharedRow::fhirId)
                .returns(false, SharedRow::created);
    }

    @Test
    void takesNoTransactionForDoneWhoseEntriesFailed() {
        server.failingEntry = entry -> entry.at("/request/url").asText().startsWith("ImagingStudy");
        arrive(header(1, 1));
        start();

        assertThat(awaitParked().error()).isEqualTo("entry of a transaction: status 422: entry refused");
        assertThat(patientRow().fhirId()).isEqualTo(patient().get("id").asText());

        server.failingEntry = entry -> false;
        server.forgetRequests();
        ledger.replays().replayParked(Optional.empty());
        awaitPublished(1);
        assertThat(server.log()).containsExactly("GET " + STUDY_1, "PUT " + STUDY_1);
        assertThat(server.all("Patient")).hasSize(1);
    }

    // ---- failures

    @ParameterizedTest
    @ValueSource(ints = {409, 412})
    void readsAgainWhenSomebodyElseWasFirst(int staleStatus) {
        server.staleStatus = staleStatus;
        publishedOnce();
        AtomicInteger times = new AtomicInteger();
        server.put("Practitioner/1", json("{}"));
        server.beforeWrite = () -> {
            if (times.incrementAndGet() == 1) {
                others(STUDY_1, "interpreter", list(reference("Practitioner/1")));
            }
        };
        arrive(header(1, 2));
        awaitPublished(2);

        assertThat(server.log())
                .containsExactly("GET " + STUDY_1, "PUT " + STUDY_1, "GET " + STUDY_1, "PUT " + STUDY_1);
        assertThat(server.get(STUDY_1).at("/interpreter/0/reference").asText()).isEqualTo("Practitioner/1");
        assertThat(server.get(STUDY_1).path("numberOfInstances").asInt()).isEqualTo(2);
    }

    @Test
    void comesBackLaterWhenSomebodyElseIsAlwaysFirst() {
        publishedOnce();
        AtomicInteger times = new AtomicInteger();
        server.beforeWrite = () -> {
            if (times.incrementAndGet() <= StudyPublication.CONFLICTS_MAX) {
                server.put(STUDY_1, server.get(STUDY_1));
            }
        };
        arrive(header(1, 2));
        awaitPublished(2);

        assertThat(publisher.counters().failed(Category.FHIR_UNAVAILABLE)).isEqualTo(1);
        assertThat(server.requestsTo("PUT", STUDY_1)).hasSize(StudyPublication.CONFLICTS_MAX + 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 405, 422})
    void parksWhatTheServerRefusesAndKeepsItsReason(int status) {
        server.answerNext(
                to("POST", ""), new Response(status, FakeFhirServer.outcome("no name: " + TestStudies.PATIENT_NAME)));
        arrive(header(1, 1));
        start();

        assertThat(awaitParked())
                .returns(Category.FHIR_REJECTED, ParkedStudy::category)
                .returns(
                        "transaction: status " + status + ": no name: " + TestStudies.PATIENT_NAME, ParkedStudy::error);
        assertThat(publisher.counters().failed(Category.FHIR_REJECTED)).isEqualTo(1);
        assertThat(server.requestsTo("POST", "")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 429, 500, 502, 503})
    void triesAgainWhatCanHeal(int status) {
        server.answerNext(to("POST", ""), Response.of(status));
        server.answerNext(to("GET", STUDY_1), Response.of(status));
        arrive(header(1, 1));
        start();
        awaitPublished(1);

        assertThat(publisher.counters().failed(Category.FHIR_UNAVAILABLE)).isEqualTo(2);
        assertThat(server.all("ImagingStudy")).hasSize(1);
        assertThat(ledger.counts().parked()).isZero();
    }

    /** 429 is for all studies, 500 for this one. */
    @ParameterizedTest
    @ValueSource(ints = {429, 500})
    void staysAwayForAsLongAsTheServerAsks(int status) {
        server.answerNext(to("GET", STUDY_1), Response.of(status).with("Retry-After", "1"));
        long start = System.nanoTime();
        arrive(header(1, 1));
        start();
        awaitPublished(1);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(1));
        assertThat(server.requestsTo("GET", STUDY_1)).hasSize(2);
    }

    @Test
    void publishesOnceAfterAHangUpInTheMiddleOfAnAnswer() {
        AtomicInteger times = new AtomicInteger();
        server.hungUpOn = r -> r.path().isEmpty() && times.incrementAndGet() == 1;
        arrive(header(1, 1));
        start();
        Await.until("looked again", () -> publisher.counters().unchanged() == 1);

        assertThat(publisher.counters().failed(Category.FHIR_UNAVAILABLE)).isEqualTo(1);
        assertThat(server.all("Patient")).hasSize(1);
        assertThat(server.all("ImagingStudy")).hasSize(1);
    }

    @Test
    void givesUpOnARequestThatIsNeverAnsweredAndTriesAgain() {
        timeout = Duration.ofMillis(500);
        AtomicInteger times = new AtomicInteger();
        server.unanswered = r -> r.path().equals(STUDY_1) && times.incrementAndGet() == 1;
        arrive(header(1, 1));
        start();
        awaitPublished(1);

        assertThat(publisher.counters().failed(Category.FHIR_UNAVAILABLE)).isEqualTo(1);
    }

    @Test
    void publishesOnceWhenADeadServerIsAliveAgain() throws IOException {
        publishedOnce();
        int port = server.base().getPort();
        server.close();
        arrive(header(2, 1));
        Await.until("failed", () -> publisher.counters().failed(Category.FHIR_UNAVAILABLE) == 1);
        Await.until("knocked", () -> logged("is not there") >= 4);
        server = new FakeFhirServer(port);
        server.checksReferences = false;
        awaitPublished(2);

        assertThat(server.log())
                .containsExactly("GET metadata", "GET ImagingStudy/" + fhirId(2), "PUT ImagingStudy/" + fhirId(2));
        assertThat(publisher.counters().failed(Category.FHIR_UNAVAILABLE)).isEqualTo(1);
    }

    @Test
    void knocksWithOneWorkerWhileTheServerIsDown() {
        publishedOnce();
        server.outage(Outage.STATUS_503);
        for (int study = 2; study <= 20; study++) {
            arrive(header(study, 1));
        }
        Await.until("knocked", () -> server.requestsTo("GET", "metadata").size() >= 5);
        List<Request> whileDown = server.requests();
        server.outage(Outage.NONE);
        awaitPublished(20);

        assertThat(whileDown.stream().filter(r -> !r.path().equals("metadata"))).hasSizeLessThanOrEqualTo(4);
        assertThat(server.all("ImagingStudy")).hasSize(20);
    }

    @Test
    void waitsForAServerWhoseCapabilitiesCannotBeRead() {
        server.answerNext(to("GET", "metadata"), Response.of(404));
        server.answerNext(to("GET", "metadata"), new Response(200, json("{'resourceType':'Patient'}")));
        arrive(header(1, 1));
        start();
        awaitPublished(1);

        assertThat(server.requestsTo("GET", "metadata")).hasSize(3);
        assertThat(ledger.counts().parked()).isZero();
    }

    @Test
    void comesBackLaterForAnAnswerBeyondTheLimit() {
        publishedOnce();
        others(STUDY_1, "note", list(json("{'text':'" + "x".repeat(1_000_000) + "'}")));
        arrive(header(1, 2));
        Await.until("failed", () -> publisher.counters().failed(Category.OUT_OF_RESOURCES) > 0);

        assertThat(ledger.counts().parked()).isZero();
        assertThat(server.writes()).isZero();
    }

    // ---- studies that cannot be published

    @Test
    void parksAStudyThatCannotBeMappedUntilSomethingNewComes() {
        arrive(header(1, 1, "TWO"));
        start();

        assertThat(awaitParked())
                .returns(Category.UNMAPPABLE, ParkedStudy::category)
                .returns("names two patients", ParkedStudy::error);
        assertThat(server.log()).containsExactly("GET metadata");
    }

    @Test
    void parksAStudyThatABugStopsAfterAFewAttemptsAndSaysWhereNotWhat() {
        arrive(header(1, 1, "BUG"));
        start();

        ParkedStudy parked = awaitParked();
        assertThat(parked.category()).isEqualTo(Category.BUG);
        assertThat(parked.attempts()).isEqualTo(FhirPublisher.BUG_ATTEMPTS_MAX);
        assertThat(parked.error())
                .startsWith("java.lang.IllegalStateException at ")
                .contains("TestStudies.map")
                .doesNotContain(TestStudies.PATIENT_NAME);
        assertThat(server.writes()).isZero();
    }

    // ---- the workers

    @Test
    void finishesWhatIsBeingPublishedWhenItStops() throws InterruptedException {
        CountDownLatch writing = new CountDownLatch(1);
        server.beforeWrite = writing::countDown;
        arrive(header(1, 1));
        start();
        writing.await();
        publisher.stop(TIMEOUT);

        assertThat(publisher.counters().published()).isEqualTo(1);
        assertThat(ledger.counts().dirty()).isZero();
    }

    @Test
    void givesBackWhatCannotBeFinishedInTime() throws InterruptedException {
        server.unanswered = r -> r.path().equals(STUDY_1);
        arrive(header(1, 1));
        start();
        Await.until("asked", () -> !server.requestsTo("GET", STUDY_1).isEmpty());
        publisher.stop(Duration.ofMillis(1));

        assertThat(ledger.claim(lease))
                .hasValueSatisfying(claim -> assertThat(claim.attempts()).isZero());
    }

    @Test
    void keepsItsClaimWhileASlowServerWorks() {
        lease = Duration.ofMillis(300);
        long until = System.nanoTime() + lease.multipliedBy(4).toNanos();
        CountDownLatch enough = new CountDownLatch(1);
        AtomicInteger stolen = new AtomicInteger();
        server.beforeWrite = () -> assertThat(awaitQuietly(enough)).isTrue();
        arrive(header(1, 1));
        start(1);
        Await.until("asked", () -> !server.requestsTo("POST", "").isEmpty());
        Await.until("leases have passed", () -> {
            ledger.claim(lease).ifPresent(claim -> stolen.incrementAndGet());
            return System.nanoTime() > until;
        });
        enough.countDown();
        awaitPublished(1);

        assertThat(stolen).hasValue(0);
        assertThat(publisher.counters().overtaken()).isZero();
    }

    private static boolean awaitQuietly(CountDownLatch latch) {
        return assertDoesNotThrow(() -> latch.await(30, TimeUnit.SECONDS));
    }

    private long logged(String text) {
        return List.copyOf(log.list).stream()
                .filter(line -> line.getFormattedMessage().contains(text))
                .count();
    }
}
