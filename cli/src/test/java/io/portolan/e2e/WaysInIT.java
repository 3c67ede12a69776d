package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.gateway.access.HttpCredentials;
import io.portolan.gateway.publish.FakeFhirServer;
import io.portolan.gateway.sync.FakeDicomWeb;
import io.portolan.gateway.sync.OrthancPeer;
import io.portolan.testdata.SyntheticStudies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configurations that docs/operations.md shows, run as they stand there but for addresses and paths. */
class WaysInIT {

    private static final Duration PUBLISHED_MAX = Duration.ofSeconds(90);

    private static final List<String> THIS_MACHINE = List.of(
            "dicom.bind=127.0.0.1", "dicom.port=0", "http.port=0", "publish.quiet=300ms", "ledger.free-space-min=1MB");

    private static final Map<String, Object> ASKED_BY_ANYBODY =
            Map.of("DicomAlwaysAllowFind", true, "DicomAlwaysAllowGet", true);

    @TempDir
    private Path directory;

    @Test
    void cStoreNowAndSyncAsTheSafetyNet() throws Exception {
        try (FakeDicomWeb pacs = new FakeDicomWeb();
                FakeFhirServer fhir = new FakeFhirServer()) {
            Path config =
                    config(0, Map.of("http://pacs:8042/dicom-web", pacs.base().toString()), fhir);
            pacs.add(SyntheticStudies.ct(1, 2)).add(SyntheticStudies.ct(2, 2));
            try (RunningGateway gateway = RunningGateway.start(config, THIS_MACHINE)) {
                Instances.write(directory.resolve("modality"), SyntheticStudies.ct(1, 2));
                run("send", gateway.peer(), "modality");
                awaitStudies(fhir, 1);
                run("sync", "-c", config.toString(), "main-pacs");
                awaitStudies(fhir, 2);
                assertThat(pacs.paths())
                        .as("what was sent already is not read")
                        .noneMatch(path -> path.endsWith("metadata") && path.contains(uid(SyntheticStudies.ct(1, 1))));
                assertThat(gateway.health("ready").body()).contains("sync.main-pacs");
            }
        }
    }

    @Test
    void anOldPacsThatIsAskedAndAFolder() throws Exception {
        OrthancPeer.require();
        Path folder = Files.createDirectories(directory.resolve("import"));
        try (OrthancPeer pacs =
                        OrthancPeer.start(directory.resolve("orthanc"), HttpCredentials.NONE, ASKED_BY_ANYBODY);
                FakeFhirServer fhir = new FakeFhirServer()) {
            pacs.upload(SyntheticStudies.ct(1, 2));
            Instances.write(folder, SyntheticStudies.ct(2, 2));
            Path config = config(
                    1,
                    Map.of(
                            "OLDPACS",
                            OrthancPeer.AE_TITLE,
                            "host: old-pacs",
                            "host: 127.0.0.1",
                            "port: 104",
                            "port: " + pacs.dicomPort(),
                            "/srv/import",
                            folder.toString()),
                    fhir);
            try (RunningGateway gateway = RunningGateway.start(config, THIS_MACHINE)) {
                awaitStudies(fhir, 2);
                assertThat(gateway.metric("portolan_sync_runs_total{source=\"cd-import\"}"))
                        .isPresent();
            }
        }
    }

    private Path config(int which, Map<String, String> here, FakeFhirServer fhir) throws IOException {
        Matcher blocks = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Programs.ROOT.resolve("docs/operations.md")));
        List<String> found = new ArrayList<>();
        while (blocks.find()) {
            if (blocks.group(1).contains("sync:")) {
                found.add(blocks.group(1));
            }
        }
        assertThat(found).as("configurations in docs/operations.md").hasSize(2);
        String text =
                replaced(found.get(which), "http://fhir:8080/fhir", fhir.base().toString());
        for (Map.Entry<String, String> one : here.entrySet()) {
            text = replaced(text, one.getKey(), one.getValue());
        }
        Path file = directory.resolve("portolan.yaml");
        Files.writeString(file, text);
        return file;
    }

    private static String replaced(String text, String there, String here) {
        assertThat(text).contains(there);
        return text.replace(there, here);
    }

    private void run(String... arguments) throws Exception {
        Stream<String> set = arguments[0].equals("sync")
                ? THIS_MACHINE.stream().flatMap(setting -> Stream.of("--set", setting))
                : Stream.of();
        try (ChildProcess process = Programs.portolan(
                directory, List.of(), Stream.concat(Stream.of(arguments), set).toArray(String[]::new))) {
            assertThat(process.awaitEnd(PUBLISHED_MAX))
                    .as("%s", process.lines())
                    .isZero();
        }
    }

    private static void awaitStudies(FakeFhirServer fhir, int count) throws Exception {
        Await.until(
                count + " studies are on the FHIR server",
                PUBLISHED_MAX,
                () -> fhir.all("ImagingStudy").size() == count);
    }

    private static String uid(List<DataSet> study) {
        return study.get(0).string(Attribute.StudyInstanceUID).orElseThrow();
    }
}
