package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.testdata.SyntheticStudies;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A conversion that is broken off again and again ends as if it never had been. */
class ConvertKillIT {

    private static final int STUDY_NUMBER = 1100;
    private static final String STUDY = "2.25.7113.1100"; // of the first; the others differ in the last three digits
    private static final int STUDIES = 200;
    private static final int INSTANCES = 97;
    private static final int FOLDERS = 89;
    private static final int ARCHIVE_ENTRIES = 700;
    private static final Duration RUN_MAX = Duration.ofMinutes(2);

    private static final String STATE = ".portolan-convert";
    private static final String OUT = "fhir";
    private static final String REPORT = "report.json";

    @TempDir
    private static Path input;

    @TempDir
    private Path directory;

    /** Some 20,000 headers: instances of many studies over many folders, some twice, what is none, and an archive. */
    @BeforeAll
    static void writeInput() throws IOException {
        for (int i = 0; i < FOLDERS; i++) {
            Files.createDirectory(input.resolve("folder" + i));
        }
        List<String> files = study();
        int number = 0;
        for (int study = 0; study < STUDIES; study++) {
            String uid = STUDY.substring(0, STUDY.length() - 3) + (100 + study);
            for (String file : files) {
                Path to = input.resolve("folder" + number * 7919L % FOLDERS).resolve("file" + number++);
                Files.writeString(to, file.replace(STUDY, uid), StandardCharsets.ISO_8859_1);
            }
        }
        writeArchive(input.resolve("folder40/archive.zip"));
        Files.writeString(input.resolve("folder41/readme"), "no image");
    }

    /** The bytes of each file of a study: a byte, a character. */
    private static List<String> study() {
        List<DataSet> instances = SyntheticStudies.ct(STUDY_NUMBER, INSTANCES);
        List<byte[]> files =
                new ArrayList<>(instances.stream().map(ConvertKillIT::header).toList());
        byte[] first = files.get(0);
        files.add(first);
        files.add(Arrays.copyOf(first, first.length - 1));
        files.add(SyntheticStudies.toFile(KeyObjects.of("1", "113000", "Of Interest", instances.subList(0, 3))));
        assertThat(Instances.studyUid(instances.get(0))).isEqualTo(STUDY);
        return files.stream()
                .map(file -> new String(file, StandardCharsets.ISO_8859_1))
                .toList();
    }

    private static byte[] header(DataSet instance) {
        return SyntheticStudies.toFile(instance.where(tag -> tag != 0x7FE0_0010));
    }

