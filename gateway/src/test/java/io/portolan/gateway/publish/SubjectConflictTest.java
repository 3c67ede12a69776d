package io.portolan.gateway.publish;

import static io.portolan.gateway.publish.Json.json;
import static io.portolan.gateway.publish.TestStudies.fhirId;
import static io.portolan.gateway.publish.TestStudies.header;
import static io.portolan.gateway.publish.TestStudies.uid;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Orders and specimens that studies share although they are of one patient each. */
class SubjectConflictTest {

    private static final String A = "PA61";
    private static final String B = "PB62";

    @TempDir
    Path directory;

    private TestGateway gateway;
    private FakeFhirServer server;
    private boolean started;

    @BeforeEach
    void open() throws IOException {
        gateway = new TestGateway(directory);
        server = gateway.server;
    }

    @AfterEach
    void close() throws InterruptedException {
        gateway.close();
        gateway.assertLogsNoneOf(A, B, "ACC1", TestStudies.PATIENT_NAME);
    }

    @ParameterizedTest
    @CsvSource({"ServiceRequest, ACC1, /basedOn/0", "Specimen, SPECIMEN1, /series/0/specimen/0"})
    void aSecondPatientDoesNotBecomeTheSubject(String type, String number, String path) {
        publish(study(1, A, number));
        ObjectNode before = one(type);
        publish(study(2, B, number).add(Attribute.StudyDescription, "Knee"));

        assertThat(one(type)).isEqualTo(before);
        assertThat(before.at("/subject/reference").asText()).isEqualTo(patient(A));
        assertThat(published(1).at(path).path("reference").asText())
                .isEqualTo(type + '/' + before.get("id").asText());
        assertThat(published(2).at(path)).isEqualTo(logical(number));
        assertThat(published(2).at("/subject/reference").asText()).isEqualTo(patient(B));
        awaitConflicts(1);
        assertThat(gateway.warnings())
                .containsExactly("study 1.2.3.2: a reference stays logical: the server's " + type
                        + " with this identifier is of another subject");
    }

