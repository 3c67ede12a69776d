package io.portolan.gateway.config;

import io.portolan.gateway.access.Access;
import io.portolan.gateway.access.Access.Basic;
import io.portolan.gateway.access.Access.SecretMethod;
import io.portolan.gateway.config.Kind.Member;
import io.portolan.gateway.config.Kind.WrongMember;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How an HTTP server lets us in: one set of names, which are keys of the section {@code fhir} and members of a DICOMweb
 * source.
 */
final class AccessOptions {

    /**
     * One of them.
     *
     * @param standard the default, as it would be written
     */
    record Option<T>(String name, Kind.Scalar<T> kind, String standard, String description) {

        Key<T> key(String section) {
            return new Key<>(section, name, kind, standard, description);
        }

        Member<T> member() {
            return new Member<>(name, kind, false);
        }

        T byDefault() {
            return kind.parser().apply(standard);
        }
    }

    /** What was given. */
    interface Given {
        <T> T get(Option<T> option);
    }

    /** RFC 6749 3.3. */
    private static final Pattern SCOPE = Pattern.compile("[!#-\\[\\]-~]+( [!#-\\[\\]-~]+)*");

    /** SMART App Launch 2.2: all that a backend may ask for. */
    private static final String SMART_SCOPE = "system/*.cruds";

    // spotless:off
    static final Option<Optional<Path>>   TOKEN_FILE    = path("token-file", "The file that holds a bearer token, alone on its line; read for every request, so that it may be replaced. For https only; see docs/authentication.md.");
    static final Option<Optional<String>> USER          = new Option<>("user", user().orNone(), "none", "The user for HTTP Basic; goes with password-file.");
    static final Option<Optional<Path>>   PASSWORD_FILE = path("password-file", "The file that holds the password of user, alone on its line.");
    static final Option<Optional<String>> CLIENT_ID     = new Option<>("client-id", Kinds.word().orNone(), "none", "Who we are to an OAuth 2.0 authorization server, which gives tokens by client credentials; goes with client-secret-file or client-key-file.");
    static final Option<Optional<Path>>   SECRET_FILE   = path("client-secret-file", "The file that holds the client secret, alone on its line.");
    static final Option<SecretMethod>     SECRET_METHOD = new Option<>("client-secret-method", Kinds.choice(SecretMethod.values()), "basic", "How the client secret is sent: client_secret_basic or client_secret_post.");
    static final Option<Optional<Path>>   KEY_FILE      = path("client-key-file", "The file that holds the private key of SMART Backend Services: RSA (RS384) or EC on P-384 (ES384), PEM or JWK; portolan jwks shows what to register.");
    static final Option<Optional<String>> KEY_ID        = new Option<>("client-key-id", Kinds.word().orNone(), "none", "The kid of that key; with none its thumbprint (RFC 7638).");
    static final Option<Optional<URI>>    TOKEN_URL     = new Option<>("token-url", Addresses.tokenUrl().orNone(), "none", "The token endpoint; with none and client-key-file, what [fhir.url]/.well-known/smart-configuration names.");
    static final Option<Optional<String>> SCOPE_ASKED   = new Option<>("scope", scope().orNone(), "none", "The scopes to ask for, with spaces between; with none and client-key-file, " + SMART_SCOPE + " of a FHIR server.");
    static final Option<Optional<Path>>   TLS_CERT      = path("tls-certificate-file", "Our certificate for mutual TLS: PEM with its chain, or PKCS12.");
    static final Option<Optional<Path>>   TLS_KEY       = path("tls-key-file", "The private key of that certificate, PEM; with none it is in the file of the certificate.");
    static final Option<Optional<Path>>   TLS_PASSWORD  = path("tls-password-file", "The file that holds the password of that PKCS12 or PEM, alone on its line.");
    static final Option<Optional<Path>>   TLS_CA        = path("tls-ca-file", "Certificates of CAs to trust besides those of the JVM, PEM.");
    static final Option<Optional<URI>>    PROXY         = new Option<>("proxy", Addresses.proxy().orNone(), "none", "The HTTP proxy between, also for token-url.");
    static final Option<Optional<String>> PROXY_USER    = new Option<>("proxy-user", user().orNone(), "none", "The user for the proxy; goes with proxy-password-file.");
    static final Option<Optional<Path>>   PROXY_PASSWORD = path("proxy-password-file", "The file that holds the password of proxy-user, alone on its line.");

    static final List<Option<?>> ALL = List.of(
            TOKEN_FILE, USER, PASSWORD_FILE, CLIENT_ID, SECRET_FILE, SECRET_METHOD, KEY_FILE, KEY_ID, TOKEN_URL, SCOPE_ASKED,
            TLS_CERT, TLS_KEY, TLS_PASSWORD, TLS_CA, PROXY, PROXY_USER, PROXY_PASSWORD);
    // spotless:on

    private AccessOptions() {}

    private static Option<Optional<Path>> path(String name, String description) {
        return new Option<>(name, Kinds.path().orNone(), "none", description);
    }

    /** RFC 7617 2: no colon. */
    private static Kind.Scalar<String> user() {
        return new Kind.Scalar<>("a user name without colon", text -> {
            if (text.isBlank() || text.indexOf(':') >= 0 || text.chars().anyMatch(Character::isISOControl)) {
                throw new Kind.Wrong();
            }
            return text.strip();
        });
    }

