package io.portolan.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Certificates;
import io.portolan.dicom.Certificates.Issued;
import io.portolan.gateway.publish.FakeFhirServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mutual TLS, CAs and proxies, with servers that insist on them. */
@Timeout(60)
class TlsAccessTest {

    private static final String PASSWORD = "pass-of-the-store";

    @TempDir
    private Path folder;

    private FakeFhirServer server;
    private Certificates ca;
    private Guard guard;
    private Path caFile;
    private Path certificate;
    private Path key;
    private Path password;

    @BeforeEach
    void start() throws Exception {
        server = new FakeFhirServer();
        ca = new Certificates("Test CA");
        guard = Guard.mutual(server.base(), ca.issue("server").context());
        caFile = ca.write(folder.resolve("ca.pem"));
        certificate = folder.resolve("us.pem");
        key = folder.resolve("us.key");
        password = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
        ca.issue("us").write(certificate, key);
    }

    @AfterEach
    void stop() {
        guard.close();
        server.close();
    }

    private static Access.Tls tls(
            @Nullable Path certificate, @Nullable Path key, @Nullable Path password, @Nullable Path ca) {
        return new Access.Tls(
                Optional.ofNullable(certificate),
                Optional.ofNullable(key),
                Optional.ofNullable(password),
                Optional.ofNullable(ca));
    }

    private HttpAccess access(Access.Tls tls) {
        return access(tls, Optional.empty());
    }

    private HttpAccess access(Access.Tls tls, Optional<Access.Proxy> proxy) {
        return new HttpAccess(new Access(new Access.Nobody(), tls, proxy), guard.base(), Duration.ofSeconds(10));
    }

    /** The status, or why there is none. */
    private String get(HttpAccess access) throws Exception {
        return get(access, guard.base());
    }

    private static String get(HttpAccess access, URI base) throws Exception {
        try {
            HttpRequest request = access.toProxy(
                    HttpRequest.newBuilder(URI.create(base + "/metadata")).build());
            int status =
                    access.client().send(request, BodyHandlers.discarding()).statusCode();
            return status + access.advice(status);
        } catch (AccessException e) {
            return String.valueOf(e.getMessage());
        } catch (IOException e) {
            return access.reason(e);
        }
    }

    @Test
    void showsItsCertificateFromPem() throws Exception {
        assertThat(get(access(tls(certificate, key, null, caFile)))).isEqualTo("200");
        Path both = folder.resolve("both.pem");
        Files.writeString(both, Files.readString(key) + Files.readString(certificate));
        assertThat(get(access(tls(both, null, null, caFile)))).isEqualTo("200");
    }

    @Test
    void showsItsCertificateFromPkcs12() throws Exception {
        Path store = ca.issue("us").writeStore(folder.resolve("us.p12"), PASSWORD);
        assertThat(get(access(tls(store, null, password, caFile)))).isEqualTo("200");
        Files.writeString(password, "another one");
        assertThat(get(access(tls(store, null, password, caFile))))
                .isEqualTo(store + " can be read neither as PEM nor as PKCS12 with the password in " + password);
        assertThat(get(access(tls(store, null, null, caFile))))
                .contains("where it has a password, set tls-password-file");
    }

    @Test
    void trustsNobodyElsesServer() throws Exception {
        String server = "127.0.0.1:" + guard.base().getPort();
        assertThat(get(access(tls(certificate, key, null, null))))
                .isEqualTo("no TLS with " + server
                        + ": its certificate is not trusted: set tls-ca-file to the certificate of its CA");
        Path other = new Certificates("Another CA").write(folder.resolve("other.pem"));
        HttpAccess access = access(tls(certificate, key, null, other));
        assertThat(get(access)).contains("its certificate is not trusted");
        Files.copy(caFile, other, StandardCopyOption.REPLACE_EXISTING);
        assertThat(get(access)).as("mended without a restart").isEqualTo("200");
    }

