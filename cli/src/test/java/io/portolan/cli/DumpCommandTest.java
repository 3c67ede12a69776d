package io.portolan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.Vr;
import io.portolan.dicom.io.DicomJson;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.Dump;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.testdata.SyntheticStudies;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;

class DumpCommandTest {

    private static final String LONG =
            "Lossy compression with a ratio of 10, ".repeat(8).strip();

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void showsFileMetaFirstThenEveryElementByName() throws Exception {
        assertThat(dump(instance().build())).isZero();
        assertThat(out.toString().lines().toList())
                .startsWith("# " + directory.resolve("a.dcm") + ", Explicit VR Little Endian")
                .containsSubsequence(
                        "(0002,0010) UI TransferSyntaxUID = 1.2.840.10008.1.2.1",
                        "(0008,0060) CS Modality = CT",
                        "(0008,1032) SQ ProcedureCodeSequence",
                        "  item",
                        "    (0008,0100) SH CodeValue = A1",
                        "(0018,0050) DS SliceThickness = 5");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void cutsLongValuesAndSaysHowLongTheyAre() throws Exception {
        String uid = "1.".repeat(31) + "10";
        assertThat(dump(instance()
                        .add(text(0x0008_2111, Vr.ST, LONG))
                        .add(text(0x0008_4000, Vr.LT, "x".repeat(34) + "\r\n" + LONG))
                        .add(text(0x0020_9161, Vr.UI, uid))
                        .add(Element.of(0x0029_1010, Vr.OB, new byte[10_528]))
                        .add(Element.of(0x0029_1011, Vr.OB, new byte[32]))
                        .build()))
                .isZero();
        assertThat(out.toString().lines().toList())
                .contains(
                        "(0008,2111) ST DerivationDescription = Lossy compression with a ratio of 10 ... # 36 of 303 characters")
                .contains("(0008,4000) LT IdentifyingComments = " + "x".repeat(34) + " ... # 34 of 345 characters")
                .contains("(0020,9161) UI ConcatenationUID = " + uid)
                .contains("(0029,1010) OB = hex" + " 00".repeat(16) + " ... # 16 of 10528 bytes")
                .contains("(0029,1011) OB = hex" + " 00".repeat(32));
    }

    @Test
    void saysWhenItHadToGuessTheCharacterSet() throws Exception {
        dump(instance().add(text(0x0008_0005, Vr.CS, "KLINGON")).build());
        assertThat(out.toString()).contains("# SpecificCharacterSet is unknown; texts are read as Latin-1");
        dump(instance().add(text(0x0008_0005, Vr.CS, "ISO-IR 100")).build());
        assertThat(out.toString()).contains("# SpecificCharacterSet is misspelt; taken for the likeliest");
    }

    @Test
    void readsBackWhatItShowsInFull() throws Exception {
        DataSet instance = instance()
                .add(text(0x0008_2111, Vr.ST, LONG))
                .add(Element.of(0x0029_1010, Vr.OB, new byte[10_528]))
                .build();
        assertThat(dump(instance, "--full")).isZero();
        byte[] file = Files.readAllBytes(directory.resolve("a.dcm"));
        DicomReader reader = DicomReader.open(new ByteArrayInputStream(file), Selection.ALL, ReadLimits.DEFAULT);
        DataSet whole = DataSet.builder(CharacterSet.UTF_8)
                .addAll(reader.fileMeta().inUtf8())
                .addAll(reader.readHeader().inUtf8())
                .build();
        assertThat(Dump.parse(out.toString()).inUtf8()).isEqualTo(whole);
    }

    @Test
    void showsWhatStandsBeforeAFaultAndThenTheFault() throws Exception {
        byte[] whole = SyntheticStudies.toFile(instance().build());
        String text = new String(whole, StandardCharsets.ISO_8859_1);
        Path broken = Files.write(
                directory.resolve("broken.dcm"), Arrays.copyOf(whole, text.indexOf("DistinctiveMeaning") + 4));
        Path fine = Files.write(directory.resolve("fine.dcm"), whole);
        assertThat(portolan("dump", broken.toString(), fine.toString())).isEqualTo(1);
        String first = out.toString().substring(0, out.toString().indexOf("\n\n# " + fine));
        assertThat(first)
                .contains("(0008,0060) CS Modality = CT")
                .endsWith("# broken from here on")
                .doesNotContain("ProcedureCodeSequence");
        assertThat(err.toString())
                .startsWith(broken + ": (0008,1032) > (0008,0104): a value of ")
                .endsWith("is cut off after 4 (byte " + Files.size(broken) + ")\n");
        assertThat(out.toString()).endsWith("(0018,0050) DS SliceThickness = 5\n");
    }

    @Test
    void saysWhatIsNoDicomFile() throws Exception {
        Path no = Files.writeString(directory.resolve("no.dcm"), "no DICOM, this");
        assertThat(portolan("dump", directory.toString(), no.toString())).isEqualTo(1);
        assertThat(err.toString().lines().toList())
                .containsExactly(
                        directory + ": a folder; dump takes files, as in: portolan dump " + directory + "/*",
                        no + ": not DICOM: neither a preamble nor a plausible first element (byte 0)");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void writesOneLineOfJsonForEachFile() throws Exception {
        assertThat(dump(instance().build(), "--json")).isZero();
        assertThat(DicomJson.parse(out.toString()).string(Attribute.Modality)).contains("CT");
        assertThat(out.toString().lines()).hasSize(1);
    }

    @Test
    void showsOnlyWhatTheMappingReads() throws Exception {
        assertThat(dump(instance().build(), "--mapped")).isZero();
        assertThat(out.toString()).contains("Modality = CT").doesNotContain("SliceThickness");
    }

    @Test
    void coloursTagVrAndKeywordOnATerminal() {
        DataSet dataSet = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.Modality, "CT")
                .build();
        assertThat(new HeaderText(false, Ansi.ON).format(dataSet))
                .isEqualTo(
                        "\u001B[36m(0008,0060)\u001B[39m \u001B[33mCS\u001B[39m\u001B[32m Modality\u001B[39m = CT\n");
    }

    private int dump(DataSet instance, String... options) throws IOException {
        Path file = Files.write(directory.resolve("a.dcm"), SyntheticStudies.toFile(instance));
        return portolan(Stream.of(new String[] {"dump"}, options, new String[] {file.toString()})
                .flatMap(Arrays::stream)
                .toArray(String[]::new));
    }

    private int portolan(String... arguments) {
        return Portolan.commandLine(new PrintWriter(out), new PrintWriter(err))
                .setColorScheme(Help.defaultColorScheme(Ansi.OFF))
                .execute(arguments);
    }

    private static DataSet.Builder instance() {
        DataSet code = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.CodeValue, "A1")
                .add(Attribute.CodeMeaning, "DistinctiveMeaning")
                .build();
        return DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.SOPClassUID, "1.2.840.10008.5.1.4.1.1.2")
                .add(Attribute.SOPInstanceUID, "2.25.1")
                .add(Attribute.Modality, "CT")
                .add(Attribute.ProcedureCodeSequence, List.of(code))
                .add(text(0x0018_0050, Vr.DS, "5 "));
    }

    private static Element text(int tag, Vr vr, String value) {
        return Element.of(tag, vr, value.getBytes(StandardCharsets.UTF_8));
    }
}
