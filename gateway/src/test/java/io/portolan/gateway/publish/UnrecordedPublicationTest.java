package io.portolan.gateway.publish;

import static io.portolan.gateway.publish.Json.json;
import static io.portolan.gateway.publish.TestStudies.fhirId;
import static io.portolan.gateway.publish.TestStudies.header;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portolan.dicom.Attribute;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What stands on the server although the ledger knows nothing of it, and is then to be taken back. */
class UnrecordedPublicationTest {

    /** What servers can do, and what they say of it. */
    private enum Server {
        UPDATES_AS_CREATE,
        UPDATES_AS_CREATE_AND_DOES_NOT_SAY,
        CREATES_CONDITIONALLY,
        CREATES_CONDITIONALLY_AND_SAYS_NOTHING_OF_UPDATES,
        NEITHER
    }

    @TempDir
    Path directory;

    private TestGateway gateway;
    private FakeFhirServer server;

    @BeforeEach
    void open() throws IOException {
        gateway = new TestGateway(directory);
        server = gateway.server;
    }

    @AfterEach
    void close() throws InterruptedException {
        gateway.close();
    }

    @ParameterizedTest
    @EnumSource
    void deletesIt(Server kind) throws Exception {
        publishedAndDied(kind);
        withdraw("DELETED");

        assertThat(server.all("ImagingStudy")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void takesBackTheListingAndTheEndpointsAndKeepsThoseOfOthers(Server kind) throws Exception {
        publishedAndDied(kind);
        ObjectNode study = server.all("ImagingStudy").get(0);
        server.put(
                "Endpoint/theirs", json("{'resourceType':'Endpoint','identifier':[{'system':'urn:x','value':'1'}]}"));
        ArrayNode endpoints = (ArrayNode) study.get("endpoint");
        endpoints.addObject().put("reference", "Endpoint/theirs");
        server.put("ImagingStudy/" + study.get("id").asText(), study);
        withdraw("IF_PUBLISHED");

        JsonNode left = server.all("ImagingStudy").get(0);
        assertThat(server.all("ImagingStudy")).hasSize(1);
        assertThat(left.has("series")).isFalse();
        assertThat(left.path("endpoint")).hasSize(1);
        assertThat(left.at("/endpoint/0/reference").asText()).isEqualTo("Endpoint/theirs");
    }

    @ParameterizedTest
    @EnumSource
    void writesNothingOfWhatIsNotThere(Server kind) {
        is(kind);
        gateway.arrive(header(1, 1).add(Attribute.StudyID, "IF_PUBLISHED"));
        gateway.arrive(header(2, 1).add(Attribute.StudyID, "DELETED"));
        gateway.publisher.start();
        gateway.awaitClean();

        assertThat(server.log()).noneMatch(request -> request.startsWith("P"));
        assertThat(gateway.publisher.counters().published()).isZero();
    }

    /** What was published before that is known, and said nothing of the series. */
    @Test
    void takesBackWhatAnUpdateAddedThatNobodyRecorded() throws Exception {
        is(Server.UPDATES_AS_CREATE);
        arrive(1, 1, "ALWAYS");
        gateway.publishAndRecord();
        arrive(2, 3, "IF_PUBLISHED");
        gateway.publishAndRecord();
        arrive(4, 5, "ALWAYS");
        gateway.publishAndDie();
        assertThat(server.all("ImagingStudy").get(0).at("/series/0/instance")).hasSize(5);

        arrive(6, 7, "IF_PUBLISHED");
        gateway.publisher.start();
        gateway.awaitClean();

        assertThat(server.all("ImagingStudy").get(0).has("series")).isFalse();
    }

    /** Most instances say what is to be done. */
    private void arrive(int from, int to, String publishing) {
        for (int sop = from; sop <= to; sop++) {
            gateway.arrive(header(1, sop).add(Attribute.StudyID, publishing));
        }
    }

    /** Somebody must mend that first. */
    @Test
    void deletesNeitherOfTwo() {
        is(Server.CREATES_CONDITIONALLY);
        for (String id : new String[] {"a", "b"}) {
            server.put(
                    "ImagingStudy/" + id,
                    json("{'resourceType':'ImagingStudy','identifier':[{'system':'%s','value':'%s'}]}"
                            .formatted(TestStudies.OWN, fhirId(1))));
        }
        gateway.arrive(header(1, 1).add(Attribute.StudyID, "DELETED"));
        gateway.publisher.start();
        Await.until("parked", () -> gateway.ledger.counts().parked() == 1);

        assertThat(server.all("ImagingStudy")).hasSize(2);
        assertThat(gateway.ledger.parked(10).get(0).error())
                .isEqualTo("the server has 2 of ImagingStudy with one identifier");
    }

    private void publishedAndDied(Server kind) throws Exception {
        is(kind);
        gateway.arrive(header(1, 1, "E7"));
        gateway.publishAndDie();
        assertThat(server.all("ImagingStudy").get(0).at("/endpoint/0/reference").asText())
                .startsWith("Endpoint/");
        // others write to it too
        ObjectNode study = server.all("ImagingStudy").get(0);
        server.put("ImagingStudy/" + study.get("id").asText(), study);
    }

    private void withdraw(String publishing) {
        gateway.arrive(header(1, 1, "E7").add(Attribute.StudyID, publishing));
        gateway.publisher.start();
        gateway.awaitClean();
        assertThat(gateway.ledger.counts().parked()).isZero();
    }

    private void is(Server kind) {
        server.saysUpdateCreate = switch (kind) {
            case UPDATES_AS_CREATE, CREATES_CONDITIONALLY, NEITHER -> true;
            case UPDATES_AS_CREATE_AND_DOES_NOT_SAY, CREATES_CONDITIONALLY_AND_SAYS_NOTHING_OF_UPDATES -> false;
        };
        server.updateCreate = kind == Server.UPDATES_AS_CREATE || kind == Server.UPDATES_AS_CREATE_AND_DOES_NOT_SAY;
        server.conditionalCreate = kind != Server.NEITHER;
    }
}
