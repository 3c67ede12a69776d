package io.portolan.dicom;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DictionaryTest {

    @Test
    void hasEveryTagOnceInAscendingOrder() throws IOException {
        List<String> tags = rows().stream().map(row -> row[0]).toList();
        assertThat(tags).hasSize(5120).doesNotHaveDuplicates().isSorted();
        assertThat(tags).allMatch(tag -> tag.matches("[0-9A-Fx]{8}")).noneMatch(tag -> tag.startsWith("FFFE"));
    }

    @Test
    void hasThreeWellFormedColumnsAndEveryKeywordOnce() throws IOException {
        assertThat(rows()).allMatch(row -> row.length == 3 && Vr.parse(row[1]).isPresent());
        // dBdt (0018,1318) alone begins with a small letter
        assertThat(rows().stream().map(row -> row[2]))
                .doesNotHaveDuplicates()
                .allMatch(keyword -> keyword.matches("[A-Z][A-Za-z0-9]+|dBdt"));
    }

    @Test
    void hasNoStandardElementInAPrivateGroup() throws IOException {
        assertThat(rows().stream().map(row -> row[0])).noneMatch(tag -> tag.matches("...[13579BDF].{4}"));
    }

    @Test
    void answersForEveryRowWhatTheRowSays() throws IOException {
        assertThat(rows()).allSatisfy(row -> {
            int tag = Integer.parseUnsignedInt(row[0].replace('x', '2'), 16);
            assertThat(Dictionary.keyword(tag)).contains(row[2]);
            assertThat(Dictionary.vrOf(tag, Vr.UN)).isEqualTo(Vr.valueOf(row[1]));
        });
    }

    @ParameterizedTest
    @EnumSource
    void agreesWithTheAttributesThatTheMappingReads(Attribute attribute) {
        assertThat(Dictionary.keyword(attribute.tag())).contains(attribute.name());
        assertThat(Dictionary.vrOf(attribute.tag(), Vr.UN)).isEqualTo(attribute.vr());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            (0002,0010) | UI | TransferSyntaxUID                      | file meta information, PS3.6 chapter 7
            (0004,1220) | SQ | DirectoryRecordSequence                | media, PS3.6 chapter 8
            (0006,0001) | SQ | CurrentFrameFunctionalGroupsSequence   | real-time video, PS3.6 chapter 9
            (0008,0001) | UL | LengthToEnd                            | retired
            (0018,0050) | DS | SliceThickness                         |
            (0018,1318) | DS | dBdt                                   |
            (0028,0106) | US | SmallestImagePixelValue                | US or SS
            (0028,3006) | OW | LUTData                                | US or OW
            (0040,A730) | SQ | ContentSequence                        |
            (300A,00B0) | SQ | BeamSequence                           |
            (7FE0,0001) | OV | ExtendedOffsetTable                    |
            (7FE0,0010) | OW | PixelData                              | OB or OW
            (FFFC,FFFC) | OB | DataSetTrailingPadding                 | the sign bit of the tag is set
            (5000,0010) | US | NumberOfPoints                         | repeating
            (501E,3000) | OW | CurveData                              | repeating
            (6000,3000) | OW | OverlayData                            | repeating
            (60FE,0010) | US | OverlayRows                            | repeating
            (7F02,0010) | OW | VariablePixelData                      | repeating, beside PixelData
            (0020,31A0) | CS | SourceImageIDs                         | repeating element
            (0028,0400) | LO | TransformLabel                         | its own, beside a repeating one
            (0028,0410) | US | RowsForNthOrderCoefficients            | repeating element
            (1010,0004) | US | ZonalMap                               | repeating element
            """)
    void knowsTheStandard(String tag, Vr vr, String keyword) {
        assertThat(Dictionary.keyword(Tag.parse(tag))).contains(keyword);
        assertThat(Dictionary.vrOf(Tag.parse(tag), Vr.UN)).isEqualTo(vr);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            (0008,0000) | UL | group length, PS3.5 7.2
            (0009,0000) | UL | group length
            (0009,0010) | LO | private creator, PS3.5 7.8.1
            (0029,00FF) | LO | private creator
            (0029,000F) | UN | below the private creators
            (0029,0100) | UN | above the private creators
            (0029,1010) | UN | private
            (6001,3000) | UN | private, not an overlay
            (0008,0002) | UN | not of the standard
            (FFFE,E000) | UN | an item has no VR
            """)
    void hasNoNameForWhatIsNotInTheStandardAndItsVrWhereEveryGroupHasIt(String tag, Vr vr) {
        assertThat(Dictionary.keyword(Tag.parse(tag))).isEmpty();
        assertThat(Dictionary.vrOf(Tag.parse(tag), Vr.UN)).isEqualTo(vr);
    }

    private static List<String[]> rows() throws IOException {
        try (InputStream table = Dictionary.class.getResourceAsStream("dictionary.tsv")) {
            assertThat(table).isNotNull();
            return Arrays.stream(new String(table.readAllBytes(), StandardCharsets.UTF_8).split("\n"))
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t", -1))
                    .toList();
        }
    }
}
