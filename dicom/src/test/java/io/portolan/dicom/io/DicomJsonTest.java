package io.portolan.dicom.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Dcmtk;
import io.portolan.dicom.Element;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.Vr;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DicomJsonTest {

    @Test
    void comesBackAsItWas() throws IOException {
        DataSet everything = Samples.everything();
        String json = DicomJson.format(everything);
        assertThat(DicomJson.parse(json)).isEqualTo(everything.inUtf8());
        assertThat(DicomJson.format(DicomJson.parse(json))).isEqualTo(json);
    }

    @Test
    void writesTheModelOfTheStandard() {
        DataSet dataSet = DataSet.builder(CharacterSet.UTF_8)
                .add(Element.of(
                        Attribute.SpecificCharacterSet.tag(), Vr.CS, "ISO_IR 192".getBytes(StandardCharsets.US_ASCII)))
                .add(Attribute.ImageType, "A", "", "\"\n\u0001é")
                .add(Attribute.PatientName, "Doe^J==ど")
                .add(Attribute.PatientID, "")
                .add(Attribute.SeriesNumber, "7")
                .add(Attribute.ProcedureCodeSequence, List.of(DataSet.EMPTY))
                .add(Element.of(0x0009_1001, Vr.OB, new byte[] {1, 2}))
                .add(Element.of(0x0009_1002, Vr.AT, new byte[] {0x10, 0, 0x20, 0}))
                .add(Element.of(0x0009_1003, Vr.US, new byte[] {1, 0, 2, 0}))
                .add(Element.of(0x0009_1004, Vr.FL, new byte[] {0, 0, (byte) 0xC0, 0x7F}))
                .add(Element.of(0x0009_1005, Vr.UV, new byte[] {1, 0, 0, 0, 0, 0, 0, 0}))
                .build();
        assertThat(DicomJson.format(dataSet).replace(",\"00", ",\n\"00")).isEqualTo("""
                {"00080008":{"vr":"CS","Value":["A",null,"\\"\\n\\u0001é"]},
                "00081032":{"vr":"SQ","Value":[{}]},
                "00091001":{"vr":"OB","InlineBinary":"AQI="},
                "00091002":{"vr":"AT","Value":["00100020"]},
                "00091003":{"vr":"US","Value":[1,2]},
                "00091004":{"vr":"FL","Value":["NaN"]},
                "00091005":{"vr":"UV","Value":["1"]},
                "00100010":{"vr":"PN","Value":[{"Alphabetic":"Doe^J","Phonetic":"ど"}]},
                "00100020":{"vr":"LO"},
                "00200011":{"vr":"IS","Value":["7"]}}""");
    }

    /** What other servers write. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            a number as number         | {"00200011":{"vr":"IS","Value":[7]}}                              | 7
            a text escaped             | {"00200011":{"vr":"IS","Value":["\\u0037\\/\\b"]}}                | 7/
            spaces and order           | { "00200013" : {"vr":"IS"} ,\t"00200011" : { "Value" : [ "7" ] , "vr" : "IS" } } | 7
            nulls                      | {"00200011":{"vr":"IS","Value":[null,"7"]}}                       | 7
            a key twice                | {"00200011":{"vr":"IS"},"00200011":{"vr":"IS","Value":["7"]}}     | 7
            BulkDataURI                | {"00200011":{"vr":"IS","Value":["7"]},"7FE00010":{"vr":"OW","BulkDataURI":"http://h"}} | 7
            a character set that was   | {"00080005":{"vr":"CS","Value":["ISO_IR 100"]},"00200011":{"vr":"IS","Value":["7é"]}} | 7é
            """)
    void readsWhatOthersWrite(String what, String json, String expected) throws IOException {
        assertThat(DicomJson.parse(json).string(Attribute.SeriesNumber).map(String::strip))
                .as(what)
                .contains(expected);
    }

    @Test
    void readsNamesAsObjectsAndAsTexts() throws IOException {
        DataSet names = DicomJson.parse("""
                {"00081070":{"vr":"PN","Value":["A^B",{"Ideographic":"山"},{},null,{"Alphabetic":"C"}]}}""");
        assertThat(names.strings(Attribute.OperatorsName)).containsExactly("A^B", "=山", "", "", "C");
    }

    @Test
    void readsIntegersHoweverTheyAreWritten() throws IOException {
        DataSet numbers = DicomJson.parse("""
                {"00280010":{"vr":"US","Value":[512.0,5.12e2,"512"]},"00091001":{"vr":"SV","Value":[-7,"-7",-7.0]}}""");
        assertThat(numbers.strings(0x0028_0010)).containsExactly("512", "512", "512");
        assertThat(numbers.strings(0x0009_1001)).containsExactly("-7", "-7", "-7");
    }

    @Test
    void leavesOutGroupLengths() {
        DataSet item = DataSet.builder(CharacterSet.UTF_8)
                .add(Element.of(0x0008_0000, Vr.UL, new byte[4]))
                .add(Attribute.CodeValue, "A1")
                .build();
        assertThat(DicomJson.format(DataSet.builder(CharacterSet.UTF_8)
                        .add(Element.of(0x0008_0000, Vr.UL, new byte[4]))
                        .add(Attribute.ProcedureCodeSequence, List.of(item))
                        .build()))
                .isEqualTo(
                        "{\"00081032\":{\"vr\":\"SQ\",\"Value\":[{\"00080100\":{\"vr\":\"SH\",\"Value\":[\"A1\"]}}]}}");
    }

    /** An implementation that is not ours writes what it reads in our files; IS and DS come from it as numbers. */
    @ParameterizedTest
    @ValueSource(strings = {"1.2.840.10008.1.2", "1.2.840.10008.1.2.1"})
    void readsWhatDcmtkMakesOfOurFiles(String uid, @TempDir Path folder) throws Exception {
        TransferSyntax syntax = TransferSyntax.of(new Uid(uid));
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        DataSetWriter.writeFileMeta(file, new Uid("1.2.840.10008.5.1.4.1.1.2"), new Uid("2.25.1"), syntax);
        file.writeBytes(DataSetWriter.toBytes(Samples.ofTheStandard(), syntax));
        Path path = Files.write(folder.resolve("sample.dcm"), file.toByteArray());

        String json = Dcmtk.run(StandardCharsets.UTF_8, "dcm2json", List.of("-q", path.toString()));

        DicomReader reader =
                DicomReader.open(new ByteArrayInputStream(file.toByteArray()), Selection.ALL, ReadLimits.DEFAULT);
        DataSet read = reader.readHeader().inUtf8();
        assertThat(Dump.format(DicomJson.parse(json))).isEqualTo(Dump.format(read));
        assertThat(DicomJson.parse(json)).isEqualTo(read);
    }

    @Test
    void leavesOutNumbersThatAreNull() throws IOException {
        assertThat(DicomJson.parse("{\"00280010\":{\"vr\":\"US\",\"Value\":[null,5]}}")
                        .strings(0x0028_0010))
                .containsExactly("5");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            ~~                                                  | JSON is cut off (byte 0)
            {                                                   | JSON is cut off (byte 1)
            {"00200011":{"vr":"IS","Value":["7                  | JSON is cut off (byte 34)
            {"00200011":{"vr":"IS"}} x                          | JSON: something behind the end (byte 25)
            {"00200011" {"vr":"IS"}}                            | JSON: ':' is missing (byte 12)
            {"00200011":{"vr":"IS","Value":["\\x"]}}            | JSON: an escape that JSON does not have (byte 35)
            {"00200011":{"vr":"IS","Value":["\\u00g1"]}}        | JSON: \\u without four hexadecimal digits (byte 35)
            {"00200011":{"vr":"IS","Value":[01]}}               | JSON: neither a value nor a word of JSON (byte 34)
            {1:2}                                               | JSON: a key has to be a string (byte 1)
            []                                                  | not an object (byte 0)
            {"PatientID":{"vr":"LO"}}                           | a key that is not a tag of eight hexadecimal digits (byte 0)
            {"00200011":7}                                      | (0020,0011): not an object (byte 0)
            {"00200011":{"Value":["7"]}}                        | (0020,0011): no or an unknown vr (byte 0)
            {"00200011":{"vr":"XX"}}                            | (0020,0011): no or an unknown vr (byte 0)
            {"00200011":{"vr":"IS","Value":"7"}}                | (0020,0011): Value is not an array (byte 0)
            {"00200011":{"vr":"IS","Value":[{}]}}               | (0020,0011): neither a string nor a number (byte 0)
            {"00200011":{"vr":"IS","Value":[true]}}             | (0020,0011): neither a string nor a number (byte 0)
            {"00280010":{"vr":"US","Value":[65536]}}            | (0028,0010): not a number of US (byte 0)
            {"00280010":{"vr":"US","Value":[-1]}}               | (0028,0010): not a number of US (byte 0)
            {"00280010":{"vr":"UL","Value":[4294967296]}}       | (0028,0010): not a number of UL (byte 0)
            {"00280010":{"vr":"SL","Value":["x"]}}              | (0028,0010): not a number of SL (byte 0)
            {"00280009":{"vr":"AT","Value":["0018"]}}           | (0028,0009): not a number of AT (byte 0)
            {"00091001":{"vr":"OB","InlineBinary":"A"}}         | (0009,1001): InlineBinary is not base64 (byte 0)
            {"00091001":{"vr":"OB","InlineBinary":["AA=="]}}    | (0009,1001): neither a string nor a number (byte 0)
            {"00081032":{"vr":"SQ","Value":["A"]}}              | (0008,1032): not an object (byte 0)
            {"00081032":{"vr":"SQ","Value":[{"00080100":{}}]}}  | (0008,1032) > (0008,0100): no or an unknown vr (byte 0)
            """)
    void refusesAnythingElseAndSaysWhere(String json, String message) {
        assertThatThrownBy(() -> DicomJson.parse(json))
                .isInstanceOf(MalformedDataException.class)
                .hasMessage(message);
    }

    @Test
    void refusesNestingWithoutEnd() {
        assertThatThrownBy(() -> DicomJson.parse("[".repeat(100_000)))
                .hasMessage("JSON: nested deeper than 128 (byte 129)");
    }

    @Test
    @Timeout(10)
    void readsHostileNamesInTime() throws IOException {
        String name = "=".repeat(200_000) + "A";
        assertThat(DicomJson.parse("{\"00100010\":{\"vr\":\"PN\",\"Value\":[{\"Alphabetic\":\"" + name + "\"}]}}")
                        .size())
                .isEqualTo(1);
    }

    @Test
    void neverThrowsAnythingElse() {
        Mutations.of(DicomJson.format(Samples.everything()), DicomJson::parse);
    }
}
