package io.portolan.gateway.publish;

import static io.portolan.gateway.publish.Json.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A FHIR server on loopback that stores what it gets, remembers what it was asked, and misbehaves as told, the ways that
 * real servers were seen to.
 */
final class FakeFhirServer implements AutoCloseable {

    /** One request as it came. */
    record Request(String method, String path, Map<String, String> headers, String body) {

        boolean writes() {
            return !method.equals("GET");
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

    private record Scripted(Predicate<Request> to, Response response) {}

    private record Stored(ObjectNode resource, String version) {}

    private final Map<String, Stored> resources = new TreeMap<>();
    private final Set<String> deleted = new HashSet<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Deque<Scripted> script = new ArrayDeque<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer http;
    private int lastId;
    private int lastVersion;
    private String lastAnswered = "";

    // how it misbehaves
    volatile int staleStatus = 412;
    volatile boolean transactions = true;
    volatile boolean updateCreate = true;
    /** Whether the CapabilityStatement speaks of it; HAPI JPA's does not. */
    volatile boolean saysUpdateCreate = true;

    volatile boolean conditionalCreate = true;
    volatile boolean uuidVersions;
    volatile boolean locationsWithoutId;
    volatile boolean checksReferences = true;
    volatile boolean gzip;
    volatile Predicate<Request> unanswered = r -> false;
    volatile Predicate<Request> hungUpOn = r -> false;
    volatile Predicate<Request> stalledOn = r -> false;
    volatile Predicate<ObjectNode> failingEntry = e -> false;
    volatile boolean losesTransactionEntries;
    volatile Runnable beforeWrite = () -> {};
    volatile boolean down;

    FakeFhirServer() throws IOException {
        this(0);
    }

    FakeFhirServer(int port) throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        http.createContext("/fhir", this::exchange);
        http.setExecutor(threads);
        http.start();
    }

    URI base() {
        return base(http.getAddress().getPort());
    }

    static URI base(int port) {
        return URI.create("http://127.0.0.1:" + port + "/fhir");
    }

