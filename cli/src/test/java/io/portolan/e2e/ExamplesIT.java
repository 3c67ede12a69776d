package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Certificates;
import io.portolan.testdata.SyntheticStudies;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every example that a command's help prints, run as printed: only host, port and folder are those of this machine, and
 * what runs until it is told to stop is stopped once it is ready.
 */
class ExamplesIT {

    private static final List<String> COMMANDS = List.of(
            "",
            "demo",
            "serve",
            "convert",
            "send",
            "echo",
            "sandbox",
            "status",
            "dump",
            "explain",
            "mapping",
            "config",
            "config init",
            "config check",
            "sync");

    /** While no gateway runs: they need its ledger for themselves, or find it as it was left. */
    private static final List<String> STOPPED_COMMANDS = List.of("parked", "republish", "reindex");

    private static final Duration READY_MAX = Duration.ofMinutes(4);

    @TempDir
    private Path directory;

    @Test
    void everyExampleWorksAsPrinted() throws Exception {
        Instances.write(directory.resolve("media/cdrom"), SyntheticStudies.cr());
        Files.copy(directory.resolve("media/cdrom/0001.dcm"), directory.resolve("image.dcm"));
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(directory.resolve("archive.zip")))) {
            zip.putNextEntry(new ZipEntry("0001.dcm"));
            Files.copy(directory.resolve("image.dcm"), zip);
        }
        Certificates hospital = new Certificates("Hospital CA");
        hospital.write(directory.resolve("hospital-ca.pem"));
        Path certificate = hospital.issue("gateway").writeBoth(directory.resolve("gateway.pem"));
        List<String> examples = new ArrayList<>();
        try (RunningGateway gateway = RunningGateway.start(
                directory.resolve("."),
                Programs.sandboxUrl(),
                "dicom.tls-port=0",
                "dicom.tls-certificate-file=" + certificate,
                "dicom.tls-client-certificates=none")) {
            for (String command : COMMANDS) {
                List<String> found = examplesOf(command);
                assertThat(found).as("examples of " + command).isNotEmpty();
                examples.addAll(found);
            }
            // configuration first: the others read the file that it writes
            examples.sort((a, b) -> Boolean.compare(b.contains("config init"), a.contains("config init")));
            examples.add("portolan generate-completion");
            for (String example : examples.stream().distinct().toList()) {
                run(example, gateway);
            }
            gateway.stop();
            for (String command : STOPPED_COMMANDS) {
                for (String example : examplesOf(command)) {
                    run(example, gateway);
                }
            }
        }
    }

    private List<String> examplesOf(String command) throws Exception {
        ChildProcess help = Programs.portolan(
                directory, List.of(), (command + " --help").strip().split(" "));
        help.awaitEnd(Duration.ofSeconds(60));
        return help.lines().stream()
                .map(line -> line.replaceFirst("^Without a network: ", "  "))
                .filter(line -> line.startsWith("  portolan "))
                .map(line -> line.strip().replaceFirst(" +#.*", ""))
                .toList();
    }

    private void run(String example, RunningGateway gateway) throws Exception {
        String here = example.replace("PORTOLAN@localhost:11112", gateway.peer())
                .replace("PORTOLAN@pacs.hospital:2762", "PORTOLAN@127.0.0.1:" + gateway.securePort())
                .replace("/media/cdrom", directory.resolve("media/cdrom").toString())
                .replace("--port 8080", "--port 0")
                .replaceFirst("sandbox$", "sandbox --port 0")
                .replaceFirst(" DIR\\b", " media/cdrom")
                .replaceFirst("^portolan ", "");
        List<String> arguments = new ArrayList<>(List.of(here.split(" ")));
        boolean service = here.startsWith("serve") || here.startsWith("sandbox") || here.contains("--keep");
        if (here.startsWith("serve")) {
            arguments.addAll(List.of(
                    "--set",
                    "dicom.port=0",
                    "--set",
                    "dicom.bind=127.0.0.1",
                    "--set",
                    "http.port=0",
                    "--set",
                    "ledger.free-space-min=1MB",
                    // the gateway that the others talk to has the one of the configuration
                    "--set",
                    "ledger.url=jdbc:sqlite:second/ledger.db",
                    "--set",
                    "storage.dir=second/instances"));
        }
        if (here.startsWith("sync")) {
            arguments.addAll(List.of("--set", "sync.sources={ main-pacs: { type: folder, path: media } }"));
        }
        try (ChildProcess process = Programs.portolan(
                directory, List.of("-Djava.io.tmpdir=" + directory), arguments.toArray(String[]::new))) {
            if (service) {
                process.awaitLine(here.startsWith("demo") ? "Everything goes on" : "ready: ", READY_MAX);
                process.terminate();
                assertThat(process.awaitEnd(Duration.ofSeconds(60))).as(example).isEqualTo(143);
            } else {
                assertThat(process.awaitEnd(READY_MAX))
                        .as("%s: %s", example, process.lines())
                        .isZero();
            }
        }
    }
}
