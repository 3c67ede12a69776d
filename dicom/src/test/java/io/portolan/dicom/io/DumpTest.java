package io.portolan.dicom.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DumpTest {

    @Test
    void comesBackAsItWas() throws IOException {
        DataSet everything = Samples.everything();
        String dump = Dump.format(everything);
        assertThat(Dump.parse(dump).inUtf8()).isEqualTo(everything.inUtf8());
        assertThat(Dump.format(Dump.parse(dump))).isEqualTo(dump);
    }

    @Test
    void hasOneElementPerLine() throws IOException {
        String dump = """
                (0008,0008) CS ImageType = DERIVED\\\\AXIAL
                (0008,0060) CS Modality = CT
                (0008,1032) SQ ProcedureCodeSequence
                  item
                    (0008,0100) SH CodeValue = 77477000
                    (0008,1032) SQ ProcedureCodeSequence
                      item
                  item
                    (0008,0104) LO CodeMeaning = Tête
                (0009,1001) OB = hex 01 02 ff
                (0009,1002) LT = a\\x5cb\\x0a
                (0010,0020) LO PatientID =
                (0028,0010) US Rows = 512\\1
                """;
        assertThat(Dump.format(Dump.parse(dump))).isEqualTo(dump.replace("b\\x0a", "b"));
    }

    @Test
    void readsCommentsBlankLinesAndLineEndsOfEveryKind() throws IOException {
        String dump = """
                # a comment

                (0008,1032) SQ
                  # within
                  item

                    (0008,0100) SH = A
                    # more
                  item
                (0010,0020) LO = P # not a comment
                """;
        DataSet dataSet = Dump.parse(dump);
        assertThat(Dump.parse(dump.replace("\n", "\r\n"))).isEqualTo(dataSet);
        assertThat(dataSet.items(Attribute.ProcedureCodeSequence)).hasSize(2);
        assertThat(dataSet.string(Attribute.PatientID)).contains("P # not a comment");
    }

    @Test
    void saysThatItsTextsAreUtf8() throws IOException {
        DataSet latin = DicomReader.open(
                        new ByteArrayInputStream(Fixture.bytes("""
                                08 00 05 00 'CS' 0A 00 'ISO_IR 100'
                                10 00 20 00 'LO' 02 00 'é '
                                """)), Selection.MAPPED, ReadLimits.DEFAULT)
                .readHeader();
        DataSet parsed = Dump.parse(Dump.format(latin));
        assertThat(parsed.string(Attribute.PatientID)).contains("é");
        assertThat(parsed.strings(Attribute.SpecificCharacterSet)).containsExactly("ISO_IR 192");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, textBlock = """
            no element|dump: not an element at this indentation (byte 2)
              (0010,0020) LO = P|dump: not an element at this indentation (byte 2)
            (0010,002) LO = P|dump: not an element at this indentation (byte 2)
            (0010,0020) ZZ = P|dump: an unknown VR (byte 2)
            (0009,1001) OB = 01|dump: bytes are written as: hex 01 02 ff (byte 2)
            (0009,1001) OB = hex 01 0g|dump: bytes are written as: hex 01 02 ff (byte 2)
            (0028,0010) US = 65536|dump: not a number of US (byte 2)
            (0028,0010) US = 1\\\\2|dump: not a number of US (byte 2)
            (0008,1032) SQ = A|dump: a sequence has items in the lines below, not a value (byte 2)
            """)
    void refusesAnythingElseAndSaysInWhichLine(String line, String message) {
        assertThatThrownBy(() -> Dump.parse("# first line\n" + line + "\n"))
                .isInstanceOf(MalformedDataException.class)
                .hasMessage(message);
    }

    @Test
    void refusesNestingWithoutEnd() {
        StringBuilder dump = new StringBuilder();
        for (int depth = 0; depth < 5000; depth++) {
            dump.append(" ".repeat(depth * 4)).append("(0008,1032) SQ\n");
            dump.append(" ".repeat(depth * 4 + 2)).append("item\n");
        }
        assertThatThrownBy(() -> Dump.parse(dump.toString())).hasMessageContaining("dump: sequences nested too deep");
    }

    @Test
    void readsManyBytesInALine() throws IOException {
        String dump = "(0009,1001) OB = hex" + " 01".repeat(100_000) + "\n";
        assertThat(Dump.format(Dump.parse(dump))).isEqualTo(dump);
    }

    @Test
    void neverThrowsAnythingElse() {
        Mutations.of(Dump.format(Samples.everything()), Dump::parse);
    }
}
