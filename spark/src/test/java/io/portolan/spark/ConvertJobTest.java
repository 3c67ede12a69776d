package io.portolan.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.Vr;
import io.portolan.testdata.SyntheticStudies;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job in this process, over a file system that is none of this machine's, and goes wrong. */
class ConvertJobTest {

    @TempDir
    private Path folder;

    private Path in;
    private Path fhir;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void prepare() throws IOException {
        FaultyFileSystem.reset();
        in = Files.createDirectories(folder.resolve("in"));
        fhir = folder.resolve("fhir");
    }

    private static String faulty(Path path) {
        return "faulty://" + path;
    }

    private int run(Object... arguments) {
        String[] all = Stream.of(arguments).map(Object::toString).toArray(String[]::new);
        return ConvertJob.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(all);
    }

    private int convert(Object... more) {
        List<Object> all = new ArrayList<>(
                List.of(faulty(in), "--out", faulty(fhir), "--set", "mapping.patient-id-system=urn:x", "--set"));
        all.add("mapping.patient=create");
        all.addAll(List.of(more));
        return run(all.toArray());
    }

    private void write(String name, byte[] bytes) throws IOException {
        Path file = in.resolve(name);
        Files.createDirectories(file.resolveSibling(""));
        Files.write(file, bytes);
    }

    /** Six studies, one file after the other into one of three folders. */
    private void scatter() throws IOException {
        int number = 0;
        for (List<DataSet> study : SyntheticStudies.all()) {
            for (DataSet instance : study) {
                write("folder" + number % 3 + "/i" + number++, SyntheticStudies.toFile(instance));
            }
        }
    }

    private Map<String, String> outcomes() throws IOException {
        Map<String, String> all = new TreeMap<>();
        for (JsonNode file : new BulkFolder(fhir).files()) {
            String name = file.path("file").asText();
            String outcome = file.path("outcome").asText();
            assertThat(all.put(name.substring(name.lastIndexOf('/') + 1), outcome))
                    .as(name)
                    .isNull();
        }
        return all;
    }

    private List<String> reasons() throws IOException {
        return new BulkFolder(fhir)
                .files().stream().map(file -> file.path("reason").asText()).toList();
    }

    @Test
    void makesOneResourceOfEachStudyAndOneOfThePatientThatTheyShare() throws Exception {
        scatter();
        assertThat(convert()).as(err.toString()).isZero();
        Map<String, List<String>> resources = new BulkFolder(fhir).resources();
        assertThat(resources.get("ImagingStudy")).hasSize(6);
        assertThat(resources.get("Patient")).hasSize(2);
        assertThat(outcomes()).containsValue("converted").hasSize(11);
        assertThat(out.toString()).contains("11 files, 6 studies written to faulty:");
        assertThat(Files.exists(fhir.resolve("_SUCCESS"))).isTrue();
        assertThat(Files.exists(fhir.resolve("_temporary"))).isFalse();
    }

    @Test
    void aTaskThatIsKilledWhileItReadsLeavesNoDuplicate() throws Exception {
        scatter();
        convert();
        Map<String, List<String>> whole = new BulkFolder(fhir).resources();
        Files.move(in.resolve("folder1/i1"), in.resolve("folder1/kills-i1"));
        fhir = folder.resolve("again");
        assertThat(convert()).as(err.toString()).isZero();
        assertThat(FaultyFileSystem.KILLED).hasPositiveValue();
        assertThat(new BulkFolder(fhir).resources()).isEqualTo(whole);
        assertThat(new BulkFolder(fhir).totals().path("converted").asInt()).isEqualTo(11);
    }

    @Test
    void aTaskThatIsKilledWhenItHasWrittenLeavesNoDuplicate() throws Exception {
        scatter();
        convert();
        Map<String, List<String>> whole = new BulkFolder(fhir).resources();
        JsonNode totals = new BulkFolder(fhir).totals();
        FaultyFileSystem.writingKills = 1;
        fhir = folder.resolve("again");
        assertThat(convert()).as(err.toString()).isZero();
        assertThat(FaultyFileSystem.KILLED).hasPositiveValue();
        assertThat(new BulkFolder(fhir).resources()).isEqualTo(whole);
        assertThat(new BulkFolder(fhir).totals()).isEqualTo(totals);
        assertThat(Files.exists(fhir.resolve("_temporary"))).isFalse();
    }

    private void assertNothingStands() throws IOException {
        assertThat(new BulkFolder(fhir).resources()).isEmpty();
        assertThat(fhir.resolve("_SUCCESS")).doesNotExist();
        assertThat(fhir.resolve("report")).doesNotExist();
    }

    @Test
    void aTaskThatReadsInNoAttemptLeavesNothing() throws Exception {
        scatter();
        write("folder1/deadly", SyntheticStudies.toFile(SyntheticStudies.cr().get(0)));
        Files.createDirectories(fhir);
        assertThat(convert()).isEqualTo(1);
        assertThat(FaultyFileSystem.KILLED).hasValue(4);
        assertNothingStands();
    }

    @Test
    void aTaskThatWritesInNoAttemptLeavesNothing() throws Exception {
        scatter();
        FaultyFileSystem.writingKills = FaultyFileSystem.EVERY;
        assertThat(convert()).isEqualTo(1);
        assertThat(FaultyFileSystem.KILLED).hasValueGreaterThanOrEqualTo(4);
        assertNothingStands();
    }

