package io.portolan.gateway.publish;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.portolan.gateway.access.Access;
import io.portolan.gateway.access.HttpAccess;
import io.portolan.gateway.publish.Answer.Failure;
import io.portolan.gateway.publish.Answer.Kind;
import io.portolan.gateway.publish.Answer.Success;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The FHIR RESTful API (FHIR R4 3.1.0) as far as publishing needs it: metadata, read, search by identifier, create,
 * update, patch, transaction. Every call ends in time with an {@link Answer}; none throws for what a server does.
 *
 * <p>Does not retry, does not follow redirects (a write goes where the operator said), and never shows a body to a log.
 * Safe for several threads.
 */
public final class FhirClient {

    /** What of an OperationOutcome is kept. */
    static final int DIAGNOSTICS_CHARACTERS_MAX = 2_000;

    /** Patches refused, before the next that is taken, after which a server is sent no more. */
    static final int PATCHES_IN_VAIN_MAX = 3;

    private static final String FHIR_JSON = "application/fhir+json;charset=UTF-8";
    private static final String JSON_PATCH = "application/json-patch+json";

    /** No character of RFC 3986 3.3 and 3.4, and no escape (2.1). */
    private static final Pattern RAW = Pattern.compile("[^A-Za-z0-9\\-._~!$&'()*+,;=:@/?%]|%(?!\\p{XDigit}{2})");

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
     * @param packing whether bodies of requests are packed (gzip); some servers refuse that
     */
    public record Settings(URI base, Duration timeout, int responseBytesMax, Packing packing) {

        public static final Duration TIMEOUT = Duration.ofMinutes(10);
        public static final int RESPONSE_BYTES_MAX = 64 << 20;

