package io.portolan.gateway.sync;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.Vr;
import io.portolan.dicom.io.DicomJson;
import io.portolan.testdata.SyntheticStudies;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A DICOMweb server on loopback that has the instances it is given: QIDO-RS for studies and series, WADO-RS for metadata and
 * instances. It remembers what it was asked, and misbehaves as told, the ways that real servers do.
 */
public final class FakeDicomWeb implements AutoCloseable {

    /** One request as it came: path and query behind the base, decoded. */
    public record Request(String path, Map<String, String> query, Map<String, String> headers) {

        @Override
        public String toString() {
            return path;
        }
    }

    /**
     * One answer.
     *
     * @param body bytes, each as a character
     */
    record Response(int status, Map<String, String> headers, String body) {

        static Response of(int status) {
            return new Response(status, Map.of(), "");
        }

        static Response json(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            return of("application/dicom+json", utf8);
        }

        static Response of(String contentType, byte[] body) {
            return new Response(
                    200, Map.of("Content-Type", contentType), new String(body, StandardCharsets.ISO_8859_1));
        }

        Response with(String header, String value) {
            Map<String, String> more = new HashMap<>(headers);
            more.put(header, value);
            return new Response(status, more, body);
        }
    }

    /** What happens in the body of an answer. */
    public enum Trouble {
        NONE,
        /** No answer. */
        HANGS,
        /** Half an answer, and then silence. */
        STALLS,
        /** Half an answer, and then the connection is closed. */
        CUTS,
        /** Half an answer that ends as a whole one does. */
        HALVES
    }

    private static final String BOUNDARY = "fake-boundary";

    private final Map<String, List<DataSet>> studies = new LinkedHashMap<>(); // guarded by itself
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer http;
    private final List<Response> next = new CopyOnWriteArrayList<>();

    // how it misbehaves
    public volatile Trouble trouble = Trouble.NONE;
    /** To every request; 0: it answers. */
    public volatile int failsWith;
    /** Results of a search at most; 0: as many as are asked for. */
    public volatile int resultsMax;
    /** Results that a search finds at most, whatever the offset; 0: all. */
    public volatile int foundMax;
    /** Whether it says so when a search has more. */
    public volatile boolean warns;

    public volatile boolean ignoresOffset;
    public volatile boolean ignoresLimit;
    /** To what asks for metadata; 0: it has them. */
    public volatile int failsMetadataWith;
    /** JSON in the parts of a multipart body. */
    public volatile boolean multipart;

    public volatile boolean gzip;
    /** The value of Authorization; null: anybody. */
    public volatile @Nullable String authorization;

    public FakeDicomWeb() throws IOException {
        // Else each answer waits 40 ms for the acknowledgement of its head; read once, when the first server is made.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/dicom-web", this::exchange);
        http.setExecutor(threads);
        http.start();
    }

    public URI base() {
        return URI.create("http://127.0.0.1:" + http.getAddress().getPort() + "/dicom-web");
    }

    /** Has these from now on, each in the place of the one with its SOPInstanceUID. */
    public FakeDicomWeb put(Collection<DataSet> more) {
        for (DataSet one : more) {
            remove(other -> value(other, Attribute.SOPInstanceUID).equals(value(one, Attribute.SOPInstanceUID)));
            add(List.of(one));
        }
        return this;
    }

    /** As {@link #put}, of instances that it cannot have yet: for many. */
    public FakeDicomWeb add(Collection<DataSet> more) {
        synchronized (studies) {
            more.forEach(
                    one -> studies.computeIfAbsent(value(one, Attribute.StudyInstanceUID), uid -> new ArrayList<>())
                            .add(one));
        }
        return this;
    }

    public void remove(Predicate<DataSet> which) {
        synchronized (studies) {
            studies.values().forEach(instances -> instances.removeIf(which));
            studies.values().removeIf(List::isEmpty);
        }
    }

    /** All that it has. */
    public List<DataSet> instances() {
        return studies().stream().flatMap(List::stream).toList();
    }

