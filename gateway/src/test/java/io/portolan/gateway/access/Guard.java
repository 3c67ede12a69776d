package io.portolan.gateway.access;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
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
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** Stands before a server, lets in whom it knows, and answers 401 to the others; remembers what it was shown. */
public final class Guard implements AutoCloseable {

    private static final Set<String> OF_THE_CONNECTION =
            Set.of("connection", "host", "content-length", "transfer-encoding", "upgrade", "http2-settings", "date");

    private final URI behind;
    private final Predicate<String> knows;
    private final HttpServer http;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<String> shown = new CopyOnWriteArrayList<>();
    private final List<String> proxyAuthorizations = new CopyOnWriteArrayList<>();
    private final List<String> statuses = new CopyOnWriteArrayList<>();
    private final Map<String, String> pages = new ConcurrentHashMap<>();

    /** Paths that are answered to everybody. */
    public volatile Predicate<String> open = path -> false;

    private Guard(URI behind, Predicate<String> knows, @Nullable SSLContext tls) throws IOException {
        this.behind = behind;
        this.knows = knows;
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        if (tls == null) {
            this.http = HttpServer.create(any, 0);
        } else {
            HttpsServer https = HttpsServer.create(any, 0);
            https.setHttpsConfigurator(new Mutual(tls));
            this.http = https;
        }
        http.setExecutor(threads);
        http.createContext("/", this::answer);
        http.start();
    }

    /**
     * Listens when it returns.
     *
     * @param knows whom, by the value of Authorization, empty when there is none
     */
    public static Guard before(URI behind, Predicate<String> knows) throws IOException {
        return new Guard(behind, knows, null);
    }

    /** The same over TLS with clients that have a certificate, whatever Authorization says. */
    public static Guard mutual(URI behind, SSLContext tls) throws IOException {
        return new Guard(behind, authorization -> true, tls);
    }

    private static final class Mutual extends HttpsConfigurator {

        Mutual(SSLContext tls) {
            super(tls);
        }

        @Override
        public void configure(HttpsParameters parameters) {
            SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
            wanted.setNeedClientAuth(true);
            parameters.setSSLParameters(wanted);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().getRawPath();
            String page = pages.get(path);
            if (page != null) {
                send(exchange, 200, page.getBytes(StandardCharsets.UTF_8));
                return;
            }
            String authorization = String.valueOf(exchange.getRequestHeaders()
                    .getOrDefault("Authorization", List.of(""))
                    .get(0));
            shown.add(authorization);
            proxyAuthorizations.addAll(exchange.getRequestHeaders().getOrDefault("Proxy-Authorization", List.of()));
            if (!open.test(path) && !knows.test(authorization)) {
                statuses.add("401");
                send(exchange, 401, new byte[0]);
                return;
            }
            forward(exchange, body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void forward(HttpExchange exchange, byte[] body) throws IOException, InterruptedException {
        URI asked = exchange.getRequestURI();
        String query = asked.getRawQuery() == null ? "" : "?" + asked.getRawQuery();
        HttpRequest.Builder request = HttpRequest.newBuilder(behind.resolve(asked.getRawPath() + query))
                .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        HttpResponse<byte[]> response = client.send(request.build(), BodyHandlers.ofByteArray());
        statuses.add(String.valueOf(response.statusCode()));
        response.headers().map().forEach((name, values) -> {
            if (!OF_THE_CONNECTION.contains(name) && !name.startsWith(":")) {
                exchange.getResponseHeaders().put(name, values);
            }
        });
        send(exchange, response.statusCode(), response.body());
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    /** A page for everybody, beside what it guards. */
    public Guard page(String path, String json) {
        pages.put(path, json);
        return this;
    }

    /** The server behind it, to be asked here. */
    public URI base() {
        String scheme = http instanceof HttpsServer ? "https" : "http";
        return URI.create(scheme + "://127.0.0.1:" + http.getAddress().getPort() + behind.getRawPath());
    }

    /** What was shown as Authorization, request by request. */
    public List<String> shown() {
        return List.copyOf(shown);
    }

    /** What was shown that only a proxy should see. */
    public List<String> proxyAuthorizations() {
        return List.copyOf(proxyAuthorizations);
    }

    /** How often it answered so. */
    public long answered(int status) {
        return statuses.stream().filter(String.valueOf(status)::equals).count();
    }

    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
    }
}
