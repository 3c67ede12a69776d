package io.portolan.gateway.publish;

import static io.portolan.gateway.publish.FakeFhirServer.to;
import static io.portolan.gateway.publish.Json.json;
import static io.portolan.gateway.publish.TestStudies.fhirId;
import static io.portolan.gateway.publish.TestStudies.header;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.portolan.gateway.Category;
import io.portolan.gateway.ledger.ParkedStudy;
import io.portolan.gateway.publish.FakeFhirServer.NextLink;
import io.portolan.gateway.publish.FakeFhirServer.Request;
import io.portolan.gateway.publish.FakeFhirServer.Response;
import io.portolan.gateway.publish.PublisherOptions.Deleted;
import io.portolan.gateway.publish.PublisherOptions.TooLarge;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a server cannot take, or no longer has. */
class ServerLimitsTest {

    private static final String STUDY = "ImagingStudy/" + fhirId(1);

    /** Enough for a body to be worth packing. */
    private static final int MANY = 300;

    @TempDir
    Path directory;

    private TestGateway gateway;
    private FakeFhirServer server;

    @BeforeEach
    void open() throws Exception {
        open(Deleted.RECREATE, TooLarge.PARK);
    }

    private void reopen(Deleted deleted, TooLarge tooLarge) throws Exception {
        gateway.close();
        open(deleted, tooLarge);
    }

    private void open(Deleted deleted, TooLarge tooLarge) throws Exception {
        gateway = new TestGateway(directory, deleted, tooLarge);
        server = gateway.server;
    }

    @AfterEach
    void close() throws Exception {
        gateway.close();
    }

    private void arrive(int study, int instances) {
        for (int sop = 1; sop <= instances; sop++) {
            gateway.arrive(header(study, sop));
        }
    }

    private void publish() {
        gateway.publisher.start();
        gateway.awaitClean();
    }

    // ---- packing

    @Test
    void packsWhatIsWorthIt() throws Exception {
        arrive(1, MANY);
        publish();

        assertThat(server.requestsTo("POST", "")).singleElement().matches(Request::isPacked);
        assertThat(server.bytesReceived())
                .isLessThan(server.get(STUDY).toString().length() / 4);
    }

    @Test
    void findsOutOnceThatAServerRefusesPackedBodies() throws Exception {
        server.statusOfPacked = 400;
        arrive(1, MANY);
        arrive(2, MANY);
        publish();

        assertThat(server.requests()).filteredOn(Request::isPacked).hasSizeBetween(1, 4);
        assertThat(server.all("ImagingStudy")).hasSize(2);
        server.forgetRequests();
        arrive(3, MANY);
        gateway.awaitClean();
        assertThat(server.requests()).noneMatch(Request::isPacked);
    }

    @Test
    void goesOnPackingWhenARequestIsRefusedForWhatItSays() throws Exception {
        for (int i = 0; i < 2; i++) {
            server.answerNext(to("POST", ""), Response.of(422));
        }
        arrive(1, MANY);
        gateway.publisher.start();
        Await.until("parked", () -> gateway.ledger.parkedCount() == 1);
        assertThat(server.requestsTo("POST", "")).as("packed and plain").hasSize(2);
        gateway.ledger.replays().replay(List.of(TestStudies.uid(1)));
        gateway.awaitClean();

        assertThat(server.requests()).filteredOn(Request::isPacked).hasSize(2);
    }

    @Test
    void createsNothingTwiceWhereAPackedCreateWasDoneAndAnsweredWith500() throws Exception {
        server.transactions = false;
        server.updateCreate = false;
        server.conditionalCreate = false;
        server.failedAfterwards = Request::isPacked;
        arrive(1, MANY);
        publish();

        assertThat(server.all("ImagingStudy")).hasSize(1);
    }

    // ---- size

    @Test
    void parksAStudyThatIsTooLargeForTheServerAndSaysSo() throws Exception {
        server.bodyBytesMax = 1_000;
        arrive(1, MANY);
        gateway.publisher.start();
        Await.until("parked", () -> gateway.ledger.parkedCount() == 1);

        assertThat(gateway.ledger.parked(10))
                .singleElement()
                .returns(Category.FHIR_REJECTED, ParkedStudy::category)
                .satisfies(parked -> assertThat(parked.error())
                        .contains("too large for the server")
                        .contains("publish.too-large"));
    }

    @Test
    void publishesAStudyThatIsTooLargeWithoutItsInstancesWhenToldTo() throws Exception {
        reopen(Deleted.RECREATE, TooLarge.WITHOUT_INSTANCES);
        server.bodyBytesMax = 1_000;
        arrive(1, MANY);
        publish();

        JsonNode series = server.get(STUDY).at("/series/0");
        assertThat(series.has("instance")).isFalse();
        assertThat(server.get(STUDY).path("numberOfInstances").asInt()).isEqualTo(MANY);

        server.bodyBytesMax = 1_000_000;
        gateway.ledger.replays().replay(List.of(TestStudies.uid(1)));
        gateway.awaitClean();
        assertThat(server.get(STUDY).at("/series/0/instance")).hasSize(MANY);
    }

    // ---- pages

    @ParameterizedTest
    @EnumSource
    void looksAtEveryPageOfASearch(NextLink nextLink) throws Exception {
        server.conditionalCreate = false;
        server.pageSize = 1;
        server.nextLink = nextLink;
        for (int i = 1; i <= 2; i++) {
            server.put(
                    "Patient/p" + i,
                    json("{'resourceType':'Patient','identifier':[{'system':'" + TestStudies.MRN
                            + "','value':'P7'}]}"));
        }
        gateway.arrive(header(1, 1));
        gateway.publisher.start();
        Await.until("parked", () -> gateway.ledger.parkedCount() == 1);

        assertThat(gateway.ledger.parked(10).get(0).error()).contains("2 of Patient");
        assertThat(server.all("Patient")).hasSize(2);
    }

    @Test
    void followsNoPageToAnotherAddress() throws Exception {
        server.conditionalCreate = false;
        server.answerNext(
                to("GET", "Patient?"),
                new Response(
                        200,
                        json(
                                "{'resourceType':'Bundle','link':[{'relation':'next','url':'http://127.0.0.1:9/fhir?x'}]}")));
        gateway.arrive(header(1, 1));
        publish();

        assertThat(gateway.publisher.counters().failed(Category.FHIR_UNAVAILABLE))
                .isEqualTo(1);
        assertThat(server.all("Patient")).hasSize(1);
    }

    // ---- what others deleted

    @Test
    void createsAgainWhatWasDeletedOnTheServer() throws Exception {
        arrive(1, 1);
        publish();
        server.delete(STUDY);
        gateway.arrive(header(1, 2));
        gateway.awaitClean();

        assertThat(server.get(STUDY).path("numberOfInstances").asInt()).isEqualTo(2);
    }

    @Test
    void leavesDeletedWhatWasDeletedOnTheServerWhenToldTo() throws Exception {
        reopen(Deleted.LEAVE, TooLarge.PARK);
        arrive(1, 1);
        publish();
        server.delete(STUDY);
        gateway.arrive(header(1, 2));
        gateway.awaitClean();
        gateway.arrive(header(1, 3));
        gateway.awaitClean();

        assertThat(server.all("ImagingStudy")).isEmpty();
        assertThat(gateway.ledger.parkedCount()).isZero();
    }
}
