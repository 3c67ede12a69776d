package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portolan.dicom.DataSet;
import io.portolan.gateway.publish.FakeFhirServer;
import io.portolan.testdata.SyntheticStudies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway whose ledger is gone, as its operator meets it. */
class ReindexIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void aLostLedgerIsMadeFromTheFilesAndTheServerIsToldNothingTwice() throws Exception {
        Path files = directory.resolve("files");
        List<DataSet> instances =
                SyntheticStudies.all().stream().flatMap(List::stream).toList();
        Instances.write(files, instances);
        try (FakeFhirServer server = new FakeFhirServer()) {
            String url = server.base().toString();
            try (RunningGateway gateway = RunningGateway.start(directory, url)) {
                ended(0, "send", gateway.peer(), files.toString());
                gateway.awaitPublished(LIMIT);
                assertThat(ended(2, "reindex"))
                        .containsExactly(
                                "portolan: The ledger " + directory.toRealPath().resolve("data/ledger.db")
                                        + " is in use by another portolan serve, sync or reindex; stop that first.");
                gateway.kill();
            }
            List<ObjectNode> published = server.all("ImagingStudy");
            assertThat(published).hasSameSizeAs(SyntheticStudies.all());
            removeLedger();

            try (ChildProcess serve = RunningGateway.launch(directory, url, List.of())) {
                assertThat(serve.awaitEnd(LIMIT)).isEqualTo(2);
                assertThat(serve.lines()).hasSize(1).first().asString().contains("portolan reindex makes it");
            }
            Path kept = anyKept();
            Files.copy(kept, kept.resolveSibling("2.25.4-00000000-0000-0000-0000-000000000000.dcm"));
            assertThat(ended(1, "reindex"))
                    .contains("1 file is not to be recorded, see above; no ledger was made: mend or remove them, or"
                            + " --leave-out");
            assertThat(ended(1, "reindex", "--leave-out"))
                    .anyMatch(line -> line.contains(".dcm: its UIDs are not those of its name"))
                    .contains(
                            instances.size()
                                    + " files are recorded in data/ledger.db; their studies are published after"
                                    + " the next start",
                            "1 file is not to be recorded, see above");

            try (RunningGateway gateway = RunningGateway.start(directory, url)) {
                gateway.awaitPublished(LIMIT);
                assertThat(gateway.metric("portolan_publications_unchanged_total"))
                        .as("compared with the server")
                        .hasValue(published.size());
                assertThat(gateway.stop()).isEqualTo(143);
            }
            assertThat(server.all("ImagingStudy")).isEqualTo(published);
            assertThat(Published.on(server).versionsMax()).isEqualTo(1);
            assertThat(ended(0, "reindex"))
                    .contains("0 files are recorded in data/ledger.db")
                    .anyMatch(line -> line.startsWith("1 file is in unreferenced/"));
        }
    }

    private Path anyKept() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("data/instances"))) {
            return files.filter(file -> file.toString().endsWith(".dcm"))
                    .findAny()
                    .orElseThrow();
        }
    }

    private void removeLedger() throws Exception {
        try (Stream<Path> files = Files.list(directory.resolve("data"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
    }

    private List<String> ended(int exitCode, String... arguments) throws Exception {
        try (ChildProcess process = Programs.portolan(directory, List.of(), arguments)) {
            assertThat(process.awaitEnd(LIMIT)).as("%s", process.lines()).isEqualTo(exitCode);
            return process.lines();
        }
    }
}
