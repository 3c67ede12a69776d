package io.portolan.dicom;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import nl.altindag.ssl.SSLFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certification authority, and what it issues: for 127.0.0.1 unless a test says otherwise, and for clients. */
public final class Certificates {

    private static final AtomicLong SERIAL = new AtomicLong(1);
    private static final GeneralName LOOPBACK = new GeneralName(GeneralName.iPAddress, "127.0.0.1");

    private final KeyPair keys = KeyFiles.ec("secp256r1");
    private final X500Name name;
    private final X509Certificate certificate;

    public Certificates(String name) throws Exception {
        this(name, true);
    }

    private Certificates(String name, boolean marked) throws Exception {
        this.name = new X500Name("CN=" + name);
        this.certificate = sign(this.name, keys, marked, Instant.now().plus(Duration.ofDays(1)), List.of(), LOOPBACK);
    }

    /** One whose own certificate does not say that it is that of a CA. */
    public static Certificates unmarked(String name) throws Exception {
        return new Certificates(name, false);
    }

    /** A certificate with its key. */
    public record Issued(X509Certificate certificate, PrivateKey key, X509Certificate ca) {

        /** The certificate with that of its CA, and the key in a file of its own. */
        public void write(Path certificateFile, Path keyFile) throws Exception {
            Files.writeString(certificateFile, pem(certificate) + pem(ca));
            KeyFiles.write(keyFile, key);
        }

        /** All in one file, as Orthanc wants it. */
        public Path writeBoth(Path file) throws Exception {
            return Files.writeString(file, pem(certificate) + KeyFiles.pem("PRIVATE KEY", key.getEncoded()));
        }

        public Path writeStore(Path file, String password) throws Exception {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("us", key, password.toCharArray(), new Certificate[] {certificate, ca});
            try (OutputStream out = Files.newOutputStream(file)) {
                store.store(out, password.toCharArray());
            }
            return file;
        }

        /** Of a server that trusts clients of the same CA. */
        public SSLContext context() {
            return SSLFactory.builder()
                    .withIdentityMaterial(key, new char[0], List.of(certificate, ca))
                    .withTrustMaterial(List.of(ca))
                    .build()
                    .getSslContext();
        }
    }

    /** That of the CA. */
    public X509Certificate certificate() {
        return certificate;
    }

    public Path write(Path file) throws Exception {
        return Files.writeString(file, pem(certificate));
    }

    public Issued issue(String subject, Instant end) throws Exception {
        return issue(subject, end, KeyFiles.ec("secp256r1"), LOOPBACK);
    }

    /** For localhost as well. */
    public Issued issue(String subject, KeyPair pair) throws Exception {
        return issue(
                subject,
                Instant.now().plus(Duration.ofHours(1)),
                pair,
                LOOPBACK,
                new GeneralName(GeneralName.dNSName, "localhost"));
    }

    /** For another host alone. */
    public Issued issueFor(String host) throws Exception {
        return issue(
                host,
                Instant.now().plus(Duration.ofHours(1)),
                KeyFiles.ec("secp256r1"),
                new GeneralName(GeneralName.dNSName, host));
    }

    private Issued issue(String subject, Instant end, KeyPair pair, GeneralName... hosts) throws Exception {
        return issue(subject, end, pair, List.of(), hosts);
    }

    private Issued issue(String subject, Instant end, KeyPair pair, List<KeyPurposeId> purposes, GeneralName... hosts)
            throws Exception {
        return new Issued(
                sign(new X500Name("CN=" + subject), pair, false, end, purposes, hosts), pair.getPrivate(), certificate);
    }

    /** For servers, or for clients, and nothing else. */
    public Issued issueFor(String subject, KeyPurposeId purpose) throws Exception {
        return issue(
                subject, Instant.now().plus(Duration.ofHours(1)), KeyFiles.ec("secp256r1"), List.of(purpose), LOOPBACK);
    }

    public Issued issue(String subject) throws Exception {
        return issue(subject, Instant.now().plus(Duration.ofHours(1)));
    }

    private X509Certificate sign(
            X500Name subject, KeyPair pair, boolean ca, Instant end, List<KeyPurposeId> purposes, GeneralName... hosts)
            throws GeneralSecurityException, IOException, org.bouncycastle.operator.OperatorCreationException {
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                BigInteger.valueOf(SERIAL.getAndIncrement()),
                Date.from(end.minus(Duration.ofDays(10))),
                Date.from(end),
                subject,
                pair.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(hosts));
        if (!purposes.isEmpty()) {
            builder.addExtension(
                    Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes.toArray(KeyPurposeId[]::new)));
        }
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    }

    private static String pem(X509Certificate certificate) throws GeneralSecurityException {
        return KeyFiles.pem("CERTIFICATE", certificate.getEncoded());
    }
}
