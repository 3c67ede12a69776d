package io.portolan.gateway.access;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * Who we are to an HTTP server, at this moment. Shown by nothing: their text is that of a header, and of no log, message or
 * URL. Safe for several threads.
 */
public sealed interface HttpCredentials permits HttpCredentials.Fixed, FileCredentials, OAuthCredentials {

    /** Nobody: the server asks for none, or knows us by our address or certificate. */
    HttpCredentials NONE = new Fixed(Optional.empty());

    /**
     * The value of Authorization; empty: none is sent.
     *
     * @throws AccessException there is none to be had; says what to do
     */
    Optional<String> header() throws AccessException, InterruptedException;

    /**
     * The server said 401 to what {@link #header()} gave.
     *
     * @return whether the next may be another, so that it is worth sending the request once more
     */
    boolean isRenewedAfter(String refused) throws AccessException;

    /**
     * HTTP Basic (RFC 7617), in UTF-8.
     *
     * @throws IllegalArgumentException when they cannot be sent; the message does not quote them
     */
    static HttpCredentials basic(String user, String password) {
        return new Fixed(Optional.of(basicHeader(user, password)));
    }

    /** RFC 6750 2.1. */
    static HttpCredentials bearer(BearerToken token) {
        return new Fixed(Optional.of(token.header()));
    }

    static String basicHeader(String user, String password) {
        if (user.isEmpty() || user.indexOf(':') >= 0 || hasControl(user) || hasControl(password)) {
            throw new IllegalArgumentException("not a user and a password of RFC 7617");
        }
        byte[] both = (user + ':' + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(both);
    }

    private static boolean hasControl(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    /** Those that never change. */
    final class Fixed implements HttpCredentials {

        private final Optional<String> header;

        private Fixed(Optional<String> header) {
            this.header = header;
        }

        @Override
        public Optional<String> header() {
            return header;
        }

        @Override
        public boolean isRenewedAfter(String refused) {
            return false;
        }

        @Override
        public String toString() {
            return header.isEmpty() ? "no credentials" : "credentials";
        }
    }
}