    @Test
    void isNotCompleteBeforeItsTotalsAreThere() throws Exception {
        scatter();
        FaultyFileSystem.full = "totals.json";
        assertThat(convert()).isEqualTo(1);
        assertThat(err.toString()).contains("no space left");
        assertThat(fhir.resolve("ImagingStudy.1.ndjson")).exists();
        assertThat(fhir.resolve("_SUCCESS")).doesNotExist();
    }

    @Test
    void saysSoWhenTasksWroteToDisksOfTheirOwn() throws Exception {
        scatter();
        FaultyFileSystem.disksApart = true;
        assertThat(convert()).isEqualTo(1);
        assertThat(err.toString()).contains("0 of ", "the same folder for the driver and every executor");
        assertThat(folder.resolve("of-the-executor")).exists();
        assertNothingStands();
    }

    @Test
    void aBadFileIsALineInTheReport() throws Exception {
        scatter();
        byte[] whole = SyntheticStudies.toFile(SyntheticStudies.cr().get(0));
        write("cut", Arrays.copyOf(whole, whole.length - 4));
        write("text", "no image".getBytes(StandardCharsets.US_ASCII));
        write("unreadable", whole);
        write("forbidden", whole);
        write("vanished", whole);
        assertThat(convert()).isEqualTo(1);
        assertThat(outcomes())
                .hasSize(16)
                .containsEntry("cut", "malformed")
                .containsEntry("text", "not DICOM")
                .containsEntry("unreadable", "unreadable");
        assertThat(new BulkFolder(fhir).resources().get("ImagingStudy")).hasSize(6);
        assertThat(new BulkFolder(fhir).totals().path("problems").asInt()).isEqualTo(5);
        assertThat(reasons()).contains("permission denied", "there is no such file or folder");
    }

    @Test
    void aFolderThatCannotBeListedIsALineInTheReport() throws Exception {
        scatter();
        write("folder1/locked/hidden", new byte[1]);
        assertThat(convert()).isEqualTo(1);
        assertThat(outcomes()).hasSize(12).containsEntry("locked", "unreadable");
        assertThat(reasons()).contains("permission denied");
    }

    @Test
    void fetchesNoPixels() throws Exception {
        DataSet image = DataSet.builder()
                .addAll(SyntheticStudies.cr().get(0))
                .add(Element.of(0x7FE0_0010, Vr.OW, new byte[8 << 20]))
                .build();
        write("large", SyntheticStudies.toFile(image));
        assertThat(convert()).isZero();
        assertThat(FaultyFileSystem.BYTES_READ.get()).isBetween(500L, 50_000L);
    }

    @Test
    void saysSoWhenThereIsNothing() throws Exception {
        assertThat(convert()).isEqualTo(1);
        assertThat(err.toString()).contains("no DICOM instance");
        assertThat(new BulkFolder(fhir).totals().path("files").asInt()).isZero();
        assertThat(fhir.resolve("_SUCCESS")).exists();
    }

    @Test
    void refusesWrongUseBeforeItReadsAnything() throws Exception {
        scatter();
        assertThat(run(in)).isEqualTo(2);
        assertThat(run(in, "--out", fhir, "--calling-ae", "a\\b")).isEqualTo(2);
        assertThat(run(in, "--out", fhir, "--partitions", "0")).isEqualTo(2);
        assertThat(run(in, "--out", fhir, "--set", "mapping.nonsense=1")).isEqualTo(2);
        assertThat(run(in.resolve("missing"), "--out", fhir)).isEqualTo(2);
        Files.createDirectories(fhir);
        Files.writeString(fhir.resolve("Patient.1.ndjson"), "{}");
        assertThat(run(in, "--out", fhir)).isEqualTo(2);
        assertThat(err.toString())
                .contains("no AE title", "--partitions must be", "nonsense", "no such file or folder", "is not empty");
        assertThat(fhir).isDirectoryNotContaining("glob:**report*");
    }

    @Test
    void writesNothingOfWhatTheMappingHasSomethingToSayOfWhenItIsStrict() throws Exception {
        write(
                "b",
                SyntheticStudies.toFile(DataSet.builder()
                        .addAll(SyntheticStudies.cr().get(0))
                        .add(Attribute.StudyDate, "yesterday")
                        .build()));
        assertThat(convert("--strict", "--partitions", "2")).isEqualTo(1);
        assertThat(outcomes()).containsEntry("b", "study not converted");
        assertThat(new BulkFolder(fhir).resources()).isEmpty();
        fhir = folder.resolve("again");
        assertThat(convert()).isZero();
        assertThat(new BulkFolder(fhir).resources().get("ImagingStudy")).hasSize(1);
    }

    @Test
    void namesNoPatientInTheReport() throws Exception {
        scatter();
        write("text", "no image".getBytes(StandardCharsets.US_ASCII));
        convert();
        assertThat(new BulkFolder(fhir).files().toString() + new BulkFolder(fhir).studies() + out + err)
                .doesNotContain(SyntheticStudies.PATIENT_VALUES);
    }
}