    private static void writeArchive(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (DataSet instance : SyntheticStudies.ct(1, ARCHIVE_ENTRIES)) {
                zip.putNextEntry(
                        new ZipEntry(instance.string(Attribute.SOPInstanceUID).orElseThrow()));
                zip.write(header(instance));
            }
        }
    }

    @Test
    void endsAsIfItHadNeverBeenKilled() throws Exception {
        Path unbroken = Files.createDirectory(directory.resolve("unbroken"));
        Path broken = Files.createDirectory(directory.resolve("broken"));
        long journal = convertUnbroken(unbroken);
        long files = filesIn(unbroken);
        assertThat(journal).isGreaterThan(1 << 20);
        assertThat(files).isEqualTo(1 + 2L * STUDIES);

        for (int i = 0; i < 5; i++) {
            killWhen(broken, "the journal grows", journal * (2 * i + 1) / 10, () -> sizeOf(journalIn(broken)));
        }
        for (int i = 0; i < 4; i++) {
            killWhen(broken, "studies are written", files * (2 * i + 1) / 8, () -> filesIn(broken));
        }
        killWhen(broken, "all studies are written", files, () -> filesIn(broken));
        assertThat(end(broken)).isEqualTo(1);

        assertThat(contents(broken)).isEqualTo(contents(unbroken));
    }

    @Test
    void endsAsIfItHadNeverBeenKilledWhileWritingFewLargeFiles() throws Exception {
        Path unbroken = Files.createDirectory(directory.resolve("unbroken"));
        Path broken = Files.createDirectory(directory.resolve("broken"));
        convertUnbroken(unbroken, "--format", "ndjson", "--roll-mb", "1");
        long files = filesIn(unbroken);
        assertThat(files).isGreaterThanOrEqualTo(4);

        for (long part : List.of(1L, files / 2, files - 1)) {
            killWhen(broken, "parts are written", part, () -> partsIn(broken), "--format", "ndjson", "--roll-mb", "1");
            assertThat(filesIn(broken))
                    .as("nothing has its name before all is written")
                    .isZero();
        }
        assertThat(end(broken, "--format", "ndjson", "--roll-mb", "1")).isEqualTo(1);

        assertThat(contents(broken)).isEqualTo(contents(unbroken));
    }

    @Test
    void saysHowToGoOnWhenItIsToldToEnd() throws Exception {
        for (String format : List.of("bundle", "ndjson")) {
            Path here = Files.createDirectory(directory.resolve(format));
            try (ChildProcess reading = convert(here, "--format", format)) {
                awaitSize(reading, "the journal grows", 1 << 18, () -> sizeOf(journalIn(here)));
                reading.terminate();
                assertBrokenOff(reading, here, 143);
            }
            try (ChildProcess writing = convert(here, "--format", format, "--resume")) {
                awaitSize(writing, "studies are written", 1, () -> filesIn(here) + partsIn(here));
                writing.terminate();
                assertBrokenOff(writing, here, 143);
                assertThat(partsIn(here)).isZero();
            }
        }
    }

    @Test
    void takesNothingThatAKilledRunHasLeftForInput() throws Exception {
        Instances.write(directory.resolve("images"), SyntheticStudies.cr());
        Files.writeString(directory.resolve(".report.json.part"), "half a report");
        Files.createDirectories(directory.resolve(OUT).resolve(STATE));
        Files.writeString(directory.resolve(OUT).resolve(STATE).resolve("journal"), "half a journal");
        try (ChildProcess run =
                Programs.portolan(directory, List.of(), "convert", ".", "--out", OUT, "--report", REPORT, "--resume")) {
            assertThat(run.awaitEnd(RUN_MAX)).as("%s", run.lines()).isZero();
        }
        assertThat(contents(directory))
                .containsOnlyKeys("", "images", "images/0001.dcm", OUT, OUT + "/2.25.7113.4.json", REPORT);
    }

    private static void assertBrokenOff(ChildProcess run, Path here, int code) throws Exception {
        assertThat(run.awaitEnd(RUN_MAX)).as("%s", run.lines()).isEqualTo(code);
        assertThat(run.lines())
                .containsOnlyOnce("broken off; the same command with --resume goes on")
                .noneMatch(
                        line -> line.startsWith("Exception") || line.startsWith("\tat ") || line.contains("portolan:"));
        assertThat(journalIn(here)).exists();
        assertThat(here.resolve(REPORT)).doesNotExist();
    }

    // ---- runs

    /** An amount that grows while a run is going on. */
    private interface Amount {
        long now() throws IOException;
    }

    /** In a folder of its own, so that two runs say the same of the same. */
    private static ChildProcess convert(Path here, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(
                List.of("convert", input.toString(), "--out", OUT, "--report", REPORT, "--threads", "2"));
        arguments.addAll(List.of(more));
        return Programs.portolan(here, List.of("-Xmx256m"), arguments.toArray(String[]::new));
    }

    /** Says how large the journal became. */
    private static long convertUnbroken(Path here, String... more) throws Exception {
        long[] journal = {0};
        try (ChildProcess run = convert(here, more)) {
            Await.until("the unbroken run ends", RUN_MAX, () -> {
                journal[0] = Math.max(journal[0], sizeOf(journalIn(here)));
                return !run.isAlive();
            });
            assertThat(run.awaitEnd(RUN_MAX)).as("%s", run.lines()).isEqualTo(1);
        }
        return journal[0];
    }

    private static int end(Path here, String... more) throws Exception {
        try (ChildProcess run = convert(here, resumed(more))) {
            return run.awaitEnd(RUN_MAX);
        }
    }

    private static void killWhen(Path here, String what, long amount, Amount grows, String... more) throws Exception {
        try (ChildProcess run = convert(here, resumed(more))) {
            awaitSize(run, what, amount, grows);
            run.kill();
            assertThat(run.lines()).noneMatch(line -> line.contains("Exception"));
        }
        assertThat(journalIn(here)).as("killed before its end").exists();
    }

    private static String[] resumed(String... more) {
        return Stream.concat(Stream.of("--resume"), Stream.of(more)).toArray(String[]::new);
    }

    private static void awaitSize(ChildProcess run, String what, long amount, Amount grows) throws Exception {
        Await.until(what + " to " + amount, RUN_MAX, () -> {
            long now = grows.now();
            assertThat(run.isAlive())
                    .as("%s to %d, ended at %d: %s", what, amount, now, run.lines())
                    .isTrue();
            return now >= amount;
        });
    }

    // ---- what is there

    private static Path journalIn(Path here) {
        return here.resolve(OUT).resolve(STATE).resolve("journal");
    }

    private static long sizeOf(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    private static long filesIn(Path here) throws IOException {
        return count(here, false);
    }

    private static long partsIn(Path here) throws IOException {
        return count(here, true);
    }

    private static long count(Path here, boolean parts) throws IOException {
        Path out = here.resolve(OUT);
        if (!Files.isDirectory(out)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(out)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals(STATE) && name.endsWith(".part") == parts)
                    .count();
        }
    }

    /** Every file and folder, hidden ones too, with its length and a sum of its bytes. */
    private static Map<String, String> contents(Path here) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> all = Files.walk(here)) {
            all.forEach(path ->
                    contents.put(here.relativize(path).toString(), Files.isDirectory(path) ? "folder" : sumOf(path)));
        }
        return contents;
    }

    private static String sumOf(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            CRC32C sum = new CRC32C();
            sum.update(bytes);
            return bytes.length + " bytes, CRC-32C " + sum.getValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
