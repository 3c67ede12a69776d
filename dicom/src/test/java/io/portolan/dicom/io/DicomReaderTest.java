package io.portolan.dicom.io;

import static io.portolan.dicom.io.Fixture.bytes;
import static io.portolan.dicom.io.Fixture.concat;
import static io.portolan.dicom.io.Fixture.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.io.Fixture.SlowStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a header looks like in each transfer syntax, with and without what PS3.10 puts before it. */
class DicomReaderTest {

    private static final String EXPLICIT_LE = "1.2.840.10008.1.2.1";
    private static final String JPEG_BASELINE = "1.2.840.10008.1.2.4.50";

    private static final byte[] EXPLICIT = bytes("""
            08 00 60 00 'CS' 02 00 'CT'                              # Modality
            10 00 20 00 'LO' 06 00 'PID-1 '                          # PatientID
            20 00 0D 00 'UI' 04 00 '1.2' 00                          # StudyInstanceUID
            28 00 10 00 'US' 02 00 00 02                             # Rows, which nobody wants
            """);

    private static final byte[] IMPLICIT = bytes("""
            08 00 60 00 02 00 00 00 'CT'
            10 00 20 00 06 00 00 00 'PID-1 '
            20 00 0D 00 04 00 00 00 '1.2' 00
            28 00 10 00 02 00 00 00 00 02
            """);

    private static final byte[] BIG_ENDIAN = bytes("""
            00 08 00 60 'CS' 00 02 'CT'
            00 10 00 20 'LO' 00 06 'PID-1 '
            00 20 00 0D 'UI' 00 04 '1.2' 00
            00 28 00 10 'US' 00 02 02 00
            """);

    private static final byte[] PIXELS = bytes("E0 7F 10 00 'OW' 00 00 04 00 00 00 01 02 03 04");

    private static final byte[] FRAGMENTS = bytes("""
            E0 7F 10 00 'OB' 00 00 FF FF FF FF                       # PixelData, encapsulated
            FE FF 00 E0 00 00 00 00                                  # empty offset table
            FE FF 00 E0 04 00 00 00 FF D8 FF D9                      # a fragment
            FE FF DD E0 00 00 00 00
            """);

    @Test
    void readsExplicitVrLittleEndian() throws IOException {
        assertReads(file(EXPLICIT_LE, concat(EXPLICIT, PIXELS)), EXPLICIT_LE);
    }

    @Test
    void readsImplicitVrLittleEndian() throws IOException {
        assertReads(file("1.2.840.10008.1.2", IMPLICIT), "1.2.840.10008.1.2");
    }

    @Test
    void readsExplicitVrBigEndian() throws IOException {
        assertReads(file("1.2.840.10008.1.2.2", BIG_ENDIAN), "1.2.840.10008.1.2.2");
    }

    @Test
    void readsDeflated() throws IOException {
        byte[] deflated = Fixture.deflate(concat(EXPLICIT, PIXELS));
        assertReads(file("1.2.840.10008.1.2.1.99", deflated), "1.2.840.10008.1.2.1.99");
    }

    @Test
    void readsTheHeaderBeforeEncapsulatedPixels() throws IOException {
        assertReads(file(JPEG_BASELINE, concat(EXPLICIT, FRAGMENTS)), JPEG_BASELINE);
    }

    @Test
    void readsAnUnknownTransferSyntaxAsTheFirstElementSays() throws IOException {
        assertReads(file("1.2.3.4", concat(EXPLICIT, FRAGMENTS)), "1.2.3.4");
        assertReads(file("1.2.840.113619.5.2", concat(IMPLICIT)), "1.2.840.113619.5.2");
    }

    @Test
    void readsExplicitThatIsDeclaredImplicitAndTheOtherWayRound() throws IOException {
        assertReads(file("1.2.840.10008.1.2", EXPLICIT), EXPLICIT_LE);
        assertReads(file(EXPLICIT_LE, IMPLICIT), EXPLICIT_LE);
    }

    @Test
    void readsADataSetWithoutPreambleAndFileMetaInformation() throws IOException {
        assertReads(EXPLICIT, EXPLICIT_LE);
        assertReads(IMPLICIT, "1.2.840.10008.1.2");
        assertReads(BIG_ENDIAN, "1.2.840.10008.1.2.2");
    }

    @Test
    void readsFileMetaInformationWithoutPreamble() throws IOException {
        byte[] whole = file(EXPLICIT_LE, EXPLICIT);
        assertReads(java.util.Arrays.copyOfRange(whole, 132, whole.length), EXPLICIT_LE);
    }

    @Test
    void readsAPreambleWithoutFileMetaInformation() throws IOException {
        assertReads(concat(new byte[128], bytes("'DICM'"), IMPLICIT), "1.2.840.10008.1.2");
    }

