package io.portolan.gateway.publish;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.portolan.dicom.KeyFiles;
import io.portolan.gateway.access.AuthorizationServer;
import io.portolan.gateway.access.AuthorizationServer.Asked;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Publishing to a FHIR server that takes tokens of a real authorization server only. */
@Timeout(120)
class AuthorizedPublishingTest {

    private static final Duration LONG = Duration.ofMinutes(5);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"basic", "post"})
    void showsItsSecretToTheAuthorizationServer(String method) throws Exception {
        try (AccessRoom room = new AccessRoom(folder, LONG)) {
            room.arrive(1, 20);
            room.publish(room.secret(method));
            room.awaitPublished();
            room.requireNoFailure();
            assertThat(room.authorization.asked()).singleElement().satisfies(asked -> {
                assertThat(asked.form()).containsEntry("grant_type", "client_credentials");
                assertThat(asked.form()).containsEntry("scope", AuthorizationServer.SCOPE);
                assertThat(asked.authorization().isPresent()).isEqualTo(method.equals("basic"));
                assertThat(asked.form().containsKey("client_secret")).isEqualTo(method.equals("post"));
            });
            assertThat(room.guard.answered(401)).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"rsa, RS384", "ec, ES384"})
    void provesItselfByItsKey(String client, String algorithm) throws Exception {
        try (AccessRoom room = new AccessRoom(folder, LONG)) {
            room.arrive(1, 20);
            room.publish(room.key(client));
            room.awaitPublished();
            room.requireNoFailure();
            SignedJWT assertion = room.authorization.asked().get(0).assertion();
            JWTClaimsSet claims = assertion.getJWTClaimsSet();
            JWK shown = JWKSet.load(room.jwks().toURL()).getKeys().get(0);
            assertThat(shown.isPrivate()).isFalse();
            assertThat(shown.toJSONObject()).doesNotContainKeys("d", "p", "q", "dp", "dq", "qi");
            assertThat(assertion.getHeader().getAlgorithm().getName()).isEqualTo(algorithm);
            assertThat(assertion.getHeader().getKeyID()).isEqualTo(shown.getKeyID());
            assertThat(claims.getIssuer()).isEqualTo(client).isEqualTo(claims.getSubject());
            assertThat(claims.getAudience())
                    .containsExactly(room.authorization.tokenUrl().toString());
            assertThat(Duration.between(
                            claims.getIssueTime().toInstant(),
                            claims.getExpirationTime().toInstant()))
                    .isPositive()
                    .isLessThanOrEqualTo(Duration.ofMinutes(5));
            assertThat(room.authorization.asked().get(0).form()).containsEntry("scope", "system/*.cruds");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret", "rsa"})
    void publishesThroughManyEndsOfTokens(String client) throws Exception {
        try (AccessRoom room = new AccessRoom(folder, Duration.ofSeconds(2))) {
            room.publish(client.equals("secret") ? room.secret("basic") : room.key(client));
            int study = 0;
            while (room.tokens.seen().size() < 5 || study < 50) {
                room.arrive(study, study + 10);
                study += 10;
                room.awaitPublished();
            }
            room.requireNoFailure();
            for (int one = 0; one < study; one++) {
                assertThat(room.ledger.find(TestStudies.uid(one))).isPresent();
            }
            assertThat(room.authorization.requests())
                    .as("one thread asks for all")
                    .isLessThanOrEqualTo(room.tokens.seen().size() + 2);
            if (!client.equals("secret")) {
                requireNewAssertions(room.authorization.asked());
            }
        }
    }

    private static void requireNewAssertions(List<Asked> asked) throws Exception {
        Set<String> ids = new HashSet<>();
        for (Asked one : asked) {
            ids.add(one.assertion().getJWTClaimsSet().getJWTID());
        }
        assertThat(ids).doesNotContainNull().hasSameSizeAs(asked);
    }

    @Test
    void takesAnotherTokenWhenTheServerNoLongerTakesThis() throws Exception {
        try (AccessRoom room = new AccessRoom(folder, LONG)) {
            room.publish(room.key("ec"));
            for (int round = 1; round <= 3; round++) {
                room.arrive(round * 100, round * 100 + 30);
                room.awaitPublished();
                room.tokens.revokeAll();
            }
            room.requireNoFailure();
            assertThat(room.authorization.requests()).isEqualTo(3);
            assertThat(room.guard.answered(401)).as("each worker at most once").isBetween(2L, 8L);
            requireNewAssertions(room.authorization.asked());
        }
    }

    // ---- what is wrong, is said, makes no storm, and heals

    private record Wrong(Map<String, String> access, Path file, String right) {}

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "secret | false | invalid_client; check client-id, the secret in",
                "secret | true  | invalid_client; check client-id, the secret in",
                "rsa    | false | invalid_client; check client-id, whether our public key is registered there (portolan jwks)",
                "token  | false | it does not take the token in",
                "token  | true  | it does not take the token in",
                "basic  | true  | it does not take user with the password in",
            })
    void saysOnceWhatIsWrongAsksSeldomAndHeals(String kind, boolean metadataIsOpen, String said) throws Exception {
        try (AccessRoom room = new AccessRoom(folder, LONG)) {
            if (metadataIsOpen) {
                room.guard.open = path -> path.endsWith("/metadata");
            }
            Wrong wrong = wrong(room, kind);
            room.arrive(1, 400);
            long start = System.nanoTime();
            FhirPublisher publisher = room.publish(wrong.access);
            Await.until("it knocked for a while", () -> System.nanoTime() - start > 4_000_000_000L);
            int askedForTokens = room.authorization.requests();
            long refused = room.guard.answered(401);
            // pauses of 0.1, 0.2, 0.4, 0.8, 1, 1 s; 4 workers, that may each be let in by open metadata
            assertThat(askedForTokens).as("of the authorization server").isLessThanOrEqualTo(10);
            assertThat(refused).as("of the FHIR server").isLessThanOrEqualTo(10L * (metadataIsOpen ? 4 : 1));
            assertThat(askedForTokens + refused).isPositive();
            Await.until(
                    "it says why",
                    () -> publisher.server().startsWith("unavailable, asked ")
                            && publisher.server().contains(said));
            assertThat(room.lines("WARN"))
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line).contains(said).doesNotContain("\n"));
            assertThat(room.ledger.counts().parked()).isZero();
            Files.writeString(wrong.file, wrong.right);
            room.awaitPublished();
            assertThat(publisher.server()).isEqualTo("up");
            room.requireLoggedNoneOf(List.of(AuthorizationServer.SECRET, "wrong-but-secret", "right-and-secret"));
        }
    }

    private Wrong wrong(AccessRoom room, String kind) throws Exception {
        Path file = room.file("wrong", "wrong-but-secret");
        room.tokens.also("Bearer right-and-secret");
        room.tokens.also("Basic cmVhZGVyOnJpZ2h0LWFuZC1zZWNyZXQ="); // reader:right-and-secret
        return switch (kind) {
            case "secret" -> {
                Map<String, String> access = new HashMap<>(room.secret("basic"));
                access.put("fhir.client-secret-file", file.toString());
                yield new Wrong(access, file, AuthorizationServer.SECRET);
            }
            case "rsa" -> {
                Map<String, String> access = new HashMap<>(room.key("rsa"));
                Path key = Path.of(access.get("fhir.client-key-file"));
                String right = Files.readString(key);
                room.registers(key, folder.resolve("registered.pem"));
                KeyFiles.write(key, KeyFiles.rsa().getPrivate());
                yield new Wrong(access, key, right);
            }
            case "token" -> new Wrong(Map.of("fhir.token-file", file.toString()), file, "right-and-secret");
            default ->
                new Wrong(
                        Map.of("fhir.user", "reader", "fhir.password-file", file.toString()), file, "right-and-secret");
        };
    }
}