    @Test
    void theFirstStudyGoesOnUpdatingItsOrder() {
        publish(study(1, A, "ACC1"));
        publish(study(2, B, "ACC1"));
        publish(study(1, A, "ACC1").add(Attribute.StudyDescription, "Knee"));

        assertThat(order().at("/code/text").asText()).isEqualTo("Knee");
        assertThat(order().at("/subject/reference").asText()).isEqualTo(patient(A));
        assertThat(published(1).at("/basedOn/0/reference").asText())
                .isEqualTo("ServiceRequest/" + order().get("id").asText());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ofManyPatientsAtOnceOneHasTheOrder(boolean conditionalCreate) {
        server.conditionalCreate = conditionalCreate;
        IntStream.rangeClosed(1, 8).forEach(n -> gateway.arrive(study(n, "P" + n, "ACC1")));
        gateway.publisher.start();
        gateway.awaitClean();

        List<JsonNode> referring = IntStream.rangeClosed(1, 8)
                .mapToObj(this::published)
                .filter(study -> study.at("/basedOn/0").has("reference"))
                .toList();
        assertThat(referring).hasSize(1);
        assertThat(referring.get(0).at("/subject/reference")).isEqualTo(order().at("/subject/reference"));
        awaitConflicts(7);
    }

    /** Another gateway's, say, with a ledger of its own. */
    @ParameterizedTest
    @CsvSource({"true, true", "false, true", "false, false"})
    void anOrderThatTheServerHasOfAnotherPatientIsLeftAndRemembered(boolean transactions, boolean conditionalCreate) {
        server.transactions = transactions;
        server.conditionalCreate = conditionalCreate;
        hasPatient("Patient/a", A);
        hasOrder("{'reference':'Patient/a'}");
        ObjectNode before = order();
        publish(study(1, B, "ACC1"));

        assertThat(order()).isEqualTo(before);
        assertThat(published(1).at("/basedOn/0")).isEqualTo(logical("ACC1"));

        publish(study(2, A, "ACC1"));
        assertThat(published(2).at("/basedOn/0/reference").asText()).isEqualTo("ServiceRequest/theirs");
        assertThat(order()).isEqualTo(before);
    }

    /** It comes to be while we look: the right to create it is ours by our ledger only. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anOrderThatAnotherCreatesMeanwhileIsLeft(boolean transactions) {
        server.transactions = transactions;
        hasPatient("Patient/a", A);
        server.beforeWrite = () -> {
            if (server.all("ServiceRequest").isEmpty()) {
                hasOrder("{'reference':'Patient/a'}");
            }
        };
        publish(study(1, B, "ACC1"));

        assertThat(order().at("/subject/reference").asText()).isEqualTo("Patient/a");
        assertThat(published(1).at("/basedOn/0")).isEqualTo(logical("ACC1"));
    }

    @ParameterizedTest(name = "{0} refers to {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        PA61 | {'reference':'Patient/a'}
        PA61 | {'reference':'Patient/a/_history/1'}
        PA61 | {'identifier':{'system':'urn:oid:1.2.3.99','value':'PA61'}}
        LA63 | {'reference':'Patient/l'}
        LA63 | {'identifier':{'system':'urn:oid:1.2.3.99','value':'LA63'},'display':'x'}
        """)
    void anOrderOfTheSamePatientIsReferredTo(String patient, String subject) {
        server.checksReferences = false;
        hasPatient("Patient/a", A);
        hasPatient("Patient/l", "LA63");
        hasOrder(subject);
        ObjectNode before = order();
        publish(study(1, patient, "ACC1"));

        assertThat(published(1).at("/basedOn/0/reference").asText()).isEqualTo("ServiceRequest/theirs");
        assertThat(order()).isEqualTo(before);
        assertThat(gateway.publisher.counters().subjectConflicts()).isZero();
    }

    @ParameterizedTest(name = "{0} does not refer to {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        PA61 | {'reference':'Patient/b'}
        PA61 | {'reference':'Patient/gone'}
        PA61 | {'reference':'Patient/gone','identifier':{'system':'urn:oid:1.2.3.99','value':'PB62'}}
        PA61 | {'reference':'https://elsewhere.example.org/Patient/a'}
        PA61 | {'reference':'Patient/b','identifier':{'system':'urn:oid:1.2.3.99','value':'PA61'}}
        PA61 | {'identifier':{'system':'urn:other','value':'PA61'}}
        PA61 | {'display':'somebody'}
        LA63 | {'reference':'Patient/a'}
        LA63 | {'reference':'Patient/../metadata'}
        """)
    void anOrderOfWhoKnowsWhomIsNot(String patient, String subject) {
        server.checksReferences = false;
        hasPatient("Patient/a", A);
        hasPatient("Patient/b", B);
        hasOrder(subject);
        publish(study(1, patient, "ACC1"));

        assertThat(published(1).at("/basedOn/0")).isEqualTo(logical("ACC1"));
        awaitConflicts(1);
    }

    @Test
    void whatOthersMadeTheSubjectOfOurOrderStays() {
        publish(study(1, A, "ACC1"));
        hasPatient("Patient/b", B);
        setSubject("Patient/b");
        publish(study(1, A, "ACC1").add(Attribute.StudyDescription, "Knee"));

        assertThat(order().at("/subject/reference").asText()).isEqualTo("Patient/b");
        assertThat(order().has("code")).isFalse();
        assertThat(published(1).at("/basedOn/0")).isEqualTo(logical("ACC1"));
    }

    @Test
    void anOrderThatWasCorrectedOnTheServerIsReferredToAfterAReplay() {
        publish(study(1, A, "ACC1"));
        publish(study(2, B, "ACC1"));
        setSubject(patient(B));
        gateway.ledger.replays().replay(List.of(uid(2)));
        gateway.awaitClean();

        assertThat(published(2).at("/basedOn/0/reference").asText())
                .isEqualTo("ServiceRequest/" + order().get("id").asText());
        assertThat(order().at("/subject/reference").asText()).isEqualTo(patient(B));
    }

    /** It is the same person, under a new id. */
    @Test
    void theOrderFollowsAPatientThatWasDeletedAndIsMadeAgain() {
        publish(study(1, A, "ACC1"));
        String old = patient(A);
        server.delete(old);
        publish(study(1, A, "ACC1").add(Attribute.StudyDescription, "Knee"));

        assertThat(patient(A)).isNotEqualTo(old);
        assertThat(order().at("/subject/reference").asText()).isEqualTo(patient(A));
        assertThat(published(1).at("/basedOn/0/reference").asText())
                .isEqualTo("ServiceRequest/" + order().get("id").asText());
    }

    @Test
    void aPatientWhoIsNoResourceDoesNotReplaceOneWhoIs() {
        publish(study(1, "LA63", "ACC1"));
        hasPatient("Patient/l", "LA63");
        setSubject("Patient/l");
        publish(study(1, "LA63", "ACC1").add(Attribute.StudyDescription, "Knee"));

        assertThat(order().at("/subject/reference").asText()).isEqualTo("Patient/l");
        assertThat(order().at("/code/text").asText()).isEqualTo("Knee");
    }

    private static DataSet.Builder study(int number, String patient, String accession) {
        return header(number, 1, patient).add(Attribute.AccessionNumber, accession);
    }

    private void publish(DataSet.Builder header) {
        gateway.arrive(header);
        if (!started) {
            gateway.publisher.start();
            started = true;
        }
        gateway.awaitClean();
        assertThat(gateway.ledger.counts().parked()).isZero();
    }

    /** Counted after the ledger knows of the publication. */
    private void awaitConflicts(long conflicts) {
        Await.until("counted", () -> gateway.publisher.counters().subjectConflicts() == conflicts);
    }

    private JsonNode published(int study) {
        return server.get("ImagingStudy/" + fhirId(study));
    }

    private ObjectNode order() {
        return one("ServiceRequest");
    }

    private ObjectNode one(String type) {
        assertThat(server.all(type)).hasSize(1);
        return server.all(type).get(0);
    }

    private String patient(String id) {
        return server.all("Patient").stream()
                .filter(p -> p.at("/identifier/0/value").asText().equals(id))
                .map(p -> "Patient/" + p.get("id").asText())
                .findFirst()
                .orElseThrow();
    }

    private void hasPatient(String path, String id) {
        server.put(
                path,
                json("{'resourceType':'Patient','identifier':[{'system':'%s','value':'%s'}]}"
                        .formatted(TestStudies.MRN, id)));
    }

    private void hasOrder(String subject) {
        ObjectNode order = json("{'resourceType':'ServiceRequest','identifier':[{'system':'%s','value':'ACC1'}]}"
                .formatted(TestStudies.ORDERS));
        order.set("subject", json(subject));
        server.put("ServiceRequest/theirs", order);
    }

    private void setSubject(String reference) {
        ObjectNode order = order();
        order.putObject("subject").put("reference", reference);
        server.put("ServiceRequest/" + order.get("id").asText(), order);
    }

    /** What a reference says that names no resource. */
    private static JsonNode logical(String number) {
        return json("{'identifier':{'system':'%s','value':'%s'}}".formatted(TestStudies.ORDERS, number));
    }
}
