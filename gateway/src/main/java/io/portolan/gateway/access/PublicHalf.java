package io.portolan.gateway.access;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Optional;
import org.bouncycastle.jce.interfaces.ECPrivateKey;

/** The public key of a private one, which PKCS8 need not have beside it. */
final class PublicHalf {

    private PublicHalf() {}

    /** Empty: it is neither RSA nor EC. */
    static Optional<PublicKey> of(PrivateKey key) {
        try {
            if (key instanceof RSAPrivateCrtKey rsa) {
                return Optional.of(KeyFactory.getInstance("RSA")
                        .generatePublic(new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent())));
            }
            if (key instanceof ECPrivateKey ec && key instanceof java.security.interfaces.ECPrivateKey named) {
                org.bouncycastle.math.ec.ECPoint point =
                        ec.getParameters().getG().multiply(ec.getD()).normalize();
                ECPoint half = new ECPoint(
                        point.getAffineXCoord().toBigInteger(),
                        point.getAffineYCoord().toBigInteger());
                return Optional.of(
                        KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(half, named.getParams())));
            }
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("a key that cannot be", e);
        }
    }
}
