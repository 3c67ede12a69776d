package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.gateway.ledger.LedgerPlace;
import io.portolan.gateway.ledger.TestPostgres;
import io.portolan.gateway.publish.FakeFhirServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two gateways on one PostgreSQL, behind the balancer of {@code deploy/haproxy.cfg}. */
class TwoGatewaysIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final SentInstances sent = new SentInstances();
    private FakeFhirServer server;
    private TestPostgres postgres;
    private RunningGateway one;
    private RunningGateway other;

    @BeforeEach
    void start() throws Exception {
        Peers.require("haproxy");
        server = new FakeFhirServer().forgetful();
        postgres = TestPostgres.start();
        LedgerPlace place = postgres.place();
        one = gateway("one", place);
        other = gateway("other", place);
    }

    private RunningGateway gateway(String name, LedgerPlace place) throws Exception {
        return RunningGateway.start(
                Files.createDirectories(directory.resolve(name)),
                server.base().toString(),
                "ledger.url=" + place.url(),
                "ledger.user=postgres",
                "publish.lease=5s",
                "fhir.timeout=2s");
    }

    @AfterEach
    void stop() throws IOException {
        one.close();
        other.close();
        postgres.close();
        server.close();
    }

    @Test
    void oneAddressServesWhenOneOfBothIsKilled() throws Exception {
        int port = freePort();
        try (ChildProcess haproxy =
                Peers.start(directory, "haproxy", "-db", "-f", configured(port).toString())) {
            send(port, 1, 20);
            assertThat(received(one)).as("both take some").isPositive();
            assertThat(received(other)).isPositive();
            one.kill();
            send(port, 21, 40);

            other.awaitPublished(LIMIT);
            assertThat(sent.all(SentInstances.Fate.ACKNOWLEDGED)).hasSize(40);
            assertThat(Comparison.withServer(sent, server)).isEmpty();
            assertThat(haproxy.isAlive()).isTrue();
        }
    }

    /** The file as it is, but for addresses. */
    private Path configured(int port) throws IOException {
        String config = Files.readString(Programs.ROOT.resolve("deploy/haproxy.cfg"))
                .replace("bind :11112", "bind 127.0.0.1:" + port)
                .replace("gateway-a:11112 port 8081", "127.0.0.1:" + one.dicomPort() + " port " + one.httpPort())
                .replace("gateway-b:11112 port 8081", "127.0.0.1:" + other.dicomPort() + " port " + other.httpPort());
        return Files.writeString(directory.resolve("haproxy.cfg"), config);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static double received(RunningGateway gateway) throws Exception {
        return gateway.metric("portolan_instances_received_total").orElseThrow();
    }

    /** As a modality does: an association for each, and what was not acknowledged again. */
    private void send(int port, int first, int last) throws Exception {
        for (int number = first; number <= last; number++) {
            LoadInstance instance = new LoadInstance(number % 4, 1, number, 100);
            Await.until("instance " + number + " is acknowledged", LIMIT, () -> isStored(port, instance));
        }
    }

    private boolean isStored(int port, LoadInstance instance) {
        try (Scu scu = Scu.associate(port)) {
            boolean stored = sent.answered(instance, scu.store(instance));
            scu.release();
            return stored;
        } catch (IOException e) { // to the one that was killed
            return false;
        }
    }
}
