package io.portolan.gateway.publish;

import static io.portolan.gateway.publish.TestStudies.reception;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.portolan.dicom.DataSet;
import io.portolan.gateway.audit.AuditOptions;
import io.portolan.gateway.ledger.Claim;
import io.portolan.gateway.ledger.Effort;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerOptions;
import io.portolan.gateway.publish.Answer.Success;
import io.portolan.gateway.publish.PublisherOptions.Deleted;
import io.portolan.gateway.publish.PublisherOptions.TooLarge;
import io.portolan.gateway.publish.ServerCapabilities.Overrides;
import io.portolan.mapping.MappingResult.Mapped;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import org.slf4j.LoggerFactory;

/** A ledger, a publisher of four workers, and the server that they publish to. */
final class TestGateway {

    private static final Duration LEASE = Duration.ofSeconds(30);

    final FakeFhirServer server;
    final Ledger ledger;
    final FhirPublisher publisher;
    private final FhirClient client;
    private final PublisherOptions options;
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    TestGateway(Path directory) throws IOException {
        this(directory, InstantSource.system());
    }

    TestGateway(Path directory, InstantSource clock) throws IOException {
        this(directory, Deleted.RECREATE, TooLarge.PARK, server -> AuditOptions.NONE, clock);
    }

    TestGateway(Path directory, Deleted deleted, TooLarge tooLarge) throws IOException {
        this(directory, deleted, tooLarge, server -> AuditOptions.NONE, InstantSource.system());
    }

    /** @param audit by the URL of the server */
    TestGateway(Path directory, Deleted deleted, TooLarge tooLarge, Function<String, AuditOptions> audit)
            throws IOException {
        this(directory, deleted, tooLarge, audit, InstantSource.system());
    }

    private TestGateway(
            Path directory,
            Deleted deleted,
            TooLarge tooLarge,
            Function<String, AuditOptions> audit,
            InstantSource clock)
            throws IOException {
        logger().setLevel(Level.DEBUG);
        log.start();
        logger().addAppender(log);
        server = new FakeFhirServer();
        ledger = Ledger.open(
                new LedgerOptions(
                        "jdbc:sqlite:" + directory.resolve("ledger.db"), Duration.ZERO, Duration.ZERO, 1_000, 0, "v1"),
                clock);
        client = new FhirClient(
                new FhirClient.Settings(server.base(), Duration.ofSeconds(20), 1_000_000, FhirClient.Packing.AUTO),
                InstantSource.system());
        options = new PublisherOptions(
                        4, LEASE, Duration.ofMillis(20), Duration.ofMillis(100), deleted, tooLarge, Overrides.NONE)
                .audited(audit.apply(server.base().toString()));
        publisher = new FhirPublisher(client, ledger, TestStudies::map, options, new Random(1), InstantSource.system());
    }

    /** As if the gateway was started again, without audit; the caller's to stop. */
    FhirPublisher anotherWithoutAudit() {
        return new FhirPublisher(
                client,
                ledger,
                TestStudies::map,
                options.audited(AuditOptions.NONE),
                new Random(1),
                InstantSource.system());
    }

    /** As if the gateway was started again; the caller's to stop. */
    FhirPublisher another() {
        return new FhirPublisher(client, ledger, TestStudies::map, options, new Random(1), InstantSource.system());
    }

    void arrive(DataSet.Builder header) {
        ledger.record(reception(header));
    }

    void awaitClean() {
        Await.until("nothing to do", () -> ledger.counts().dirty() == 0);
    }

    /** Publishes the study that is due, and dies before the ledger hears of it. */
    void publishAndDie() throws Exception {
        Claim claim = ledger.claim(LEASE).orElseThrow();
        publish(claim);
        ledger.renew(claim, Duration.ofMillis(-1)); // which is over, and was never given back
        server.forgetRequests();
    }

    void publishAndRecord() throws Exception {
        Claim claim = ledger.claim(LEASE).orElseThrow();
        StudyOutcome outcome = publish(claim);
        ledger.published(claim, Objects.requireNonNull(outcome.publication()), Effort.NONE, outcome.audit());
    }

    private StudyOutcome publish(Claim claim) throws Exception {
        ServerCapabilities can = ServerCapabilities.of(((Success) client.metadata()).body(), Overrides.NONE);
        Mapped mapped = (Mapped) TestStudies.map(ledger.gathered(claim.study()));
        return new StudyPublication(client, can, ledger, LEASE, claim, mapped, options).publish();
    }

    List<String> warnings() {
        return List.copyOf(log.list).stream()
                .filter(line -> line.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    /** Whatever happened, no log line quotes any of these. */
    void assertLogsNoneOf(String... values) {
        assertThat(List.copyOf(log.list))
                .allSatisfy(line -> assertThat(line.getFormattedMessage()).doesNotContain(values));
    }

    void close() throws InterruptedException {
        server.close();
        publisher.stop(Duration.ZERO);
        ledger.close();
        logger().detachAppender(log);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }
}
