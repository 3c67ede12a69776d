package io.portolan.gateway.publish;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.portolan.gateway.publish.Answer.Failure;
import io.portolan.gateway.publish.Answer.Kind;
import io.portolan.gateway.publish.Answer.Success;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The FHIR RESTful API (FHIR R4 3.1.0) as far as publishing needs it: metadata, read, search by identifier, create,
 * update, transaction. Every call ends in time with an {@link Answer}; none throws for what a server does.
 *
 * <p>Does not retry, does not follow redirects (a write goes where the operator said), and never shows a body to a log.
 * Safe for several threads.
 */
public final class FhirClient {

    /** What of an OperationOutcome is kept. */
    static final int DIAGNOSTICS_CHARACTERS_MAX = 2_000;

    private static final String FHIR_JSON = "application/fhir+json";

    /** Exact numbers, so that what came can be compared with what was said. */
    static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    /**
     * Where the server is, and how long and how much we listen.
     *
     * @param base for example {@code https://fhir.example.org/r4}
     * @param timeout for the whole of one exchange, body included; a big study keeps a server busy for minutes
     * @param responseBytesMax the longest answer that is read, unpacked; a study of 100,000 instances is 16 MB
     * @param gzipRequests whether requests are packed; some servers refuse that
     */
    public record Settings(URI base, Duration timeout, int responseBytesMax, boolean gzipRequests) {

        public static final Duration TIMEOUT = Duration.ofMinutes(10);
        public static final int RESPONSE_BYTES_MAX = 64 << 20;

        /** With the defaults. */
        public Settings(URI base) {
            this(base, TIMEOUT, RESPONSE_BYTES_MAX, false);
        }

        public Settings {
            if (base.getHost() == null || base.getRawQuery() != null || base.getRawFragment() != null) {
                throw new IllegalArgumentException("the base URL must be absolute, without query and fragment");
            }
            if (timeout.isNegative() || timeout.isZero() || responseBytesMax < 1) {
                throw new IllegalArgumentException("timeout and responseBytesMax must be positive");
            }
        }
    }

    private final Settings settings;
    private final InstantSource clock;
    private final @Nullable BearerToken token;
    private final HttpClient http;

    /** A client that connects when it is first used. */
    public FhirClient(Settings settings, InstantSource clock) {
        this(settings, clock, null);
    }

    /**
     * The same for a server that wants a token.
     *
     * @param token sent with every request, to this server only: no redirect is followed
     */
    public FhirClient(Settings settings, InstantSource clock, @Nullable BearerToken token) {
        this.settings = settings;
        this.token = token;
        this.clock = clock;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(settings.timeout)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** Which server this is, as the ledger names it. */
    String server() {
        return settings.base.toString().replaceFirst("/+$", "");
    }

    Duration timeout() {
        return settings.timeout;
    }

    Answer metadata() {
        return ofType("CapabilityStatement", send("GET metadata", request("metadata")));
    }

    Answer read(String type, String id) {
        return ofType(type, send("GET " + type, request(type + '/' + id)));
    }

    /** A searchset Bundle. */
    Answer search(String type, String system, String value) {
        return ofType("Bundle", send("search " + type, request(type + '?' + identifierQuery(system, value))));
    }

    Answer create(String type, JsonNode resource, @Nullable String ifNoneExist) {
        HttpRequest.Builder request = request(type);
        if (ifNoneExist != null) {
            request.header("If-None-Exist", ifNoneExist);
        }
        return send("POST " + type, body(request, "POST", resource).header("Prefer", "return=minimal"));
    }

    /**
     * Writes under an id.
     *
     * @param ifMatch as {@link Success#ifMatch()} gave it; null: whatever stands there
     */
    Answer update(String type, String id, JsonNode resource, @Nullable String ifMatch) {
        HttpRequest.Builder request = request(type + '/' + id);
        if (ifMatch != null) {
            request.header("If-Match", ifMatch);
        }
        return send("PUT " + type, body(request, "PUT", resource).header("Prefer", "return=minimal"));
    }

    Answer delete(String type, String id) {
        return send("DELETE " + type, request(type + '/' + id).DELETE());
    }

    /** A transaction-response Bundle, whose entries may have failed all the same. */
    Answer transaction(JsonNode bundle) {
        HttpRequest.Builder request = request("");
        return ofType(
                "Bundle", send("transaction", body(request, "POST", bundle).header("Prefer", "return=minimal")));
    }

    /** A token search (FHIR R4 3.1.1.4.10), escaped for FHIR (3.1.1.4.0.1) and then for the URL. */
    static String identifierQuery(String system, String value) {
        return "identifier="
                + URLEncoder.encode(escape(system) + '|' + escape(value), StandardCharsets.UTF_8)
                        .replace("+", "%20");
    }

    private static String escape(String token) {
        return token.replaceAll("[\\\\$,|]", "\\\\$0");
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(path.isEmpty() ? server() : server() + '/' + path))
                .header("Accept", FHIR_JSON)
                .header("Accept-Encoding", "gzip");
        return token == null ? request : request.header("Authorization", token.header());
    }

