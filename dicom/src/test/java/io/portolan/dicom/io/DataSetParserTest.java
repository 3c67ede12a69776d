package io.portolan.dicom.io;

import static io.portolan.dicom.io.Fixture.bytes;
import static io.portolan.dicom.io.Fixture.concat;
import static io.portolan.dicom.io.Fixture.file;
import static io.portolan.dicom.io.Fixture.u32;
import static io.portolan.dicom.io.MalformedDataException.Kind.INVALID;
import static io.portolan.dicom.io.MalformedDataException.Kind.LIMIT;
import static io.portolan.dicom.io.MalformedDataException.Kind.TRUNCATED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Vr;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sequences in every form, wrong lengths, limits, and input that means harm. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class DataSetParserTest {

    /** Each row is a ProcedureCodeSequence of one item with the CodeValue A1, and a PatientID behind it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            defined, defined       | 08 00 32 10 'SQ' 00 00 12 00 00 00 FE FF 00 E0 0A 00 00 00 08 00 00 01 'SH' 02 00 'A1'
            undefined, defined     | 08 00 32 10 'SQ' 00 00 FF FF FF FF FE FF 00 E0 0A 00 00 00 08 00 00 01 'SH' 02 00 'A1' FE FF DD E0 00 00 00 00
            defined, undefined     | 08 00 32 10 'SQ' 00 00 1A 00 00 00 FE FF 00 E0 FF FF FF FF 08 00 00 01 'SH' 02 00 'A1' FE FF 0D E0 00 00 00 00
            undefined, undefined   | 08 00 32 10 'SQ' 00 00 FF FF FF FF FE FF 00 E0 FF FF FF FF 08 00 00 01 'SH' 02 00 'A1' FE FF 0D E0 00 00 00 00 FE FF DD E0 00 00 00 00
            delimited all the same | 08 00 32 10 'SQ' 00 00 1A 00 00 00 FE FF 00 E0 12 00 00 00 08 00 00 01 'SH' 02 00 'A1' FE FF 0D E0 00 00 00 00 FE FF DD E0 00 00 00 00
            UN, CP-246             | 08 00 32 10 'UN' 00 00 FF FF FF FF FE FF 00 E0 0A 00 00 00 08 00 00 01 02 00 00 00 'A1' FE FF DD E0 00 00 00 00
            UN of a defined length | 08 00 32 10 'UN' 00 00 12 00 00 00 FE FF 00 E0 0A 00 00 00 08 00 00 01 02 00 00 00 'A1'
            value of VR UN         | 08 00 32 10 'SQ' 00 00 16 00 00 00 FE FF 00 E0 0E 00 00 00 08 00 00 01 'UN' 00 00 02 00 00 00 'A1'
            """)
    void readsASequence(String form, String sequence) throws IOException {
        byte[] input = concat(bytes(sequence), bytes("10 00 20 00 'LO' 02 00 'P1'"));
        DataSet header = read(input);
        assertThat(header.items(Attribute.ProcedureCodeSequence)).as(form).hasSize(1);
        assertThat(header.items(Attribute.ProcedureCodeSequence).get(0).string(Attribute.CodeValue))
                .contains("A1");
        assertThat(header.string(Attribute.PatientID)).contains("P1");
        // as one that is not kept
        input[2] = 0x33;
        assertThat(read(input).string(Attribute.PatientID)).as(form).contains("P1");
    }

    /** Written as another VR by whoever wrote it: implicit, and as UN. */
    @Test
    void keepsTheBytesOfASequenceThatIsNone() throws IOException {
        byte[] implicit = bytes("08 00 32 10 08 00 00 00 'ANATOMY ' 10 00 20 00 02 00 00 00 'P1'");
        DataSet header = DicomReader.ofDataSet(
                        new ByteArrayInputStream(implicit),
                        TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN,
                        Selection.MAPPED,
                        ReadLimits.DEFAULT)
                .readHeader();
        assertThat(header.items(Attribute.ProcedureCodeSequence)).isEmpty();
        assertThat(header.string(Attribute.PatientID)).contains("P1");
        DataSet unknown = read(bytes("08 00 32 10 'UN' 00 00 04 00 00 00 'HEAD' 10 00 20 00 'LO' 02 00 'P1'"));
        assertThat(Dump.format(unknown)).contains("UN ProcedureCodeSequence = hex 48 45 41 44");
        assertThat(unknown.string(Attribute.PatientID)).contains("P1");
        DataSet text = read(bytes("08 00 32 10 'LO' 04 00 'HEAD' 10 00 20 00 'LO' 02 00 'P1'"));
        assertThat(Dump.format(text)).contains("LO ProcedureCodeSequence = HEAD");
    }

    /** The dictionary has what the mapping does not read, and is asked only when everything is kept. */
    @Test
    void givesImplicitElementsAndUnTheVrOfTheDictionaryWhenEverythingIsKept() throws IOException {
        String implicit = """
                18 00 50 00 02 00 00 00 '5 '                          # SliceThickness
                28 00 10 00 02 00 00 00 00 02                         # Rows
                29 00 10 00 04 00 00 00 'ACME'                        # private creator
                29 00 01 10 02 00 00 00 'AB'
                40 00 30 A7 12 00 00 00 FE FF 00 E0 0A 00 00 00 40 00 40 A0 02 00 00 00 'A1' # ContentSequence
                02 60 10 00 02 00 00 00 00 01                         # OverlayRows
                """;
        String unknown = """
                18 00 50 00 'UN' 00 00 02 00 00 00 '5 '
                28 00 10 00 'UN' 00 00 02 00 00 00 00 02
                29 00 10 00 'UN' 00 00 04 00 00 00 'ACME'
                29 00 01 10 'UN' 00 00 02 00 00 00 'AB'
                40 00 30 A7 'UN' 00 00 12 00 00 00 FE FF 00 E0 0A 00 00 00 40 00 40 A0 02 00 00 00 'A1'
                02 60 10 00 'UN' 00 00 02 00 00 00 00 01
                """;
        DataSet header = DicomReader.ofDataSet(
                        new ByteArrayInputStream(bytes(implicit)),
                        TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN,
                        Selection.ALL,
                        ReadLimits.DEFAULT)
                .readHeader();
        assertThat(Dump.format(header)).isEqualTo("""
                (0018,0050) DS SliceThickness = 5
                (0028,0010) US Rows = 512
                (0029,0010) LO = ACME
                (0029,1001) UN = hex 41 42
                (0040,A730) SQ ContentSequence
                  item
                    (0040,A040) CS ValueType = A1
                (6002,0010) US OverlayRows = 256
                """);
        assertThat(read(bytes(unknown), Selection.ALL)).isEqualTo(header);
        assertThat(read(bytes(unknown), Selection.mappedAnd(Set.of(0x0018_0050)))
                        .find(0x0018_0050))
                .isEqualTo(Element.of(0x0018_0050, Vr.UN, bytes("'5 '")));
    }

    @Test
    void endsBeforeATagOrBeforePixelsOfAnyKind() throws IOException {
        byte[] input = bytes("""
                08 00 60 00 'CS' 02 00 'CT'
                10 00 20 00 'LO' 02 00 'P1'
                E0 7F 01 00 'OV' 00 00 00 00 00 00
                E0 7F 08 00 'OF' 00 00 04 00 00 00 00 00 80 3F
                """);
        assertThat(read(input, Selection.ALL).size()).isEqualTo(3);
        assertThat(read(input, Selection.ALL.before(0x0010_0020)).size()).isEqualTo(1);
        assertThat(read(input, Selection.MAPPED.before(0x0010_0020)).size()).isEqualTo(1);
        assertThat(read(input, Selection.ALL.before(0xFFFC_FFFC)).size()).isEqualTo(3);
    }

    @Test
    void readsUnOfUndefinedLengthAsLittleEndianInsideBigEndian() throws IOException {
        byte[] input = bytes("""
                00 08 00 05 'CS' 00 0A 'ISO_IR 100'
                00 08 10 32 'UN' 00 00 FF FF FF FF                   # ProcedureCodeSequence
                FE FF 00 E0 0A 00 00 00 08 00 00 01 02 00 00 00 'A1' # in Implicit VR Little Endian
                FE FF DD E0 00 00 00 00
                00 10 00 20 'LO' 00 02 'P1'
                """);
        DataSet header = DicomReader.ofDataSet(
                        new ByteArrayInputStream(input),
                        TransferSyntax.EXPLICIT_VR_BIG_ENDIAN,
                        Selection.MAPPED,
                        ReadLimits.DEFAULT)
                .readHeader();
        assertThat(header.items(Attribute.ProcedureCodeSequence).get(0).string(Attribute.CodeValue))
                .contains("A1");
        assertThat(header.string(Attribute.PatientID)).contains("P1");
    }

    @Test
    void decodesAnItemWithTheCharacterSetAroundItOrItsOwn() throws IOException {
        DataSet header = read(bytes("""
                08 00 05 00 'CS' 0A 00 'ISO_IR 144'
                08 00 32 10 'SQ' 00 00 33 00 00 00
                FE FF 00 E0 09 00 00 00 08 00 04 01 'LO' 01 00 BB    # in ISO 8859-5
                FE FF 00 E0 1A 00 00 00
                08 00 05 00 'CS' 0A 00 'ISO_IR 100'
                08 00 04 01 'LO' 00 00
                """));
        assertThat(header.items(Attribute.ProcedureCodeSequence)).hasSize(2);
        assertThat(header.items(Attribute.ProcedureCodeSequence).get(0).string(Attribute.CodeMeaning))
                .contains("Л");
    }

    /** Behind each element comes (0010,0020), which is found when the length is understood. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            an odd length                        | 08 00 60 00 'CS' 03 00 'CT1'
            no value                             | 08 00 60 00 'CS' 00 00
            VR ??                                | 08 00 70 10 '??' 04 00 'ABCD'
            VR of two spaces                     | 08 00 70 10 '  ' 04 00 'ABCD'
            a VR to come, with 32 bits           | 08 00 99 10 'ZZ' 00 00 04 00 00 00 'ABCD'
            a VR that is none, with 16 bits      | 08 00 99 10 'ZZ' 04 00 'ABCD'
            an implicit element                  | 08 00 70 10 04 00 00 00 'ABCD'
            a private element                    | 09 00 01 10 'OB' 00 00 04 00 00 00 'ABCD'
            private fragments                    | 09 00 01 10 'OB' 00 00 FF FF FF FF FE FF 00 E0 02 00 00 00 'AB' FE FF DD E0 00 00 00 00
            a delimiter that delimits nothing    | FE FF DD E0 00 00 00 00
            """)
    void movesOver(String what, String element) throws IOException {
        byte[] input = concat(bytes(element), bytes("10 00 20 00 'LO' 02 00 'P1'"));
        assertThat(read(input).string(Attribute.PatientID)).as(what).contains("P1");
        assertThat(read(input, Selection.ALL).string(Attribute.PatientID))
                .as(what)
                .contains("P1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            08 00 32 10 'SQ' 00 00 12 00 00 00 FE FF 00 E0 0B 00 00 00 08 00 00 01 'SH' 03 00 'A1A'         | 20 | (0008,1032) > (FFFE,E000): runs over the end of what it is in, at byte 30 (byte 20)
            08 00 32 10 'SQ' 00 00 12 00 00 00 FE FF 00 E0 0A 00 00 00 08 00 00 01 'SH' 03 00 'A1A'         | 28 | (0008,1032) > (0008,0100): runs over the end of what it is in, at byte 30 (byte 28)
            08 00 32 10 'SQ' 00 00 0C 00 00 00 FE FF 00 E0 04 00 00 00 08 00 00 01 'SH' 00 00               | 28 | (0008,1032) > (0008,0100): runs over the end of what it is in, at byte 24 (byte 28)
            08 00 32 10 'SQ' 00 00 FF FF FF FF 08 00 00 01 'SH' 02 00 'A1'                                  | 20 | (0008,1032) > (0008,0100): this where an item has to be (byte 20)
            08 00 32 10 'SQ' 00 00 FF FF FF FF FE FF 00 E0 FF FF FF FF FE FF 00 E0 00 00 00 00              | 28 | (0008,1032) > (FFFE,E000): this where an element has to be (byte 28)
            08 00 32 10 'SQ' 00 00 FF FF FF FF FE FF 00 E0 FF FF FF FF FE FF DD E0 00 00 00 00              | 28 | (0008,1032) > (FFFE,E0DD): this where an element has to be (byte 28)
            09 00 32 10 'OB' 00 00 FF FF FF FF FE FF 00 E0 FF FF FF FF                                      | 20 | (0009,1032) > (FFFE,E000): a fragment of undefined length (byte 20)
            FE FF 00 E0 02 00 00 00 'AB'                                                                    | 8  | (FFFE,E000): an item outside a sequence (byte 8)
            """)
    void refusesLengthsThatDoNotFit(String input, long position, String message) {
        assertThatThrownBy(() -> read(concat(bytes(input), new byte[64])))
                .hasMessage(message)
                .isInstanceOfSatisfying(MalformedDataException.class, e -> {
                    assertThat(e.kind()).isEqualTo(INVALID);
                    assertThat(e.position()).isEqualTo(position);
                });
    }

    @Test
    void findsWhereverAFileIsCutOff() throws IOException {
        byte[] whole = file("1.2.840.10008.1.2.4.50", bytes("""
                08 00 60 00 'CS' 02 00 'CT'
                08 00 32 10 'SQ' 00 00 FF FF FF FF FE FF 00 E0 0A 00 00 00 08 00 00 01 'SH' 02 00 'A1' FE FF DD E0 00 00 00 00
                09 00 01 10 'SQ' 00 00 FF FF FF FF FE FF 00 E0 FF FF FF FF FE FF 0D E0 00 00 00 00 FE FF DD E0 00 00 00 00
                10 00 20 00 'LO' 02 00 'P1'
                E0 7F 10 00 'OB' 00 00 FF FF FF FF FE FF 00 E0 00 00 00 00 FE FF 00 E0 04 00 00 00 FF D8 FF D9 FE FF DD E0 00 00 00 00
                """));
        // Between two elements of the top level nothing is missing that a reader could know of.
        Set<Integer> betweenElements = Set.of(162, 172, 210, 246, 256, whole.length);
        for (int length = 0; length <= whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            if (betweenElements.contains(length)) {
                assertThatCode(() -> verify(cut)).doesNotThrowAnyException();
            } else {
                assertThatThrownBy(() -> verify(cut), "%s bytes", length).isInstanceOf(MalformedDataException.class);
            }
        }
    }

    @Test
    void findsWhereverADeflatedFileIsCutOff() {
        byte[] whole = file("1.2.840.10008.1.2.1.99", Fixture.deflate(bytes("""
                08 00 60 00 'CS' 02 00 'CT'
                10 00 20 00 'LO' 02 00 'P1'
                """)));
        assertThatCode(() -> verify(whole)).doesNotThrowAnyException();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> verify(cut), "%s bytes", length).isInstanceOf(MalformedDataException.class);
        }
    }

    @Test
    void refusesBytesThatAreNotDeflated() {
        byte[] input = file("1.2.840.10008.1.2.1.99", bytes("FF FF FF FF FF FF FF FF"));
        assertThatThrownBy(() -> verify(input)).hasMessage("bytes that are not deflated (byte 0)");
    }

    @Test
    void boundsWhatADeflatedDataSetInflatesTo() {
        byte[] bomb = Fixture.deflate(concat(bytes("09 00 01 10 'OB' 00 00"), u32(50_000_000), new byte[50_000_000]));
        ReadLimits limits = ReadLimits.DEFAULT.withInflated(1_000_000, 250);
        assertThat(bomb.length).isLessThan(100_000);
        assertLimit(file("1.2.840.10008.1.2.1.99", bomb), limits, "inflates to more than 1000000 bytes");
        assertLimit(
                file("1.2.840.10008.1.2.1.99", bomb), ReadLimits.DEFAULT, "inflates to more than 250 times its size");
    }

    /** Zeros deflate to a thousandth; so little of them is no attack. */
    @Test
    void doesNotJudgeTheRatioOfASmallDataSet() throws IOException {
        byte[] zeros = concat(bytes("09 00 01 10 'OB' 00 00"), u32(16_000_000), new byte[16_000_000]);
        verify(file("1.2.840.10008.1.2.1.99", Fixture.deflate(zeros)));
    }

    /** Bytes of a text are characters and values, each of which costs more than a byte. */
    @Test
    void boundsATextBelowAnElement() throws IOException {
        ReadLimits limits = ReadLimits.DEFAULT.withTextBytes(10);
        assertLimit(bytes("10 00 20 00 'LO' 0B 00 '1\\\\\\\\\\'"), limits, "value of 11 bytes; the limit is 10");
        byte[] sequence = bytes("""
                08 00 32 10 'SQ' 00 00 13 00 00 00 FE FF 00 E0 0B 00 00 00 08 00 00 01 'SH' 03 00 'A12'
                """);
        ReadLimits three = ReadLimits.DEFAULT.withTextBytes(2);
        assertLimit(sequence, three, "(0008,1032) > (0008,0100): value of 3 bytes; the limit is 2");
    }

    @Test
    void readsADeflatedDataSetThatHasAZlibHeader() throws IOException {
        byte[] dataSet = bytes("10 00 20 00 'LO' 04 00 '4711'");
        byte[] zlib = Fixture.zlib(dataSet);
        assertThat(zlib).startsWith(0x78);
        assertThat(Dump.format(readFile(file("1.2.840.10008.1.2.1.99", zlib)))).contains("PatientID = 4711");
    }

    /** A bit stream may begin as a zlib header does: with a stored block. */
    @Test
    void takesAStoredBlockForWhatItIs() throws IOException {
        byte[] stored = concat(
                bytes("78 9C 00 63 FF 10 00 10 00 'PN' 94 00"),
                new byte[148],
                bytes("01 0C 00 F3 FF 10 00 20 00 'LO' 04 00 '4711'"));
        assertThat(Dump.format(readFile(file("1.2.840.10008.1.2.1.99", stored))))
                .contains("PatientID = 4711");
    }

    @Test
    void keepsItsLimits() {
        ReadLimits limits = ReadLimits.DEFAULT.withHeader(16, 120, 2, 2);
        assertLimit(bytes("10 00 20 00 'LO' 11 00 '12345678901234567'"), limits, "value of 17 bytes; the limit is 16");
        assertLimit(bytes("""
                        10 00 20 00 'LO' 10 00 '1234567890123456'
                        10 00 21 00 'LO' 10 00 '1234567890123456'
                        10 00 10 00 'PN' 10 00 '1234567890123456'
                        """), limits, "header of more than 120 bytes");
        byte[] nested = bytes("""
                08 00 32 10 'SQ' 00 00 FF FF FF FF FE FF 00 E0 FF FF FF FF
                08 00 32 10 'SQ' 00 00 FF FF FF FF FE FF 00 E0 FF FF FF FF
                08 00 32 10 'SQ' 00 00 FF FF FF FF FE FF 00 E0 FF FF FF FF
                """);
        assertLimit(nested, limits, "sequences nested deeper than 2");
        byte[] items = bytes("""
                08 00 32 10 'SQ' 00 00 FF FF FF FF
                FE FF 00 E0 00 00 00 00 FE FF 00 E0 00 00 00 00 FE FF 00 E0 00 00 00 00
                """);
        assertLimit(items, limits, "more than 2 items");
        byte[] meta = concat(new byte[128], bytes("'DICM' 02 00 02 00 'UI' 12 00 '123456789012345678'"));
        assertLimit(meta, limits, "file meta information with a value of 18 bytes");
    }

    private static void assertLimit(byte[] input, ReadLimits limits, String reason) {
        assertThatThrownBy(() -> {
                    DicomReader reader = DicomReader.open(new ByteArrayInputStream(input), Selection.MAPPED, limits);
                    reader.readHeader();
                    reader.verifyToEnd();
                })
                .hasMessageContaining(reason)
                .isInstanceOfSatisfying(
                        MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(LIMIT));
    }

    @Test
    void countsNoFragmentsAndNoItemsThatItDoesNotKeep() throws IOException {
        byte[] item = bytes("FE FF 00 E0 02 00 00 00 'AB'");
        byte[] input =
                concat(bytes("E0 7F 10 00 'OB' 00 00 FF FF FF FF"), item, item, item, bytes("FE FF DD E0 00 00 00 00"));
        DicomReader reader = DicomReader.ofDataSet(
                new ByteArrayInputStream(input),
                TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN,
                Selection.MAPPED,
                ReadLimits.DEFAULT.withHeader(100, 100, 2, 2));
        reader.readHeader();
        reader.verifyToEnd();
    }

    @ParameterizedTest
    @CsvSource({"FE FF FF 7F, 2147483646", "F0 FF FF FF, 4294967280"})
    void takesNoMemoryForALengthThatIsOnlyClaimed(String length, long claimed) {
        byte[] skipped = bytes("09 00 10 10 'OB' 00 00 " + length + " 01 02 03");
        assertThatThrownBy(() -> read(skipped))
                .hasMessage("(0009,1010): a value of " + claimed + " bytes is cut off (byte 12)");
        ReadLimits generous = ReadLimits.DEFAULT
                .withHeader(Integer.MAX_VALUE, Long.MAX_VALUE, 8, 8)
                .withTextBytes(Integer.MAX_VALUE);
        byte[] kept = bytes("08 00 19 01 'UC' 00 00 FE FF FF 7F 01 02 03");
        assertThatThrownBy(() -> DicomReader.ofDataSet(
                                new ByteArrayInputStream(kept),
                                TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN,
                                Selection.ALL,
                                generous)
                        .readHeader())
                .isInstanceOfSatisfying(
                        MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(TRUNCATED));
    }

    @ParameterizedTest
    @CsvSource({"08 00 32 10", "09 00 32 10"})
    void stopsAtSequencesOfUndefinedLengthNestedWithoutEnd(String tag) {
        byte[] level = bytes(tag + " 'SQ' 00 00 FF FF FF FF FE FF 00 E0 FF FF FF FF");
        byte[] input = new byte[2000 * level.length];
        for (int i = 0; i < input.length; i++) {
            input[i] = level[i % level.length];
        }
        assertLimit(input, ReadLimits.DEFAULT, "sequences nested deeper than 32");
        assertLimit(
                input,
                ReadLimits.DEFAULT.withHeader(100, 10_000, ReadLimits.SEQUENCE_DEPTH_CEILING, 10_000),
                "sequences nested deeper than 128");
    }

    @Test
    void sortsAHostileOrderOfVeryManyElementsInTime() throws IOException {
        byte[][] elements = new byte[200_000][];
        for (int i = 0; i < elements.length; i++) {
            int tag = 0x0011_0000 + (elements.length - i) * 5;
            elements[i] = concat(Fixture.u16(tag >>> 16), Fixture.u16(tag), bytes("'LO' 00 00"));
        }
        assertThat(read(concat(elements), Selection.ALL).size()).isEqualTo(elements.length);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            zeros that fill a block                  | 10 00 20 00 'LO' 02 00 'P1' 00 00 00 00 00
            more zeros                               | 10 00 20 00 'LO' 02 00 'P1' 00 00 00 00 00 00 00 00 00 00 00 00
            DataSetTrailingPadding                   | 10 00 20 00 'LO' 02 00 'P1' FC FF FC FF 'OB' 00 00 02 00 00 00 00 00
            rubbish behind the pixels                | 10 00 20 00 'LO' 02 00 'P1' E0 7F 10 00 'OB' 00 00 02 00 00 00 00 00 'rubbish'
            more rubbish behind the pixels           | 10 00 20 00 'LO' 02 00 'P1' E0 7F 10 00 'OB' 00 00 02 00 00 00 00 00 'rubbish behind'
            """)
    void acceptsWhatWritersLeaveBehindTheEnd(String what, String input) throws IOException {
        assertThat(read(bytes(input)).string(Attribute.PatientID)).as(what).contains("P1");
    }

    @Test
    void verifiesAnEndlessStreamOfPixelsWithoutHoldingThem() throws IOException {
        long pixels = 0xFFFF_FFF0L;
        InputStream in = new SequenceInputStream(
                new ByteArrayInputStream(concat(bytes("E0 7F 10 00 'OW' 00 00"), u32(pixels))), Fixture.zeros(pixels));
        DicomReader reader = DicomReader.ofDataSet(
                in, TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN, Selection.MAPPED, ReadLimits.DEFAULT);
        reader.readHeader();
        reader.verifyToEnd();
        assertThat(in.read()).isNegative();
    }

    private static DataSet readFile(byte[] input) throws IOException {
        DicomReader reader = DicomReader.open(new ByteArrayInputStream(input), Selection.MAPPED, ReadLimits.DEFAULT);
        DataSet header = reader.readHeader();
        reader.verifyToEnd();
        return header;
    }

    private static void verify(byte[] input) throws IOException {
        readFile(input);
    }

    private static DataSet read(byte[] input) throws IOException {
        return read(input, Selection.MAPPED);
    }

    /** In Explicit VR Little Endian, to the end. */
    private static DataSet read(byte[] input, Selection selection) throws IOException {
        DicomReader reader = DicomReader.ofDataSet(
                new ByteArrayInputStream(input),
                TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN,
                selection,
                ReadLimits.DEFAULT);
        DataSet header = reader.readHeader();
        reader.verifyToEnd();
        return header;
    }
}