    private List<List<DataSet>> studies() {
        synchronized (studies) {
            return studies.values().stream().map(List::copyOf).toList();
        }
    }

    /** Answers the next request so. */
    void answerNext(Response response) {
        next.add(response);
    }

    public List<Request> requests() {
        return List.copyOf(requests);
    }

    public void forgetRequests() {
        requests.clear();
    }

    @Override
    public void close() {
        closed.countDown();
        http.stop(0);
        threads.shutdownNow();
    }

    // ---- the wire

    private void exchange(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            Request request = request(exchange);
            requests.add(request);
            if (trouble == Trouble.HANGS) {
                closed.await();
                return;
            }
            send(exchange, answer(request));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Request request(HttpExchange exchange) {
        Map<String, String> query = new LinkedHashMap<>();
        String text = exchange.getRequestURI().getRawQuery();
        for (String pair : text == null ? new String[0] : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            query.merge(
                    pair.substring(0, equals),
                    URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8),
                    (a, b) -> a + ',' + b);
        }
        Map<String, String> headers = new HashMap<>();
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
        return new Request(exchange.getRequestURI().getPath().replaceFirst("^/dicom-web", ""), query, headers);
    }

    private void send(HttpExchange exchange, Response response) throws IOException, InterruptedException {
        byte[] body = response.body.getBytes(StandardCharsets.ISO_8859_1);
        boolean packed = gzip && "gzip".equals(exchange.getRequestHeaders().getFirst("Accept-Encoding"));
        if (packed && body.length > 0) {
            body = packed(body);
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
        }
        response.headers.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
        int length = trouble == Trouble.NONE ? body.length : body.length / 2;
        boolean whole = trouble == Trouble.NONE || trouble == Trouble.HALVES;
        exchange.sendResponseHeaders(response.status, body.length == 0 ? -1 : whole ? length : body.length);
        exchange.getResponseBody().write(body, 0, length);
        exchange.getResponseBody().flush();
        if (trouble == Trouble.STALLS) {
            closed.await();
        }
    }

