package io.portolan.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.e2e.KeyObjects;
import io.portolan.gateway.config.GatewayConfig;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerOptions;
import io.portolan.gateway.ledger.Reception;
import io.portolan.mapping.MappingOptions;
import io.portolan.mapping.MappingResult;
import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.StudyMapper;
import io.portolan.mapping.study.Gathered;
import io.portolan.mapping.study.Instance;
import io.portolan.testdata.SyntheticStudies;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.ImagingStudy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvertTest {

    private static final String CT = "2.25.7113.1";

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void writesOneBundleForEachStudyHoweverItsFilesAreScattered() throws Exception {
        Path in = Files.createDirectories(directory.resolve("in"));
        int number = 0;
        for (List<DataSet> study : SyntheticStudies.all()) {
            for (DataSet instance : study) {
                Path folder = Files.createDirectories(in.resolve("folder" + number % 3));
                Files.write(folder.resolve("file" + number++), SyntheticStudies.toFile(instance));
            }
        }

        assertThat(convert(in, "--out", fhir().toString())).isZero();

        assertThat(names(fhir())).hasSameSizeAs(SyntheticStudies.all()).contains(CT + ".json");
        assertThat(study(CT).getNumberOfInstances()).isEqualTo(4);
        assertThat(out.toString()).contains(number + " files, 6 studies written to ");
    }

    @Test
    void givesTheSameStudyAsTheGatewayMaps() throws Exception {
        Path in = write("in", SyntheticStudies.ctTwoSeries());
        convert(in, "--out", fhir().toString());

        List<Instance> instances = new ArrayList<>();
        for (DataSet header : SyntheticStudies.ctTwoSeries()) {
            instances.add(Instance.of(header));
        }
        Mapped mapped = (Mapped) new StudyMapper(MappingOptions.defaults("urn:portolan:study"))
                .map(new Gathered(new Uid(CT), instances));
        assertThat(json(study(CT))).isEqualTo(json(mapped.imagingStudy()));
    }

    @Test
    void namesEveryFileInTheReportAndSaysWhyNot() throws Exception {
        List<DataSet> ct = SyntheticStudies.ctTwoSeries();
        Path in = write("in", ct.subList(0, 2));
        byte[] whole = SyntheticStudies.toFile(ct.get(2));
        Files.write(in.resolve("cut"), Arrays.copyOf(whole, whole.length - 4));
        Files.writeString(in.resolve("text"), "no image");
        Files.write(
                in.resolve("anonymous"),
                SyntheticStudies.toFile(ct.get(3).where(tag -> tag != Attribute.StudyInstanceUID.tag())));
        Files.write(in.resolve("again"), SyntheticStudies.toFile(ct.get(0)));

        assertThat(convert(in, "--out", fhir().toString(), "--report", report().toString()))
                .isEqualTo(1);

        Map<String, String> outcomes = new TreeMap<>();
        JsonNode read = new ObjectMapper().readTree(report().toFile());
        read.path("files")
                .forEach(file -> outcomes.put(
                        Path.of(file.path("file").asText()).getFileName().toString(),
                        file.path("outcome").asText()));
        assertThat(outcomes)
                .hasSize(6)
                .containsEntry("cut", "malformed")
                .containsEntry("text", "not DICOM")
                .containsEntry("anonymous", "no study")
                .containsValues("converted", "duplicate");
        assertThat(read.at("/totals/files").asInt()).isEqualTo(6);
        assertThat(study(CT).getNumberOfInstances()).isEqualTo(2);
        assertThat(Files.readString(report())).doesNotContain(SyntheticStudies.PATIENT_VALUES);
        assertThat(err.toString() + out).doesNotContain(SyntheticStudies.PATIENT_VALUES);
    }

    @Test
    void convertsNoStudyOfTwoPatients() throws Exception {
        List<DataSet> ct = SyntheticStudies.ctTwoSeries();
        DataSet other = DataSet.builder()
                .addAll(ct.get(1))
                .add(Attribute.PatientID, "SOMEBODY-ELSE")
                .build();
        Path in = write("in", List.of(ct.get(0), other));

        assertThat(convert(in, "--out", fhir().toString())).isEqualTo(1);

        assertThat(names(fhir())).isEmpty();
        assertThat(err.toString()).contains("study " + CT + ": not converted: patient conflict");
    }

    @Test
    void saysSoWhenThereIsNothingToConvert() throws Exception {
        Path in = Files.createDirectories(directory.resolve("empty"));
        assertThat(convert(in, "--out", fhir().toString())).isEqualTo(1);
        assertThat(err.toString()).contains("no DICOM instance");
    }

    @Test
    void refusesAPlaceThatItCannotWriteTo() throws Exception {
        Path in = write("in", SyntheticStudies.cr());
        Path file = Files.writeString(directory.resolve("a-file"), "");
        assertThat(convert(in, "--out", file.resolve("below").toString())).isEqualTo(2);
        assertThat(err.toString()).contains("below cannot be made: a part of its path is a file, not a folder");
    }

    @Test
    void saysAtWhichByteAFileIsCutOff() throws Exception {
        byte[] whole = SyntheticStudies.toFile(SyntheticStudies.cr().get(0));
        Path in = Files.createDirectories(directory.resolve("in"));
        Files.write(in.resolve("cut"), Arrays.copyOf(whole, whole.length - 4));
        convert(in, "--out", fhir().toString(), "--report", report().toString());
        assertThat(read().at("/files/0/position").asLong()).isBetween(whole.length - 20L, (long) whole.length);
    }

    @Test
    void saysOfEveryStudyWhatBecameOfItAndGoesOnAfterOneThatCannotBeWritten() throws Exception {
        Path in = write("in", SyntheticStudies.ctTwoSeries());
        write("in", SyntheticStudies.mr());
        Files.createDirectories(fhir().resolve(CT + ".json").resolve("in-the-way"));

        assertThat(convert(in, "--out", fhir().toString(), "--report", report().toString()))
                .isEqualTo(1);

        assertThat(read().at("/studies/0/outcome").asText()).isEqualTo("not converted");
        assertThat(read().at("/studies/1/outcome").asText()).isEqualTo("converted");
        assertThat(read().at("/totals/problems").asInt()).isEqualTo(4);
        assertThat(names(fhir())).containsExactly(".portolan-convert", CT + ".json", "2.25.7113.2.json");
        assertThat(out.toString()).contains("1 study written to ");
    }

    @Test
    void namesAFileOnceHoweverOftenItsPathIsGiven() throws Exception {
        Path in = write("in", SyntheticStudies.cr());
        convert(in, in.toString(), "--out", fhir().toString(), "--report", report().toString());
        assertThat(read().path("files")).hasSize(1);
    }

    @Test
    void opensNothingThatIsNoFileAndFollowsNoLoop() throws Exception {
        Path in = write("in", SyntheticStudies.cr());
        Files.createSymbolicLink(in.resolve("device"), Path.of("/dev/null"));
        Files.createSymbolicLink(in.resolve("loop"), in);

        assertThat(convert(in, "--out", fhir().toString())).isEqualTo(1);

        assertThat(err.toString())
                .contains("device: unreadable: no regular file")
                .contains("loop: unreadable: a loop of symbolic links");
        assertThat(out.toString()).contains("3 files, 1 study written to ");
    }

    @Test
    void leavesOutWhatItWroteBelowAnInputItself() throws Exception {
        Path in = write("in", SyntheticStudies.cr());
        for (int run = 0; run < 2; run++) {
            assertThat(convert(
                            in,
                            "--out",
                            in.resolve("fhir").toString(),
                            "--report",
                            in.resolve("report.json").toString()))
                    .isZero();
        }
        assertThat(out.toString().lines()).hasSize(2).allMatch(line -> line.startsWith("1 file, 1 study"));
    }

    @Test
    void saysOfADuplicateOfWhichFileAndNothingTwice() throws Exception {
        Path in = write("a", SyntheticStudies.cr());
        Path again = write("b", SyntheticStudies.cr());
        Path text = Files.writeString(directory.resolve("text"), "no image");
        convert(in, again.toString(), text.toString(), "--out", fhir().toString(), "--report", report().toString());
        String first = read().at("/files/0/file").asText();
        assertThat(read().at("/files/1/reason").asText()).isEqualTo("of " + first);
        assertThat(read().at("/files/2/reason").asText()).doesNotContain("not DICOM");
    }

    @Test
    void saysWhereItHadToGuessTheCharacterSet() throws Exception {
        DataSet guessed = DataSet.builder(CharacterSet.DEFAULT)
                .addAll(SyntheticStudies.cr().get(0))
                .add(Attribute.SpecificCharacterSet, "KLINGON")
                .build();
        Path in = write("in", List.of(guessed));
        assertThat(convert(in, "--out", fhir().toString(), "--report", report().toString()))
                .isZero();
        assertThat(read().at("/files/0/reason").asText()).contains("SpecificCharacterSet");
    }

    @Test
    void readsNothingWhenTheReportCannotBeWritten() throws Exception {
        Path in = write("in", SyntheticStudies.cr());
        Path nowhere = directory.resolve("nowhere").resolve("report.json");
        assertThat(convert(in, "--out", fhir().toString(), "--report", nowhere.toString()))
                .isEqualTo(2);
        assertThat(names(fhir())).isEmpty();
    }

    @Test
    void keepsToTheConfiguredLimits() throws Exception {
        DataSet large = DataSet.builder()
                .addAll(SyntheticStudies.cr().get(0))
                .add(Attribute.StudyDescription, "x".repeat(2000))
                .build();
        Path in = write("in", List.of(large));
        assertThat(convert(in, "--out", fhir().toString(), "--set", "dicom.element-bytes=1KB"))
                .isEqualTo(1);
        assertThat(err.toString()).contains(": malformed: ");
    }

    @Test
    void treatsNotesSelectionsAndExclusionsAsTheGatewayDoes() throws Exception {
        List<DataSet> ct = SyntheticStudies.ctTwoSeries();
        List<DataSet> all = new ArrayList<>(ct);
        all.add(DataSet.builder(CharacterSet.DEFAULT)
                .addAll(absent(ct.get(0)))
                .add(Attribute.SOPClassUID, "1.2.840.10008.5.1.4.1.1.66")
                .add(Attribute.SOPInstanceUID, "2.25.405")
                .build());
        all.add(KeyObjects.of("1", "113000", "Of Interest", List.of(ct.get(1))));
        all.add(KeyObjects.of("2", "113000", "Of Interest", List.of(ct.get(0), absent(ct.get(0)))));
        all.add(KeyObjects.of("3", "113001", "Rejected for Quality Reasons", List.of(ct.get(2))));
        Path in = write("in", all);
        assertThat(convert(
                        in,
                        "--out",
                        fhir().toString(),
                        "--report",
                        report().toString(),
                        "--set",
                        "sharing.exclude-sop-classes=1.2.840.10008.5.1.4.1.1.66"))
                .isZero();
        Path file = directory.resolve("ledger.db");
        GatewayConfig config = GatewayConfig.load(
                Optional.empty(), Map.of(), Map.of("sharing.exclude-sop-classes", "1.2.840.10008.5.1.4.1.1.66"));
        StudyMapper mapper = new StudyMapper(config.mapping(), config.sharing().options());
        List<Instance> instances = new ArrayList<>();
        List<String> written = new ArrayList<>();
        try (Ledger ledger = Ledger.open(LedgerOptions.of(file), Clock.systemUTC())) {
            for (DataSet header : all) {
                instances.add(Instance.of(header));
                ledger.record(new Reception(Instance.of(header), TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN.uid(), null));
            }
            for (Gathered gathered : Gathered.all(instances)) {
                MappingResult result = mapper.map(ledger.gathered(gathered.uid()));
                if (result instanceof Mapped mapped && mapped.publishing() == Mapped.Publishing.ALWAYS) {
                    written.add(gathered.uid() + ".json");
                    assertThat(json(study(gathered.uid().value()))).isEqualTo(json(mapped.imagingStudy()));
                }
            }
        }
        assertThat(names(fhir()))
                .containsExactlyInAnyOrderElementsOf(written)
                .hasSize(2)
                .contains(CT + ".json");
        assertThat(study(CT).getNumberOfInstances()).isEqualTo(6);
        assertThat(new ObjectMapper()
                        .readTree(report().toFile())
                        .path("studies")
                        .findValuesAsText("outcome"))
                .contains("converted", "not shared");
    }

    private static DataSet absent(DataSet image) {
        return DataSet.builder(CharacterSet.DEFAULT)
                .addAll(image)
                .add(Attribute.SOPInstanceUID, "2.25.404")
                .build();
    }

    @Test
    void givesTheSameStudyAsTheLedgerOfTheGateway() throws Exception {
        Path in = write("in", SyntheticStudies.ctTwoSeries());
        convert(in, "--out", fhir().toString());
        Path file = directory.resolve("ledger.db");
        try (Ledger ledger = Ledger.open(LedgerOptions.of(file), Clock.systemUTC())) {
            for (DataSet header : SyntheticStudies.ctTwoSeries()) {
                ledger.record(new Reception(
                        Instance.of(header, Optional.of("PEER")),
                        TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN.uid(),
                        null));
            }
            MappingOptions options =
                    GatewayConfig.load(Optional.empty(), Map.of(), Map.of()).mapping();
            Mapped mapped = (Mapped) new StudyMapper(options).map(ledger.gathered(new Uid(CT)));
            assertThat(json(study(CT))).isEqualTo(json(mapped.imagingStudy()));
        }
    }

    @Test
    void accountsForEveryFileOfTheCorpus() throws Exception {
        String corpus = System.getProperty("portolan.corpus", "");
        assumeTrue(!corpus.isEmpty(), "portolan.corpus names no folder of DICOM files");

        assertThat(convert(Path.of(corpus), "--out", fhir().toString(), "--report", report().toString()))
                .isEqualTo(1);

        List<String> reported = new ArrayList<>();
        new ObjectMapper()
                .readTree(report().toFile())
                .path("files")
                .forEach(file -> reported.add(file.path("file").asText()));
        try (Stream<Path> files = Files.walk(Path.of(corpus))) {
            assertThat(reported).doesNotHaveDuplicates();
            assertThat(reported)
                    .filteredOn(name -> !name.contains("!/")) // in an archive, or named by a DICOMDIR
                    .containsExactlyInAnyOrderElementsOf(files.filter(Files::isRegularFile)
                            .map(Path::toString)
                            .toList());
        }
        assertThat(err.toString()).doesNotContain("\tat ");
        for (String name : names(fhir())) {
            String uid = name.replace(".json", "");
            // a selection is known under a UID of its own, and carries the identifier of its study
            assertThat(study(uid).getIdElement().getIdPart()).isEqualTo(StudyMapper.idOf(new Uid(uid)));
        }
    }

    private int convert(Path in, String... arguments) {
        List<String> all = new ArrayList<>(List.of("convert", in.toString()));
        all.addAll(List.of(arguments));
        return Portolan.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }

    private Path fhir() {
        return directory.resolve("fhir");
    }

    private JsonNode read() throws IOException {
        return new ObjectMapper().readTree(report().toFile());
    }

    private Path report() {
        return directory.resolve("report.json");
    }

    private Path write(String folder, List<DataSet> instances) throws IOException {
        Path in = Files.createDirectories(directory.resolve(folder));
        for (DataSet instance : instances) {
            Files.write(
                    in.resolve(instance.string(Attribute.SOPInstanceUID).orElseThrow()),
                    SyntheticStudies.toFile(instance));
        }
        return in;
    }

    private ImagingStudy study(String uid) throws IOException {
        Bundle bundle = FhirContext.forR4Cached()
                .newJsonParser()
                .parseResource(Bundle.class, Files.readString(fhir().resolve(uid + ".json")));
        return (ImagingStudy)
                bundle.getEntry().get(bundle.getEntry().size() - 1).getResource();
    }

    private static String json(ImagingStudy study) {
        return FhirContext.forR4Cached().newJsonParser().encodeResourceToString(study);
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
