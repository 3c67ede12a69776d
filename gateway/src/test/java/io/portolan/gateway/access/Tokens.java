package io.portolan.gateway.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.net.MalformedURLException;
import java.net.URI;
import java.text.ParseException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** A resource server's view of tokens: signed by the authorization server, and not a second too old. */
public final class Tokens implements Predicate<String> {

    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    private final Set<String> revoked = ConcurrentHashMap.newKeySet();
    private final Set<String> others = ConcurrentHashMap.newKeySet();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    public Tokens(URI jwks) throws MalformedURLException {
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(
                JWSAlgorithm.RS256, JWKSourceBuilder.create(jwks.toURL()).build()));
        DefaultJWTClaimsVerifier<SecurityContext> claims =
                new DefaultJWTClaimsVerifier<>(new JWTClaimsSet.Builder().build(), Set.of("exp", "scope"));
        claims.setMaxClockSkew(0);
        processor.setJWTClaimsSetVerifier(claims);
    }

    /** Lets in whoever shows this, too. */
    public void also(String authorization) {
        others.add(authorization);
    }

    @Override
    public boolean test(String authorization) {
        if (others.contains(authorization)) {
            return true;
        }
        String token = authorization.replaceFirst("^Bearer ", "");
        seen.add(token);
        try {
            processor.process(token, null);
            return !revoked.contains(token);
        } catch (ParseException | BadJOSEException | JOSEException e) {
            return false;
        }
    }

    /** Whoever has one of those that came so far needs another. */
    public void revokeAll() {
        revoked.addAll(seen);
    }

    /** Different ones so far. */
    public Set<String> seen() {
        return Set.copyOf(seen);
    }
}
