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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /health/live} (200 while the process works) and {@code GET /health/ready} (200 or 503, with a word for each
 * part as JSON), for load balancers and container platforms; {@code GET /metrics} in the text format of Prometheus; the
 * {@linkplain ParkedPages parked studies}; {@code GET /.well-known/jwks.json}, by which an authorization server knows our keys.
 */
public final class HttpServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

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
    public static HttpServer start(
            String bind, int port, Supplier<Health> health, Metrics metrics, Ledger ledger, PublicKeys keys)
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
            config.routes.get("/.well-known/jwks.json", context -> jwks(context, keys));
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

    /** Our public keys as a JWK Set. */
    public interface PublicKeys {
        /**
         * The text of the set.
         *
         * @throws IOException a key cannot be read; says which and why
         */
        String jwks() throws IOException;
    }

    /** RFC 7517 8.5.2. */
    private static void jwks(Context context, PublicKeys keys) {
        try {
            context.contentType("application/jwk-set+json").result(keys.jwks());
        } catch (IOException e) {
            context.status(503).contentType("text/plain").result("a key cannot be read; see the log");
            LOG.warn("no public keys are shown: {}", e.getMessage());
        }
    }

    public int port() {
        return javalin.port();
    }

    @Override
    public void close() {
        javalin.stop();
    }
}
