package io.portolan.gateway.publish;

import static io.portolan.gateway.publish.FakeFhirServer.to;
import static io.portolan.gateway.publish.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.portolan.gateway.access.BearerToken;
import io.portolan.gateway.access.HttpAccess;
import io.portolan.gateway.access.HttpCredentials;
import io.portolan.gateway.publish.Answer.Failure;
import io.portolan.gateway.publish.Answer.Kind;
import io.portolan.gateway.publish.Answer.Success;
import io.portolan.gateway.publish.FakeFhirServer.Request;
import io.portolan.gateway.publish.FakeFhirServer.Response;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.assertj.core.api.AbstractObjectAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FhirClientTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-01T10:00:00Z"), ZoneOffset.UTC);

    private FakeFhirServer server;
    private FhirClient client;

    @BeforeEach
    void start() throws IOException {
        server = new FakeFhirServer();
        client = client(Duration.ofSeconds(20), 1_000_000, false);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private FhirClient client(Duration timeout, int responseBytesMax, boolean packs) {
        FhirClient.Packing packing = packs ? FhirClient.Packing.ALWAYS : FhirClient.Packing.NEVER;
        return new FhirClient(new FhirClient.Settings(server.base(), timeout, responseBytesMax, packing), CLOCK);
    }

    private static AbstractObjectAssert<?, Failure> assertFailure(Answer answer, Kind kind) {
        return assertThat(answer)
                .asInstanceOf(type(Failure.class))
                .satisfies(f -> assertThat(f.kind()).isEqualTo(kind));
    }

    @Test
    void writesAndReadsFhirJson() {
        Answer written = client.update("Patient", "p1", json("{'resourceType':'Patient'}"), null);
        Answer read = client.read("Patient", "p1");

        assertThat(written).asInstanceOf(type(Success.class)).satisfies(s -> {
            assertThat(s.created()).isTrue();
            assertThat(s.id("Patient")).contains("p1");
            assertThat(s.version()).contains("1");
        });
        assertThat(read).asInstanceOf(type(Success.class)).satisfies(s -> {
            assertThat(s.body().path("id").asText()).isEqualTo("p1");
            assertThat(s.ifMatch()).contains("W/\"1\"");
        });
        assertThat(server.log()).containsExactly("PUT Patient/p1", "GET Patient/p1");
        assertThat(server.requests().get(0).headers())
                .containsEntry("Content-Type", "application/fhir+json;charset=UTF-8")
                .containsEntry("Accept", "application/fhir+json")
                .doesNotContainKeys("If-Match", "Content-Encoding");
    }

    @Test
    void showsItsTokenToTheServerAndToNobodyElse() {
        BearerToken token = new BearerToken("abc.DEF-123==");
        new FhirClient(
                        new FhirClient.Settings(server.base()),
                        CLOCK,
                        HttpAccess.of(HttpCredentials.bearer(token), server.base()))
                .metadata();
        client.metadata();

        assertThat(server.requests().get(0).headers()).containsEntry("Authorization", "Bearer abc.DEF-123==");
        assertThat(server.requests().get(1).headers()).doesNotContainKey("Authorization");
        assertThat(token.toString()).doesNotContain("abc");
        assertThatThrownBy(() -> new BearerToken("two words"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("two words");
    }

    @Test
    void readsPackedAnswers() {
        server.gzip = true;
        server.put("Patient/p1", json("{'resourceType':'Patient'}"));

        assertThat(client.read("Patient", "p1")).isInstanceOf(Success.class);
        assertThat(server.requests().get(0).headers()).containsEntry("Accept-encoding", "gzip");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "not packed at all"})
    void takesAnAnswerThatIsNotPackedAsItSaysForOneWithoutABody(String body) {
        Response created = new Response(201, Map.of("Content-Encoding", "gzip", "ETag", "W/\"7\""), body);
        server.answerNext(to("PUT", ""), created);
        server.answerNext(to("POST", ""), new Response(413, created.headers(), body));
        server.answerNext(to("GET", ""), new Response(200, created.headers(), body));

        assertThat(client.update("Patient", "p1", json("{}"), null))
                .asInstanceOf(type(Success.class))
                .returns(true, Success::created)
                .returns("W/\"7\"", Success::etag);
        assertFailure(client.create("Patient", json("{}"), null), Kind.TOO_LARGE_TO_SEND);
        assertFailure(client.read("Patient", "p1"), Kind.UNAVAILABLE);
    }

    @Test
    void packsRequestsWhenTold() {
        client(Duration.ofSeconds(20), 1_000, true).update("Patient", "p1", json("{'resourceType':'Patient'}"), null);

        assertThat(server.requests().get(0).headers()).containsEntry("Content-Encoding", "gzip");
        assertThat(server.all("Patient")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"urn:oid:1.2, 4711", "http://a|b, x$y", "'http://a,b', 'm\u00fc ller+&=\\'"})
    void findsAnIdentifierWhateverCharactersItHas(String system, String value) {
        var patient = json("{'resourceType':'Patient'}");
        patient.putArray("identifier").addObject().put("system", system).put("value", value);
        String condition = FhirClient.identifierQuery(system, value);

        Answer first = client.create("Patient", patient, condition);
        Answer second = client.create("Patient", patient, condition);
        Answer found = client.search("Patient", system, value);

        assertThat(first).asInstanceOf(type(Success.class)).returns(true, Success::created);
        assertThat(second).asInstanceOf(type(Success.class)).returns(false, Success::created);
        assertThat(found)
                .asInstanceOf(type(Success.class))
                .satisfies(s -> assertThat(s.body().path("entry")).hasSize(1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " -> ",
            value = {
                "?_getpages=1&_offset=2 -> ?_getpages=1&_offset=2",
                "/Patient?_page=2       -> Patient?_page=2",
                "/Patient?i=a%7Cb       -> Patient?i=a%7Cb",
                "/Patient?i=a|b c\u00fc -> Patient?i=a%7Cb%20c%C3%BC",
                "/Patient?i=100%&x=%2   -> Patient?i=100%25&x=%252",
                "/P[1]?i={a}^#b         -> P%5B1%5D?i=%7Ba%7D%5E%23b",
            })
    void asksForAPageAtTheAddressThatTheServerGave(String next, String asked) {
        server.answerNext(r -> true, Response.of(404));
        client.page("Patient", server.base() + next);

        assertThat(server.requests()).singleElement().returns(asked, Request::path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:9/fhir?x=1", "/fhir?x=1", "?x=1", "no address", ""})
    void asksForNoPageElsewhere(String next) {
        assertThat(client.page("Patient", next)).isEmpty();
        assertThat(client.page("Patient", server.base() + "2?x=1")).isEmpty();
    }

    @Test
    void keepsTheDiagnosticsOfARefusalApart() {
        server.answerNext(r -> true, new Response(422, FakeFhirServer.outcome("Doe^Jane is no name")));

        assertFailure(client.read("Patient", "p1"), Kind.REJECTED)
                .returns("Doe^Jane is no name", Failure::diagnostics)
                .returns("GET Patient: status 422", Failure::place);
    }

    @Test
    void cutsDiagnosticsToTheirLimit() {
        server.answerNext(r -> true, new Response(422, FakeFhirServer.outcome("x".repeat(5_000))));

        assertFailure(client.read("Patient", "p1"), Kind.REJECTED)
                .satisfies(f -> assertThat(f.diagnostics()).hasSize(FhirClient.DIAGNOSTICS_CHARACTERS_MAX));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "120                           | PT2M",
                "Sun, 01 Nov 2026 10:00:30 GMT | PT30S",
                "Sun, 01 Nov 2026 09:00:00 GMT | PT0S",
                "soon                          | none",
                "-5                            | none",
                "99999999999999999999          | none",
            })
    void readsRetryAfterInSecondsOrAsADate(String header, Duration expected) {
        server.answerNext(r -> true, Response.of(429).with("Retry-After", header));

        assertFailure(client.read("Patient", "p1"), Kind.DOWN).returns(expected, Failure::retryAfter);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void givesUpOnAServerThatNeverAnswersOrFallsSilent(boolean inTheBody) {
        server.put("Patient/p1", json("{'resourceType':'Patient'}"));
        server.unanswered = r -> !inTheBody;
        server.stalledOn = r -> inTheBody;
        long start = System.nanoTime();

        assertFailure(client(Duration.ofMillis(200), 1_000, false).read("Patient", "p1"), Kind.DOWN)
                .returns("GET Patient: no answer within PT0.2S", Failure::place);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void failsWhenTheServerHangsUpInTheMiddle() {
        server.put("Patient/p1", json("{'resourceType':'Patient'}"));
        server.hungUpOn = r -> true;

        assertFailure(client.read("Patient", "p1"), Kind.DOWN);
    }

    @Test
    void failsWhenNobodyListens() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        FhirClient nobody = new FhirClient(new FhirClient.Settings(FakeFhirServer.base(port)), CLOCK);

        assertFailure(nobody.read("Patient", "p1"), Kind.DOWN);
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void readsNoMoreThanTheLimit(boolean gzip) {
        server.gzip = gzip;
        server.put("Patient/p1", json("{'resourceType':'Patient','x':'" + "y".repeat(20_000) + "'}"));

        assertFailure(client(Duration.ofSeconds(20), 10_000, false).read("Patient", "p1"), Kind.TOO_LARGE);
        assertThat(client(Duration.ofSeconds(20), 30_000, false).read("Patient", "p1"))
                .isInstanceOf(Success.class);
    }

    @Test
    void takesNoPageOfAProxyForAnAnswer() {
        server.answerNext(r -> true, new Response(200, Map.of("Content-Type", "text/html"), "<html>Sign in</html>"));

        assertFailure(client.read("Patient", "p1"), Kind.UNAVAILABLE);
    }

    @Test
    void followsNoRedirect() {
        server.answerNext(to("PUT", ""), Response.of(307).with("Location", "/fhir/Patient/other"));

        assertFailure(client.update("Patient", "p1", json("{}"), null), Kind.DOWN);
        assertThat(server.log()).hasSize(1);
    }

    @Test
    void endsACallWhenItsThreadIsInterrupted() {
        server.unanswered = r -> true;
        Thread.currentThread().interrupt();

        assertFailure(client.read("Patient", "p1"), Kind.INTERRUPTED);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void refusesABaseThatIsNoPlace() {
        assertThatThrownBy(() -> new FhirClient.Settings(URI.create("fhir/r4")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new FhirClient.Settings(URI.create("http://h/fhir?x=1")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsFromMetadataWhatTheServerCanDo() {
        server.transactions = false;

        assertThat(client.metadata()).asInstanceOf(type(Success.class)).satisfies(s -> {
            ServerCapabilities said = ServerCapabilities.of(s.body(), ServerCapabilities.Overrides.NONE);
            assertThat(said.transaction()).isFalse();
            assertThat(said.updateCreate()).isTrue();
            assertThat(said.versioning()).isTrue();
            assertThat(said.createsConditionally("Patient")).isTrue();
            assertThat(said.createsConditionally("Device")).isFalse();
        });
    }

    @Test
    void believesTheOperatorMoreThanTheServer() {
        ServerCapabilities told = ServerCapabilities.of(
                json("{'rest':[{'mode':'client','interaction':[{'code':'transaction'}]}]}"),
                new ServerCapabilities.Overrides(null, true, true, null, null));

        assertThat(told.transaction()).isFalse();
        assertThat(told.updateCreate()).isTrue();
        assertThat(told.versioning()).isFalse();
        assertThat(told.createsConditionally("Patient")).isTrue();
    }
}
