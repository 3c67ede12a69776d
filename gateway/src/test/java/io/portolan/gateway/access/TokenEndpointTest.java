package io.portolan.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import io.portolan.dicom.KeyFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An authorization server that answers as it is told. */
@Timeout(60)
class TokenEndpointTest {

    private static final String SECRET = "distinctive-secret";

    @TempDir
    private Path folder;

    private HttpServer server;
    private final List<String> paths = new CopyOnWriteArrayList<>();
    private volatile int status = 200;
    private volatile String body = "";
    private volatile String configuration = "";

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            paths.add(path);
            exchange.getRequestBody().readAllBytes();
            boolean found = path.endsWith("/smart-configuration");
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.getResponseHeaders().set("Location", url("/elsewhere").toString());
            byte[] bytes = (found ? configuration : body).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(found ? 200 : status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private URI url(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    private TokenEndpoint ofSecret() throws Exception {
        Path file = Files.writeString(folder.resolve("secret"), SECRET);
        return endpoint(new Access.Secret(file, Access.SecretMethod.BASIC), Optional.of(url("/token")), url("/fhir"));
    }

    private TokenEndpoint ofKey(URI base) throws Exception {
        Path file = KeyFiles.write(
                folder.resolve("key.pem"), KeyFiles.ec("secp384r1").getPrivate());
        return endpoint(new Access.Key(file, Optional.empty()), Optional.empty(), base);
    }

    private static TokenEndpoint endpoint(Access.Proof proof, Optional<URI> tokenUrl, URI base) {
        Access.OAuth oauth = new Access.OAuth("client", proof, tokenUrl, Optional.empty());
        HttpAccess access =
                new HttpAccess(new Access(oauth, Access.NONE.tls(), Optional.empty()), base, Duration.ofSeconds(10));
        return new TokenEndpoint(oauth, base, new TokenWire(access));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "-",
            value = {
                "200 | <html>log in</html>                                     | false | something else than a token; check token-url",
                "200 | -                                                       | false | something else than a token; check token-url",
                "200 | {}                                                      | false | something else than a token; check token-url",
                "200 | [1,2]                                                   | false | something else than a token; check token-url",
                "200 | {\"access_token\":\"a b\",\"token_type\":\"Bearer\"}    | false | something else than a token; check token-url",
                "200 | {\"access_token\":\"ab\",\"token_type\":\"DPoP\"}       | false | gives no bearer token",
                "200 | {\"access_token\":\"ab\",\"token_type\":\"Bearer\",\"expires_in\":0} | false | have ended when they come",
                "302 | -                                                       | false | it redirects; set token-url to where",
                "400 | {\"error\":\"invalid_client\"}                          | false | invalid_client; check client-id, the secret in",
                "400 | {\"error\":\"invalid_scope\"}                           | false | invalid_scope; check scope",
                "400 | {\"error\":\"unauthorized_client\"}                     | false | allow it there",
                "400 | {\"error\":\"told-us: distinctive-secret\"}             | false | status 400; check token-url",
                "401 | -                                                       | false | status 401; check client-id, the secret in",
                "404 | <html>                                                  | false | status 404; check token-url",
                "429 | -                                                       | true  | status 429",
                "503 | {\"error\":\"invalid_client\"}                          | true  | status 503",
            })
    void saysWhatAnAnswerMeans(int answer, String said, boolean heals, String message) throws Exception {
        status = answer;
        body = said == null ? "" : said;
        AccessException failure = failure(ofSecret());
        assertThat(failure)
                .hasMessageContaining(message)
                .hasMessageContaining(url("/token").toString())
                .hasMessageNotContaining(SECRET)
                .hasNoCause();
        assertThat(failure.heals()).isEqualTo(heals);
        assertThat(paths).as("no redirect is followed").containsExactly("/token");
    }

    private static AccessException failure(TokenEndpoint endpoint) {
        AccessException failure = catchThrowableOfType(AccessException.class, endpoint::ask);
        assertThat(failure).as("a failure").isNotNull();
        return failure;
    }

    @Test
    void readsNoEndlessAnswer() throws Exception {
        body = "{\"access_token\":\"" + "a".repeat(TokenWire.ANSWER_BYTES_MAX) + "\"}";
        assertThat(failure(ofSecret())).hasMessageContaining("the answer is longer than 65536 bytes");
    }

    @Test
    void saysThatNobodyIsThere() throws Exception {
        TokenEndpoint endpoint = ofSecret();
        server.stop(0);
        assertThat(failure(endpoint))
                .hasMessageStartingWith("cannot ask " + url("/token") + ": cannot connect to 127.0.0.1:");
    }

    @Test
    void takesATokenForALimitedTime() throws Exception {
        body = "{\"access_token\":\"distinctive.token\",\"token_type\":\"bearer\"}";
        TokenEndpoint.Issued issued = ofSecret().ask();
        assertThat(issued.header()).isEqualTo("Bearer distinctive.token");
        assertThat(issued.life()).isEqualTo(TokenEndpoint.LIFE_UNSAID);
        assertThat(issued.toString()).doesNotContain("distinctive");
        body = "{\"access_token\":\"distinctive.token\",\"token_type\":\"bearer\",\"expires_in\":999999999999}";
        assertThat(ofSecret().ask().life()).isEqualTo(Duration.ofDays(1));
    }

    // ---- where it is

    @Test
    void findsItByWhatTheFhirServerSays() throws Exception {
        TokenEndpoint endpoint = ofKey(url("/fhir"));
        configuration = "{\"token_endpoint\":\"" + url("/token") + "\"}";
        body = "{\"access_token\":\"ab\",\"token_type\":\"Bearer\",\"expires_in\":300}";
        endpoint.ask();
        endpoint.ask();
        assertThat(paths).containsExactly("/fhir/.well-known/smart-configuration", "/token", "/token");
        status = 404;
        assertThat(failure(endpoint)).hasMessageContaining("status 404");
        configuration = "{\"token_endpoint\":\"" + url("/moved") + "\"}";
        status = 200;
        endpoint.ask();
        assertThat(paths).as("it may have moved").endsWith("/fhir/.well-known/smart-configuration", "/moved");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"<html>", "{}", "{\"token_endpoint\":\"nowhere\"}", "{\"token_endpoint\":\"ftp://a/b\"}", "[]"})
    void saysThatTheFhirServerSaysNothing(String said) throws Exception {
        configuration = said;
        assertThat(failure(ofKey(url("/fhir"))))
                .hasMessage(url("/fhir/.well-known/smart-configuration")
                        + " names no token_endpoint on https; set token-url");
    }
}
