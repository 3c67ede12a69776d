package io.portolan.gateway.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.util.JavalinBindException;
import io.portolan.gateway.ledger.Ledger;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.function.Supplier;

/**
 * {@code GET /health/live} (200 while the process works) and {@code GET /health/ready} (200 or 503, with a word for each
 * part as JSON), for load balancers and container platforms; {@code GET /metrics} in the text format of Prometheus; the
 * {@linkplain ParkedPages parked studies}.
 */
public final class HttpServer implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Javalin javalin;

    private HttpServer(Javalin javalin) {
        this.javalin = javalin;
    }

    /**
     * Listens when it returns.
     *
     * @param port 0 lets the system choose
     * @throws IOException when the address cannot be bound
     */
    public static HttpServer start(String bind, int port, Supplier<Health> health, Metrics metrics, Ledger ledger)
            throws IOException {
        ParkedPages pages = new ParkedPages(ledger);
        requireFree(bind, port);
        Javalin javalin = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.startup.showOldJavalinVersionWarning = false;
            config.routes.get(
                    "/health/live",
                    context -> context.contentType("application/json").result("{\"live\":true}"));
            config.routes.get(
                    "/metrics",
                    context -> context.contentType("text/plain; version=0.0.4; charset=utf-8")
                            .result(metrics.scrape()));
            config.http.maxRequestSize = ParkedPages.BODY_BYTES_MAX;
            config.routes.get("/parked", pages::list);
            config.routes.post("/replay", pages::replay);
            config.routes.get("/health/ready", context -> ready(context, health.get()));
        });
        try {
            javalin.start(bind, port);
        } catch (JavalinBindException e) {
            throw taken(bind, port, e);
        }
        return new HttpServer(javalin);
    }

    /** Javalin would log an error of its own. */
    private static void requireFree(String bind, int port) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            InetSocketAddress address = new InetSocketAddress(bind, port);
            if (address.isUnresolved()) {
                throw new IOException(
                        "cannot listen on http " + bind + ": there is no host of this name; set http.bind");
            }
            bind(socket, address);
        }
    }

    private static void bind(ServerSocket socket, InetSocketAddress address) throws IOException {
        try {
            socket.bind(address);
        } catch (BindException e) {
            throw taken(address.getHostString(), address.getPort(), e);
        }
    }

    private static IOException taken(String bind, int port, Exception cause) {
        return new IOException(
                "cannot listen on http " + bind + ":" + port
                        + ": is another program there? Set http.port or http.bind (" + cause.getMessage() + ")",
                cause);
    }

    private static void ready(Context context, Health health) throws IOException {
        ObjectNode body = JSON.createObjectNode().put("ready", health.ready());
        health.parts().forEach(body::put);
        context.status(health.ready() ? 200 : 503)
                .contentType("application/json")
                .result(JSON.writeValueAsString(body));
    }

    public int port() {
        return javalin.port();
    }

    @Override
    public void close() {
        javalin.stop();
    }
}
