package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.testdata.SyntheticStudies;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the ledger says, beside a running gateway. */
class StatusIT {

    @TempDir
    private Path directory;

    @Test
    void saysWhatIsPublishedAndWhatIsParkedWhileTheGatewayRuns() throws Exception {
        assertThat(status().awaitEnd(Duration.ofSeconds(60)))
                .as("no ledger yet")
                .isEqualTo(2);

        String good = "2.25.931001";
        String mixed = "2.25.931002";
        List<DataSet> instances = new ArrayList<>(Instances.ofStudy(good, SyntheticStudies.cr()));
        List<DataSet> ct = Instances.ofStudy(mixed, SyntheticStudies.ctTwoSeries());
        instances.add(ct.get(0));
        instances.add(DataSet.builder()
                .addAll(ct.get(1))
                .add(Attribute.PatientID, "SOMEBODY-ELSE")
                .build());
        Path files = directory.resolve("files");
        Instances.write(files, instances);
        try (RunningGateway gateway = RunningGateway.start(directory, Programs.sandboxUrl())) {
            ChildProcess send = Programs.portolan(directory, List.of(), "send", gateway.peer(), files.toString());
            assertThat(send.awaitEnd(Duration.ofSeconds(60))).isZero();
            new Fhir(Programs.sandboxUrl()).awaitStudy(good, 1);
            Await.until(
                    "the mixed study is parked",
                    Duration.ofSeconds(30),
                    () -> gateway.metrics().contains("portolan_studies_parked 1.0"));

            ChildProcess status = status();
            assertThat(status.awaitEnd(Duration.ofSeconds(60))).isEqualTo(1);
            assertThat(status.lines())
                    .contains("studies    2", "instances  3", "waiting    0", "parked     1", "failing    1 UNMAPPABLE")
                    .contains("parked     " + mixed)
                    .noneMatch(line -> line.contains("patient conflict"));
            ChildProcess withErrors = status("--errors", "--json");
            withErrors.awaitEnd(Duration.ofSeconds(60));
            assertThat(String.join("", withErrors.lines()))
                    .contains("\"study\":\"" + mixed + "\"", "\"category\":\"UNMAPPABLE\"", "patient conflict");
            gateway.stop();
        }
    }

    private ChildProcess status(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("status"));
        all.addAll(List.of(arguments));
        return Programs.portolan(directory, List.of(), all.toArray(String[]::new));
    }
}
