package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.KeyFiles;
import io.portolan.gateway.access.AuthorizationServer;
import io.portolan.gateway.access.Guard;
import io.portolan.gateway.access.Tokens;
import io.portolan.testdata.SyntheticStudies;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program, a real FHIR server behind a guard, and a real authorization server that knows the program by what it shows at
 * /.well-known/jwks.json. Whatever happens, nothing that it says holds a secret.
 */
@Timeout(300)
class AccessIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String PASSWORD = "password-distinctive";
    private static final String SECRET = "secret-distinctive";
    private static final String TOKEN = "token-distinctive";

    @TempDir
    private Path directory;

    private final List<String> said = new ArrayList<>();

    private String file(String name, String content) throws Exception {
        return Files.writeString(directory.resolve(name), content + "\n").toString();
    }

    /** Archives that nobody will answer for, with every kind of secret. */
    private Path config(URI fhir, AuthorizationServer server, Path key) throws Exception {
        return Files.writeString(directory.resolve("portolan.yaml"), """
                fhir:
                  url: %s
                  client-id: rsa
                  client-key-file: %s
                sync:
                  sources:
                    basic: { type: dicomweb, url: "%s", user: reader, password-file: %s }
                    token: { type: dicomweb, url: "%s", token-file: %s }
                    oauth: { type: dicomweb, url: "%s", client-id: secret, client-secret-file: %s, token-url: "%s" }
                    proxied: { type: dicomweb, url: "%s", proxy: "http://127.0.0.1:1", proxy-user: us, proxy-password-file: %s }
                """.formatted(
                        fhir,
                        key,
                        fhir,
                        file("password", PASSWORD),
                        fhir,
                        file("token", TOKEN),
                        fhir,
                        file("secret", SECRET),
                        server.tokenUrl(),
                        fhir,
                        file("proxy", PASSWORD)));
    }

    private int run(Path config, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("-c", config.toString()));
        ChildProcess process = Programs.portolan(directory, List.of(), all.toArray(String[]::new));
        int code = process.awaitEnd(LIMIT);
        said.addAll(process.lines());
        return code;
    }

    @Test
    void publishesByTokensThatEndAndSaysNoSecret() throws Exception {
        int port = SyncProgram.freePort();
        Path key = KeyFiles.write(directory.resolve("key.pem"), KeyFiles.rsa().getPrivate());
        String right = Files.readString(key);
        URI jwks = URI.create("http://127.0.0.1:" + port + "/.well-known/jwks.json");
        try (AuthorizationServer server = AuthorizationServer.start(Duration.ofSeconds(2), jwks)) {
            Tokens tokens = new Tokens(server.jwks());
            try (Guard guard = Guard.before(URI.create(Programs.sandboxUrl()), tokens)) {
                guard.page(
                        URI.create(Programs.sandboxUrl()).getPath() + "/.well-known/smart-configuration",
                        "{\"token_endpoint\":\"" + server.tokenUrl() + "\"}");
                Path config = config(guard.base(), server, key);
                assertThat(run(config, "config", "check")).isZero();
                assertThat(run(config, "jwks")).isZero();
                assertThat(said).anySatisfy(line -> assertThat(line).contains("\"kty\""));
                try (RunningGateway gateway = RunningGateway.start(config, settings(port))) {
                    publishes(gateway, tokens, guard);
                    refusesUntilMended(gateway, tokens, server, key, right);
                    for (String archive : List.of("basic", "token", "oauth", "proxied")) {
                        assertThat(run(config, "sync", archive)).isNotZero();
                    }
                    for (String page : List.of("health/ready", "metrics", "parked", ".well-known/jwks.json")) {
                        said.add(gateway.http("GET", page, "").body());
                    }
                    run(config, "status");
                    run(config, "status", "--json", "--errors");
                    run(config, "sync", "--list");
                    said.addAll(gateway.log());
                }
                Files.writeString(key, "half a key, distinctive");
                assertThat(run(config, "config", "check")).isEqualTo(2);
                requireNoSecret(tokens, right);
            }
        }
    }

    private static List<String> settings(int port) {
        return List.of(
                "http.port=" + port,
                "dicom.bind=127.0.0.1",
                "dicom.port=0",
                "publish.quiet=100ms",
                "publish.retry-delay-min=100ms",
                "publish.retry-delay-max=1s",
                "ledger.free-space-min=1MB",
                "log.level=trace");
    }

    private void publishes(RunningGateway gateway, Tokens tokens, Guard guard) throws Exception {
        Fhir fhir = new Fhir(Programs.sandboxUrl());
        for (int study = 1; tokens.seen().size() < 3; study++) {
            send(gateway, "2.25.97000" + study);
            fhir.awaitStudy("2.25.97000" + study, 1);
        }
        assertThat(guard.answered(401)).isZero();
        assertThat(gateway.log()).noneMatch(line -> line.contains(" WARN "));
    }

    private void refusesUntilMended(
            RunningGateway gateway, Tokens tokens, AuthorizationServer server, Path key, String right)
            throws Exception {
        // before it is used: the page then shows another key than the one it had, which the server looks up
        Files.writeString(key, "-----BEGIN PRIVATE KEY-----\nZGlzdGluY3RpdmU=\n-----END PRIVATE KEY-----\n");
        tokens.revokeAll();
        send(gateway, "2.25.970099");
        Await.until(
                "it says what is wrong",
                LIMIT,
                () -> gateway.health("ready").body().contains("key.pem holds no private key that can be read"));
        int asked = server.requests();
        assertThat(gateway.health("ready").statusCode())
                .as("it goes on taking instances")
                .isEqualTo(200);
        assertThat(server.requests()).isEqualTo(asked);
        said.add(gateway.health("ready").body());
        Files.writeString(key, right);
        new Fhir(Programs.sandboxUrl()).awaitStudy("2.25.970099", 1);
        Await.until(
                "it is up again", LIMIT, () -> gateway.health("ready").body().contains("\"fhir\":\"up\""));
    }

    private void send(RunningGateway gateway, String uid) throws Exception {
        Path folder = directory.resolve(uid);
        Instances.write(folder, Instances.ofStudy(uid, SyntheticStudies.cr()));
        ChildProcess send = Programs.portolan(directory, List.of(), "send", gateway.peer(), folder.toString());
        assertThat(send.awaitEnd(LIMIT)).as("%s", send.lines()).isZero();
    }

    private void requireNoSecret(Tokens tokens, String key) {
        List<String> secrets = new ArrayList<>(tokens.seen());
        secrets.addAll(List.of(PASSWORD, SECRET, TOKEN, "distinctive"));
        key.lines().filter(line -> !line.startsWith("-")).forEach(secrets::add);
        assertThat(secrets)
                .hasSizeGreaterThan(20)
                .allSatisfy(one -> assertThat(one).isNotBlank());
        assertThat(said)
                .hasSizeGreaterThan(50)
                .allSatisfy(line -> assertThat(line).doesNotContain(secrets).doesNotContain("Bearer ey", "Basic "));
    }
}
