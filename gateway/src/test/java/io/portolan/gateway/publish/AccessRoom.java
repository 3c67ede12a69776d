package io.portolan.gateway.publish;

import static io.portolan.gateway.publish.TestStudies.header;
import static io.portolan.gateway.publish.TestStudies.reception;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.portolan.dicom.KeyFiles;
import io.portolan.gateway.Gateway;
import io.portolan.gateway.access.Access;
import io.portolan.gateway.access.AccessFiles;
import io.portolan.gateway.access.AuthorizationServer;
import io.portolan.gateway.access.Guard;
import io.portolan.gateway.access.Tokens;
import io.portolan.gateway.config.GatewayConfig;
import io.portolan.gateway.http.Health;
import io.portolan.gateway.http.HttpServer;
import io.portolan.gateway.http.Metrics;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** A FHIR server behind a guard, an authorization server whose tokens it takes, and a gateway as it is configured. */
final class AccessRoom implements AutoCloseable {

    final Path folder;
    final FakeFhirServer server = new FakeFhirServer();
    final AuthorizationServer authorization;
    final Tokens tokens;
    final Guard guard;
    final Ledger ledger;
    private final HttpServer pages;
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private volatile @Nullable GatewayConfig config;
    private volatile @Nullable Path registered;
    private @Nullable FhirPublisher publisher;

    AccessRoom(Path folder, Duration tokenLife) throws Exception {
        this.folder = folder;
        log.start();
        logger().setLevel(Level.DEBUG);
        logger().addAppender(log);
        ledger = Ledger.open(
                new LedgerOptions(
                        "jdbc:sqlite:" + folder.resolve("ledger.db"), Duration.ZERO, Duration.ZERO, 10_000, 0, "v1"),
                InstantSource.system());
        pages = HttpServer.start(
                "127.0.0.1", 0, () -> new Health(true, new TreeMap<>()), new Metrics(), ledger, this::registered);
        authorization = AuthorizationServer.start(tokenLife, jwks());
        tokens = new Tokens(authorization.jwks());
        guard = Guard.before(server.base(), tokens)
                .page(
                        "/fhir/.well-known/smart-configuration",
                        "{\"token_endpoint\":\"" + authorization.tokenUrl() + "\"}");
    }

    private String registered() throws IOException {
        GatewayConfig configured = config;
        Path other = registered;
        return AccessFiles.jwks(
                other != null ? List.of(Access.ofKey(other)) : configured == null ? List.of() : configured.accesses());
    }

    /** The authorization server knows a copy of this key, whatever key is used then. */
    void registers(Path key, Path copy) throws IOException {
        registered = Files.copy(key, copy);
    }

    /** Where the gateway shows its public keys. */
    URI jwks() {
        return URI.create("http://127.0.0.1:" + pages.port() + "/.well-known/jwks.json");
    }

    Path file(String name, String content) throws Exception {
        return Files.writeString(folder.resolve(name), content + "\n");
    }

    Map<String, String> secret(String method) throws Exception {
        return Map.of(
                "fhir.client-id",
                "secret",
                "fhir.client-secret-file",
                file("secret", AuthorizationServer.SECRET).toString(),
                "fhir.client-secret-method",
                method,
                "fhir.scope",
                AuthorizationServer.SCOPE,
                "fhir.token-url",
                authorization.tokenUrl().toString());
    }

    Map<String, String> key(String client) throws Exception {
        Path file = KeyFiles.write(
                folder.resolve("key.pem"),
                (client.equals("rsa") ? KeyFiles.rsa() : KeyFiles.ec("secp384r1")).getPrivate());
        return Map.of("fhir.client-id", client, "fhir.client-key-file", file.toString());
    }

    /** A publisher of the FHIR server as it is configured, behind the guard. */
    FhirPublisher publish(Map<String, String> access) throws Exception {
        return publish(guard.base(), access);
    }

    FhirPublisher publish(URI url, Map<String, String> access) throws Exception {
        Map<String, String> settings = new HashMap<>(Map.of(
                "fhir.url", url.toString(),
                "fhir.timeout", "20s",
                "publish.parallel", "4",
                "publish.retry-delay-min", "100ms",
                "publish.retry-delay-max", "1s"));
        settings.putAll(access);
        config = GatewayConfig.loadToStart(Optional.empty(), Map.of(), settings);
        FhirPublisher started = Gateway.publisher(config, ledger);
        publisher = started;
        started.start();
        return started;
    }

    void arrive(int from, int to) {
        for (int study = from; study < to; study++) {
            ledger.record(reception(header(study, 1)));
        }
    }

    void awaitPublished() {
        Await.until("everything is published", () -> ledger.counts().dirty() == 0);
    }

    /** No study was parked, or tried in vain even once. */
    void requireNoFailure() {
        assertThat(ledger.counts().failed()).isEmpty();
        assertThat(lines("WARN")).isEmpty();
    }

    List<String> lines(String level) {
        return List.copyOf(log.list).stream()
                .filter(line -> line.getLevel().toString().equals(level))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    /** Of every logger, ours or not. */
    void requireLoggedNoneOf(List<String> secrets) {
        assertThat(secrets).isNotEmpty().allSatisfy(secret -> assertThat(secret).hasSizeGreaterThan(8));
        assertThat(List.copyOf(log.list))
                .allSatisfy(line -> assertThat(line.getFormattedMessage() + line.getThrowableProxy())
                        .doesNotContain(secrets));
    }

    @Override
    public void close() {
        try {
            if (publisher != null) {
                publisher.stop(Duration.ofSeconds(5));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        guard.close();
        authorization.close();
        pages.close();
        server.close();
        ledger.close();
        logger().detachAppender(log);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }
}
