package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.e2e.SyncProgram.Run;
import io.portolan.gateway.publish.FakeFhirServer;
import io.portolan.testdata.SyntheticStudies;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway that looks into a folder by its schedule, and what is done beside it by hand. */
class SyncScheduleIT {

    private static final Duration MAX = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private final SyncStudies studies = new SyncStudies("2.25.963001");

    @Test
    void keepsFhirInStepWithFolders() throws Exception {
        Path pacs = Files.createDirectories(directory.resolve("pacs"));
        Path other = Files.createDirectories(directory.resolve("other"));
        try (FakeFhirServer fhir = new FakeFhirServer()) {
            SyncProgram sync = new SyncProgram(
                            directory.resolve("gateway"), fhir.base().toString(), 0, folder(pacs) + ", schedule: 2s")
                    .with("other", folder(other));
            try (RunningGateway gateway = sync.serve()) {
                for (int study = 0; study < 12; study++) {
                    Instances.write(pacs.resolve("study" + study), studies.study(study));
                }
                for (int study = 0; study < 12; study++) {
                    awaitStudy(fhir, study, found -> !found.path("series").isEmpty());
                }
                Await.until(
                        "all is as in the folder",
                        MAX,
                        () -> differences(sync, fhir, 12).isEmpty());

                // written beside, and moved into its place, as one does it
                List<DataSet> moved = studies.ofPatient(2, "CORRECTED");
                for (Path file : Instances.write(directory.resolve("new"), moved)) {
                    Files.move(
                            file,
                            pacs.resolve("study2").resolve(file.getFileName()),
                            StandardCopyOption.REPLACE_EXISTING);
                }
                awaitStudy(fhir, 2, found -> found.toString().contains("CORRECTED"));

                for (Path file : files(pacs.resolve("study6"))) {
                    Files.delete(file);
                }
                awaitStudy(
                        fhir,
                        6,
                        found -> found.path("status").asText().equals("cancelled")
                                && found.path("series").isEmpty());

                assertThat(gateway.health("ready").body()).contains("sync.pacs", "sync.other", "never run");
                assertThat(gateway.metrics())
                        .anyMatch(line -> line.startsWith("portolan_sync_") && line.contains("pacs"));
                besideIt(sync, gateway, fhir, other);
                assertThat(gateway.stop()).isEqualTo(143);
            }
        }
    }

    private void besideIt(SyncProgram sync, RunningGateway gateway, FakeFhirServer fhir, Path other) throws Exception {
        try (ChildProcess list = sync.start("sync", "--list")) {
            assertThat(list.awaitEnd(MAX)).as("%s", list.lines()).isZero();
            assertThat(list.lines())
                    .anyMatch(line -> line.startsWith("pacs"))
                    .anyMatch(line -> line.contains("by hand only"));
        }
        Instances.write(other, studies.study(20));
        Run run = sync.run("other").requireDone();
        assertThat(run.differing("new")).isEqualTo(1);
        assertThat(run.lines()).anyMatch(line -> line.contains("A gateway runs on this ledger"));
        awaitStudy(fhir, 20, found -> !found.path("series").isEmpty());
        Await.until(
                "the page says so", MAX, () -> gateway.health("ready").body().contains("DONE"));
    }

    private static String folder(Path folder) {
        return "type: folder, path: \"" + folder + "\"";
    }

    private static List<Path> files(Path folder) throws Exception {
        try (var files = Files.list(folder)) {
            return files.toList();
        }
    }

    private List<String> differences(SyncProgram sync, FakeFhirServer fhir, int count) throws Exception {
        List<byte[]> files = new ArrayList<>();
        for (DataSet instance : studies.all(0, count)) {
            files.add(SyntheticStudies.toFile(instance));
        }
        return MappedInstances.of(files, sync.config()).differences(SyncOrthancIT.reader(fhir));
    }

    private void awaitStudy(FakeFhirServer fhir, int study, Predicate<JsonNode> condition) throws Exception {
        MappedInstances.Server server = SyncOrthancIT.reader(fhir);
        Await.until("study " + study + " as expected", MAX, () -> {
            JsonNode found = server.study(new Uid(studies.uid(study)));
            return found != null && condition.test(found);
        });
    }
}
