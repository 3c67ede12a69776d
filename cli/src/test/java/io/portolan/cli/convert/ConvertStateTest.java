package io.portolan.cli.convert;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.portolan.cli.ConvertRoom;
import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.e2e.KeyObjects;
import io.portolan.testdata.SyntheticStudies;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that are broken off, come again, or are several at once. */
@Timeout(120)
class ConvertStateTest {

    private static final List<DataSet> CT = SyntheticStudies.ctTwoSeries();
    private static final String STATE = ".portolan-convert";

    @TempDir
    private Path folder;

    private ConvertRoom room;

    @BeforeEach
    void makeRoom() throws Exception {
        room = new ConvertRoom(folder);
    }

    /** Everything there is: studies, a selection, a note, an archive, duplicates and files that are none. */
    private static void fill(ConvertRoom room) throws Exception {
        for (List<DataSet> study : SyntheticStudies.all()) {
            room.writeAll(study);
        }
        room.write("again/copy", CT.get(0));
        room.write("again/other", changed(CT.get(1), Attribute.SeriesDescription, "another header"));
        room.write("m-archive.zip", zip(SyntheticStudies.ct(9, 5)));
        room.write("note", KeyObjects.of("3", "113001", "Rejected for Quality Reasons", List.of(CT.get(2))));
        room.write("selection", KeyObjects.of("1", "113000", "Of Interest", List.of(CT.get(1))));
        room.write("text", "no image".getBytes(StandardCharsets.UTF_8));
        byte[] whole = SyntheticStudies.toFile(CT.get(3));
        room.write("cut", Arrays.copyOf(whole, whole.length - 4));
        room.write("zz-anonymous", CT.get(3).where(tag -> tag != Attribute.StudyInstanceUID.tag()));
    }

    private static byte[] zip(List<DataSet> instances) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (DataSet instance : instances) {
                zip.putNextEntry(
                        new ZipEntry(instance.string(Attribute.SOPInstanceUID).orElseThrow()));
                zip.write(SyntheticStudies.toFile(instance));
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static DataSet changed(DataSet instance, Attribute attribute, String value) {
        return DataSet.builder(io.portolan.dicom.CharacterSet.DEFAULT)
                .addAll(instance)
                .add(attribute, value)
                .build();
    }

    private Map<String, String> withoutState() throws Exception {
        Map<String, String> files = new TreeMap<>(room.written());
        files.keySet().removeIf(name -> name.startsWith(STATE));
        return files;
    }

    @ParameterizedTest
    @ValueSource(strings = {"bundle", "ndjson"})
    void saysTheSameOnOneThreadAndOnFour(String format) throws Exception {
        fill(room);
        assertThat(room.convert("--threads", 1, "--format", format)).isEqualTo(1);
        Map<String, String> files = room.written();
        String report = Files.readString(room.reportFile());
        ConvertRoom.delete(room.fhir());
        assertThat(room.convert("--threads", 4, "--format", format)).isEqualTo(1);
        assertThat(room.written()).isEqualTo(files).isNotEmpty();
        assertThat(Files.readString(room.reportFile())).isEqualTo(report);
    }

    /** With every prefix of a journal that a run may have left: in steps that hit every place of a record. */
    @ParameterizedTest
    @ValueSource(strings = {"bundle", "ndjson"})
    void endsAsAnUnbrokenRunWhereverItWasBrokenOff(String format) throws Exception {
        fill(room);
        room.convert("--format", format);
        Map<String, String> files = room.written();
        String report = Files.readString(room.reportFile());
        ConvertRoom.delete(room.fhir());
        room.convert("--since-last", "--format", format);
        byte[] journal = Files.readAllBytes(room.state().resolve("journal"));
        assertThat(journal.length).isGreaterThan(5000);

        int most = 0;
        for (int length = 0; length <= journal.length; length += 997) {
            ConvertRoom.delete(room.fhir());
            Files.createDirectories(room.state());
            Files.write(room.state().resolve("journal"), Arrays.copyOf(journal, length));
            assertThat(room.convert("--resume", "--format", format, "--threads", 1 + length % 3))
                    .isEqualTo(1);
            assertThat(room.written()).as("cut off at %d", length).isEqualTo(files);
            assertThat(Files.readString(room.reportFile())).isEqualTo(report);
            most = Math.max(most, reused());
        }
        assertThat(most).isGreaterThan(10);
    }

    private int reused() {
        String text = room.out().replaceFirst("(?s).*\\((\\d+) known from the last run\\).*", "$1");
        return text.equals(room.out()) ? 0 : Integer.parseInt(text);
    }

    @Test
    void goesOnBehindAnyDamageOfTheJournal() throws Exception {
        fill(room);
        room.convert();
        Map<String, String> files = room.written();
        ConvertRoom.delete(room.fhir());
        room.convert("--since-last");
        byte[] journal = Files.readAllBytes(room.state().resolve("journal"));
        for (int at = 3; at < journal.length; at += 1499) {
            byte[] flipped = journal.clone();
            flipped[at] ^= 0x10;
            Files.createDirectories(room.state());
            Files.write(room.state().resolve("journal"), flipped);
            assertThat(room.convert("--resume")).isEqualTo(1);
            assertThat(room.written()).isEqualTo(files);
        }
        Files.createDirectories(room.state());
        Files.write(room.state().resolve("journal"), Arrays.copyOf(journal, journal.length + 4096)); // a power cut
        assertThat(room.convert("--resume")).isEqualTo(1);
        assertThat(room.written()).isEqualTo(files);
    }

    @Test
    void goesOnAfterFailFast() throws Exception {
        fill(room);
        room.convert();
        Map<String, String> files = room.written();
        String report = Files.readString(room.reportFile());
        ConvertRoom.delete(room.fhir());

        assertThat(room.convert("--fail-fast")).isEqualTo(1);
        assertThat(room.err()).contains("--resume");
        assertThat(withoutState()).isEmpty();
        JsonNode broken = room.report();
        assertThat(broken.at("/totals/problems").asInt()).isEqualTo(1);
        assertThat(broken.path("files")
                        .get(broken.path("files").size() - 1)
                        .path("outcome")
                        .asText())
                .isEqualTo("malformed");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(room.state())))
                .isEqualTo("rwx------");

