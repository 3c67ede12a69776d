package io.portolan.gateway.publish;

import static io.portolan.gateway.publish.TestStudies.fhirId;
import static io.portolan.gateway.publish.TestStudies.header;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.portolan.dicom.Attribute;
import io.portolan.gateway.audit.AuditEvents;
import io.portolan.gateway.audit.AuditOptions;
import io.portolan.gateway.ledger.Reception;
import io.portolan.gateway.publish.PublisherOptions.Deleted;
import io.portolan.gateway.publish.PublisherOptions.TooLarge;
import io.portolan.mapping.StudyProvenance;
import io.portolan.mapping.study.Instance;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProvenanceTest {

    private static final String PROVENANCE = "Provenance/" + StudyProvenance.idOf(fhirId(1));

    @TempDir
    Path directory;

    private TestGateway gateway;
    private FakeFhirServer server;

    @BeforeEach
    void open() throws Exception {
        gateway = new TestGateway(
                directory,
                Deleted.RECREATE,
                TooLarge.PARK,
                url -> new AuditOptions(new AuditEvents("PORTOLAN", "host", url, InstantSource.system()), null, 100)
                        .withProvenanceBy("PORTOLAN"));
        server = gateway.server;
        gateway.publisher.start();
    }

    @AfterEach
    void close() throws Exception {
        gateway.close();
    }

    private void arrive(int sop, String sender) throws Exception {
        Reception sent = TestStudies.reception(header(1, sop));
        gateway.ledger.record(
                new Reception(Instance.of(header(1, sop).build(), Optional.of(sender)), sent.transferSyntax(), null));
        gateway.awaitClean();
    }

    private List<String> senders() {
        return server.get(PROVENANCE).path("agent").findValuesAsText("display").stream()
                .filter(text -> !List.of("Assembler", "Author").contains(text))
                .toList();
    }

    @Test
    void isWrittenOnceAndAgainWhenTheSendersAreOthers() throws Exception {
        arrive(1, "CT1");
        Await.until("written", () -> server.has(PROVENANCE));
        arrive(2, "CT1");
        assertThat(server.versions(PROVENANCE)).isOne();
        assertThat(senders()).containsExactly("PORTOLAN", "CT1");

        arrive(3, "MR1");
        Await.until("written again", () -> server.versions(PROVENANCE) == 2);
        assertThat(senders()).containsExactly("PORTOLAN", "CT1", "MR1");
        assertThat(server.get(PROVENANCE).at("/target/0/reference").asText()).isEqualTo("ImagingStudy/" + fhirId(1));
    }

    @Test
    void isDeletedBeforeItsStudyAndEachIsToldOf() throws Exception {
        arrive(1, "CT1");
        Await.until("written", () -> server.has(PROVENANCE));
        server.forgetRequests();
        for (int sop = 2; sop <= 4; sop++) {
            gateway.arrive(header(1, sop).add(Attribute.StudyID, "DELETED"));
        }
        gateway.awaitClean();

        assertThat(server.has(PROVENANCE)).isFalse();
        assertThat(server.log())
                .filteredOn(request -> request.startsWith("DELETE"))
                .containsExactly("DELETE " + PROVENANCE, "DELETE ImagingStudy/" + fhirId(1));
        Await.until("told", () -> gateway.ledger.audit().waiting() == 0);
        assertThat(server.all("AuditEvent").stream()
                        .map(event -> event.at("/entity/0/what/identifier/value")
                                        .asText() + " " + event.path("action").asText()))
                .contains(server.base() + "/" + PROVENANCE + " C", server.base() + "/" + PROVENANCE + " D");
        assertThat(server.all("AuditEvent")).allMatch(event -> profile(event).startsWith("IHE.BasicAudit.Patient"));
    }

    @Test
    void isTriedOnceMoreAtOnce() throws Exception {
        server.answerNext(
                request -> request.path().equals(PROVENANCE) && request.writes(), FakeFhirServer.Response.of(500));
        arrive(1, "CT1");

        Await.until("written", () -> server.has(PROVENANCE));
        assertThat(server.versions("ImagingStudy/" + fhirId(1))).isOne();
    }

    /** A server may know no such resource, or not let us. */
    @Test
    void keepsNoStudyFromBeingPublished() throws Exception {
        for (int i = 0; i < 2; i++) {
            server.answerNext(
                    request -> request.path().equals(PROVENANCE) && request.writes(), FakeFhirServer.Response.of(403));
        }
        arrive(1, "CT1");
        Await.until(
                "told",
                () -> gateway.ledger.audit().waiting() == 0
                        && !server.all("AuditEvent").isEmpty());

        assertThat(server.has("ImagingStudy/" + fhirId(1))).isTrue();
        assertThat(gateway.ledger.parkedCount()).isZero();
        assertThat(server.has(PROVENANCE)).isFalse();
    }

    /** As HAPI JPA does; the option may be off again. */
    @Test
    void isOutOfTheWayWhereAServerDoesNotDeleteItsStudy() throws Exception {
        arrive(1, "CT1");
        Await.until("written", () -> server.has(PROVENANCE));
        gateway.publisher.stop(Duration.ofSeconds(10));
        FhirPublisher other = gateway.anotherWithoutAudit();
        for (int i = 0; i < 4; i++) {
            server.answerNext(
                    request -> request.toString().equals("DELETE ImagingStudy/" + fhirId(1)),
                    FakeFhirServer.Response.of(409));
        }
        for (int sop = 2; sop <= 4; sop++) {
            gateway.arrive(header(1, sop).add(Attribute.StudyID, "DELETED"));
        }
        other.start();
        gateway.awaitClean();
        other.stop(Duration.ofSeconds(10));
        assertThat(server.has(PROVENANCE)).isFalse();
        assertThat(server.has("ImagingStudy/" + fhirId(1))).isFalse();
    }

    private static String profile(JsonNode event) {
        return event.at("/meta/profile/0").asText().replaceFirst(".*/", "");
    }
}