    /** The next request that fits is answered so, and nothing else happens. */
    synchronized void answerNext(Predicate<Request> to, Response response) {
        script.add(new Scripted(to, response));
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

    long writes() {
        return requests.stream().filter(Request::writes).count();
    }

    synchronized List<ObjectNode> all(String type) {
        return resources.entrySet().stream()
                .filter(e -> e.getKey().startsWith(type + '/'))
                .map(e -> e.getValue().resource.deepCopy())
                .toList();
    }

    synchronized ObjectNode get(String path) {
        return stored(path).resource.deepCopy();
    }

    /** As somebody else, in a version of its own. */
    synchronized void put(String path, ObjectNode resource) {
        store(path, resource);
    }

    synchronized void delete(String path) {
        resources.remove(path);
        deleted.add(path);
    }

    @Override
    public void close() {
        closed.countDown();
        http.stop(0);
        threads.shutdownNow();
    }

    private void exchange(HttpExchange exchange) throws IOException {
        try (exchange) {
            Request request = request(exchange);
            requests.add(request);
            if (unanswered.test(request)) {
                closed.await();
                return;
            }
            if (request.writes()) {
                beforeWrite.run();
            }
            Response response = answer(request);
            byte[] body = gzip ? packed(response.body) : response.body.getBytes(StandardCharsets.UTF_8);
            if (gzip) {
                exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            }
            response.headers.forEach(
                    (name, value) -> exchange.getResponseHeaders().set(name, value));
            exchange.sendResponseHeaders(response.status, body.length == 0 ? -1 : body.length);
            boolean half = hungUpOn.test(request) || stalledOn.test(request);
            exchange.getResponseBody().write(body, 0, half ? body.length / 2 : body.length);
            exchange.getResponseBody().flush();
            if (stalledOn.test(request)) {
                closed.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Request request(HttpExchange exchange) throws IOException {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
        byte[] body = exchange.getRequestBody().readAllBytes();
        if ("gzip".equals(headers.get("Content-Encoding"))) {
            body = new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
        }
        String path = exchange.getRequestURI().toString().replaceFirst("^/fhir/?", "");
        return new Request(exchange.getRequestMethod(), path, headers, new String(body, StandardCharsets.UTF_8));
    }

    private synchronized Response answer(Request request) {
        if (down) {
            return Response.of(503);
        }
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
            return transactions ? transaction(json(request.body)) : Response.of(404);
        }
        if (request.method.equals("GET")) {
            return request.path.contains("?") ? search(request.path) : read(request.path);
        }
        if (request.method.equals("DELETE")) {
            boolean there = resources.containsKey(request.path);
            delete(request.path);
            return there ? new Response(204, Map.of(), "") : Response.of(410);
        }
        return write(
                request.method,
                request.path,
                json(request.body),
                request.headers.get("If-None-Exist"),
                request.headers.get("If-Match"));
    }

    private Response read(String path) {
        Stored stored = resources.get(path);
        if (stored == null) {
            return Response.of(deleted.contains(path) ? 410 : 404);
        }
        return new Response(200, stored.resource).with("ETag", etag(stored));
    }

    private Response search(String path) {
        ObjectNode bundle = json("{'resourceType':'Bundle','type':'searchset'}");
        ArrayNode entries = bundle.putArray("entry");
        String query = path.substring(path.indexOf('?') + 1);
        matching(path.substring(0, path.indexOf('?')), query)
                .forEach(p -> entries.addObject().set("resource", stored(p).resource));
        return new Response(200, bundle);
    }

    private List<String> matching(String type, String query) {
        String[] token = URLDecoder.decode(query.replaceFirst("^identifier=", ""), StandardCharsets.UTF_8)
                .split("(?<!\\\\)\\|", 2);
        return resources.entrySet().stream()
                .filter(e -> e.getKey().startsWith(type + '/'))
                .filter(e -> StreamSupport.stream(
                                e.getValue().resource.path("identifier").spliterator(), false)
                        .anyMatch(i -> i.path("system").asText().equals(unescaped(token[0]))
                                && i.path("value").asText().equals(unescaped(token[1]))))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static String unescaped(String text) {
        return text.replaceAll("\\\\(.)", "$1");
    }

    private Response write(
            String method, String path, ObjectNode resource, @Nullable String ifNoneExist, @Nullable String ifMatch) {
        if (checksReferences && refersToUnknown(resource)) {
            return new Response(400, outcome("Resource not found, specified in path"));
        }
        if (method.equals("POST")) {
            List<String> matches = ifNoneExist == null || !conditionalCreate ? List.of() : matching(path, ifNoneExist);
            if (matches.size() > 1) {
                return Response.of(412);
            }
            return matches.isEmpty()
                    ? stored(201, path + '/' + ++lastId, resource)
                    : answered(200, matches.get(0), stored(matches.get(0)));
        }
        Stored there = resources.get(path);
        if (there == null) {
            return updateCreate ? stored(201, path, resource) : Response.of(405);
        }
        return ifMatch != null && !ifMatch.equals(etag(there)) ? Response.of(staleStatus) : stored(200, path, resource);
    }

    private Stored stored(String path) {
        return Objects.requireNonNull(resources.get(path), path);
    }

    private boolean refersToUnknown(ObjectNode resource) {
        return resource.findValues("reference").stream().map(JsonNode::asText).anyMatch(r -> !resources.containsKey(r));
    }

    private Response stored(int status, String path, ObjectNode resource) {
        return answered(status, path, store(path, resource));
    }

    private Stored store(String path, ObjectNode resource) {
        String version = uuidVersions ? UUID.randomUUID().toString() : Integer.toString(++lastVersion);
        ObjectNode copy = resource.deepCopy();
        copy.put("id", path.substring(path.indexOf('/') + 1));
        copy.withObject("/meta").put("versionId", version).put("lastUpdated", "2026-01-01T00:00:00Z");
        Stored stored = new Stored(copy, version);
        resources.put(path, stored);
        return stored;
    }

    private Response answered(int status, String path, Stored stored) {
        lastAnswered = path;
        String location = locationsWithoutId
                ? base() + "/" + path.substring(0, path.indexOf('/'))
                : base() + "/" + path + "/_history/" + stored.version;
        return new Response(status, Map.of("Location", location, "ETag", etag(stored)), "");
    }

    private static String etag(Stored stored) {
        return "W/\"" + stored.version + '"';
    }

    /** Creates first, then updates, as FHIR R4 3.1.0.11.2 has it; atomic unless entries are told to fail. */
    private Response transaction(ObjectNode bundle) {
        Map<String, Stored> before = new TreeMap<>(resources);
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
                resources.clear();
                resources.putAll(before);
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

    private ObjectNode capabilities() {
        ObjectNode statement = json("{'resourceType':'CapabilityStatement','rest':[{'mode':'server'}]}");
        ObjectNode rest = (ObjectNode) statement.at("/rest/0");
        if (transactions) {
            rest.putArray("interaction").addObject().put("code", "transaction");
        }
        ArrayNode types = rest.putArray("resource");
        for (String type : new String[] {"ImagingStudy", "Patient", "Endpoint", "ServiceRequest", "Specimen"}) {
            ObjectNode resource = types.addObject()
                    .put("type", type)
                    .put("versioning", "versioned")
                    .put("conditionalCreate", conditionalCreate);
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
