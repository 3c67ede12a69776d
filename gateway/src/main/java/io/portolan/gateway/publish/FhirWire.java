package io.portolan.gateway.publish;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.portolan.gateway.access.AccessException;
import io.portolan.gateway.access.HttpAccess;
import io.portolan.gateway.access.LimitedBody;
import io.portolan.gateway.publish.Answer.Failure;
import io.portolan.gateway.publish.Answer.Kind;
import io.portolan.gateway.publish.Answer.Success;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * HTTP as publishing needs it: one exchange that ends in time, with limits, packed where the server takes that.
 *
 * <p>Whether it does is found out by asking: see {@link Packed}. Safe for several threads.
 */
final class FhirWire {

    /** A body below this is not worth packing. */
    static final int PACKED_BYTES_MIN = 4 * 1024;

    private static final String FHIR_JSON = "application/fhir+json";

    private static final String TOO_LARGE =
            ", it is too large for the server; raise its limit, or set publish.too-large";

    private static final byte[] NOTHING = {};

    /**
     * A request.
     *
     * @param what for logs and failures: without a value
     * @param headers further ones
     * @param body null: none
     */
    record Request(
            String what,
            String method,
            String url,
            Map<String, String> headers,
            @Nullable JsonNode body) {}

    /**
     * What we know of the server's taking packed bodies.
     *
     * <pre>
     *              a body worth it goes   taken     refused as if for packing
     *   UNKNOWN    packed                 TAKEN     the same again, plain; taken: REFUSED
     *                                               a POST that may have been done: SUSPECTED
     *   SUSPECTED  plain                  REFUSED   UNKNOWN
     *   TAKEN      packed                 TAKEN     the same again, plain; taken: REFUSED (another server may have come)
     *   REFUSED    plain                  REFUSED   REFUSED
     * </pre>
     */
    private enum Packed {
        UNKNOWN,
        SUSPECTED,
        TAKEN,
        REFUSED
    }

    private final FhirClient.Settings settings;
    private final InstantSource clock;
    private final HttpAccess access;
    private final LongAdder sentBytes = new LongAdder();
    private final AtomicReference<Packed> packed = new AtomicReference<>(Packed.UNKNOWN);

    FhirWire(FhirClient.Settings settings, InstantSource clock, HttpAccess access) {
        this.settings = settings;
        this.clock = clock;
        this.access = access;
    }

    /** Bodies of requests so far, as they went. */
    long sentBytes() {
        return sentBytes.sum();
    }

    Answer send(Request request, Meter meter) {
        byte[] body = request.body == null ? NOTHING : bytes(request.body);
        return switch (settings.packing()) {
            case ALWAYS -> body.length > 0 ? sendPacked(request, body, meter) : sendPlain(request, body, meter);
            case NEVER -> sendPlain(request, body, meter);
            case AUTO -> body.length < PACKED_BYTES_MIN ? sendPlain(request, body, meter) : auto(request, body, meter);
        };
    }

    private Answer auto(Request request, byte[] body, Meter meter) {
        Packed known = packed.get();
        if (known == Packed.UNKNOWN || known == Packed.TAKEN) {
            Answer answer = sendPacked(request, body, meter);
            if (answer instanceof Success) {
                packed.set(Packed.TAKEN);
            }
            if (!(answer instanceof Failure failure) || !mayBeForPacking(failure, known)) {
                return answer;
            }
            if (request.method.equals("POST") && failure.status() >= 500) {
                packed.compareAndSet(known, Packed.SUSPECTED); // it may have been done: whoever tries again reads first
                return answer;
            }
        }
        Answer answer = sendPlain(request, body, meter);
        if (answer instanceof Success) {
            packed.compareAndSet(known, Packed.REFUSED);
        } else {
            packed.compareAndSet(Packed.SUSPECTED, Packed.UNKNOWN);
        }
        return answer;
    }

