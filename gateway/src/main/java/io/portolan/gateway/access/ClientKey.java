package io.portolan.gateway.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.util.Optional;
import nl.altindag.ssl.exception.GenericException;
import nl.altindag.ssl.pem.util.PemUtils;

/**
 * The private key by which an authorization server knows us: PEM (PKCS8, PKCS1 or SEC1) or a JWK.
 *
 * <p>RSA signs RS384, P-384 signs ES384: what SMART Backend Services has every server accept, and no other.
 */
final class ClientKey {

    /** RFC 7518 3.3. */
    private static final int RSA_BITS_MIN = 2048;

    private static final String RIGHT = "an RSA key of " + RSA_BITS_MIN + " bits or more, or an EC key on P-384";

    private final JWK jwk;
    private final JWSAlgorithm algorithm;

    private ClientKey(JWK jwk, JWSAlgorithm algorithm) {
        this.jwk = jwk;
        this.algorithm = algorithm;
    }

    static ClientKey read(Access.Key key) throws AccessException {
        Path file = key.file();
        String text = SecretFile.text(file, "private key").strip();
        try {
            JWK jwk = text.startsWith("{") ? JWK.parse(text) : ofPem(text);
            if (!jwk.isPrivate() || !(jwk instanceof RSAKey || jwk instanceof ECKey)) {
                throw AccessException.refused(file + " holds no private key; it must be " + RIGHT);
            }
            boolean rsa = jwk instanceof RSAKey && jwk.size() >= RSA_BITS_MIN;
            if (!rsa && !(jwk instanceof ECKey ec && ec.getCurve().equals(Curve.P_384))) {
                throw AccessException.refused(
                        file + " holds a key that SMART Backend Services does not know; it must be " + RIGHT);
            }
            JWSAlgorithm algorithm = rsa ? JWSAlgorithm.RS384 : JWSAlgorithm.ES384;
            return new ClientKey(named(jwk, key.id(), algorithm), algorithm);
        } catch (ParseException
                | JOSEException
                | GenericException
                | IllegalArgumentException
                | IllegalStateException e) {
            // whose texts may quote the file
            throw AccessException.refused(file
                    + " holds no private key that can be read; it must be PEM without a password, or a JWK: " + RIGHT);
        }
    }

    private static JWK ofPem(String text) {
        PrivateKey key = PemUtils.parsePrivateKey(text);
        PublicKey publicKey = PublicHalf.of(key).orElseThrow(() -> new IllegalArgumentException("another kind of key"));
        if (publicKey instanceof ECPublicKey ec) {
            return new ECKey.Builder(Curve.forECParameterSpec(ec.getParams()), ec)
                    .privateKey(key)
                    .build();
        }
        if (publicKey instanceof RSAPublicKey rsa) {
            return new RSAKey.Builder(rsa).privateKey(key).build();
        }
        throw new IllegalArgumentException("another kind of key");
    }

    /** With what a reader of the public key needs: which key, what for. */
    private static JWK named(JWK jwk, Optional<String> configured, JWSAlgorithm algorithm) throws JOSEException {
        String own = jwk.getKeyID() == null ? jwk.computeThumbprint().toString() : jwk.getKeyID();
        String id = configured.orElse(own);
        return jwk instanceof RSAKey rsa
                ? new RSAKey.Builder(rsa)
                        .keyID(id)
                        .algorithm(algorithm)
                        .keyUse(KeyUse.SIGNATURE)
                        .keyOperations(null)
                        .build()
                : new ECKey.Builder(jwk.toECKey())
                        .keyID(id)
                        .algorithm(algorithm)
                        .keyUse(KeyUse.SIGNATURE)
                        .keyOperations(null)
                        .build();
    }

    JWSAlgorithm algorithm() {
        return algorithm;
    }

    String id() {
        return jwk.getKeyID();
    }

    PrivateKey privateKey() {
        try {
            return jwk instanceof RSAKey rsa
                    ? rsa.toPrivateKey()
                    : jwk.toECKey().toPrivateKey();
        } catch (JOSEException e) {
            throw new IllegalStateException("a key that was read before");
        }
    }

    JWK publicJwk() {
        return jwk.toPublicJWK();
    }

    @Override
    public String toString() {
        return "a private key";
    }
}
