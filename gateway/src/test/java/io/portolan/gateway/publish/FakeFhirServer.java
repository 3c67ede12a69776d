package io.portolan.gateway.publish;

import static io.portolan.gateway.publish.Json.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.portolan.gateway.publish.FakeResources.Stored;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A FHIR server on loopback that stores what it gets, remembers what it was asked, and misbehaves as told, the ways that
 * real servers were seen to. Without any of it, it can all that the publisher knows to use.
 */
public final class FakeFhirServer implements AutoCloseable {

    /** One request as it came; the body unpacked. */
    record Request(String method, String path, Map<String, String> headers, String body) {

        boolean writes() {
            return !method.equals("GET");
        }

        boolean isPacked() {
            return "gzip".equals(headers.get("Content-Encoding"));
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    /** One answer. */
    record Response(int status, Map<String, String> headers, String body) {

        Response(int status, JsonNode body) {
            this(status, Map.of(), body.toString());
        }

        static Response of(int status) {
            return new Response(status, outcome("refused"));
        }

        Response with(String header, String value) {
            Map<String, String> more = new HashMap<>(headers);
            more.put(header, value);
            return new Response(status, more, body);
        }
    }

    /** What happens to every request, for a while. */
    public enum Outage {
        NONE,
        /** 500 to all. */
        STATUS_500,
        /** 503 to all. */
        STATUS_503,
        /** 429 to all, with Retry-After of a second. */
        STATUS_429,
        /** No answer, until the outage is another. */
        HANGS,
        /** The connection is closed in the middle of the answer, and nothing was done. */
        CUTS,
        /** The connection is closed in the middle of the answer, and everything was done. */
        CUTS_AFTERWARDS,
        /** 200 to a transaction, with entries that confirm nothing, and nothing was done; 503 to other writes. */
        CONFIRMS_NOTHING
    }

    /** What the link to the next page of a search looks like. */
    enum NextLink {
        /** {@code [base]/Type?...} */
        OF_TYPE,
        /** The same, with characters in it that RFC 3986 has escaped. */
        OF_TYPE_RAW,
        /** {@code [base]?_getpages=...}, as HAPI JPA has it. */
        OF_BASE
    }

    private record Scripted(Predicate<Request> to, Response response) {}

    private static final String PAGES = "?_getpages=";

    private final FakeResources resources = new FakeResources(); // guarded by this
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final AtomicLong bytesReceived = new AtomicLong();
    private final AtomicLong requestsReceived = new AtomicLong();
    private final Deque<Scripted> script = new ArrayDeque<>(); // guarded by this
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer http;
    private String lastAnswered = ""; // guarded by this

    // how it misbehaves
    volatile int staleStatus = 412;
    volatile boolean ignoresIfMatch;
    volatile boolean transactions = true;
    volatile boolean updateCreate = true;
    /** Whether the CapabilityStatement speaks of it; HAPI JPA's does not. */
    volatile boolean saysUpdateCreate = true;

    volatile boolean conditionalCreate = true;
    /** Whether JSON Patch is said to be taken. */
    volatile boolean saysPatch = true;

    volatile boolean patches = true;
    /** Whether an answer to a patch tells the version; HAPI JPA's has no ETag. */
    volatile boolean etagOfPatch = true;

    volatile boolean uuidVersions;
    volatile boolean locationsWithoutId;
    volatile boolean checksReferences = true;
    volatile boolean gzip;
    /** To a request that is packed, which it then does not read; 0: it takes it. */
    volatile int statusOfPacked;

    /** 413 to a body that is longer, as it comes. */
    volatile int bodyBytesMax = Integer.MAX_VALUE;
    /** Entries of a page of a search. */
    volatile int pageSize = Integer.MAX_VALUE;

    volatile NextLink nextLink = NextLink.OF_TYPE;

    volatile Predicate<Request> unanswered = r -> false;
    volatile Predicate<Request> hungUpOn = r -> false;
    volatile Predicate<Request> stalledOn = r -> false;
    /** Done, and answered with 500. */
    volatile Predicate<Request> failedAfterwards = r -> false;

    volatile Predicate<ObjectNode> failingEntry = e -> false;
    volatile boolean losesTransactionEntries;
    volatile Runnable beforeWrite = () -> {};
    private volatile Outage outage = Outage.NONE;
    private volatile boolean remembers = true;

    public FakeFhirServer() throws IOException {
        this(0);
    }

    FakeFhirServer(int port) throws IOException {
        // Else each answer waits 40 ms for the acknowledgement of its head; read once, when the first server is made.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        http.createContext("/fhir", this::exchange);
        http.setExecutor(threads);
        http.start();
    }

    public URI base() {
        return base(http.getAddress().getPort());
    }

    static URI base(int port) {
        return URI.create("http://127.0.0.1:" + port + "/fhir");
    }

    /** The next request that fits is answered so, and nothing else happens. */
    synchronized void answerNext(Predicate<Request> to, Response response) {
        script.add(new Scripted(to, response));
    }

    /** From now on; those that hang go on. */
    public void outage(Outage now) {
        synchronized (closed) {
            outage = now;
            closed.notifyAll();
        }
    }

    /** For loads: keeps no request, only counts them. */
    public FakeFhirServer forgetful() {
        remembers = false;
        return this;
    }

    /** Bytes of request bodies as they came. */
    public long bytesReceived() {
        return bytesReceived.get();
    }

    public long requestsReceived() {
        return requestsReceived.get();
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    List<String> log() {
        return requests.stream().map(Request::toString).toList();
    }

    void forgetRequests() {
        requests.clear();
    }

    /** Requests that change something. */
    public long writes() {
        return requests.stream().filter(Request::writes).count();
    }

    public synchronized List<ObjectNode> all(String type) {
        return resources.all(type).stream().map(s -> s.resource().deepCopy()).toList();
    }

    /** The newest version of {@code Type/id}. */
    public synchronized ObjectNode get(String path) {
        return resources.get(path).resource().deepCopy();
    }

    public synchronized boolean has(String path) {
        return resources.has(path);
    }

    /** How often it was written. */
    public synchronized int versions(String path) {
        return resources.versions(path);
    }

    /** Versions of resources that say nothing new. */
    public synchronized int repeated() {
        return resources.repeated();
    }

    /** As somebody else, in a version of its own. */
    synchronized void put(String path, ObjectNode resource) {
        resources.store(path, resource, uuidVersions);
    }

    synchronized void delete(String path) {
        resources.delete(path);
    }

    @Override
    public void close() {
        closed.countDown();
        outage(Outage.NONE);
        http.stop(0);
        threads.shutdownNow();
    }

    // ---- the wire

    private void exchange(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            bytesReceived.addAndGet(body.length);
            requestsReceived.incrementAndGet();
            Request request = request(exchange, body);
            if (remembers) {
                requests.add(request);
            }
            if (unanswered.test(request)) {
                closed.await();
                return;
            }
            while (outage == Outage.HANGS) {
                synchronized (closed) {
                    if (outage == Outage.HANGS) {
                        closed.wait();
                    }
                }
            }
            Outage now = outage;
            if (request.writes()) {
                beforeWrite.run();
            }
            boolean half = hungUpOn.test(request)
                    || stalledOn.test(request)
                    || now == Outage.CUTS
                    || now == Outage.CUTS_AFTERWARDS;
            send(
                    exchange,
                    body.length > bodyBytesMax
                            ? Response.of(413)
                            : request.isPacked() && statusOfPacked != 0
                                    ? Response.of(statusOfPacked)
                                    : outageOr(now, request).orElseGet(() -> answered(request)),
                    half);
            if (stalledOn.test(request)) {
                closed.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(HttpExchange exchange, Response response, boolean half) throws IOException {
        byte[] body = gzip ? packed(response.body) : response.body.getBytes(StandardCharsets.UTF_8);
        if (gzip) {
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
        }
        response.headers.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
        long length = half ? Math.max(2, body.length) : body.length;
        exchange.sendResponseHeaders(response.status, length == 0 ? -1 : length);
        exchange.getResponseBody().write(body, 0, half ? body.length / 2 : body.length);
        exchange.getResponseBody().flush();
    }

    private static Optional<Response> outageOr(Outage outage, Request request) {
        return switch (outage) {
            case STATUS_500 -> Optional.of(Response.of(500));
            case STATUS_503 -> Optional.of(Response.of(503));
            case STATUS_429 -> Optional.of(Response.of(429).with("Retry-After", "1"));
            case CUTS -> Optional.of(Response.of(200));
            case CONFIRMS_NOTHING -> unconfirmed(request);
            case NONE, HANGS, CUTS_AFTERWARDS -> Optional.empty();
        };
    }

    private static Optional<Response> unconfirmed(Request request) {
        if (!request.writes()) {
            return Optional.empty();
        }
        return Optional.of(
                request.path.isEmpty()
                        ? new Response(200, json("{'resourceType':'Bundle','type':'transaction-response','entry':[]}"))
                        : Response.of(503));
    }

    private static Request request(HttpExchange exchange, byte[] bytes) throws IOException {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
        byte[] body = bytes;
        if ("gzip".equals(headers.get("Content-Encoding"))) {
            body = new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
        }
        String path = exchange.getRequestURI().toString().replaceFirst("^/fhir/?", "");
        return new Request(exchange.getRequestMethod(), path, headers, new String(body, StandardCharsets.UTF_8));
    }

    // ---- FHIR

    private Response answered(Request request) {
        Response answer = answer(request);
        return failedAfterwards.test(request) ? Response.of(500) : answer;
    }

    private synchronized Response answer(Request request) {
        for (Scripted scripted : script) {
            if (scripted.to.test(request)) {
                script.remove(scripted);
                return scripted.response;
            }
        }
        if (request.path.equals("metadata")) {
            return new Response(200, capabilities());
        }
        if (request.path.isEmpty()) {
            ObjectNode bundle = json(request.body);
            return !transactions
                    ? Response.of(404)
                    : bundle.path("type").asText().equals("batch") ? batch(bundle) : transaction(bundle);
        }
        return switch (request.method) {
            case "GET" -> request.path.contains("?") ? search(request.path) : read(request.path);
            case "DELETE" -> remove(request.path);
            case "PATCH" -> patch(request);
            default ->
                write(
                        request.method,
                        request.path,
                        json(request.body),
                        request.headers.get("If-None-Exist"),
                        request.headers.get("If-Match"));
        };
    }

    private Response remove(String path) {
        boolean there = resources.has(path);
        resources.delete(path);
        return there ? new Response(204, Map.of(), "") : Response.of(410);
    }

    private Response read(String path) {
        return resources
                .find(path)
                .map(stored -> new Response(200, stored.resource()).with("ETag", stored.etag()))
                .orElseGet(() -> Response.of(resources.wasDeleted(path) ? 410 : 404));
    }

    private Response search(String url) {
        String search = url.startsWith(PAGES)
                ? URLDecoder.decode(url.substring(PAGES.length()).replaceFirst("&.*", ""), StandardCharsets.UTF_8)
                : url.replaceFirst("&_offset=.*", "");
        int offset = url.contains("&_offset=") ? Integer.parseInt(url.replaceFirst(".*&_offset=", "")) : 0;
        int query = search.indexOf('?');
        List<String> matches = resources.matching(search.substring(0, query), search.substring(query + 1));
        ObjectNode bundle = json("{'resourceType':'Bundle','type':'searchset'}");
        if (matches.size() - offset > pageSize) {
            bundle.putArray("link")
                    .addObject()
                    .put("relation", "next")
                    .put("url", base() + next(search) + "&_offset=" + (offset + pageSize));
        }
        ArrayNode entries = bundle.putArray("entry");
        matches.stream()
                .skip(offset)
                .limit(pageSize)
                .forEach(p ->
                        entries.addObject().set("resource", resources.get(p).resource()));
        return new Response(200, bundle);
    }

    private String next(String search) {
        return switch (nextLink) {
            case OF_TYPE -> '/' + search;
            case OF_TYPE_RAW -> '/' + URLDecoder.decode(search, StandardCharsets.UTF_8);
            case OF_BASE -> PAGES + URLEncoder.encode(search, StandardCharsets.UTF_8);
        };
    }

    private Response write(
            String method, String path, ObjectNode resource, @Nullable String ifNoneExist, @Nullable String ifMatch) {
        if (checksReferences && !resources.knowsAllReferencesOf(resource)) {
            return new Response(400, outcome("Resource not found, specified in path"));
        }
        if (method.equals("POST")) {
            List<String> matches =
                    ifNoneExist == null || !conditionalCreate ? List.of() : resources.matching(path, ifNoneExist);
            if (matches.size() > 1) {
                return Response.of(412);
            }
            return matches.isEmpty()
                    ? stored(201, resources.newPath(path), resource)
                    : answered(200, matches.get(0), resources.get(matches.get(0)));
        }
        Optional<Stored> there = resources.find(path);
        if (there.isEmpty()) {
            return updateCreate ? stored(201, path, resource) : Response.of(405);
        }
        return isStale(there.get(), ifMatch) ? Response.of(staleStatus) : stored(200, path, resource);
    }

    private boolean isStale(Stored there, @Nullable String ifMatch) {
        return ifMatch != null && !ignoresIfMatch && !ifMatch.equals(there.etag());
    }

    private Response patch(Request request) {
        if (!patches) {
            return Response.of(405);
        }
        Optional<Stored> there = resources.find(request.path);
        if (there.isEmpty()) {
            return Response.of(resources.wasDeleted(request.path) ? 410 : 404);
        }
        if (isStale(there.get(), request.headers.get("If-Match"))) {
            return Response.of(staleStatus);
        }
        ObjectNode patched = FakeResources.patched(there.get().resource(), Json.array(request.body));
        if (patched == null || checksReferences && !resources.knowsAllReferencesOf(patched)) {
            return Response.of(400);
        }
        Response answer = stored(200, request.path, patched);
        return etagOfPatch ? answer : new Response(200, Map.of("Content-Location", answer.headers.get("Location")), "");
    }

    private Response stored(int status, String path, ObjectNode resource) {
        return answered(status, path, resources.store(path, resource, uuidVersions));
    }

    private Response answered(int status, String path, Stored stored) {
        lastAnswered = path;
        String location = locationsWithoutId
                ? base() + "/" + path.substring(0, path.indexOf('/'))
                : base() + "/" + path + "/_history/" + stored.version();
        return new Response(status, Map.of("Location", location, "ETag", stored.etag()), "");
    }

    /** Creates first, then updates, as FHIR R4 3.1.0.11.2 has it; atomic unless entries are told to fail. */
    private Response transaction(ObjectNode bundle) {
        Map<String, Stored> before = resources.copy();
        Map<String, String> placeholders = new HashMap<>();
        ArrayNode answers = FhirClient.JSON.createArrayNode();
        for (JsonNode entry : bundle.path("entry")) {
            String text = entry.toString();
            for (Map.Entry<String, String> placeholder : placeholders.entrySet()) {
                text = text.replace('"' + placeholder.getKey() + '"', '"' + placeholder.getValue() + '"');
            }
            ObjectNode resolved = json(text);
            if (failingEntry.test(resolved)) {
                answers.addObject()
                        .putObject("response")
                        .put("status", "422 Unprocessable Entity")
                        .set("outcome", outcome("entry refused"));
                continue;
            }
            Response response = write(
                    resolved.at("/request/method").asText(),
                    resolved.at("/request/url").asText(),
                    (ObjectNode) resolved.get("resource"),
                    resolved.at("/request/ifNoneExist").textValue(),
                    resolved.at("/request/ifMatch").textValue());
            if (response.status >= 300) {
                resources.putBack(before);
                return response;
            }
            answers.addObject()
                    .putObject("response")
                    .put("status", response.status == 201 ? "201 Created" : "200")
                    .put("location", response.headers.get("Location"))
                    .put("etag", response.headers.get("ETag"));
            placeholders.put(entry.path("fullUrl").asText(), lastAnswered);
        }
        if (losesTransactionEntries) {
            answers.remove(0);
        }
        ObjectNode answer = json("{'resourceType':'Bundle','type':'transaction-response'}");
        answer.set("entry", answers);
        return new Response(200, answer);
    }

    /** Each entry for itself. */
    private Response batch(ObjectNode bundle) {
        ObjectNode answer = json("{'resourceType':'Bundle','type':'batch-response'}");
        ArrayNode answers = answer.putArray("entry");
        for (JsonNode entry : bundle.path("entry")) {
            Response response = failingEntry.test((ObjectNode) entry)
                    ? Response.of(422)
                    : write(
                            entry.at("/request/method").asText(),
                            entry.at("/request/url").asText(),
                            (ObjectNode) entry.get("resource"),
                            null,
                            null);
            answers.addObject().putObject("response").put("status", Integer.toString(response.status));
        }
        return new Response(200, answer);
    }

    private ObjectNode capabilities() {
        ObjectNode statement = json("{'resourceType':'CapabilityStatement','rest':[{'mode':'server'}]}");
        ObjectNode rest = (ObjectNode) statement.at("/rest/0");
        if (transactions) {
            rest.putArray("interaction").addObject().put("code", "transaction");
        }
        if (saysPatch) {
            statement.putArray("patchFormat").add("application/json-patch+json");
        }
        ArrayNode types = rest.putArray("resource");
        for (String type :
                new String[] {"ImagingStudy", "Patient", "Endpoint", "ServiceRequest", "Specimen", "AuditEvent"}) {
            ObjectNode resource = types.addObject()
                    .put("type", type)
                    .put("versioning", "versioned")
                    .put("conditionalCreate", conditionalCreate);
            if (saysPatch) {
                resource.putArray("interaction").addObject().put("code", "patch");
            }
            if (saysUpdateCreate) {
                resource.put("updateCreate", updateCreate);
            }
        }
        return statement;
    }

    static ObjectNode outcome(String diagnostics) {
        ObjectNode outcome = json("{'resourceType':'OperationOutcome'}");
        outcome.putArray("issue").addObject().put("severity", "error").put("diagnostics", diagnostics);
        return outcome;
    }

    private static byte[] packed(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** For tests that want every request of a kind. */
    static Predicate<Request> to(String method, String pathStart) {
        return r -> r.method.equals(method) && r.path.startsWith(pathStart);
    }

    List<Request> requestsTo(String method, String pathStart) {
        return new ArrayList<>(requests).stream().filter(to(method, pathStart)).toList();
    }
}