    @Test
    void trustsTheJvmsBesidesItsOwn() throws Exception {
        TlsFiles files = TlsFiles.read(tls(null, null, null, caFile));
        assertThat(files.trustedCount(true)).isGreaterThan(50);
        assertThat(files.trustedCount(false)).as("of DICOM peers").isEqualTo(1);
    }

    @Test
    void saysThatItsCertificateHasEnded() throws Exception {
        Instant yesterday = Instant.now().minus(Duration.ofDays(1));
        ca.issue("us", yesterday).write(certificate, key);
        HttpAccess access = access(tls(certificate, key, null, caFile));
        assertThat(get(access))
                .contains("our certificate in " + certificate + " ended at ")
                .contains("put a new one");
        ca.issue("us").write(certificate, key);
        assertThat(get(access)).as("mended without a restart").isEqualTo("200");
    }

    @Test
    void saysThatItsCertificateIsRefused() throws Exception {
        Issued ofAnother = new Certificates("Another CA").issue("us");
        ofAnother.write(certificate, key);
        assertThat(get(access(tls(certificate, key, null, caFile)))).contains("does it take our certificate?");
        assertThat(get(access(tls(null, null, null, caFile))))
                .contains("does it want a certificate (tls-certificate-file)?");
    }

    @Test
    void goesOnWithWhatItHadWhileFilesAreReplaced() throws Exception {
        HttpAccess access = access(tls(certificate, key, null, caFile));
        assertThat(get(access)).isEqualTo("200");
        HttpClient before = access.client();
        Files.writeString(key, "half a k");
        assertThat(get(access)).isEqualTo("200");
        assertThat(access.client()).isSameAs(before);
        ca.issue("us").write(certificate, key);
        assertThat(get(access)).isEqualTo("200");
        assertThat(access.client()).isNotSameAs(before);
    }

    @Test
    void saysWhichFileIsWrong() throws Exception {
        Path other = folder.resolve("other.key");
        ca.issue("other").write(folder.resolve("other.pem"), other);
        assertThat(get(access(tls(certificate, other, null, caFile))))
                .isEqualTo(other + " holds another key than that of the first certificate in " + certificate);
        assertThat(get(access(tls(certificate, certificate, null, caFile))))
                .startsWith(certificate + " holds no private key that can be read");
        assertThat(get(access(tls(key, null, null, caFile)))).startsWith(key + " holds no certificate");
        assertThat(get(access(tls(certificate, key, null, key)))).startsWith(key + " holds no certificate");
        assertThat(get(access(tls(certificate, folder.resolve("none"), null, caFile))))
                .isEqualTo(folder.resolve("none") + " cannot be read: there is no such file or folder");
    }

    // ---- proxies

    private static Optional<Access.Proxy> through(ProxyPeer proxy, @Nullable Path passwordFile) {
        return Optional.of(new Access.Proxy(
                proxy.url(), Optional.ofNullable(passwordFile).map(file -> new Access.Basic("us", file))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void goesThroughAProxyThatKnowsUs(String scheme) throws Exception {
        String shown = "Proxy-Authorization: " + HttpCredentials.basicHeader("us", PASSWORD);
        try (ProxyPeer proxy = new ProxyPeer(head -> head.contains(shown))) {
            URI base = scheme.equals("http") ? server.base() : guard.base();
            Access.Tls tls = tls(certificate, key, null, caFile);
            assertThat(get(access(tls, through(proxy, password)), base)).isEqualTo("200");
            assertThat(get(access(tls, through(proxy, null)), base))
                    .isEqualTo("407; the proxy wants credentials: check proxy-user and proxy-password-file");
            assertThat(proxy.heads()).hasSize(2);
            assertThat(guard.proxyAuthorizations())
                    .as("stays between us and the proxy")
                    .isEmpty();
        }
    }

    @Test
    void saysThatThereIsNoProxy() throws Exception {
        ProxyPeer proxy = new ProxyPeer(head -> true);
        proxy.close();
        assertThat(get(access(tls(certificate, key, null, caFile), through(proxy, null))))
                .contains("cannot connect to 127.0.0.1")
                .endsWith("through the proxy " + proxy.url());
    }
}
