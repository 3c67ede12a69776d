package io.portolan.gateway.access;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** How one HTTP server lets us in, as it is configured: names and places, and no secret. */
public record Access(Login login, Tls tls, Optional<Proxy> proxy) {

    public static final Access NONE = new Access(
            new Nobody(),
            new Tls(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
            Optional.empty());

    /** Nothing but a key, whose public part is of interest. */
    public static Access ofKey(Path file) {
        Key key = new Key(file, Optional.empty());
        return new Access(new OAuth("", key, Optional.empty(), Optional.empty()), NONE.tls, Optional.empty());
    }

    /** Whether there is a key whose public part somebody has to know. */
    public boolean hasKey() {
        return login instanceof OAuth oauth && oauth.proof instanceof Key;
    }

    /** What goes into Authorization. */
    public sealed interface Login {}

    /** Nothing does. */
    public record Nobody() implements Login {}

    /** A bearer token (RFC 6750), alone on the line of a file that somebody keeps fresh. */
    public record Token(Path file) implements Login {}

    /** HTTP Basic (RFC 7617). */
    public record Basic(String user, Path passwordFile) implements Login {}

    /**
     * Tokens of an authorization server, by client credentials (RFC 6749 4.4).
     *
     * @param tokenUrl empty: what {@code [base]/.well-known/smart-configuration} says
     * @param scope empty: none is asked for
     */
    public record OAuth(String clientId, Proof proof, Optional<URI> tokenUrl, Optional<String> scope)
            implements Login {}

    /** How the authorization server knows that we are who we say. */
    public sealed interface Proof {}

    /** A secret that it knows (RFC 6749 2.3.1). */
    public record Secret(Path file, SecretMethod method) implements Proof {}

    /** Where a client secret goes, named as in RFC 7591: {@code client_secret_basic}, {@code client_secret_post}. */
    public enum SecretMethod {
        BASIC,
        POST
    }

    /**
     * A private key whose public key it knows (SMART Backend Services; RFC 7523).
     *
     * @param id kid; empty: the thumbprint of the key (RFC 7638)
     */
    public record Key(Path file, Optional<String> id) implements Proof {}

    /**
     * Further than what the JVM does by itself.
     *
     * @param certificate of ours, PEM with its chain, or PKCS12
     * @param key of the certificate, PEM; empty: it is in the file of the certificate
     * @param password the file with that of the key
     * @param ca certificates to trust besides those of the JVM, PEM
     */
    public record Tls(Optional<Path> certificate, Optional<Path> key, Optional<Path> password, Optional<Path> ca) {

        boolean isNone() {
            return certificate.isEmpty() && ca.isEmpty();
        }
    }

    /** An HTTP proxy, and who we are to it. */
    public record Proxy(URI url, Optional<Basic> login) {}
}
