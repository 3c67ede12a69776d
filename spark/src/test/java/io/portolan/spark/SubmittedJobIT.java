package io.portolan.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portolan.testdata.SyntheticStudies;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job, submitted as its users submit it, makes what {@code portolan convert} makes of the same files. */
class SubmittedJobIT {

    private static final List<String> SHARED = List.of(
            "patient", "practitioner", "organization", "location", "device", "specimen", "service-request", "group");

    @TempDir
    private Path folder;

    private List<Object> arguments(Path in, Path out, Object... more) throws Exception {
        List<Object> all = new ArrayList<>(List.of(in, "--out", out, "--config", config()));
        all.addAll(List.of(more));
        return all;
    }

    /** In a file that only the driver reads: everything that studies may share is written. */
    private Path config() throws Exception {
        StringBuilder yaml = new StringBuilder("mapping:\n  patient-id-system: urn:portolan:test\n");
        SHARED.forEach(type -> yaml.append("  ").append(type).append(": create\n"));
        return Files.writeString(folder.resolve("portolan.yaml"), yaml);
    }

    private Map<String, List<String>> makesTheSame(Path in) throws Exception {
        Path wanted = Files.createDirectories(folder.resolve("wanted"));
        Path report = folder.resolve("report.json");
        Submission.Ended convert =
                Submission.convert(folder, arguments(in, wanted, "--format", "ndjson", "--report", report));
        Path made = folder.resolve("made");
        Submission.Ended job = Submission.submit(folder, "512m", arguments(in, made, "--gzip"));

        assertThat(job.code()).as(job.said()).isEqualTo(convert.code());
        assertThat(job.said())
                .contains("SparkContext")
                .doesNotContain(SyntheticStudies.PATIENT_VALUES)
                .doesNotContain(ScatteredArchive.OTHER_PATIENT_ID);
        BulkFolder bulk = new BulkFolder(made);
        Map<String, List<String>> resources = bulk.resources();
        assertThat(resources).isEqualTo(new BulkFolder(wanted).resources());
        JsonNode account = new ObjectMapper().readTree(report.toFile());
        assertThat(bulk.files()).containsExactlyElementsOf(account.path("files"));
        assertThat(bulk.studies()).isEqualTo(BulkFolder.studies(account));
        assertThat(bulk.totals()).isEqualTo(account.path("totals"));
        return resources;
    }

    @Test
    void ofStudiesThatAreScatteredOverFolders() throws Exception {
        Map<String, List<String>> resources = makesTheSame(ScatteredArchive.make(folder.resolve("in")));
        assertThat(resources.get("ImagingStudy")).hasSizeGreaterThan(12);
        assertThat(resources.get("Patient")).hasSize(1);
    }

    @Test
    void ofFilesThatOthersWrote() throws Exception {
        String corpus = System.getProperty("portolan.corpus", "");
        assumeFalse(corpus.isEmpty(), "no corpus");
        assertThat(makesTheSame(Path.of(corpus)).get("ImagingStudy")).hasSizeGreaterThan(50);
    }

    @Test
    void tellsHowItIsUsed() throws Exception {
        Submission.Ended help = Submission.submit(folder, "512m", List.of("--help"));
        assertThat(help.code()).isZero();
        assertThat(help.said()).contains("--out=DIR", "--partitions=N", "Examples:");
        Submission.Ended wrong =
                Submission.submit(folder, "512m", List.<Object>of("nowhere", "--out", folder.resolve("x")));
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.said())
                .contains("no such file or folder: nowhere")
                .doesNotContain("SparkContext"); // a cluster's machines were not asked for
    }
}