    private static Kind.Scalar<String> scope() {
        return new Kind.Scalar<>("scopes with spaces between, such as system/ImagingStudy.cruds", text -> {
            if (!SCOPE.matcher(text).matches()) {
                throw new Kind.Wrong();
            }
            return text;
        });
    }

    /**
     * What they make together.
     *
     * @param fhir whether the server is one that says where its tokens come from (SMART App Launch 2.2)
     * @throws WrongMember some of them do not go together
     */
    static Access access(Given given, boolean fhir) {
        requirePair(given, USER, PASSWORD_FILE);
        requirePair(given, PROXY_USER, PROXY_PASSWORD);
        requireWith(given, PROXY, PROXY_USER);
        requireWith(given, TLS_CERT, TLS_KEY, TLS_PASSWORD);
        requireWith(given, CLIENT_ID, SECRET_FILE, KEY_FILE, TOKEN_URL, SCOPE_ASKED);
        requireWith(given, KEY_FILE, KEY_ID);
        requireAlone(given, TOKEN_FILE, USER, "user and password-file");
        requireAlone(given, TOKEN_FILE, CLIENT_ID, CLIENT_ID.name());
        requireAlone(given, USER, CLIENT_ID, CLIENT_ID.name());
        requireAlone(given, SECRET_FILE, KEY_FILE, KEY_FILE.name());
        return new Access(
                login(given, fhir),
                new Access.Tls(given.get(TLS_CERT), given.get(TLS_KEY), given.get(TLS_PASSWORD), given.get(TLS_CA)),
                given.get(PROXY)
                        .map(url -> new Access.Proxy(url, basic(given.get(PROXY_USER), given.get(PROXY_PASSWORD)))));
    }

    private static Access.Login login(Given given, boolean fhir) {
        if (given.get(TOKEN_FILE).isPresent()) {
            return new Access.Token(given.get(TOKEN_FILE).get());
        }
        if (given.get(CLIENT_ID).isPresent()) {
            return oauth(given, given.get(CLIENT_ID).get(), fhir);
        }
        return basic(given.get(USER), given.get(PASSWORD_FILE))
                .<Access.Login>map(both -> both)
                .orElseGet(Access.Nobody::new);
    }

    private static Optional<Basic> basic(Optional<String> user, Optional<Path> passwordFile) {
        return user.flatMap(name -> passwordFile.map(file -> new Basic(name, file)));
    }

    private static Access.OAuth oauth(Given given, String clientId, boolean fhir) {
        Optional<Path> secret = given.get(SECRET_FILE);
        Optional<Path> key = given.get(KEY_FILE);
        if (secret.isEmpty() && key.isEmpty()) {
            throw new WrongMember(CLIENT_ID.name(), "client-id goes with client-secret-file or client-key-file");
        }
        // a secret goes where the operator said, not where a server did; an assertion is of use to its audience alone
        if (given.get(TOKEN_URL).isEmpty() && (!fhir || secret.isPresent())) {
            throw new WrongMember(
                    CLIENT_ID.name(), "needs token-url: " + TOKEN_URL.kind().right());
        }
        Access.Proof proof = secret.<Access.Proof>map(file -> new Access.Secret(file, given.get(SECRET_METHOD)))
                .orElseGet(() -> new Access.Key(key.orElseThrow(), given.get(KEY_ID)));
        Optional<String> scope = given.get(SCOPE_ASKED);
        return new Access.OAuth(
                clientId,
                proof,
                given.get(TOKEN_URL),
                scope.isEmpty() && fhir && key.isPresent() ? Optional.of(SMART_SCOPE) : scope);
    }

    private static void requirePair(
            Given given, Option<? extends Optional<?>> one, Option<? extends Optional<?>> other) {
        if (given.get(one).isPresent() != given.get(other).isPresent()) {
            throw new WrongMember(
                    given.get(one).isPresent() ? one.name() : other.name(),
                    one.name() + " and " + other.name() + " go together");
        }
    }

    @SafeVarargs
    private static void requireWith(
            Given given, Option<? extends Optional<?>> needed, Option<? extends Optional<?>>... others) {
        for (Option<? extends Optional<?>> other : others) {
            if (given.get(other).isPresent() && given.get(needed).isEmpty()) {
                throw new WrongMember(other.name(), other.name() + " goes with " + needed.name());
            }
        }
    }

    private static void requireAlone(
            Given given, Option<? extends Optional<?>> one, Option<? extends Optional<?>> other, String names) {
        if (given.get(one).isPresent() && given.get(other).isPresent()) {
            throw new WrongMember(one.name(), "must not be given with " + names);
        }
    }

    /** The same as keys of the section {@code fhir}. */
    static Access fhir(Settings settings) {
        return access(
                new Given() {
                    @Override
                    public <T> T get(Option<T> option) {
                        return settings.get(option.key(Keys.FHIR));
                    }
                },
                true);
    }

    /** The same as members of a source. */
    static Access source(Kind.Members members) {
        return access(
                new Given() {
                    @Override
                    public <T> T get(Option<T> option) {
                        return members.get(option.member(), option.byDefault());
                    }
                },
                false);
    }
}