    private HttpRequest.Builder body(HttpRequest.Builder request, String method, JsonNode body) {
        byte[] bytes = bytes(body);
        if (settings.gzipRequests) {
            request.header("Content-Encoding", "gzip");
            bytes = gzip(bytes);
        }
        return request.header("Content-Type", FHIR_JSON + ";charset=UTF-8")
                .method(method, BodyPublishers.ofByteArray(bytes));
    }

    private Answer send(String what, HttpRequest.Builder request) {
        CompletableFuture<HttpResponse<byte[]>> exchange =
                http.sendAsync(request.build(), head -> new LimitedBody(settings.responseBytesMax));
        try {
            // the client's own timeout ends with the head; a server may also fall silent in the body
            return answer(what, exchange.get(settings.timeout.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            exchange.cancel(true);
            return new Failure(0, Kind.DOWN, what + ": no answer within " + settings.timeout);
        } catch (InterruptedException e) {
            exchange.cancel(true);
            Thread.currentThread().interrupt();
            return new Failure(0, Kind.INTERRUPTED, what + ": told to stop");
        } catch (ExecutionException e) {
            return broken(what, e.getCause() == null ? e : e.getCause());
        } catch (IOException e) {
            return broken(what, e);
        }
    }

    /** The class of an error says enough; its text may quote what was sent. */
    private static Failure broken(String what, Throwable error) {
        if (error instanceof LimitedBody.TooLargeException) {
            return new Failure(0, Kind.TOO_LARGE, what + ": " + error.getMessage());
        }
        return new Failure(0, Kind.DOWN, what + ": " + error.getClass().getSimpleName());
    }

    private Answer answer(String what, HttpResponse<byte[]> response) throws IOException {
        JsonNode body = parse(unpacked(response));
        int status = response.statusCode();
        if (status >= 200 && status < 300) {
            String location = header(response, "Location")
                    .or(() -> header(response, "Content-Location"))
                    .orElse("");
            return new Success(status, body, location, header(response, "ETag").orElse(null));
        }
        return new Failure(
                status,
                Kind.of(status),
                what + ": status " + status,
                diagnostics(body),
                header(response, "Retry-After").flatMap(this::retryAfter).orElse(null));
    }

    private static Optional<String> header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name);
    }

    private byte[] unpacked(HttpResponse<byte[]> response) throws IOException {
        if (!header(response, "Content-Encoding").orElse("").equalsIgnoreCase("gzip")) {
            return response.body();
        }
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
            byte[] bytes = in.readNBytes(settings.responseBytesMax);
            if (in.read() >= 0) {
                throw new LimitedBody.TooLargeException(settings.responseBytesMax);
            }
            return bytes;
        }
    }

    /** A body that is no JSON, such as a proxy's page, is none. */
    private static JsonNode parse(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    /** An answer of 200 from something that is no FHIR server (a proxy, a login page) is no success. */
    private static Answer ofType(String type, Answer answer) {
        if (answer instanceof Success success && success.resource(type).isEmpty()) {
            return new Failure(
                    success.status(),
                    Kind.UNAVAILABLE,
                    type + " expected, status " + success.status() + " came without one");
        }
        return answer;
    }

    /** What an OperationOutcome says (FHIR R4 OperationOutcome.issue), cut to a limit. */
    static String diagnostics(JsonNode body) {
        List<String> texts = new ArrayList<>();
        for (JsonNode issue : body.path("issue")) {
            String text = issue.path("diagnostics")
                    .asText(issue.at("/details/text").asText(issue.path("code").asText()));
            String place = issue.at("/expression/0").asText();
            texts.add(place.isEmpty() ? text : place + ' ' + text);
        }
        String all = String.join("; ", texts);
        return all.length() <= DIAGNOSTICS_CHARACTERS_MAX ? all : all.substring(0, DIAGNOSTICS_CHARACTERS_MAX);
    }

    /** RFC 9110 10.2.3: seconds, or a date. */
    private Optional<Duration> retryAfter(String text) {
        try {
            if (text.matches("\\d{1,9}")) {
                return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
            }
            Instant until = DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from);
            Duration wait = Duration.between(clock.instant(), until);
            return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static byte[] bytes(JsonNode body) {
        try {
            return JSON.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree that cannot be written");
        }
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new IllegalStateException("memory does not fail to be written to", e);
        }
        return packed.toByteArray();
    }
}