        /** With the defaults. */
        public Settings(URI base) {
            this(base, TIMEOUT, RESPONSE_BYTES_MAX, Packing.AUTO);
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

    /** Whether bodies of requests are packed. */
    public enum Packing {
        /** Those worth it, unless the server turns out to refuse it. */
        AUTO,
        ALWAYS,
        NEVER
    }

    private final Settings settings;
    private final FhirWire wire;
    private final Meter meter;
    private final AtomicInteger patchesInVain;

    /** A client that connects when it is first used, and shows nothing of who it is. */
    public FhirClient(Settings settings, InstantSource clock) {
        this(settings, clock, new HttpAccess(Access.NONE, settings.base, settings.timeout));
    }

    /**
     * The same for a server that wants more.
     *
     * @param access to this server: what it lets in is sent nowhere else
     */
    public FhirClient(Settings settings, InstantSource clock, HttpAccess access) {
        this(settings, new FhirWire(settings, clock, access), new Meter(), new AtomicInteger());
    }

    private FhirClient(Settings settings, FhirWire wire, Meter meter, AtomicInteger patchesInVain) {
        this.settings = settings;
        this.wire = wire;
        this.meter = meter;
        this.patchesInVain = patchesInVain;
    }

    /** The same client, for one thread whose exchanges are measured. */
    FhirClient measuredBy(Meter one) {
        return new FhirClient(settings, wire, one, patchesInVain);
    }

    /** Bodies of requests so far, as they went over the wire: of this client and of those made from it. */
    long sentBytes() {
        return wire.sentBytes();
    }

    /** Which server this is, as the ledger names it. */
    String server() {
        return settings.base.toString().replaceFirst("/+$", "");
    }

    Duration timeout() {
        return settings.timeout;
    }

    Answer metadata() {
        return ofType("CapabilityStatement", get("GET metadata", "metadata"));
    }

    Answer read(String type, String id) {
        return ofType(type, get("GET " + type, type + '/' + id));
    }

    /** A searchset Bundle, the first page. */
    Answer search(String type, String system, String value) {
        return ofType("Bundle", get("search " + type, type + '?' + identifierQuery(system, value)));
    }

    /** Those with a tag, the first page. */
    Answer searchByTag(String type, String system, String code) {
        return ofType("Bundle", get("search " + type, type + '?' + tagQuery(system, code)));
    }

    /**
     * A further page of a search.
     *
     * @param url as the server gave it, {@code [base]/Type?...} or, as HAPI JPA has it, {@code [base]?...}
     * @return empty: the url is not below the server's base, and no token may go there
     */
    Optional<Answer> page(String type, String url) {
        if (!url.startsWith(server() + '/') && !url.startsWith(server() + '?')) {
            return Optional.empty();
        }
        String there = server() + escapeRaw(url.substring(server().length()));
        return Optional.of(ofType("Bundle", exchange("search " + type, "GET", there, Map.of(), null)));
    }

    Answer create(String type, JsonNode resource, @Nullable String ifNoneExist) {
        return send("POST " + type, "POST", type, writing(FHIR_JSON, "If-None-Exist", ifNoneExist), resource);
    }

    /**
     * Writes under an id.
     *
     * @param ifMatch as {@link Success#ifMatch()} gave it; null: whatever stands there
     */
    Answer update(String type, String id, JsonNode resource, @Nullable String ifMatch) {
        return send("PUT " + type, "PUT", type + '/' + id, writing(FHIR_JSON, "If-Match", ifMatch), resource);
    }

    /**
     * Changes a resource in places.
     *
     * @param operations RFC 6902
     */
    Answer patch(String type, String id, JsonNode operations, String ifMatch) {
        Answer answer =
                send("PATCH " + type, "PATCH", type + '/' + id, writing(JSON_PATCH, "If-Match", ifMatch), operations);
        if (answer instanceof Success) {
            patchesInVain.set(0);
        }
        return answer;
    }

    /**
     * A patch was refused whose content the server took as a whole then.
     *
     * @return whether that was so {@link #PATCHES_IN_VAIN_MAX} times, by whichever thread, and no patch was taken in between
     */
    boolean patchedInVain() {
        return patchesInVain.incrementAndGet() >= PATCHES_IN_VAIN_MAX;
    }

    Answer delete(String type, String id) {
        return send("DELETE " + type, "DELETE", type + '/' + id, Map.of(), null);
    }

    /** A transaction-response Bundle, whose entries may have failed all the same. */
    Answer transaction(JsonNode bundle) {
        return ofType("Bundle", send("transaction", "POST", "", writing(FHIR_JSON, "", null), bundle));
    }

    /** A token search (FHIR R4 3.1.1.4.10), escaped for FHIR (3.1.1.4.0.1) and then for the URL. */
    static String identifierQuery(String system, String value) {
        return "identifier="
                + URLEncoder.encode(escape(system) + '|' + escape(value), StandardCharsets.UTF_8)
                        .replace("+", "%20");
    }

    /** As {@link #identifierQuery}, of {@code meta.tag}. */
    static String tagQuery(String system, String code) {
        return "_tag=" + identifierQuery(system, code).substring("identifier=".length());
    }

    private static String escape(String token) {
        return token.replaceAll("[\\\\$,|]", "\\\\$0");
    }

    /** What RFC 3986 has escaped in a path or a query, and some servers leave as it is, such as {@code |}. */
    private static String escapeRaw(String text) {
        return RAW.matcher(text)
                .replaceAll(raw ->
                        URLEncoder.encode(raw.group(), StandardCharsets.UTF_8).replace("+", "%20"));
    }

    private Answer send(String what, String method, String path, Map<String, String> headers, @Nullable JsonNode body) {
        return exchange(what, method, path.isEmpty() ? server() : server() + '/' + path, headers, body);
    }

    private Answer exchange(
            String what, String method, String url, Map<String, String> headers, @Nullable JsonNode body) {
        return wire.send(new FhirWire.Request(what, method, url, headers, body), meter);
    }

    private Answer get(String what, String path) {
        return send(what, "GET", path, Map.of(), null);
    }

    private static Map<String, String> writing(String contentType, String header, @Nullable String value) {
        Map<String, String> headers = new HashMap<>();
        headers.put("Content-Type", contentType);
        headers.put("Prefer", "return=minimal");
        if (value != null) {
            headers.put(header, value);
        }
        return headers;
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
}