    @Test
    void takesDicmInsideADataSetForNoPrefix() throws IOException {
        byte[] station = concat(
                bytes("08 00 60 00 'CS' 02 00 'CT' 08 00 80 00 'LO' 7E 00"), // 10 + 8 bytes, then 110 to byte 128
                " ".repeat(110).getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                bytes("'DICM of Town    '"),
                bytes("10 00 20 00 'LO' 06 00 'PID-1 ' 20 00 0D 00 'UI' 04 00 '1.2' 00"));
        assertReads(station, EXPLICIT_LE);
    }

    private static void assertReads(byte[] input, String transferSyntax) throws IOException {
        DicomReader reader = open(input);
        assertThat(reader.transferSyntax().uid()).isEqualTo(new Uid(transferSyntax));
        DataSet header = reader.readHeader();
        assertThat(header.string(Attribute.Modality)).contains("CT");
        assertThat(header.string(Attribute.PatientID)).contains("PID-1");
        assertThat(header.uid(Attribute.StudyInstanceUID)).contains(new Uid("1.2"));
        assertThat(header.find(0x0028_0010)).isNull();
        reader.verifyToEnd();
    }

    @Test
    void swapsBinaryValuesOfBigEndian() throws IOException {
        byte[] input = bytes("""
                00 08 00 60 'CS' 00 02 'CT'
                00 28 00 09 'AT' 00 04 00 18 10 63                   # FrameIncrementPointer
                00 28 00 10 'US' 00 04 02 00 00 01                   # Rows, two values
                00 28 00 34 'FL' 00 04 3F 80 00 00                   # 1.0
                00 28 00 35 'FD' 00 08 C0 00 00 00 00 00 00 00       # -2.0
                00 28 00 36 'UN' 00 00 00 00 00 02 01 02             # PS3.5 6.2.2: little endian already
                """);
        DataSet all = DicomReader.ofDataSet(
                        new ByteArrayInputStream(input),
                        TransferSyntax.EXPLICIT_VR_BIG_ENDIAN,
                        Selection.ALL,
                        ReadLimits.DEFAULT)
                .readHeader();
        assertThat(all.strings(0x0028_0009)).containsExactly("00181063");
        assertThat(all.strings(0x0028_0010)).containsExactly("512", "1");
        assertThat(all.strings(0x0028_0034)).containsExactly("1.0");
        assertThat(all.strings(0x0028_0035)).containsExactly("-2.0");
        assertThat(all.elements().get(5).bytes()).containsExactly(1, 2);
    }

    @Test
    void tellsTheFileMetaInformationAndWhereTheDataSetBegins() throws IOException {
        DicomReader reader = open(file(EXPLICIT_LE, bytes("""
                02 00 02 00 'UI' 04 00 '1.5' 00                      # behind the transfer syntax, which is no matter
                02 00 03 00 'UI' 04 00 '1.6' 00
                08 00 18 00 'UI' 04 00 '1.7' 00                      # SOPInstanceUID
                """)));
        DataSet header = reader.readHeader();
        assertThat(reader.fileMeta().size()).isEqualTo(3);
        assertThat(reader.dataSetPosition()).isEqualTo(132 + 28 + 24);
        assertThat(reader.sopClassUid(header)).contains(new Uid("1.5"));
        assertThat(reader.sopInstanceUid(header)).contains(new Uid("1.7"));
    }

