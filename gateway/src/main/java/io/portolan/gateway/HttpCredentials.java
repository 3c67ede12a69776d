package io.portolan.gateway;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who we are to an HTTP server. Shown by nothing: their text is that of a header, and of no log, message or URL. */
public final class HttpCredentials {

    /** Nobody: the server asks for none, or knows us by our address. */
    public static final HttpCredentials NONE = new HttpCredentials(null);

    private final @Nullable String header;

    private HttpCredentials(@Nullable String header) {
        this.header = header;
    }

    /**
     * HTTP Basic (RFC 7617), in UTF-8.
     *
     * @throws IllegalArgumentException when they cannot be sent; the message does not quote them
     */
    public static HttpCredentials basic(String user, String password) {
        if (user.isEmpty() || user.indexOf(':') >= 0 || hasControl(user) || hasControl(password)) {
            throw new IllegalArgumentException("not a user and a password of RFC 7617");
        }
        byte[] both = (user + ':' + password).getBytes(StandardCharsets.UTF_8);
        return new HttpCredentials("Basic " + Base64.getEncoder().encodeToString(both));
    }

    /** RFC 6750 2.1. */
    public static HttpCredentials bearer(BearerToken token) {
        return new HttpCredentials(token.header());
    }

    /** The value of Authorization; empty: none is sent. */
    public Optional<String> header() {
        return Optional.ofNullable(header);
    }

    private static boolean hasControl(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    @Override
    public String toString() {
        return header == null ? "no credentials" : "credentials";
    }
}