    private static byte[] packed(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    // ---- DICOMweb

    private Response answer(Request request) {
        if (!next.isEmpty()) {
            return next.remove(0);
        }
        if (failsWith != 0) {
            return Response.of(failsWith);
        }
        if (authorization != null && !authorization.equals(request.headers.get("Authorization"))) {
            return Response.of(401);
        }
        String[] steps = request.path.split("/", -1);
        return switch (steps.length) {
            case 2 -> search(request, studies(), this::study);
            case 4 -> search(request, byUid(of(steps[2], ""), Attribute.SeriesInstanceUID), FakeDicomWeb::series);
            case 5 -> retrieve(of(steps[2], steps[4]).toList());
            case 6 ->
                steps[5].equals("instances")
                        ? search(
                                request,
                                byUid(of(steps[2], steps[4]), Attribute.SOPInstanceUID),
                                instances -> instances.get(0))
                        : metadata(of(steps[2], steps[4]).toList());
            default -> Response.of(404);
        };
    }

    private Stream<DataSet> of(String study, String series) {
        List<DataSet> instances;
        synchronized (studies) {
            instances = List.copyOf(studies.getOrDefault(study, List.of()));
        }
        return instances.stream()
                .filter(one -> series.isEmpty()
                        || value(one, Attribute.SeriesInstanceUID).equals(series));
    }

    private static Collection<List<DataSet>> byUid(Stream<DataSet> instances, Attribute uid) {
        return instances
                .collect(Collectors.groupingBy(one -> value(one, uid), LinkedHashMap::new, Collectors.toList()))
                .values();
    }

    /** One result. */
    private interface Result {
        DataSet of(List<DataSet> instances);
    }

    private Response search(Request request, Collection<List<DataSet>> groups, Result result) {
        FakeQuery query = new FakeQuery(request.query);
        List<List<DataSet>> all = groups.stream()
                .filter(group -> query.matches(group.get(0)))
                .limit(foundMax == 0 ? Long.MAX_VALUE : foundMax)
                .toList();
        int offset = ignoresOffset ? 0 : Math.min(query.number("offset", 0), all.size());
        int limit = ignoresLimit ? Integer.MAX_VALUE : query.number("limit", Integer.MAX_VALUE);
        int most = resultsMax == 0 ? limit : Math.min(limit, resultsMax);
        List<DataSet> page = all.subList(offset, offset + Math.min(most, all.size() - offset)).stream()
                .map(group -> query.asked(result.of(group)))
                .toList();
        int left = all.size() - offset - page.size();
        Response answer = page.isEmpty() && !ignoresLimit ? Response.of(204) : answer(page);
        return warns && left > 0
                ? answer.with("Warning", "299 fake \"There are " + left + " additional results that can be requested\"")
                : answer;
    }

    private DataSet study(List<DataSet> group) {
        String modalities = group.stream()
                .map(one -> value(one, Attribute.Modality))
                .distinct()
                .collect(Collectors.joining("\\"));
        int series = byUid(group.stream(), Attribute.SeriesInstanceUID).size();
        return with(group.get(0), Map.of(0x0020_1206, series, 0x0020_1208, group.size()))
                .add(Element.of(0x0008_0061, Vr.CS, modalities.getBytes(StandardCharsets.US_ASCII)))
                .build();
    }

    private static DataSet series(List<DataSet> group) {
        return with(group.get(0), Map.of(0x0020_1209, group.size())).build();
    }

    private static DataSet.Builder with(DataSet first, Map<Integer, Integer> counts) {
        DataSet.Builder result = DataSet.builder(CharacterSet.UTF_8).addAll(first.inUtf8());
        counts.forEach((tag, count) ->
                result.add(Element.of(tag, Vr.IS, Integer.toString(count).getBytes(StandardCharsets.US_ASCII))));
        return result;
    }

    private Response metadata(List<DataSet> found) {
        if (failsMetadataWith != 0 || found.isEmpty()) {
            return Response.of(failsMetadataWith == 0 ? 404 : failsMetadataWith);
        }
        return answer(found.stream().map(this::asMetadata).toList());
    }

    /** PS3.18 F.2: without bulk data, and with the place to retrieve it from. */
    private DataSet asMetadata(DataSet instance) {
        return DataSet.builder(CharacterSet.UTF_8)
                .addAll(instance.inUtf8().where(tag -> tag >>> 16 != 0x7FE0))
                .add(Attribute.RetrieveURL, base() + "/studies/" + value(instance, Attribute.StudyInstanceUID))
                .build();
    }

    private Response answer(List<DataSet> dataSets) {
        if (!multipart) {
            return Response.json(dataSets.stream().map(DicomJson::format).collect(Collectors.joining(",\n", "[", "]")));
        }
        return parts(
                "application/dicom+json",
                dataSets.stream()
                        .map(one -> ("[" + DicomJson.format(one) + "]").getBytes(StandardCharsets.UTF_8))
                        .toList());
    }

    private static Response retrieve(List<DataSet> found) {
        return found.isEmpty()
                ? Response.of(404)
                : parts(
                        "application/dicom",
                        found.stream().map(SyntheticStudies::toFile).toList());
    }

    private static Response parts(String type, List<byte[]> contents) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (byte[] content : contents) {
            body.writeBytes(ascii("\r\n--" + BOUNDARY + "\r\nContent-Type: " + type + "\r\n\r\n"));
            body.writeBytes(content);
        }
        body.writeBytes(ascii("\r\n--" + BOUNDARY + "--\r\n"));
        return Response.of(
                "multipart/related; type=\"" + type + "\"; boundary=\"" + BOUNDARY + '"', body.toByteArray());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String value(DataSet one, Attribute attribute) {
        return one.string(attribute).orElse("");
    }

    /** Paths of the requests that it got, in their order. */
    public List<String> paths() {
        return new ArrayList<>(requests).stream().map(Request::path).toList();
    }
}
