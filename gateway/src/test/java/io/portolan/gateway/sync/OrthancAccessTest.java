package io.portolan.gateway.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portolan.dicom.Certificates;
import io.portolan.dicom.KeyFiles;
import io.portolan.dicom.io.Selection;
import io.portolan.gateway.access.Access;
import io.portolan.gateway.access.AccessFiles;
import io.portolan.gateway.access.AuthorizationServer;
import io.portolan.gateway.access.Guard;
import io.portolan.gateway.access.HttpAccess;
import io.portolan.gateway.access.HttpCredentials;
import io.portolan.gateway.access.Tokens;
import io.portolan.gateway.config.GatewayConfig;
import io.portolan.gateway.config.SyncSource.DicomWeb;
import io.portolan.testdata.SyntheticStudies;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real archive that wants to know who we are: Orthanc with users, and behind guards of certificates and tokens. */
@Timeout(180)
class OrthancAccessTest {

    @TempDir
    private Path folder;

    /** As Archives makes it, of what a configuration says. */
    private static DicomWebSource source(URI url, String members) throws Exception {
        return new DicomWebSource(DicomWebOptions.of(url, access(url, members), Selection.MAPPED, new Pace(2, 0))
                .with(new DicomWebOptions.Times(Duration.ofSeconds(20), Duration.ofMinutes(1), List.of())));
    }

    private static HttpAccess access(URI url, String members) throws Exception {
        String sources = "{ pacs: { type: dicomweb, url: \"" + url + "\", " + members + " } }";
        GatewayConfig config = GatewayConfig.loadToStart(Optional.empty(), Map.of(), Map.of("sync.sources", sources));
        DicomWeb web =
                (DicomWeb) config.sync().sources().values().iterator().next().connection();
        return new HttpAccess(web.access(), web.url(), Duration.ofSeconds(20));
    }

    private static int studies(DicomWebSource source) throws Exception {
        return source.studies(StudyQuery.ALL).studies().size();
    }

    private static SourceException failure(DicomWebSource source) {
        SourceException failure = catchThrowableOfType(SourceException.class, () -> studies(source));
        assertThat(failure).as("a failure").isNotNull();
        return failure;
    }

    @Test
    void takesAPasswordThatIsMended() throws Exception {
        HttpCredentials reader = HttpCredentials.basic("reader", "pässword-of-reader");
        Map<String, Object> users = Map.of("RegisteredUsers", Map.of("reader", "pässword-of-reader"));
        try (OrthancPeer orthanc = OrthancPeer.start(folder.resolve("orthanc"), reader, users)) {
            orthanc.upload(SyntheticStudies.cr());
            Path password = Files.writeString(folder.resolve("password"), "wrong-but-secret");
            DicomWebSource source = source(orthanc.dicomWeb(), "user: reader, password-file: " + password);
            assertThat(failure(source))
                    .hasMessageContaining("status 401; it does not take user with the password in " + password)
                    .hasMessageNotContaining("secret")
                    .extracting(SourceException::kind)
                    .isEqualTo(SourceException.Kind.REFUSED);
            Files.writeString(password, "pässword-of-reader\n");
            assertThat(studies(source)).isEqualTo(1);
        }
    }

    /** By a proxy before it: Orthanc 1.10.1 of Debian 12 dies of any TLS (civetweb with OpenSSL 3). */
    @Test
    void takesACertificateThatIsRenewed() throws Exception {
        Certificates ca = new Certificates("Hospital CA");
        Path caFile = ca.write(folder.resolve("ca.pem"));
        Path certificate = folder.resolve("us.pem");
        Path key = folder.resolve("us.key");
        ca.issue("us").write(certificate, key);
        String files = "tls-certificate-file: " + certificate + ", tls-key-file: " + key;
        try (OrthancPeer orthanc = OrthancPeer.start(folder.resolve("orthanc"));
                Guard guard =
                        Guard.mutual(orthanc.dicomWeb(), ca.issue("orthanc").context())) {
            orthanc.upload(SyntheticStudies.cr());
            DicomWebSource source = source(guard.base(), files + ", tls-ca-file: " + caFile);
            assertThat(studies(source)).isEqualTo(1);
            assertThat(failure(source(guard.base(), files)))
                    .hasMessageContaining("its certificate is not trusted: set tls-ca-file");
            assertThat(failure(source(guard.base(), "tls-ca-file: " + caFile)))
                    .hasMessageContaining("tls-certificate-file");
            ca.issue("us", Instant.now().minus(Duration.ofDays(1))).write(certificate, key);
            assertThat(failure(source)).hasMessageContaining("our certificate in " + certificate + " ended at");
            ca.issue("us").write(certificate, key);
            assertThat(studies(source)).isEqualTo(1);
        }
    }

    @Test
    void takesTokensThatEnd() throws Exception {
        Path key = KeyFiles.write(
                folder.resolve("key.pem"), KeyFiles.ec("secp384r1").getPrivate());
        try (OrthancPeer orthanc = OrthancPeer.start(folder.resolve("orthanc"));
                Guard keys = Guard.before(URI.create("http://127.0.0.1:1/"), header -> false);
                AuthorizationServer server = AuthorizationServer.start(
                        Duration.ofSeconds(2), keys.base().resolve("/jwks"))) {
            keys.page("/jwks", AccessFiles.jwks(List.of(Access.ofKey(key))));
            Tokens tokens = new Tokens(server.jwks());
            try (Guard guard = Guard.before(orthanc.dicomWeb(), tokens)) {
                orthanc.upload(SyntheticStudies.cr());
                DicomWebSource source = source(
                        guard.base(),
                        "client-id: ec, client-key-file: " + key + ", scope: \"" + AuthorizationServer.SCOPE
                                + "\", token-url: \"" + server.tokenUrl() + "\"");
                while (tokens.seen().size() < 3) {
                    assertThat(studies(source)).isEqualTo(1);
                }
                tokens.revokeAll();
                assertThat(studies(source)).isEqualTo(1);
                assertThat(server.requests()).isBetween(4, 6);
            }
        }
    }
}