        assertThat(room.convert("--resume")).isEqualTo(1);
        assertThat(reused()).isEqualTo(broken.path("files").size());
        assertThat(room.written()).isEqualTo(files); // and the state is gone
        assertThat(Files.readString(room.reportFile())).isEqualTo(report);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void writesNoStudyBehindTheFirstThatFailsFast(int threads) throws Exception {
        fill(room);
        Files.delete(room.in().resolve("cut"));
        Files.delete(room.in().resolve("text"));
        Files.delete(room.in().resolve("zz-anonymous"));
        Files.createDirectories(room.fhir().resolve("2.25.7113.2.json/in-the-way"));
        assertThat(room.convert("--fail-fast", "--threads", threads)).isEqualTo(1);
        assertThat(withoutState()).containsOnlyKeys("2.25.7113.1.json");
        assertThat(room.report().path("studies").findValuesAsText("outcome"))
                .containsExactly("converted", "not converted");
    }

    @Test
    void keepsTheStateOfWhatCouldNotBeWrittenAndThenWritesIt() throws Exception {
        fill(room);
        Path inTheWay = Files.createDirectories(room.fhir().resolve("2.25.7113.2.json/in-the-way"));
        assertThat(room.convert()).isEqualTo(1);
        assertThat(room.state()).exists();
        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());
        assertThat(room.convert("--resume")).isEqualTo(1);
        assertThat(reused()).isGreaterThan(10);
        assertThat(room.written()).containsKey("2.25.7113.2.json");
        assertThat(room.state()).doesNotExist();
    }

    private void age(String name) throws Exception {
        Files.setLastModifiedTime(room.in().resolve(name), FileTime.fromMillis(1_000_000_000_000L));
    }

    /** Against a fresh run in another place, of the same input. */
    private void isAsFresh(String... more) throws Exception {
        Path fresh = folder.resolve("fresh");
        Path freshReport = folder.resolve("fresh.json");
        ConvertRoom.delete(fresh);
        Map<String, String> written = withoutState();
        String report = Files.readString(room.reportFile());
        List<Object> all = new ArrayList<>(List.of(room.in(), "--out", fresh, "--report", freshReport));
        all.addAll(List.of(more));
        ConvertRoom other = new ConvertRoom(folder);
        other.run(all.toArray());
        assertThat(written).isEqualTo(ConvertRoom.contents(fresh));
        assertThat(report)
                .isEqualTo(Files.readString(freshReport)
                        .replace(fresh.toString(), room.fhir().toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bundle", "ndjson"})
    void readsOnlyWhatIsNewOrChangedSinceTheLastRun(String format) throws Exception {
        fill(room);
        assertThat(room.convert("--since-last", "--format", format)).isEqualTo(1);
        assertThat(reused()).isZero();
        int files = room.report().at("/totals/files").asInt() - 5; // entries are no files
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(room.state())))
                .isEqualTo("rwx------");

        assertThat(room.convert("--since-last", "--format", format)).isEqualTo(1);
        assertThat(reused()).isEqualTo(files);
        isAsFresh("--format", format);

        byte[] other = SyntheticStudies.toFile(changed(CT.get(0), Attribute.SeriesDescription, "SERIES 1"));
        assertThat(room.in().resolve("2.25.7113.1.1.1")).hasSize(other.length);
        room.write("2.25.7113.1.1.1", other); // as long as before
        age("2.25.7113.1.1.1");
        room.write("new/cr", SyntheticStudies.ct(11, 1).get(0));
        Files.delete(room.in().resolve("again/copy"));
        room.write("m-archive.zip", zip(SyntheticStudies.ct(9, 6)));
        assertThat(room.convert("--since-last", "--format", format)).isEqualTo(1);
        assertThat(reused()).isEqualTo(files - 3);
        isAsFresh("--format", format);

        room.write("late-note", KeyObjects.of("5", "113001", "Rejected for Quality Reasons", List.of(CT.get(3))));
        room.write("late-selection", KeyObjects.of("6", "113002", "For Referring Provider", List.of(CT.get(1))));
        assertThat(room.convert("--since-last", "--format", format)).isEqualTo(1);
        assertThat(reused()).isEqualTo(files);
        isAsFresh("--format", format);
    }

    @Test
    void readsAgainWhatHadNoInstanceWhenItIsRepaired() throws Exception {
        fill(room);
        room.convert("--since-last");
        room.write("cut", CT.get(3));
        assertThat(room.convert("--since-last")).isEqualTo(1);
        assertThat(room.outcomes()).doesNotContainValue("malformed");
        isAsFresh();
    }

    /** What is broken in an archive may be the disk or the network: the archive itself says not which. */
    @Test
    void looksAgainIntoAnArchiveThatWasBroken() throws Exception {
        Map<String, byte[]> entries =
                new TreeMap<>(Map.of("a", SyntheticStudies.toFile(CT.get(0)), "b", SyntheticStudies.toFile(CT.get(1))));
        byte[] zip = ArchiveTest.zipOf(entries, ZipArchiveOutputStream.STORED);
        room.write("a.zip", Arrays.copyOf(zip, zip.length - 60));
        room.convert("--since-last");
        assertThat(room.outcomes()).containsEntry("a.zip", "malformed");
        room.convert("--since-last");
        assertThat(reused()).isZero();
    }

    @Test
    void checksAMediumAgainThoughItsListHasNotChanged() throws Exception {
        room.write("DICOMDIR", MediaDirectoryTest.dicomdir(List.of(MediaDirectoryTest.record("LATE", ""))));
        assertThat(room.convert("--since-last")).isEqualTo(1);
        assertThat(room.outcomes()).containsEntry("DICOMDIR!/LATE", "missing");
        room.write("LATE", CT.get(0));
        assertThat(room.convert("--since-last")).isZero();
        assertThat(room.outcomes()).doesNotContainValue("missing");
    }

    @Test
    void readsAllAgainWithOtherLimits() throws Exception {
        room.writeAll(CT);
        room.convert("--since-last");
        room.convert("--since-last", "--set", "dicom.element-bytes=1MB");
        assertThat(reused()).isZero();
        room.convert("--since-last", "--set", "dicom.element-bytes=1MB");
        assertThat(reused()).isEqualTo(4);
    }

    @Test
    void saysThatItBeginsAnewWhereAnotherRunHasEnded() throws Exception {
        fill(room);
        room.convert("--fail-fast");
        assertThat(room.convert()).isEqualTo(1);
        assertThat(room.err()).contains("beginning anew");
        assertThat(reused()).isZero();
        assertThat(room.state()).doesNotExist();
    }

    @Test
    void refusesTwoRunsAtOnceAndSpoilsNothing() throws Exception {
        fill(room);
        room.convert("--since-last");
        Map<String, String> before = room.written();
        Path ledger = Files.writeString(room.state().resolve("ledger.db"), "of the other run");
        try (Journal other = Journal.open(room.state().resolve("journal"), "x", (offset, bytes) -> true)) {
            assertThat(other.end()).isPositive();
            byte[] locked = Files.readAllBytes(room.state().resolve("journal"));
            for (Object[] more : new Object[][] {{}, {"--resume"}, {"--since-last"}}) {
                assertThat(room.convert(more)).isEqualTo(1);
                assertThat(room.err()).contains("another run is using " + room.state());
            }
            assertThat(room.run(room.in(), "--fhir", "http://localhost:1/fhir", "--state", room.state()))
                    .isEqualTo(1);
            assertThat(room.err()).contains("another run is using " + room.state());
            assertThat(ledger).hasContent("of the other run");
            assertThat(Files.readAllBytes(room.state().resolve("journal"))).isEqualTo(locked);
        }
        assertThat(withoutState())
                .containsOnlyKeys(before.keySet().stream()
                        .filter(name -> !name.startsWith(STATE))
                        .toArray(String[]::new));
    }

    @Test
    void leavesNoStateInADryRunAndTouchesNone() throws Exception {
        fill(room);
        assertThat(room.convert("--dry-run")).isEqualTo(1);
        assertThat(room.fhir()).doesNotExist();

        room.convert("--since-last");
        Map<String, String> before = room.written();
        for (String more : new String[] {"--since-last", "--resume", "--quiet"}) {
            assertThat(room.convert("--dry-run", more)).isEqualTo(1);
            assertThat(room.written()).as(more).isEqualTo(before);
        }
    }

    @Test
    void keepsItsStateWhereItIsToldTo() throws Exception {
        room.writeAll(CT);
        Path state = folder.resolve("elsewhere");
        assertThat(room.convert("--since-last", "--state", state)).isZero();
        assertThat(state.resolve("journal")).exists();
        assertThat(room.state()).doesNotExist();
        assertThat(room.convert("--resume", "--state", state)).isZero();
        assertThat(reused()).isEqualTo(4);
        assertThat(state).doesNotExist();
        assertThat(room.convert("--state", room.in().resolve("2.25.7113.1.1.1")))
                .isEqualTo(2);
        assertThat(room.convert("--state", folder.resolve("no/such"))).isEqualTo(2);
    }
}
