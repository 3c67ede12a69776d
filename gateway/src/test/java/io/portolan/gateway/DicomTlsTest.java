package io.portolan.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.portolan.dicom.Certificates;
import io.portolan.dicom.Certificates.Issued;
import io.portolan.dicom.Dcmtk;
import io.portolan.dicom.KeyFiles;
import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.AssociationServer;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.engine.StoreScp;
import io.portolan.dicom.net.PortolanEngine;
import io.portolan.gateway.config.GatewayConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** DICOM over TLS by the keys of the configuration, against the programs of DCMTK, and what is said of it in the log. */
@Timeout(120)
class DicomTlsTest {

    private static final String SUCCESS = "Received Echo Response (Success)";

    @TempDir
    private Path folder;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final List<Logger> logged = List.of((Logger) LoggerFactory.getLogger("io.portolan.dicom.net"), (Logger)
            LoggerFactory.getLogger("io.portolan.gateway.access"));
    private final List<String> stored = new CopyOnWriteArrayList<>();

    private Certificates ca;
    private Path caFile;
    private Path certificate;
    private Path key;
    private @Nullable AssociationServer server;

    @BeforeEach
    void start() throws Exception {
        log.list = new CopyOnWriteArrayList<>();
        log.start();
        logged.forEach(logger -> logger.addAppender(log));
        ca = new Certificates("Test CA");
        caFile = ca.write(folder.resolve("ca.pem"));
        certificate = folder.resolve("us.pem");
        key = folder.resolve("us.key");
        ca.issue("us").write(certificate, key);
    }

    @AfterEach
    void stop() {
        logged.forEach(logger -> logger.detachAppender(log));
        if (server != null) {
            server.close();
        }
    }

    private GatewayConfig config(String... more) throws Exception {
        Map<String, String> settings = new TreeMap<>(Map.of(
                "dicom.bind",
                "127.0.0.1",
                "dicom.port",
                "0",
                "dicom.tls-port",
                "0",
                "dicom.tls-certificate-file",
                certificate.toString(),
                "dicom.tls-key-file",
                key.toString(),
                "dicom.tls-ca-file",
                caFile.toString()));
        for (String one : more) {
            settings.put(one.substring(0, one.indexOf('=')), one.substring(one.indexOf('=') + 1));
        }
        settings.values().removeIf("-"::equals);
        return GatewayConfig.load(Optional.empty(), Map.of(), settings);
    }

    /** The port with TLS. */
    private String serve(String... more) throws Exception {
        GatewayConfig config = config(more);
        StoreScp store = (request, dataSet) -> {
            dataSet.transferTo(OutputStream.nullOutputStream());
            stored.add(request.sopInstance().value());
            return Status.SUCCESS;
        };
        server = DicomServer.serve(config, new PortolanEngine(), DicomTls.open(config), store, Optional.empty());
        return "" + server.securePort().orElseThrow();
    }

    private String plainPort() {
        return "" + Objects.requireNonNull(server).port();
    }

    private static String run(String tool, String... arguments) throws Exception {
        return Dcmtk.run(StandardCharsets.ISO_8859_1, tool, List.of(arguments));
    }

    /** An echoscu that shows a certificate of this CA, and trusts ours. */
    private String echoscu(Certificates issuer, String subject, String port, String... more) throws Exception {
        Path shown = folder.resolve("peer.pem");
        Path shownKey = folder.resolve("peer.key");
        issuer.issue(subject).write(shown, shownKey);
        List<String> arguments =
                new ArrayList<>(List.of("-v", "+tls", shownKey.toString(), shown.toString(), "+cf", caFile.toString()));
        arguments.addAll(List.of(more));
        arguments.addAll(List.of("-aec", "PORTOLAN", "127.0.0.1", port));
        return run("echoscu", arguments.toArray(String[]::new));
    }

    private String anonymous(String port) throws Exception {
        return run("echoscu", "-v", "+tla", "+cf", caFile.toString(), "-aec", "PORTOLAN", "127.0.0.1", port);
    }

