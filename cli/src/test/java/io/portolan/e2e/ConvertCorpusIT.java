package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that nobody of this project wrote give the same studies whatever way they come.
 *
 * <p>The folder is named by {@code -Dportolan.corpus=...}; without it these tests are skipped.
 */
class ConvertCorpusIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration RUN_MAX = Duration.ofMinutes(3);
    private static final String SENDER = "CORPUS";
    private static final List<String> SETTINGS = List.of(
            "mapping.patient=create",
            "mapping.patient-id-system=urn:oid:2.25.900",
            "mapping.time-zones={ " + SENDER + ": Asia/Kathmandu }");

    @TempDir
    private Path directory;

    private Path corpus = Path.of("");

    @BeforeEach
    void findTheCorpus() {
        String folder = System.getProperty("portolan.corpus", "");
        assumeFalse(folder.isEmpty(), "no corpus: run with -Dportolan.corpus=<folder of DICOM files>");
        corpus = Path.of(folder);
    }

    @Test
    void saysTheSameTwice() throws Exception {
        Path first = convert("first", corpus);
        Path second = convert("second", corpus);
        assertThat(texts(second)).isEqualTo(texts(first));
    }

    @Test
    void givesTheSameStudiesOfAFolderOfAShuffledCopyAndOfAnArchive() throws Exception {
        List<Path> files = files();
        Collections.shuffle(files, new Random(7));
        Path copies = Files.createDirectory(directory.resolve("copies"));
        Path archive = directory.resolve("archive");
        try (OutputStream out = Files.newOutputStream(archive);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (int i = 0; i < files.size(); i++) {
                Path folder = Files.createDirectories(copies.resolve("" + i % 10));
                Files.copy(files.get(i), folder.resolve("file" + i));
                zip.putNextEntry(new ZipEntry("file" + i));
                Files.copy(files.get(i), zip);
            }
        }

        Map<String, String> studies = texts(convert("of-the-folder", corpus).resolve("fhir"));
        Map<String, String> ofTheCopy = texts(convert("of-the-copy", copies).resolve("fhir"));
        Map<String, String> ofTheArchive =
                texts(convert("of-the-archive", archive).resolve("fhir"));

        assertThat(studies).hasSizeGreaterThan(100);
        assertThat(ofTheCopy).isEqualTo(studies);
        assertThat(ofTheArchive).isEqualTo(studies);
    }

    @Test
    void saysOfEveryFileThatTheReaderRefusesWhyAndWhere() throws Exception {
        Map<String, JsonNode> outcomes = outcomes(convert("out", corpus));
        Pattern refused = Pattern.compile("([^\t]+)\trefused, ([A-Z_]+), (.*? \\(byte (\\d+)\\))(; everything: .*)?");
        Path golden = Programs.ROOT.resolve("dicom/src/test/resources/io/portolan/dicom/io/corpus-outcomes.tsv");
        int compared = 0;
        for (String line : Files.readAllLines(golden)) {
            Matcher matcher = refused.matcher(line);
            JsonNode said = outcomes.get(line.substring(0, line.indexOf('\t')));
            if (said != null && matcher.matches()) {
                compared++;
                String outcome = said.path("outcome").asText();
                if (matcher.group(2).equals("NOT_DICOM")) {
                    assertThat(outcome).as(line).isIn("not DICOM", "archive");
                } else {
                    assertThat(outcome).as(line).isEqualTo("malformed");
                    assertThat(said.path("reason").asText()).as(line).isEqualTo(matcher.group(3));
                    assertThat(said.path("position").asText()).as(line).isEqualTo(matcher.group(4));
                }
            }
        }
        assertThat(compared).isGreaterThan(20);
    }

    @Test
    void givesTheSameStudiesAsTheGatewayPublishes() throws Exception {
        Path converted = convert("converted", corpus);
        Map<String, JsonNode> outcomes = outcomes(converted);
        Set<String> incomplete = new TreeSet<>();
        Map<String, JsonNode> studies = new TreeMap<>();
        try (RunningGateway gateway =
                RunningGateway.start(directory, Programs.sandboxUrl(), SETTINGS.toArray(String[]::new))) {
            List<String> instances = outcomes.entrySet().stream()
                    .filter(entry ->
                            entry.getValue().has("study") && !entry.getKey().contains("!/"))
                    .map(entry -> corpus.resolve(entry.getKey()).toString())
                    .toList();
            List<String> arguments = new ArrayList<>(List.of("send", gateway.peer(), "--calling", SENDER));
            arguments.addAll(instances);
            try (ChildProcess send = Programs.portolan(directory, List.of(), arguments.toArray(String[]::new))) {
                send.awaitEnd(RUN_MAX);
                outcomes.forEach((file, outcome) -> {
                    if (file.contains("!/")
                            || send.lines().stream().anyMatch(line -> line.startsWith(corpus.resolve(file) + ": "))) {
                        incomplete.add(outcome.path("study").asText());
                    }
                });
            }
            Await.until("all is published", RUN_MAX, () -> gateway.metrics().contains("portolan_studies_dirty 0.0"));
            for (Map.Entry<String, String> bundle :
                    texts(converted.resolve("fhir")).entrySet()) {
                String uid = bundle.getKey().replace(".json", "");
                JsonNode study = imagingStudy(JSON.readTree(bundle.getValue()));
                if (!incomplete.contains(uid) && isOfStudy(study, uid)) {
                    studies.put(uid, study);
                }
            }
            Fhir fhir = new Fhir(Programs.sandboxUrl());
            List<String> different = new ArrayList<>();
            for (Map.Entry<String, JsonNode> study : studies.entrySet()) {
                String id = study.getValue().path("id").asText();
                List<JsonNode> there = fhir.search("ImagingStudy", "_id", id);
                assertThat(there).as(study.getKey()).hasSize(1);
                if (!comparable(there.get(0)).equals(comparable(study.getValue()))) {
                    different.add(
                            study.getKey() + "\n" + comparable(there.get(0)) + "\n" + comparable(study.getValue()));
                }
            }
            assertThat(different).isEmpty();
            gateway.stop();
        }
        assertThat(studies).hasSizeGreaterThan(80);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(corpus)) {
            return new ArrayList<>(all.filter(Files::isRegularFile).sorted().toList());
        }
    }

    /** A folder with the bundles and the report. */
    private Path convert(String name, Path in) throws Exception {
        Path here = Files.createDirectory(directory.resolve(name));
        List<String> arguments =
                new ArrayList<>(List.of("convert", in.toString(), "--out", "fhir", "--calling-ae", SENDER));
        arguments.addAll(List.of("--report", "report.json"));
        SETTINGS.forEach(setting -> arguments.addAll(List.of("--set", setting)));
        try (ChildProcess convert = Programs.portolan(here, List.of("-Xmx256m"), arguments.toArray(String[]::new))) {
            assertThat(convert.awaitEnd(RUN_MAX)).as("%s", convert.lines()).isEqualTo(1);
        }
        return here;
    }

    private Map<String, JsonNode> outcomes(Path converted) throws IOException {
        Map<String, JsonNode> outcomes = new TreeMap<>();
        for (JsonNode file :
                JSON.readTree(converted.resolve("report.json").toFile()).path("files")) {
            outcomes.put(corpus.relativize(Path.of(file.path("file").asText())).toString(), file);
        }
        return outcomes;
    }

    private static Map<String, String> texts(Path folder) throws IOException {
        Map<String, String> texts = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                texts.put(folder.relativize(file).toString(), Files.readString(file));
            }
        }
        return texts;
    }

    private static JsonNode imagingStudy(JsonNode bundle) {
        for (JsonNode entry : bundle.path("entry")) {
            if (entry.at("/resource/resourceType").asText().equals("ImagingStudy")) {
                return entry.path("resource");
            }
        }
        throw new AssertionError("a bundle without ImagingStudy");
    }

    /** Rather than of a selection. */
    private static boolean isOfStudy(JsonNode imagingStudy, String uid) {
        for (JsonNode identifier : imagingStudy.path("identifier")) {
            if (identifier.path("value").asText().equals("urn:oid:" + uid)) {
                return true;
            }
        }
        return false;
    }

    /** Without what the server adds, and without references: it has them by its own ids. */
    private static JsonNode comparable(JsonNode imagingStudy) {
        ObjectNode copy = imagingStudy.deepCopy();
        copy.remove(List.of("meta", "text", "id"));
        copy.findParents("reference").forEach(parent -> ((ObjectNode) parent).remove("reference"));
        return copy;
    }
}
