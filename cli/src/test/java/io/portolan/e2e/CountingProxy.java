package io.portolan.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Stands before a FHIR server, counts what passes, and refuses what it is told to. */
final class CountingProxy implements AutoCloseable {

    private static final String REFUSAL = """
            {"resourceType": "OperationOutcome",
             "issue": [{"severity": "error", "code": "business-rule", "diagnostics": "not in this house"}]}""";
    private static final Set<String> NOT_FORWARDED =
            Set.of("host", "connection", "content-length", "transfer-encoding", "upgrade", "http2-settings");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient client = HttpClient.newHttpClient();
    private final URI target;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile String refused = "";
    private String held = ""; // guarded by requests

    CountingProxy(String targetUrl) throws IOException {
        this(targetUrl, 0);
    }

    /** @param port to listen on; 0: any */
    CountingProxy(String targetUrl, int port) throws IOException {
        target = URI.create(targetUrl);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", this::forward);
        server.setExecutor(threads);
        server.start();
    }

    /** The same path as the target's, at the proxy. */
    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + target.getPath();
    }

    /** All that came, in their order: method and path. */
    List<String> requests() {
        return requests;
    }

    /** Requests that change something, in their order: method and path. */
    List<String> writes() {
        return requests.stream().filter(r -> !r.startsWith("GET ")).toList();
    }

    /** From now on requests with this text in their body are answered by 422; empty: none. */
    void refuse(String text) {
        refused = text;
    }

    /** From now on answers to this method are kept back, although the server has given them; empty: none. */
    void hold(String method) {
        synchronized (requests) {
            held = method;
            requests.notifyAll();
        }
    }

    private void awaitRelease(String method) throws InterruptedException {
        synchronized (requests) {
            while (method.equals(held)) {
                requests.wait();
            }
        }
    }

    private void forward(HttpExchange exchange) throws IOException {
        try (exchange) {
            requests.add(
                    exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath());
            HttpRequest.Builder request = HttpRequest.newBuilder(target.resolve(exchange.getRequestURI()));
            exchange.getRequestHeaders().forEach((name, values) -> {
                if (!NOT_FORWARDED.contains(name.toLowerCase(Locale.ROOT))) {
                    values.forEach(value -> request.header(name, value));
                }
            });
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (!refused.isEmpty() && new String(body, StandardCharsets.UTF_8).contains(refused)) {
                answer(exchange, 422, REFUSAL.getBytes(StandardCharsets.UTF_8));
                return;
            }
            request.method(
                    exchange.getRequestMethod(),
                    body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
            HttpResponse<byte[]> response = client.send(request.build(), BodyHandlers.ofByteArray());
            awaitRelease(exchange.getRequestMethod());
            response.headers().map().forEach((name, values) -> {
                if (!name.startsWith(":") && !NOT_FORWARDED.contains(name.toLowerCase(Locale.ROOT))) {
                    exchange.getResponseHeaders().put(name, values);
                }
            });
            answer(exchange, response.statusCode(), response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
