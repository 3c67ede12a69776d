package io.portolan.gateway.publish;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portolan.gateway.publish.Answer.Failure;
import io.portolan.gateway.publish.Answer.Success;
import io.portolan.gateway.publish.FakeFhirServer.Request;
import io.portolan.gateway.publish.FhirClient.Packing;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a server is found out to take packed bodies, or not to. */
class PackingTest {

    private FakeFhirServer server;
    private FhirClient client;

    @BeforeEach
    void start() throws IOException {
        server = new FakeFhirServer();
        client = client(Packing.AUTO);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private FhirClient client(Packing packing) {
        return new FhirClient(
                new FhirClient.Settings(server.base(), Duration.ofSeconds(20), 1_000_000, packing),
                InstantSource.system());
    }

    /** Worth packing. */
    private static ObjectNode patient() {
        return Json.json("{'resourceType':'Patient','x':'" + "y".repeat(FhirWire.PACKED_BYTES_MIN) + "'}");
    }

    private Answer put() {
        return client.update("Patient", "p1", patient(), null);
    }

    private Answer post() {
        return client.create("Patient", patient(), null);
    }

    private void assertSentPacked(Boolean... packed) {
        assertThat(server.requests()).extracting(Request::isPacked).containsExactly(packed);
        server.forgetRequests();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 406, 415, 422, 500, 501})
    void sendsTheSamePlainToAServerThatNeverTookAnyPacked(int status) {
        server.statusOfPacked = status;

        assertThat(put()).isInstanceOf(Success.class);
        assertSentPacked(true, false);
        assertThat(put()).isInstanceOf(Success.class);
        assertSentPacked(false);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 415})
    void findsOutAgainWhereAnotherServerCameThatRefusesWhatTheFirstTook(int status) {
        assertThat(put()).isInstanceOf(Success.class);
        assertSentPacked(true);

        server.statusOfPacked = status;
        assertThat(put()).isInstanceOf(Success.class);
        assertSentPacked(true, false);
        assertThat(post()).isInstanceOf(Success.class);
        assertSentPacked(false);
    }

    @ParameterizedTest
    @ValueSource(ints = {406, 422, 500, 501})
    void takesNoOtherRefusalForOneOfPackingWhereThatWasTakenBefore(int status) {
        put();
        server.forgetRequests();
        server.statusOfPacked = status;

        assertThat(put()).isInstanceOf(Failure.class);
        assertThat(put()).isInstanceOf(Failure.class);
        assertSentPacked(true, true);
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 501})
    void sendsTheNextPlainWhereAPostMayHaveBeenDone(int status) {
        server.statusOfPacked = status;

        assertThat(post()).isInstanceOf(Failure.class);
        assertSentPacked(true);
        assertThat(post()).isInstanceOf(Success.class);
        assertThat(post()).isInstanceOf(Success.class);
        assertSentPacked(false, false);
        assertThat(server.all("Patient")).hasSize(2);
    }

    @Test
    void goesOnPackingWhereAServerFailsEitherWay() {
        server.outage(FakeFhirServer.Outage.STATUS_500);
        List.of(post(), post(), put()).forEach(answer -> assertThat(answer).isInstanceOf(Failure.class));
        assertSentPacked(true, false, true, false);

        server.outage(FakeFhirServer.Outage.NONE);
        assertThat(put()).isInstanceOf(Success.class);
        assertSentPacked(true);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 415, 500})
    void packsWhateverTheServerSaysWhenTold(int status) {
        client = client(Packing.ALWAYS);
        server.statusOfPacked = status;

        List.of(put(), post(), put()).forEach(answer -> assertThat(answer).isInstanceOf(Failure.class));
        assertSentPacked(true, true, true);
    }
}
