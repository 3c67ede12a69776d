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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataSetWriterTest {

    @Test
    void comesBackAsItWasInExplicitVr() throws IOException {
        DataSet everything = declaredUtf8(Samples.everything());
        byte[] bytes = DataSetWriter.toBytes(everything, TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN);
        DataSet read = read(bytes, TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN);
        assertThat(read.inUtf8()).isEqualTo(everything.inUtf8());
        assertThat(DataSetWriter.toBytes(read, TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN))
                .isEqualTo(bytes);
    }

    /** What the dictionary does not know is UN then. */
    @Test
    void comesBackAsItWasInImplicitVr() throws IOException {
        DataSet known = declaredUtf8(Samples.everything())
                .where(tag -> Attribute.find(tag).isPresent());
        byte[] bytes = DataSetWriter.toBytes(known, TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN);
        assertThat(read(bytes, TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN).inUtf8())
                .isEqualTo(known.inUtf8());
    }

    @Test
    void padsToEvenLengthAsTheVrWants() {
        DataSet dataSet = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.SOPClassUID, "1.2")
                .add(Attribute.Modality, "C")
                .add(Element.of(0x0009_1001, Vr.OB, new byte[] {1}))
                .build();
        assertThat(DataSetWriter.toBytes(dataSet, TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN))
                .isEqualTo(Fixture.bytes("""
                        08 00 16 00 'UI' 04 00 '1.2' 00
                        08 00 60 00 'CS' 02 00 'C '
                        09 00 01 10 'OB' 00 00 02 00 00 00 01 00
                        """));
    }

    /** PS3.5 6.2.2: 65534 bytes are the most that a short length can say. */
    @Test
    void writesAValueTooLongForItsVrAsUn() throws IOException {
        String text = "x".repeat(65_536);
        DataSet dataSet = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.PatientID, text)
                .build();
        byte[] bytes = DataSetWriter.toBytes(dataSet, TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN);
        assertThat(bytes).startsWith(Fixture.bytes("10 00 20 00 'UN' 00 00 00 00 01 00"));
        assertThat(read(bytes, TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN)).isEqualTo(dataSet);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"})
    void writesNeitherBigEndianNorDeflated(String uid) {
        TransferSyntax syntax = TransferSyntax.of(new Uid(uid));
        assertThatThrownBy(() -> DataSetWriter.toBytes(DataSet.EMPTY, syntax))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.2.840.10008.1.2", "1.2.840.10008.1.2.1"})
    void writesFilesThatDcmtkReadsWithoutAWarning(String uid, @TempDir Path folder) throws Exception {
        TransferSyntax syntax = TransferSyntax.of(new Uid(uid));
        DataSet dataSet = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.SpecificCharacterSet, "ISO_IR 192")
                .add(Attribute.SOPClassUID, "1.2.840.10008.5.1.4.1.1.2")
                .add(Attribute.SOPInstanceUID, "2.25.1")
                .add(Attribute.StudyDate, "20261123")
                .add(Attribute.Modality, "CT")
                .add(Attribute.ReferringPhysicianName, "Łódź^Ż")
                .add(Attribute.ProcedureCodeSequence, List.of(DataSet.EMPTY, code("A1"), code("B22")))
                .add(Attribute.PatientID, "")
                .add(Attribute.SeriesNumber, "7")
                .build();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        DataSetWriter.writeFileMeta(out, new Uid("1.2.840.10008.5.1.4.1.1.2"), new Uid("2.25.1"), syntax, "MODALITY1");
        out.writeBytes(DataSetWriter.toBytes(dataSet, syntax));
        Path file = Files.write(folder.resolve("ours.dcm"), out.toByteArray());

        String dump = Dcmtk.run(StandardCharsets.UTF_8, "dcmdump", List.of("-v", "-Un", "+L", file.toString()));
        assertThat(dump)
                .doesNotContain("W: ", "E: ")
                .contains("(0002,0010) UI [" + uid + "]")
                .contains("(0002,0012) UI [" + DataSetWriter.IMPLEMENTATION_CLASS_UID + "]")
                .contains("(0002,0016) AE [MODALITY1]")
                .contains("(0008,0090) PN [Łódź^Ż")
                .contains("(0008,0100) SH [B22]")
                .contains("(0020,0011) IS [7]");
    }

    private static DataSet code(String value) {
        return DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.CodeValue, value)
                .build();
    }

    private static DataSet declaredUtf8(DataSet dataSet) {
        return DataSet.builder(CharacterSet.UTF_8)
                .addAll(dataSet)
                .add(Attribute.SpecificCharacterSet, "ISO_IR 192")
                .build();
    }

    private static DataSet read(byte[] bytes, TransferSyntax syntax) throws IOException {
        DicomReader reader =
                DicomReader.ofDataSet(new ByteArrayInputStream(bytes), syntax, Selection.ALL, ReadLimits.DEFAULT);
        DataSet dataSet = reader.readHeader();
        reader.verifyToEnd();
        return dataSet;
    }
}