    private List<String> messages() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    /** That this comes, in one line, and without the trace of an error. */
    private void awaitLog(String what) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (messages().stream().noneMatch(line -> line.contains(what))) {
            assertThat(System.nanoTime()).as("%s in %s", what, messages()).isLessThan(end);
            Thread.onSpinWait();
        }
        assertThat(log.list).allMatch(event -> event.getThrowableProxy() == null);
    }

    @ParameterizedTest
    @CsvSource({
        "--profile-bcp195-nd, bcp195-rfc9325, TLSv1.3",
        "--profile-bcp195,    bcp195-rfc9325, TLSv1.3",
        "--profile-bcp195-ex, bcp195-rfc9325, TLSv1.2",
        "--profile-bcp195-nd, non-downgrading-bcp195, TLSv1.3",
        "--profile-bcp195,    bcp195, TLSv1.3",
        "--profile-bcp195-ex, extended-bcp195, TLSv1.2",
        "--profile-aes,       bcp195, TLSv1.2",
    })
    void answersEchoscuOfEveryProfile(String theirs, String ours, String version) throws Exception {
        ca.issue("us", KeyFiles.rsa()).write(certificate, key);
        String port = serve("dicom.tls-profile=" + ours);
        assertThat(echoscu(ca, "ct1", port, theirs)).contains(SUCCESS);
        awaitLog(version + ", certificate CN=ct1: 1 of 1 presentation contexts");
    }

    @ParameterizedTest
    @CsvSource({
        "--profile-aes,  bcp195-rfc9325, no cipher suite in common",
        "--profile-aes,  non-downgrading-bcp195, no cipher suite in common",
        "--profile-null, bcp195, no cipher suite in common",
        "--profile-null, extended-bcp195, no cipher suite in common",
    })
    void refusesEchoscuOfAProfileThatIsTooOldForIt(String theirs, String ours, String why) throws Exception {
        ca.issue("us", KeyFiles.rsa()).write(certificate, key);
        assertThat(echoscu(ca, "ct1", serve("dicom.tls-profile=" + ours), theirs))
                .doesNotContain(SUCCESS);
        awaitLog("no TLS: " + why);
    }

    @Test
    void takesInstancesFromStorescu() throws Exception {
        Path file = instance();
        String port = serve();
        ca.issue("ct1").write(folder.resolve("peer.pem"), folder.resolve("peer.key"));
        String printed = run(
                "storescu",
                "-v",
                "+tls",
                folder.resolve("peer.key").toString(),
                folder.resolve("peer.pem").toString(),
                "+cf",
                caFile.toString(),
                "-aec",
                "PORTOLAN",
                "127.0.0.1",
                port,
                file.toString());
        assertThat(printed).contains("Received Store Response (Success)");
        assertThat(stored).containsExactly("1.2.3.7");
    }

    private Path instance() throws Exception {
        Path dump = Files.writeString(folder.resolve("small.dump"), """
                (0008,0016) UI =CTImageStorage
                (0008,0018) UI [1.2.3.7]
                (0008,0060) CS [CT]
                (0020,000d) UI [1.2.3.4]
                (0020,000e) UI [1.2.3.5]
                """);
        Path file = folder.resolve("small.dcm");
        run("dump2dcm", "+te", dump.toString(), file.toString());
        return file;
    }

    @Test
    void takesNobodyWithoutACertificateUnlessToldTo() throws Exception {
        assertThat(anonymous(serve())).doesNotContain(SUCCESS);
        awaitLog("no TLS: it shows no certificate");
        for (String policy : List.of("optional", "none")) {
            Objects.requireNonNull(server).close();
            assertThat(anonymous(serve("dicom.tls-client-certificates=" + policy)))
                    .as(policy)
                    .contains(SUCCESS);
        }
        awaitLog("TLSv1.3, no certificate: 1 of 1 presentation contexts");
    }

    @Test
    void takesNobodyWithAWrongCertificate() throws Exception {
        String port = serve("dicom.tls-client-certificates=optional");
        assertThat(echoscu(new Certificates("Another CA"), "ct1", port)).doesNotContain(SUCCESS);
        awaitLog("no TLS: its certificate is not trusted: our CA file has none of its CA");
        ca.issue("ct1", Instant.now().minus(Duration.ofDays(1)))
                .write(folder.resolve("old.pem"), folder.resolve("old.key"));
        run(
                "echoscu",
                "+tls",
                folder.resolve("old.key").toString(),
                folder.resolve("old.pem").toString(),
                "-ic",
                "-aec",
                "PORTOLAN",
                "127.0.0.1",
                port);
        awaitLog("no TLS: its certificate has ended");
    }

    @Test
    void saysWhenTlsMeetsNoTls() throws Exception {
        String port = serve();
        run("echoscu", "-aec", "PORTOLAN", "127.0.0.1", port);
        awaitLog("no TLS: it calls without TLS");
        assertThat(echoscu(ca, "ct1", plainPort())).doesNotContain(SUCCESS);
        awaitLog("the peer speaks TLS on a connection without");
        new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(port)).close();
        awaitLog("no TLS: it closed the connection within the handshake");
        assertThat(run("echoscu", "-v", "-aec", "PORTOLAN", "127.0.0.1", plainPort()))
                .contains(SUCCESS);
        awaitLog(", without TLS: 1 of 1 presentation contexts");
    }

    @Test
    void usesReplacedFilesForTheNextAssociation() throws Exception {
        String port = serve();
        assertThat(echoscu(ca, "ct1", port)).contains(SUCCESS);
        Files.writeString(certificate, "half a certificate");
        assertThat(echoscu(ca, "ct1", port)).contains(SUCCESS);
        assertThat(echoscu(ca, "ct1", port)).contains(SUCCESS);
        assertThat(messages())
                .filteredOn(line -> line.contains("what was there before is used on"))
                .hasSize(1);
        Certificates other = new Certificates("Another CA");
        Issued renewed = other.issue("us");
        renewed.write(certificate, key);
        caFile = other.write(caFile);
        assertThat(echoscu(other, "ct2", port)).contains(SUCCESS);
        assertThat(echoscu(ca, "ct1", port)).doesNotContain(SUCCESS);
        awaitLog("the files of TLS were replaced");
    }

    @Test
    void readsPkcs12AndSaysWhatIsWrongWithIt() throws Exception {
        Path store = ca.issue("us").writeStore(folder.resolve("us.p12"), "distinctive-password");
        Path password = Files.writeString(folder.resolve("password"), "distinctive-password\n");
        String[] settings = {
            "dicom.tls-certificate-file=" + store, "dicom.tls-key-file=-", "dicom.tls-password-file=" + password
        };
        assertThat(echoscu(ca, "ct1", serve(settings))).contains(SUCCESS);
        Files.writeString(password, "another");
        assertThatThrownBy(() -> DicomTls.open(config(settings)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("can be read neither as PEM nor as PKCS12 with the password in");
        assertThat(messages()).noneMatch(line -> line.contains("distinctive-password"));
    }

    @Test
    void warnsOfACertificateOfItsOwnThatHasEnded() throws Exception {
        ca.issue("us", Instant.now().minus(Duration.ofDays(1))).write(certificate, key);
        serve();
        awaitLog("our certificate in " + certificate + " ended at ");
    }

    @Test
    void storesIntoStorescpOverTls() throws Exception {
        instance();
        Path theirs = folder.resolve("pacs.pem");
        Path theirKey = folder.resolve("pacs.key");
        ca.issue("pacs").write(theirs, theirKey);
        int port = freePort();
        Process storescp = new ProcessBuilder(
                        "storescp",
                        "+tls",
                        theirKey.toString(),
                        theirs.toString(),
                        "+cf",
                        caFile.toString(),
                        "--output-directory",
                        folder.toString(),
                        "" + port)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("storescp.out").toFile())
                .start();
        try {
            awaitListening(port);
            RequestOptions request = RequestOptions.echo("127.0.0.1", port, "STORESCP", "PORTOLAN");
            DicomTls ours = DicomTls.open(config());
            try (AssociationClient client = new PortolanEngine().request(request.withTls(ours.when(true)))) {
                assertThat(client.echo()).isEqualTo(Status.SUCCESS);
                client.release();
            }
            DicomTls nobody = DicomTls.open(config(
                    "dicom.tls-port=-", "forward.tls=true", "dicom.tls-certificate-file=-", "dicom.tls-key-file=-"));
            assertThatThrownBy(() -> new PortolanEngine().request(request.withTls(nobody.when(true))))
                    .hasMessageContaining("it wants a certificate of ours");
            DicomTls strangers = DicomTls.open(config("dicom.tls-ca-file=-", "dicom.tls-client-certificates=none"));
            assertThatThrownBy(() -> new PortolanEngine().request(request.withTls(strangers.when(true))))
                    .hasMessageContaining("its certificate is not trusted");
        } finally {
            storescp.destroy();
            assertThat(storescp.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void awaitListening(int port) {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!listens(port)) {
            assertThat(System.nanoTime()).as("storescp listens within 10 s").isLessThan(end);
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
