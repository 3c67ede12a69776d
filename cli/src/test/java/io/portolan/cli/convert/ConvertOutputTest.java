package io.portolan.cli.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portolan.cli.ConvertRoom;
import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.e2e.KeyObjects;
import io.portolan.testdata.SyntheticStudies;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class ConvertOutputTest {

    private static final List<DataSet> CT = SyntheticStudies.ctTwoSeries();
    private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000_000_000L);

    /** Without it no patient is known well enough to be made or found. */
    private static final String SYSTEM = "mapping.patient-id-system=urn:oid:1.2.3";

    @TempDir
    private Path folder;

    private ConvertRoom room;

    @BeforeEach
    void makeRoom() throws Exception {
        room = new ConvertRoom(folder);
    }

    private static DataSet changed(DataSet instance, Attribute attribute, String value) {
        return DataSet.builder(CharacterSet.DEFAULT)
                .addAll(instance)
                .add(attribute, value)
                .build();
    }

    private void allStudies() throws IOException {
        for (List<DataSet> study : SyntheticStudies.all()) {
            room.writeAll(study);
        }
    }

    @Test
    void leavesABundleThatSaysTheSameUntouchedAndReplacesAnother() throws Exception {
        room.writeAll(CT);
        room.writeAll(SyntheticStudies.mr());
        room.convert();
        Path ct = room.fhir().resolve("2.25.7113.1.json");
        Path mr = room.fhir().resolve("2.25.7113.2.json");
        Files.setLastModifiedTime(ct, LONG_AGO);
        Files.setLastModifiedTime(mr, LONG_AGO);
        room.write("2.25.7113.2.1.1", changed(SyntheticStudies.mr().get(0), Attribute.SeriesDescription, "another"));

        assertThat(room.convert()).isZero();

        assertThat(Files.getLastModifiedTime(ct)).isEqualTo(LONG_AGO);
        assertThat(Files.getLastModifiedTime(mr)).isNotEqualTo(LONG_AGO);
        assertThat(room.written()).hasSize(2);
    }

    @Test
    void removesTheBundleOfAStudyOfWhichNothingIsSharedAnyMore() throws Exception {
        room.writeAll(CT);
        room.writeAll(SyntheticStudies.mr());
        room.convert();
        assertThat(room.written()).hasSize(2);
        assertThat(room.convert("--set", "sharing.exclude-sop-classes=1.2.840.10008.5.1.4.1.1.2"))
                .isZero();
        assertThat(room.written()).containsOnlyKeys("2.25.7113.2.json");
        assertThat(room.outcomes()).containsEntry("2.25.7113.1.1.1", "excluded");
    }

    @Test
    void cancelsTheBundleOfAStudyThatIsRejectedAsAWhole() throws Exception {
        room.writeAll(CT);
        room.write("note", KeyObjects.of("1", "113001", "Rejected for Quality Reasons", CT));
        room.convert();
        assertThat(room.outcomes()).containsEntry("note", "not listed").containsEntry("2.25.7113.1.1.1", "not listed");
        assertThat(room.reasons().get("2.25.7113.1.1.1")).contains("rejected");
    }

    private List<JsonNode> resources() throws IOException {
        List<JsonNode> all = new ArrayList<>();
        try (var files = Files.list(room.fhir())) {
            for (Path file : files.sorted().toList()) {
                byte[] bytes = Files.readAllBytes(file);
                String text = file.toString().endsWith(".gz")
                        ? new String(
                                new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes(),
                                StandardCharsets.UTF_8)
                        : new String(bytes, StandardCharsets.UTF_8);
                assertThat(text).endsWith("\n");
                for (String line : text.lines().toList()) {
                    JsonNode resource = new ObjectMapper().readTree(line);
                    assertThat(file.getFileName().toString())
                            .startsWith(resource.path("resourceType").asText() + ".");
                    all.add(resource);
                }
            }
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"create", "resolve", "logical"})
    void writesBulkDataThatRefersToNothingButItself(String strategy) throws Exception {
        allStudies();
        room.write("selection", KeyObjects.of("1", "113000", "Of Interest", List.of(CT.get(1))));
        assertThat(room.convert("--format", "ndjson", "--set", "mapping.patient=" + strategy, "--set", SYSTEM))
                .isZero();

        Set<String> ids = new HashSet<>();
        for (JsonNode resource : resources()) {
            String id = resource.path("resourceType").asText() + "/"
                    + resource.path("id").asText();
            assertThat(ids.add(id)).as("once: " + id).isTrue();
        }
        assertThat(ids).filteredOn(id -> id.startsWith("ImagingStudy/")).hasSize(7);
        assertThat(ids).filteredOn(id -> id.startsWith("Patient/")).hasSize(strategy.equals("create") ? 2 : 0);
        for (JsonNode resource : resources()) {
            for (JsonNode reference : resource.findValues("reference")) {
                assertThat(ids).contains(reference.asText());
            }
        }
        assertThat(String.join("", room.written().values())).doesNotContain("urn:uuid:");
    }

    @Test
    void writesNoPlaceholderIntoBundlesThatNothingInThemStandsFor() throws Exception {
        allStudies();
        assertThat(room.convert("--set", "mapping.patient=resolve", "--set", SYSTEM))
                .isZero();
        for (String bundle : room.written().values()) {
            JsonNode read = new ObjectMapper().readTree(bundle);
            List<String> urls = read.findValuesAsText("fullUrl");
            assertThat(read.findValuesAsText("reference"))
                    .allSatisfy(told -> assertThat(urls).contains(told));
        }
    }

    @Test
    void compressesBulkDataAndSaysTheSame() throws Exception {
        allStudies();
        room.convert("--format", "ndjson");
        List<JsonNode> plain = resources();
        ConvertRoom.delete(room.fhir());
        assertThat(room.convert("--format", "ndjson", "--gzip")).isZero();
        assertThat(room.written().keySet()).allMatch(name -> name.endsWith(".ndjson.gz"));
        assertThat(resources()).containsExactlyInAnyOrderElementsOf(plain);
        Map<String, String> first = room.written();
        ConvertRoom.delete(room.fhir());
        room.convert("--format", "ndjson", "--gzip");
        assertThat(room.written()).isEqualTo(first);
    }

    @Test
    void refusesAFolderWithBulkDataAndReplacesItsOwn() throws Exception {
        room.writeAll(CT);
        Files.createDirectories(room.fhir());
        Path other = Files.writeString(room.fhir().resolve("Observation.ndjson"), "{}");
        for (String more : new String[] {"--quiet", "--resume", "--since-last"}) {
            assertThat(room.convert("--format", "ndjson", more)).isEqualTo(2);
            assertThat(room.err()).contains("Observation.ndjson").contains("give an empty folder");
            assertThat(room.written()).containsOnlyKeys("Observation.ndjson");
        }
        Files.delete(other);
        room.convert("--format", "ndjson", "--since-last");
        assertThat(room.convert("--format", "ndjson", "--since-last", "--gzip")).isZero();
        assertThat(room.written().keySet())
                .filteredOn(name -> !name.startsWith("."))
                .isNotEmpty()
                .allMatch(name -> name.endsWith(".gz"));
    }

    @Test
    void rollsBulkDataBySizeAndTearsNothingApart() throws Exception {
        for (int i = 0; i < 3; i++) {
            for (DataSet instance : SyntheticStudies.ct(20 + i, 2500)) {
                room.write(i + "/" + instance.string(Attribute.SOPInstanceUID).orElseThrow(), instance);
            }
        }
        assertThat(room.convert("--format", "ndjson", "--roll-mb", 1)).isZero();
        assertThat(room.written())
                .containsKeys("ImagingStudy.ndjson", "ImagingStudy.2.ndjson")
                .allSatisfy((name, text) -> assertThat(text.length()).isBetween(1, 1 << 20));
        assertThat(resources()).hasSize(3);
    }

    @Test
    void namesEveryFileOnceInACsvThatAnySpreadsheetMayOpen() throws Exception {
        List<String> names = List.of("=1+1", "+x", "-x", "@x", "a,b", "quo\"te", "line\nfeed", "\ttab", "plain");
        for (String name : names) {
            room.write(name, CT.get(0));
        }
        Path csv = folder.resolve("report.CSV");
        assertThat(room.run(room.in(), "--out", room.fhir(), "--report", csv)).isZero();

        String text = Files.readString(csv);
        assertThat(text).startsWith("file,outcome,study,reason,position\r\n").endsWith("\r\n");
        try (CSVParser parser = CSVParser.parse(text, CSVFormat.RFC4180)) {
            List<String> read = new ArrayList<>();
            for (CSVRecord record : parser.getRecords().subList(1, names.size() + 1)) {
                assertThat(record.size()).isEqualTo(5);
                read.add(record.get(0).replace(room.in() + "/", ""));
            }
            assertThat(read).containsExactlyInAnyOrderElementsOf(names);
        }
    }

    @Test
    void putsAQuoteBeforeWhatASpreadsheetTakesForAFormula() {
        for (String formula : List.of("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx")) {
            assertThat(Report.quoted(formula)).matches("(?s)\"?'.*").contains(formula);
        }
        assertThat(Report.quoted("a=1")).isEqualTo("a=1");
    }

    @Test
    void saysNothingToATerminalThatItWouldObey() throws Exception {
        room.write("red\u001b[31m\nportolan: fine", "no image".getBytes(StandardCharsets.UTF_8));
        assertThat(room.run(room.in(), "--out", room.fhir())).isEqualTo(1);
        assertThat(room.err()).doesNotContain("\u001b").doesNotContain("\nportolan: fine");
        assertThat(room.convert()).isEqualTo(1);
        assertThat(room.outcomes()).containsOnlyKeys("red\u001b[31m\nportolan: fine");
    }

    @Test
    void saysWhyOfDuplicatesExclusionsAndStudiesThatAreNotConverted() throws Exception {
        room.writeAll(CT);
        room.write("zz", CT.get(0));
        room.write("zzz", changed(CT.get(0), Attribute.SeriesDescription, "other"));
        for (DataSet mr : SyntheticStudies.mr()) {
            room.write(mr.string(Attribute.SOPInstanceUID).orElseThrow(), mr);
        }
        room.write(
                "mr-of-another",
                changed(
                        changed(SyntheticStudies.mr().get(0), Attribute.PatientID, "SOMEBODY"),
                        Attribute.SOPInstanceUID,
                        "2.25.77"));
        room.writeAll(SyntheticStudies.srBesideCt());
        assertThat(room.convert("--set", "sharing.exclude-sop-classes=1.2.840.10008.5.1.4.1.1.88.11"))
                .isEqualTo(1);
        String first = room.in().resolve("2.25.7113.1.1.1").toString();
        assertThat(room.reasons())
                .containsEntry("zz", "of " + first)
                .containsEntry("zzz", "of " + first + ", with another header")
                .containsEntry("2.25.7113.5.2.1", "by the configuration");
        assertThat(room.reasons().get("mr-of-another")).contains("patient conflict");
        assertThat(room.outcomes())
                .containsEntry("2.25.7113.5.2.1", "excluded")
                .containsEntry("mr-of-another", "study not converted")
                .containsEntry("2.25.7113.2.1.2", "study not converted");
        assertThat(room.report().at("/totals/problems").asInt()).isEqualTo(3);
    }

    @Test
    void writesNoStudyWithIssuesWhenItIsStrict() throws Exception {
        allStudies();
        String[] settings = {"--set", SYSTEM, "--set", "mapping.accession-system=urn:oid:1.2.4"};
        assertThat(room.convert((Object[]) settings)).isZero();
        List<String> clean = new ArrayList<>();
        for (JsonNode study : room.report().path("studies")) {
            if (study.path("issues").isEmpty()) {
                clean.add(study.path("study").asText() + ".json");
            }
        }
        assertThat(clean).isNotEmpty().hasSizeLessThan(SyntheticStudies.all().size());
        ConvertRoom.delete(room.fhir());
        List<Object> strict = new ArrayList<>(List.of(settings));
        strict.add("--strict");
        assertThat(room.convert(strict.toArray())).isEqualTo(1);
        assertThat(room.written()).containsOnlyKeys(clean.toArray(String[]::new));
        assertThat(room.reasons().values()).contains("the mapping has issues, and --strict is set");
    }

    @Test
    void isQuietWhenItIsToldTo() throws Exception {
        room.writeAll(CT);
        assertThat(room.convert("--quiet")).isZero();
        assertThat(room.out() + room.err()).isEmpty();
        room.write("text", new byte[] {1});
        assertThat(room.run(room.in(), "--out", room.fhir(), "-q")).isEqualTo(1);
        assertThat(room.out()).isEmpty();
        assertThat(room.err()).contains("text: not DICOM").hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "IN; give --out DIR",
                "IN --out X --fhir http://localhost; exclude each other",
                "IN --out X --gzip; --format ndjson",
                "IN --out X --threads 0; --threads must be at least 1",
                "IN --out X --format ndjson --roll-mb 0; --roll-mb must be from 1",
                "IN --out X --format ndjson --roll-mb 9223372036854775807; --roll-mb must be from 1",
                "IN --fhir http://localhost --format ndjson; --format ndjson is for --out",
                "IN/lost --out X; no such file or folder",
                "--out X; PATH",
                "IN --out X --format xml; BUNDLE",
                "IN --out X --calling-ae THIS-TITLE-IS-TOO-LONG; 16",
                "IN --out X --set no.such=1; no.such",
            })
    void saysWhatWouldBeRight(String arguments, String said) throws Exception {
        room.writeAll(CT);
        Object[] all = List.of(arguments.split(" ", -1)).stream()
                .map(one -> one.replaceFirst("^IN", room.in().toString())
                        .replaceFirst("^X$", room.fhir().toString()))
                .toArray();
        assertThat(room.run(all)).isEqualTo(2);
        assertThat(room.err().toLowerCase(java.util.Locale.ROOT)).contains(said.toLowerCase(java.util.Locale.ROOT));
        assertThat(room.written()).isEmpty();
    }

    @Test
    void givesTheSameStudiesOfShuffledCopiesUnderOtherNames() throws Exception {
        List<DataSet> all = new ArrayList<>();
        SyntheticStudies.all().forEach(all::addAll);
        all.add(changed(CT.get(1), Attribute.SeriesDescription, "another header"));
        all.add(CT.get(2));
        all.add(KeyObjects.of("1", "113000", "Of Interest", List.of(CT.get(1))));
        all.add(KeyObjects.of("3", "113001", "Rejected for Quality Reasons", List.of(CT.get(2))));
        Map<String, String> first = new TreeMap<>();
        for (int run = 0; run < 5; run++) {
            ConvertRoom.delete(folder);
            room = new ConvertRoom(folder);
            Collections.shuffle(all, new Random(run));
            for (int i = 0; i < all.size(); i++) {
                room.write(i % 3 + "/" + i, all.get(i));
            }
            assertThat(room.convert()).isZero();
            if (run == 0) {
                first.putAll(room.written());
            }
            assertThat(room.written()).isEqualTo(first).hasSize(7);
        }
    }

    @Test
    void saysThatTheDiskIsFullAndGoesOnWhenItIsNot() throws Exception {
        Path full = Files.createDirectories(folder.resolve("full"));
        assumeTrue(mount(full), "no file system can be mounted here");
        try {
            for (int i = 0; i < 4; i++) {
                for (DataSet instance : SyntheticStudies.ct(30 + i, 1000)) {
                    room.write(instance.string(Attribute.SOPInstanceUID).orElseThrow(), instance);
                }
            }
            Path state = folder.resolve("state");
            assertThat(room.run(room.in(), "--out", full, "--state", state, "--report", room.reportFile()))
                    .isEqualTo(1);
            assertThat(room.report().path("studies").findValuesAsText("reason"))
                    .contains("cannot be written: no space is left on the disk");
            try (var left = Files.list(full)) {
                assertThat(left).noneMatch(file -> file.toString().endsWith(".part"));
            }
            assertThat(room.run(room.in(), "--out", full, "--report", room.reportFile()))
                    .isEqualTo(1);
            assertThat(room.err()).doesNotContain("\tat ");
        } finally {
            new ProcessBuilder("umount", full.toString()).start().waitFor();
        }
        Path state = folder.resolve("state");
        assertThat(room.run(room.in(), "--out", full, "--state", state, "--resume"))
                .isZero();
        assertThat(room.out()).contains("4000 known from the last run");
    }

    private static boolean mount(Path place) throws Exception {
        return Files.isExecutable(Path.of("/bin/mount"))
                && new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", place.toString())
                                .redirectErrorStream(true)
                                .start()
                                .waitFor()
                        == 0;
    }
}