    @Test
    void readsImplicitFileMetaInformation() throws IOException {
        byte[] input = concat(
                new byte[128],
                bytes("'DICM' 02 00 00 00 04 00 00 00 1C 00 00 00 02 00 10 00 14 00 00 00 '1.2.840.10008.1.2.1' 00"),
                EXPLICIT);
        assertReads(input, EXPLICIT_LE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            nothing                      | ''
            one byte                     | 08
            seven bytes                  | 08 00 60 00 'CS' 02
            text                         | 54 'his is no DICOM, but a text file.'
            a JPEG file                  | FF D8 FF E0 00 10 'JFIF' 00 01
            zeros                        | 00 00 00 00 00 00 00 00 00 00 00 00
            """)
    void refusesWhatIsNotDicom(String name, String input) {
        assertThatThrownBy(() -> open(bytes(input)))
                .as(name)
                .isInstanceOfSatisfying(
                        MalformedDataException.class,
                        e -> assertThat(e.kind()).isEqualTo(MalformedDataException.Kind.NOT_DICOM));
    }

    @Test
    void refusesAPreambleWithNothingBehindIt() {
        assertThatThrownBy(() -> open(concat(new byte[128], bytes("'DICM'"))))
                .hasMessage("not DICOM: no data set (byte 132)");
    }

    @Test
    void pullsNoMoreThanOneBufferBehindTheHeader() throws IOException {
        long pixels = 2_000_000_000L;
        SlowStream in = new SlowStream(
                new SequenceInputStream(
                        new ByteArrayInputStream(concat(
                                file(EXPLICIT_LE, EXPLICIT), bytes("E0 7F 10 00 'OW' 00 00"), Fixture.u32(pixels))),
                        Fixture.zeros(pixels)),
                Integer.MAX_VALUE);
        DicomReader reader = DicomReader.open(in, Selection.MAPPED, ReadLimits.DEFAULT);
        assertThat(reader.readHeader().size()).isEqualTo(3);
        assertThat(in.taken).isLessThanOrEqualTo(file(EXPLICIT_LE, EXPLICIT).length + ByteSource.BUFFER_BYTES);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7})
    void readsAStreamThatGivesLittleOrNothingAtATime(int atATime) throws IOException {
        byte[] input = file(JPEG_BASELINE, concat(EXPLICIT, FRAGMENTS));
        DicomReader reader = DicomReader.open(
                new SlowStream(new ByteArrayInputStream(input), atATime), Selection.MAPPED, ReadLimits.DEFAULT);
        assertThat(reader.readHeader().size()).isEqualTo(3);
        reader.verifyToEnd();
    }

    @Test
    void letsAFailureOfTheStreamThroughUnchanged() throws IOException {
        IOException broken = new IOException("the disk is gone");
        InputStream failing = Fixture.failing(broken);
        byte[] deflated = Fixture.deflate(EXPLICIT);
        byte[] half = java.util.Arrays.copyOf(deflated, deflated.length / 2);
        for (byte[] start : new byte[][] {
            new byte[0], file(EXPLICIT_LE, EXPLICIT), file("1.2.840.10008.1.2.1.99", half),
        }) {
            InputStream in = new SequenceInputStream(new ByteArrayInputStream(start), failing);
            assertThatThrownBy(() -> read(in)).isSameAs(broken);
        }
    }

    private static void read(InputStream in) throws IOException {
        DicomReader reader = DicomReader.open(in, Selection.MAPPED, ReadLimits.DEFAULT);
        reader.readHeader();
        reader.verifyToEnd();
    }

    @Test
    void readsAFileAndFindsItsPixelsCutOffWithoutReadingThem(@TempDir Path folder) throws IOException {
        byte[] head = concat(file(EXPLICIT_LE, EXPLICIT), bytes("E0 7F 10 00 'OW' 00 00"), Fixture.u32(100_000));
        Path whole = Files.write(folder.resolve("whole"), concat(head, new byte[100_000]));
        Path cut = Files.write(folder.resolve("cut"), concat(head, new byte[99_999]));

        try (DicomReader reader = DicomReader.open(whole, Selection.MAPPED, ReadLimits.DEFAULT)) {
            assertThat(reader.readHeader().size()).isEqualTo(3);
            reader.verifyToEnd();
        }
        try (DicomReader reader = DicomReader.open(cut, Selection.MAPPED, ReadLimits.DEFAULT)) {
            assertThat(reader.readHeader().size()).isEqualTo(3);
            assertThatThrownBy(reader::verifyToEnd)
                    .hasMessage("(7FE0,0010): a value of 100000 bytes is cut off (byte " + head.length + ")");
        }
        try (InputStream in = new java.io.FileInputStream(cut.toFile())) {
            assertThatThrownBy(() -> read(in)).isInstanceOf(MalformedDataException.class);
        }
    }

    @Test
    void saysThatThereIsNoSuchFile(@TempDir Path folder) {
        assertThatThrownBy(() -> DicomReader.open(folder.resolve("none"), Selection.MAPPED, ReadLimits.DEFAULT))
                .isInstanceOf(NoSuchFileException.class);
    }

    @ParameterizedTest
    @CsvSource({"1.2.840.10008.5.1.4.1.1.88.59, true", "1.2.840.10008.5.1.4.1.1.88.33, false"})
    void keepsTheContentOfKeyObjectSelectionsAlone(String sopClass, boolean kept) throws IOException {
        DataSet document = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.SOPClassUID, sopClass)
                .add(
                        Attribute.ContentSequence,
                        List.of(DataSet.builder(CharacterSet.UTF_8)
                                .add(Attribute.TextValue, "seen")
                                .build()))
                .build();
        byte[] bytes = DataSetWriter.toBytes(document, TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN);
        DataSet read = DicomReader.ofDataSet(
                        new ByteArrayInputStream(bytes),
                        TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN,
                        Selection.MAPPED,
                        ReadLimits.DEFAULT)
                .readHeader();

        assertThat(read.contains(Attribute.ContentSequence)).isEqualTo(kept);
    }

    @Test
    void keepsTheTagsThatASiteHasConfigured() throws IOException {
        DicomReader reader = DicomReader.open(
                new ByteArrayInputStream(EXPLICIT), Selection.mappedAnd(List.of(0x0028_0010)), ReadLimits.DEFAULT);
        assertThat(reader.readHeader().strings(0x0028_0010)).containsExactly("512");
    }

    private static DicomReader open(byte[] input) throws IOException {
        return DicomReader.open(new ByteArrayInputStream(input), Selection.MAPPED, ReadLimits.DEFAULT);
    }
}
