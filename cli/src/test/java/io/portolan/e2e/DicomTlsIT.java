package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Certificates;
import io.portolan.gateway.publish.FakeFhirServer;
import io.portolan.testdata.SyntheticStudies;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Everything that calls or is called by DICOM, over TLS alone: send, echo, serve, the way on to a PACS, sync. */
@Timeout(300)
class DicomTlsIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private Path ca;
    private Path certificate;
    private Path key;

    @BeforeEach
    void certificates() throws Exception {
        Certificates issuer = new Certificates("Hospital CA");
        ca = issuer.write(directory.resolve("ca.pem"));
        certificate = directory.resolve("us.pem");
        key = directory.resolve("us.key");
        issuer.issue("us").write(certificate, key);
    }

    private RunningGateway start(String name, FakeFhirServer fhir, String... more) throws Exception {
        List<String> settings = new ArrayList<>(List.of(
                "dicom.tls-port=0",
                "dicom.tls-certificate-file=" + certificate,
                "dicom.tls-key-file=" + key,
                "dicom.tls-ca-file=" + ca));
        settings.addAll(List.of(more));
        return RunningGateway.start(
                Files.createDirectory(directory.resolve(name)),
                fhir.base().toString(),
                settings.toArray(String[]::new));
    }

    private ChildProcess run(int code, String... arguments) throws Exception {
        ChildProcess portolan = Programs.portolan(directory, List.of(), arguments);
        assertThat(portolan.awaitEnd(LIMIT)).as("%s", portolan.lines()).isEqualTo(code);
        return portolan;
    }

    private String[] tls(String command, String... more) {
        List<String> all = new ArrayList<>(List.of(
                command,
                "--tls",
                "--tls-certificate",
                certificate.toString(),
                "--tls-key",
                key.toString(),
                "--tls-ca",
                ca.toString()));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    @Test
    void sendsForwardsAndAsksOverTls() throws Exception {
        Path folder = directory.resolve("study");
        List<Path> files = Instances.write(folder, Instances.ofStudy("2.25.98001", SyntheticStudies.cr()));
        try (FakeFhirServer fhir = new FakeFhirServer();
                RunningGateway pacs = start("pacs", fhir);
                RunningGateway gateway = start(
                        "gateway",
                        fhir,
                        "storage.mode=forward",
                        "forward.host=127.0.0.1",
                        "forward.port=" + pacs.securePort(),
                        "forward.called-ae=PACS",
                        "forward.tls=true",
                        "sync.sources={ pacs: { type: dimse, called-ae: PACS, host: 127.0.0.1, port: "
                                + pacs.securePort() + ", tls: true, schedule: 1s } }")) {
            String peer = "PORTOLAN@127.0.0.1:" + gateway.securePort();
            assertThat(run(0, tls("echo", peer)).lines()).anyMatch(line -> line.contains("0x0000 Success"));
            assertThat(run(0, tls("send", peer, folder.toString())).lines())
                    .anyMatch(line -> line.startsWith(files.size() + " sent to " + peer));
            Await.until(
                    "the PACS has all",
                    LIMIT,
                    () -> pacs.metric("portolan_instances_received_total").orElseThrow() == files.size());
            assertThat(pacs.log()).anyMatch(line -> line.contains("TLSv1.3, certificate CN=us: 1 of 1 presentation"));
            Await.until(
                    "it is asked, and does not take queries",
                    LIMIT,
                    () -> pacs.log().stream().anyMatch(line -> line.contains("TLSv1.3, certificate CN=us: 0 of ")));
            assertThat(run(1, "echo", "--tls", "--tls-ca", ca.toString(), peer).lines())
                    .anyMatch(line -> line.contains("NO_TLS") && line.contains("it refuses us"));
            assertThat(run(1, "echo", "--tls", peer).lines())
                    .anyMatch(line -> line.contains("its certificate is not trusted"));
        }
    }
}
