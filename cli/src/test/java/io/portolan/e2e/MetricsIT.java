package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portolan.dicom.DataSet;
import io.portolan.testdata.SyntheticStudies;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator watches. */
class MetricsIT {

    @TempDir
    private Path directory;

    private static final Pattern NAME = Pattern.compile("portolan_\\w+");

    /** Asked by hand only, so that its counters are there and stay at zero. */
    private static final String AN_ARCHIVE = "sync.sources={ cd: { type: folder, path: cd } }";

    @Test
    void countsWhatCameInWhatWasRefusedAndWhatWasPublished() throws Exception {
        String uid = "2.25.921001";
        List<DataSet> study = new ArrayList<>(Instances.ofStudy(uid, SyntheticStudies.ctTwoSeries()));
        study.add(SyntheticStudies.cr().get(0).where(tag -> tag != 0x0020_000D));
        Path files = directory.resolve("files");
        Instances.write(files, study);
        try (RunningGateway gateway =
                RunningGateway.start(directory, Programs.sandboxUrl(), AN_ARCHIVE, "audit.to=log")) {
            Programs.portolan(directory, List.of(), "send", gateway.peer(), files.toString())
                    .awaitEnd(Duration.ofSeconds(60));
            new Fhir(Programs.sandboxUrl()).awaitStudy(uid, 4);
            Await.until(
                    "the publication is recorded",
                    Duration.ofSeconds(30),
                    () -> gateway.metrics().contains("portolan_publications_total 1.0"));

            assertThat(gateway.metrics())
                    .contains(
                            "portolan_instances_received_total 4.0",
                            "portolan_instances_refused_total{category=\"UNMAPPABLE\"} 1.0",
                            "portolan_instances_refused_total{category=\"BUG\"} 0.0",
                            "portolan_associations_total 1.0",
                            "portolan_studies_dirty 0.0",
                            "portolan_studies_parked 0.0",
                            "portolan_publish_seconds_count 1",
                            "portolan_visible_seconds_count 1")
                    .anyMatch(line -> line.matches("portolan_received_bytes_total [1-9].*"))
                    .anyMatch(line -> line.matches("portolan_visible_seconds_sum [0-9].*"))
                    .noneMatch(line -> SyntheticStudies.PATIENT_VALUES.stream().anyMatch(line::contains));
            assertThat(families(gateway.metrics())).isEqualTo(documented());
            gateway.stop();
        }
    }

    @Test
    void theDashboardShowsEveryMetricAndNoOther() throws Exception {
        JsonNode dashboard = new ObjectMapper()
                .readTree(Programs.ROOT.resolve("deploy/grafana-dashboard.json").toFile());
        Set<String> shown = new TreeSet<>();
        for (JsonNode panel : dashboard.path("panels")) {
            panel.path("targets")
                    .findValues("expr")
                    .forEach(expression -> NAME.matcher(expression.asText())
                            .results()
                            .map(name -> name.group().replaceFirst("(?<=_seconds)_bucket$", ""))
                            .forEach(shown::add));
        }

        assertThat(shown).isEqualTo(documented());
    }

    private static Set<String> families(List<String> lines) {
        Set<String> families = new TreeSet<>();
        for (String line : lines) {
            families.add(line.replaceFirst("[ {].*", "").replaceFirst("(?<=_seconds)_(bucket|count|sum|max)$", ""));
        }
        return families;
    }

    private static Set<String> documented() throws Exception {
        Matcher names = Pattern.compile("(?m)^\\| `(portolan_\\w+)")
                .matcher(Files.readString(Programs.ROOT.resolve("docs/operations.md")));
        Set<String> documented = new TreeSet<>();
        while (names.find()) {
            documented.add(names.group(1));
        }
        return documented;
    }
}
