package io.portolan.gateway.publish;

import static io.portolan.gateway.publish.FakeFhirServer.to;
import static io.portolan.gateway.publish.Json.json;
import static io.portolan.gateway.publish.TestStudies.fhirId;
import static io.portolan.gateway.publish.TestStudies.header;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portolan.gateway.publish.FakeFhirServer.Response;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A study to which something comes is told by a patch where that is right, and read, merged and written where not. */
class GrowingStudyTest {

    private static final String STUDY = "ImagingStudy/" + fhirId(1);

    @TempDir
    Path directory;

    private TestGateway gateway;
    private FakeFhirServer server;

    @BeforeEach
    void open() throws Exception {
        gateway = new TestGateway(directory);
        server = gateway.server;
    }

    @AfterEach
    void close() throws Exception {
        gateway.close();
    }

    private void publishedOnce() {
        gateway.arrive(header(1, 1));
        gateway.publisher.start();
        gateway.awaitClean();
        server.forgetRequests();
    }

    private void grow(int... sops) {
        for (int sop : sops) {
            gateway.arrive(header(1, sop));
        }
        gateway.awaitClean();
    }

    private int listed() {
        return StreamSupport.stream(server.get(STUDY).path("series").spliterator(), false)
                .mapToInt(series -> series.path("instance").size())
                .sum();
    }

    private void others(String field, String value) {
        ObjectNode study = server.get(STUDY);
        study.set(field, json(value));
        server.put(STUDY, study);
    }

