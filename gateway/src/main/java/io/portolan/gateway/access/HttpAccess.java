package io.portolan.gateway.access;

import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to one HTTP server: the client with its TLS and its proxy, and what to send as Authorization. No redirect is
 * followed: credentials go where the operator said, nowhere else.
 *
 * <p>Reads its files when they are needed, and again when they were replaced: what is mended heals without a restart. Safe
 * for several threads.
 */
public final class HttpAccess {

    private static final Logger LOG = LoggerFactory.getLogger(HttpAccess.class);

    private static final Duration CONNECT_TIMEOUT = Duration.ofMinutes(1);

    private static final String TUNNELING_DISABLED = "jdk.http.auth.tunneling.disabledSchemes";

    static {
        // The JDK drops a Proxy-Authorization of Basic before https unless told; it looks when its first client is
        // made.
        if (System.getProperty(TUNNELING_DISABLED) == null) {
            System.setProperty(TUNNELING_DISABLED, "");
        }
    }

    private final Access access;
    private final URI base;
    private final Duration connectTimeout;
    private final HttpCredentials credentials;
    private final Optional<HttpCredentials> proxyCredentials;

    private List<String> stamps = List.of(); // guarded by this
    private @Nullable HttpClient client; // guarded by this
    private @Nullable TlsFiles files; // guarded by this

    /**
     * Opens nothing yet.
     *
     * @param base the URL of the server
     * @param connectTimeout for the connection alone
     */
    public HttpAccess(Access access, URI base, Duration connectTimeout) {
        this(access, base, connectTimeout, null);
    }

    private HttpAccess(Access access, URI base, Duration connectTimeout, @Nullable HttpCredentials given) {
        this.access = access;
        this.base = base;
        this.connectTimeout = connectTimeout;
        this.credentials = given == null ? credentials() : given;
        this.proxyCredentials = access.proxy().flatMap(Access.Proxy::login).map(FileCredentials::of);
    }

    /** With nothing but credentials. */
    public static HttpAccess of(HttpCredentials credentials, URI base) {
        return new HttpAccess(Access.NONE, base, CONNECT_TIMEOUT, credentials);
    }

    private HttpCredentials credentials() {
        Access.Login login = access.login();
        if (login instanceof Access.Token token) {
            return FileCredentials.of(token);
        }
        if (login instanceof Access.Basic basic) {
            return FileCredentials.of(basic);
        }
        if (login instanceof Access.OAuth oauth) {
            return new OAuthCredentials(new TokenEndpoint(oauth, base, new TokenWire(this))::ask);
        }
        return HttpCredentials.NONE;
    }

    /** What to send, and whether something else is to be had when that is refused. */
    public HttpCredentials authorization() {
        return credentials;
    }

    /** Complete but for Authorization, as the proxy wants it. */
    public HttpRequest toProxy(HttpRequest request) throws AccessException {
        if (proxyCredentials.isEmpty()) {
            return request;
        }
        String header = ((FileCredentials) proxyCredentials.get()).header().orElseThrow();
        return HttpRequest.newBuilder(request, (name, value) -> true)
                .header("Proxy-Authorization", header)
                .build();
    }

    /**
     * The client, with the files as they are now.
     *
     * @throws AccessException they cannot be used, nor could they ever; says which and why
     */
    public synchronized HttpClient client() throws AccessException {
        List<String> now = TlsFiles.stamps(access.tls());
        if (client == null || !now.equals(stamps)) {
            stamps = now;
            try {
                client = open();
            } catch (AccessException e) {
                if (client == null) {
                    throw e;
                }
                LOG.warn("{}; what was there before is used on", e.getMessage());
            }
        }
        return client;
    }

    private HttpClient open() throws AccessException {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(connectTimeout)
                .followRedirects(HttpClient.Redirect.NEVER);
        builder.proxy(access.proxy()
                .map(Access.Proxy::url)
                .map(url -> ProxySelector.of(InetSocketAddress.createUnresolved(url.getHost(), port(url))))
                .orElse(HttpClient.Builder.NO_PROXY)); // whatever the JVM was told
        if (!access.tls().isNone()) {
            files = TlsFiles.read(access.tls());
            builder.sslContext(files.context());
        }
        return builder.build();
    }

    private static int port(URI url) {
        return url.getPort() < 0 ? 80 : url.getPort();
    }

    /** Why there was no answer, and what to do. */
    public String reason(Throwable error) {
        return reason(error, base);
    }

    synchronized String reason(Throwable error, URI url) {
        return Unreachable.reason(error, url, access.proxy(), files);
    }

    /** What to do about a status that is about us and not about a request; empty: it is not. */
    public String advice(int status) {
        return switch (status) {
            case 401 ->
                access.login() instanceof Access.Nobody
                        ? "; it wants credentials: set token-file, user or client-id"
                        : "; it does not take " + what(access.login());
            case 403 -> "; check what the credentials may do there";
            case 407 -> "; the proxy wants credentials: check proxy-user and proxy-password-file";
            default -> "";
        };
    }

    private static String what(Access.Login login) {
        if (login instanceof Access.Token token) {
            return "the token in " + token.file() + ": put a new one there";
        }
        if (login instanceof Access.Basic basic) {
            return "user with the password in " + basic.passwordFile() + ": check both";
        }
        return "a token that the authorization server has just given: check scope, and whether it trusts that server";
    }

    @Override
    public String toString() {
        return "access to " + base;
    }
}
