package io.portolan.gateway.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.JWTAuthenticationClaimsSet;
import com.nimbusds.oauth2.sdk.auth.PrivateKeyJWT;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.Audience;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.JWTID;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.oauth2.sdk.token.AccessTokenType;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The token endpoint of an authorization server (RFC 6749 4.4), asked once for each call; found by what the FHIR server
 * says of it (SMART App Launch 2.2, {@code .well-known/smart-configuration}) when no URL is configured.
 *
 * <p>A secret or key is read from its file each time, so that it may be replaced. Whoever calls takes turns.
 */
final class TokenEndpoint {

    /** SMART Backend Services has 5 minutes at most; a clock of ours may be wrong by the rest, either way. */
    static final Duration ASSERTION_LIFE = Duration.ofMinutes(2);

    /** RFC 6749 5.1 only recommends to say how long a token lives. */
    static final Duration LIFE_UNSAID = Duration.ofMinutes(5);

    private static final Duration LIFE_MAX = Duration.ofDays(1);

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What it gave. */
    record Issued(String header, Duration life) {

        @Override
        public String toString() {
            return "a token for " + life;
        }
    }

    private final Access.OAuth client;
    private final URI base;
    private final TokenWire wire;
    private @Nullable URI found; // what the server said last; whoever calls takes turns

    /** @param base of the server that the tokens are for */
    TokenEndpoint(Access.OAuth client, URI base, TokenWire wire) {
        this.client = client;
        this.base = base;
        this.wire = wire;
    }

    Issued ask() throws AccessException, InterruptedException {
        boolean asked = false;
        try {
            URI url = client.tokenUrl().isPresent() ? client.tokenUrl().get() : discovered();
            Issued issued = ask(url);
            asked = true;
            return issued;
        } catch (AccessException e) {
            throw e;
        } catch (InterruptedIOException e) {
            throw (InterruptedException) new InterruptedException("told to stop").initCause(e);
        } catch (IOException e) {
            throw AccessException.unavailable("no token: " + e.getClass().getSimpleName());
        } finally {
            if (!asked) {
                found = null; // it may have moved
            }
        }
    }

    private Issued ask(URI url) throws IOException {
        TokenRequest.Builder request = new TokenRequest.Builder(url, authentication(url), new ClientCredentialsGrant());
        client.scope().ifPresent(scope -> request.scope(Scope.parse(scope)));
        if (client.proof() instanceof Access.Key) {
            // RFC 7521 4.2 leaves it out or in; some servers want it
            request.customParameter("client_id", client.clientId());
        }
        HTTPResponse response = request.build().toHTTPRequest().send(wire);
        if (response.getStatusCode() != 200) {
            throw refusal(url, response);
        }
        try {
            AccessToken token = TokenResponse.parse(response)
                    .toSuccessResponse()
                    .getTokens()
                    .getAccessToken();
            if (!token.getType().equals(AccessTokenType.BEARER)) {
                throw AccessException.refused(url + " gives no bearer token; another type is not supported");
            }
            return new Issued(new BearerToken(token.getValue()).header(), life(url, response, token));
        } catch (ParseException | IllegalArgumentException e) { // whose texts may quote the answer
            throw AccessException.refused(url + " answers with something else than a token; check token-url");
        }
    }

    private static Duration life(URI url, HTTPResponse response, AccessToken token)
            throws AccessException, ParseException {
        if (response.getBodyAsJSONObject().get("expires_in") == null) {
            return LIFE_UNSAID;
        }
        long seconds = Math.min(token.getLifetime(), LIFE_MAX.toSeconds());
        if (seconds < 1) {
            throw AccessException.refused(url + " gives tokens that have ended when they come; mend its settings");
        }
        return Duration.ofSeconds(seconds);
    }

    /** New for every request: jti is never sent twice. */
    private ClientAuthentication authentication(URI url) throws AccessException {
        ClientID id = new ClientID(client.clientId());
        if (client.proof() instanceof Access.Key key) {
            return assertion(id, url, ClientKey.read(key));
        }
        Access.Secret proof = (Access.Secret) client.proof();
        Secret secret = new Secret(SecretFile.password(proof.file()));
        return proof.method() == Access.SecretMethod.POST
                ? new ClientSecretPost(id, secret)
                : new ClientSecretBasic(id, secret);
    }

    /** SMART App Launch 2.2, client-confidential-asymmetric. */
    private static PrivateKeyJWT assertion(ClientID id, URI url, ClientKey key) {
        Instant now = Instant.now();
        try {
            return new PrivateKeyJWT(
                    new JWTAuthenticationClaimsSet(
                            id,
                            List.of(new Audience(url)),
                            Date.from(now.plus(ASSERTION_LIFE)),
                            null,
                            Date.from(now),
                            new JWTID()),
                    key.algorithm(),
                    key.privateKey(),
                    key.id(),
                    null);
        } catch (JOSEException e) {
            throw new IllegalStateException("a key of the right kind signs");
        }
    }

    /** RFC 6749 5.2, of which only the codes that it knows are shown. */
    private AccessException refusal(URI url, HTTPResponse response) {
        int status = response.getStatusCode();
        String said = "no token from " + url + ": ";
        if (status == 429 || status >= 500) {
            return AccessException.unavailable(said + "status " + status);
        }
        if (status >= 300 && status < 400) {
            return AccessException.refused(said + "it redirects; set token-url to where it redirects to");
        }
        return AccessException.refused(said
                + switch (error(response)) {
                    case "invalid_client" -> "invalid_client; check client-id, " + checkProof();
                    case "unauthorized_client", "unsupported_grant_type" ->
                        "this client may not use the grant client_credentials; allow it there";
                    case "invalid_scope" -> "invalid_scope; check scope, and what is allowed to this client there";
                    case "invalid_request", "invalid_grant" ->
                        "it does not understand the request; check token-url and how this client is registered there";
                    default ->
                        "status " + status
                                + (status == 401 ? "; check client-id, " + checkProof() : "; check token-url");
                });
    }

    private String checkProof() {
        return client.proof() instanceof Access.Secret secret
                ? "the secret in " + secret.file() + " and client-secret-method"
                : "whether our public key is registered there (portolan jwks), and both clocks";
    }

    private static String error(HTTPResponse response) {
        try {
            return String.valueOf(response.getBodyAsJSONObject().get("error"));
        } catch (ParseException e) {
            return "";
        }
    }

    private URI discovered() throws IOException {
        if (found == null) {
            URI page = URI.create(base + "/.well-known/smart-configuration");
            HttpResponse<byte[]> response = wire.get(page);
            if (response.statusCode() == 429 || response.statusCode() >= 500) {
                throw AccessException.unavailable(page + ": status " + response.statusCode());
            }
            if (response.statusCode() != 200) {
                throw AccessException.refused(page + ": status " + response.statusCode() + "; set token-url");
            }
            found = tokenEndpoint(page, response.body());
        }
        return found;
    }

    private URI tokenEndpoint(URI page, byte[] body) throws AccessException {
        try {
            JsonNode said = JSON.readTree(body).path("token_endpoint");
            URI url = URI.create(said.asText());
            boolean secure = "https".equalsIgnoreCase(url.getScheme());
            boolean asBefore = "http".equalsIgnoreCase(url.getScheme()) && "http".equalsIgnoreCase(base.getScheme());
            if (url.getHost() != null && (secure || asBefore)) {
                return url;
            }
        } catch (IOException | IllegalArgumentException e) {
            // as if it said nothing
        }
        throw AccessException.refused(page + " names no token_endpoint on https; set token-url");
    }
}