    /**
     * RFC 9110 8.4 says 415; servers that know no coding take it for bad JSON, or fail. From one that took packed bodies,
     * most refusals are for what the body says.
     */
    private static boolean mayBeForPacking(Failure failure, Packed known) {
        return switch (failure.status()) {
            case 400, 415 -> true;
            case 406, 422, 500, 501 -> known == Packed.UNKNOWN;
            default -> false;
        };
    }

    private Answer sendPacked(Request request, byte[] body, Meter meter) {
        return exchange(request, gzip(body), true, meter);
    }

    private Answer sendPlain(Request request, byte[] body, Meter meter) {
        return exchange(request, body, false, meter);
    }

    private Answer exchange(Request request, byte[] body, boolean packed, Meter meter) {
        HttpRequest.Builder http = HttpRequest.newBuilder(URI.create(request.url))
                .header("Accept", FHIR_JSON)
                .header("Accept-Encoding", "gzip");
        request.headers.forEach(http::header);
        if (packed) {
            http.header("Content-Encoding", "gzip");
        }
        http.method(request.method, request.body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        sentBytes.add(body.length);
        meter.sent(body.length);
        long start = System.nanoTime();
        try {
            return authorized(request.what, http);
        } catch (AccessException e) {
            return new Failure(0, Kind.DOWN, request.what + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Failure(0, Kind.INTERRUPTED, request.what + ": told to stop");
        } finally {
            meter.waited(System.nanoTime() - start);
        }
    }

    /** A token may end on its way: then once more with another. What is answered 401 was not done. */
    private Answer authorized(String what, HttpRequest.Builder request) throws AccessException, InterruptedException {
        Optional<String> header = access.authorization().header();
        header.ifPresent(value -> request.setHeader("Authorization", value));
        Answer answer = exchange(what, access.toProxy(request.build()));
        if (!(answer instanceof Failure failure)
                || failure.status() != 401
                || header.isEmpty()
                || !access.authorization().isRenewedAfter(header.get())) {
            return answer;
        }
        access.authorization().header().ifPresent(value -> request.setHeader("Authorization", value));
        return exchange(what, access.toProxy(request.build()));
    }

    private Answer exchange(String what, HttpRequest request) throws AccessException {
        CompletableFuture<HttpResponse<byte[]>> exchange =
                access.client().sendAsync(request, head -> new LimitedBody(settings.responseBytesMax()));
        try {
            // the client's own timeout ends with the head; a server may also fall silent in the body
            return answer(what, exchange.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            exchange.cancel(true);
            return new Failure(0, Kind.DOWN, what + ": no answer within " + settings.timeout());
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

    private Failure broken(String what, Throwable error) {
        if (error instanceof LimitedBody.TooLargeException) {
            return new Failure(0, Kind.TOO_LARGE, what + ": " + error.getMessage());
        }
        return new Failure(0, Kind.DOWN, what + ": " + access.reason(error));
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
                what + ": status " + status + (status == 413 ? TOO_LARGE : access.advice(status)),
                FhirClient.diagnostics(body),
                header(response, "Retry-After").flatMap(this::retryAfter).orElse(null));
    }

    private static Optional<String> header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name);
    }

    /** A body that is not packed as it says, such as an empty one after {@code return=minimal}, is none. */
    private byte[] unpacked(HttpResponse<byte[]> response) throws IOException {
        if (!header(response, "Content-Encoding").orElse("").equalsIgnoreCase("gzip")) {
            return response.body();
        }
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
            byte[] bytes = in.readNBytes(settings.responseBytesMax());
            if (in.read() >= 0) {
                throw new LimitedBody.TooLargeException(settings.responseBytesMax());
            }
            return bytes;
        } catch (EOFException | ZipException e) {
            return NOTHING;
        }
    }

    /** A body that is no JSON, such as a proxy's page, is none. */
    private static JsonNode parse(byte[] body) {
        try {
            return FhirClient.JSON.readTree(body);
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
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
            return FhirClient.JSON.writeValueAsBytes(body);
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
