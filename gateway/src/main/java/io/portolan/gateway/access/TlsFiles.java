package io.portolan.gateway.access;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import nl.altindag.ssl.SSLFactory;
import nl.altindag.ssl.exception.GenericException;
import nl.altindag.ssl.pem.util.PemUtils;
import org.jspecify.annotations.Nullable;

/** The files of TLS, as they are at one moment: our certificate with its key, and the CAs that we trust. */
final class TlsFiles {

    private static final String PEM = "-----BEGIN ";

    /** Our certificate first, then its chain. */
    private record Identity(PrivateKey key, List<X509Certificate> chain) {}

    private final Access.Tls tls;
    private final @Nullable Identity identity;
    private final List<X509Certificate> trusted;

    private TlsFiles(Access.Tls tls, @Nullable Identity identity, List<X509Certificate> trusted) {
        this.tls = tls;
        this.identity = identity;
        this.trusted = trusted;
    }

    /** @throws AccessException a file cannot be used; says which and why, without what it holds */
    static TlsFiles read(Access.Tls tls) throws AccessException {
        Identity identity =
                tls.certificate().isPresent() ? identity(tls, tls.certificate().get()) : null;
        return new TlsFiles(
                tls, identity, tls.ca().isPresent() ? trusted(tls.ca().get()) : List.of());
    }

    /** Equal as long as no file was replaced. */
    static List<String> stamps(Access.Tls tls) {
        return Stream.of(tls.certificate(), tls.key(), tls.password(), tls.ca())
                .flatMap(Optional::stream)
                .map(TlsFiles::stamp)
                .toList();
    }

    private static String stamp(Path file) {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return now.lastModifiedTime() + " " + now.size() + " " + now.fileKey();
        } catch (IOException e) {
            return "none";
        }
    }

    private static List<X509Certificate> trusted(Path file) throws AccessException {
        List<X509Certificate> certificates = certificates(SecretFile.text(file, "CA file"));
        if (certificates.isEmpty()) {
            throw AccessException.refused(file + " holds no certificate; it must be PEM: " + PEM + "CERTIFICATE-----");
        }
        return certificates;
    }

    private static Identity identity(Access.Tls tls, Path file) throws AccessException {
        byte[] bytes = SecretFile.bytes(file, "certificate");
        char @Nullable [] password = tls.password().isPresent()
                ? SecretFile.password(tls.password().get()).toCharArray()
                : null;
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        Identity identity = text.contains(PEM) ? ofPem(tls, file, text, password) : ofStore(tls, file, bytes, password);
        byte[] certified = identity.chain.get(0).getPublicKey().getEncoded();
        if (PublicHalf.of(identity.key)
                .filter(half -> !Arrays.equals(half.getEncoded(), certified))
                .isPresent()) {
            throw AccessException.refused(
                    tls.key().orElse(file) + " holds another key than that of the first certificate in " + file);
        }
        return identity;
    }

    private static Identity ofPem(Access.Tls tls, Path file, String text, char @Nullable [] password)
            throws AccessException {
        Path keyFile = tls.key().orElse(file);
        String keyText = tls.key().isPresent() ? SecretFile.text(keyFile, "private key") : text;
        List<X509Certificate> chain = certificates(text);
        if (chain.isEmpty()) {
            throw AccessException.refused(file + " holds no certificate; it must be PEM or PKCS12");
        }
        try {
            return new Identity(PemUtils.parsePrivateKey(keyText, password), chain);
        } catch (GenericException | IllegalArgumentException e) { // whose text may quote the file
            throw AccessException.refused(keyFile + " holds no private key that can be read"
                    + (tls.password().isPresent()
                            ? " with the password in " + tls.password().get()
                            : "; where it has a password, set tls-password-file"));
        }
    }

    private static List<X509Certificate> certificates(String pem) {
        try {
            return PemUtils.parseCertificate(pem);
        } catch (GenericException | IllegalArgumentException e) { // as if there were none
            return List.of();
        }
    }

    private static Identity ofStore(Access.Tls tls, Path file, byte[] bytes, char @Nullable [] password)
            throws AccessException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(bytes), password);
            for (String alias : Collections.list(store.aliases())) {
                Certificate[] chain = store.getCertificateChain(alias);
                if (store.getKey(alias, password) instanceof PrivateKey key && chain != null) {
                    return new Identity(
                            key,
                            Arrays.stream(chain)
                                    .map(X509Certificate.class::cast)
                                    .toList());
                }
            }
        } catch (IOException | GeneralSecurityException e) {
            throw AccessException.refused(file + " can be read neither as PEM nor as PKCS12"
                    + (tls.password().isPresent()
                            ? " with the password in " + tls.password().get()
                            : "; where it has a password, set tls-password-file"));
        }
        throw AccessException.refused(file + " holds no private key with its certificate");
    }

    /** That trusts the given CAs besides those of the JVM. */
    SSLContext context() {
        return factory(true).getSslContext();
    }

    /** That trusts the given CAs alone, where there are any: whom the JVM knows is not yet one of ours. */
    SSLContext contextOfOwnCas() {
        return factory(trusted.isEmpty()).getSslContext();
    }

    /** CAs, with or without those of the JVM. */
    int trustedCount(boolean jvm) {
        return factory(jvm).getTrustedCertificates().size();
    }

    private SSLFactory factory(boolean jvm) {
        SSLFactory.Builder builder = SSLFactory.builder();
        if (jvm) {
            builder.withDefaultTrustMaterial();
        }
        if (!trusted.isEmpty()) {
            builder.withTrustMaterial(trusted);
        }
        if (identity != null) {
            builder.withIdentityMaterial(identity.key, new char[0], identity.chain);
        }
        return builder.build();
    }

    /** What is wrong with our certificate today, if anything. */
    Optional<String> ended() {
        if (identity == null) {
            return Optional.empty();
        }
        Instant end = identity.chain.get(0).getNotAfter().toInstant();
        return end.isBefore(Instant.now())
                ? Optional.of("our certificate in " + tls.certificate().orElseThrow() + " ended at " + end
                        + ": put a new one there")
                : Optional.empty();
    }

    boolean hasCertificate() {
        return identity != null;
    }
}