    @Test
    void sendsOnlyWhatIsNewAndReadsNothing() {
        publishedOnce();
        grow(2);

        assertThat(server.log()).containsExactly("PATCH " + STUDY);
        assertThat(server.requests().get(0).headers()).containsEntry("If-match", "W/\"2\"");
        assertThat(server.requests().get(0).headers()).containsEntry("Content-type", "application/json-patch+json");
        assertThat(listed()).isEqualTo(2);
        assertThat(server.get(STUDY).path("numberOfInstances").asInt()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void goesOnFromThePatchedVersionWhereverTheServerTellsIt(boolean etagOfPatch) {
        server.etagOfPatch = etagOfPatch;
        publishedOnce();
        grow(2);
        grow(3);

        assertThat(server.log()).containsExactly("PATCH " + STUDY, "PATCH " + STUDY);
        assertThat(listed()).isEqualTo(3);
    }

    @Test
    void sendingThePatchedInstancesAgainMakesNoWrite() {
        publishedOnce();
        grow(3);
        grow(2);
        server.forgetRequests();
        gateway.ledger.replays().replay(List.of(TestStudies.uid(1)));
        gateway.awaitClean();

        assertThat(server.log()).as("whatever the order on the server").containsExactly("GET " + STUDY);
    }

    /** What stands on one server says nothing of another. */
    @Test
    void anotherServerIsToldWhatIsPublishedAgain() throws Exception {
        publishedOnce();
        gateway.close();
        gateway = new TestGateway(directory);
        server = gateway.server;
        gateway.publisher.start();
        gateway.ledger.replays().republishAll();
        gateway.awaitClean();
        assertThat(listed()).isEqualTo(1);

        server.forgetRequests();
        grow(2);
        assertThat(server.log()).as("and known from then on").containsExactly("PATCH " + STUDY);
        assertThat(listed()).isEqualTo(2);
    }

    @Test
    void whatOthersAddedSurvivesAPatch() {
        publishedOnce();
        others("location", "{'display':'Room 4'}");
        grow(2);
        grow(3);

        assertThat(server.log())
                .as("the version is another, so it is read; then it is known again")
                .containsExactly("PATCH " + STUDY, "GET " + STUDY, "PUT " + STUDY, "PATCH " + STUDY);
        assertThat(server.get(STUDY).at("/location/display").asText()).isEqualTo("Room 4");
        assertThat(listed()).isEqualTo(3);
    }

    @Test
    void whatOthersAddedSurvivesWhereTheServerIgnoresIfMatch() {
        server.ignoresIfMatch = true;
        publishedOnce();
        ObjectNode study = server.get(STUDY);
        study.put("numberOfInstances", 77);
        study.set("location", json("{'display':'Room 4'}"));
        server.put(STUDY, study);
        grow(2);

        assertThat(server.get(STUDY).at("/location/display").asText()).isEqualTo("Room 4");
        assertThat(server.get(STUDY).path("numberOfInstances").asInt()).isEqualTo(2);
        assertThat(listed()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {405, 406, 415, 501})
    void asksAServerThatKnowsNoPatchOnce(int status) {
        publishedOnce();
        server.answerNext(to("PATCH", ""), Response.of(status));
        grow(2);
        grow(3);

        assertThat(server.requestsTo("PATCH", "")).hasSize(1);
        assertThat(listed()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 409, 412, 413, 422, 500})
    void readsAndWritesWhenAPatchIsRefused(int status) {
        publishedOnce();
        server.answerNext(to("PATCH", ""), Response.of(status));
        grow(2);

        assertThat(server.log()).containsExactly("PATCH " + STUDY, "GET " + STUDY, "PUT " + STUDY);
        assertThat(listed()).isEqualTo(2);
    }

    private void growWithPatchAnswered(int status, int sop) {
        server.answerNext(to("PATCH", ""), Response.of(status));
        grow(sop);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 422, 500})
    void patchesNoMoreWhereOnlyTheWholeIsTakenTimeAndAgain(int status) {
        publishedOnce();
        for (int sop = 2; sop <= 7; sop++) {
            growWithPatchAnswered(status, sop);
        }

        assertThat(server.requestsTo("PATCH", "")).hasSize(FhirClient.PATCHES_IN_VAIN_MAX);
        assertThat(server.requestsTo("PUT", STUDY)).hasSize(6);
        assertThat(listed()).isEqualTo(7);
    }

    @Test
    void goesOnPatchingWhereAPatchIsTakenInBetween() {
        publishedOnce();
        growWithPatchAnswered(422, 2);
        growWithPatchAnswered(422, 3);
        grow(4);
        growWithPatchAnswered(422, 5);
        growWithPatchAnswered(422, 6);
        server.forgetRequests();
        grow(7);

        assertThat(server.log()).containsExactly("PATCH " + STUDY);
        assertThat(listed()).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 409, 412})
    void goesOnPatchingHoweverOftenOthersWereFirst(int status) {
        publishedOnce();
        for (int sop = 2; sop <= 5; sop++) {
            growWithPatchAnswered(status, sop);
        }
        server.forgetRequests();
        grow(6);

        assertThat(server.log()).containsExactly("PATCH " + STUDY);
    }

    @Test
    void goesOnPatchingWhereTheWholeHadNothingNewEither() {
        publishedOnce();
        server.failedAfterwards = r -> r.method().equals("PATCH");
        for (int sop = 2; sop <= 5; sop++) {
            grow(sop);
        }
        server.failedAfterwards = r -> false;
        server.forgetRequests();
        grow(6);

        assertThat(server.log()).containsExactly("PATCH " + STUDY);
    }

    @Test
    void comparesAnewWhenAPatchWasDoneAndNotAnswered() {
        publishedOnce();
        server.hungUpOn = r -> r.method().equals("PATCH");
        gateway.arrive(header(1, 2));
        Await.until("patched", () -> listed() == 2);
        server.hungUpOn = r -> false;
        gateway.awaitClean();

        assertThat(listed()).isEqualTo(2);
        assertThat(server.requestsTo("PUT", STUDY)).isEmpty();
    }

    @Test
    void createsAPatientAgainThatWasDeletedBeforeAPatch() {
        publishedOnce();
        server.delete("Patient/" + server.all("Patient").get(0).path("id").asText());
        grow(2);

        assertThat(server.all("Patient")).hasSize(1);
        assertThat(server.get(STUDY).at("/subject/reference").asText())
                .isEqualTo("Patient/" + server.all("Patient").get(0).path("id").asText());
    }

    @Test
    void countsVersionsAndBytes() {
        publishedOnce();
        grow(2);
        grow(3);

        assertThat(gateway.ledger.amplification())
                .returns(1L, a -> a.studies())
                .returns(3L, a -> a.versions())
                .returns(3L, a -> a.versionsMax())
                .satisfies(a -> assertThat(a.sentBytes()).isEqualTo(server.bytesReceived()))
                .satisfies(a -> assertThat(a.resourceBytes())
                        .isEqualTo(server.get(STUDY)
                                .without(List.of("id", "meta"))
                                .toString()
                                .length()));
    }
}
