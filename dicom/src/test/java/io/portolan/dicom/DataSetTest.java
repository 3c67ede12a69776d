package io.portolan.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DataSetTest {

    private static Element text(Attribute attribute, String latin1) {
        return Element.of(attribute.tag(), attribute.vr(), latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void ascendsByUnsignedTagWhateverTheOrder() {
        DataSet dataSet = DataSet.builder()
                .add(Element.of(0xFFFC_FFFC, Vr.OB, new byte[2]))
                .add(text(Attribute.PatientID, "P"))
                .add(Element.of(0x5200_9229, List.of()))
                .add(text(Attribute.Modality, "CT"))
                .build();
        assertThat(dataSet.elements())
                .extracting(Element::tag)
                .containsExactly(0x0008_0060, 0x0010_0020, 0x5200_9229, 0xFFFC_FFFC);
        assertThat(dataSet.string(Attribute.PatientID)).contains("P");
    }

    @Test
    void replacesAnElementAddedAgain() {
        DataSet.Builder builder = DataSet.builder()
                .add(text(Attribute.Modality, "CT"))
                .add(text(Attribute.Modality, "MR"))
                .add(text(Attribute.PatientID, "P"))
                .add(text(Attribute.Modality, "US"));
        assertThat(builder.build().strings(Attribute.Modality)).containsExactly("US");
        assertThat(builder.build().size()).isEqualTo(2);
        assertThat(builder.add(text(Attribute.Modality, "XA")).build().strings(Attribute.Modality))
                .containsExactly("XA");
    }

    @Test
    void isEqualByItsElements() {
        DataSet one = DataSet.builder().add(text(Attribute.Modality, "CT")).build();
        DataSet same = DataSet.builder(CharacterSet.UTF_8)
                .add(text(Attribute.Modality, "CT"))
                .build();
        DataSet padded = DataSet.builder().add(text(Attribute.Modality, "CT ")).build();
        assertThat(one)
                .isEqualTo(same)
                .hasSameHashCodeAs(same)
                .isNotEqualTo(padded)
                .isNotEqualTo(DataSet.EMPTY);
        assertThat(one.inUtf8()).isEqualTo(padded.inUtf8());
    }

    @Test
    void keepsValuesInTheirPlaces() {
        DataSet dataSet = DataSet.builder()
                .add(text(Attribute.ImageType, "DERIVED\\\\ AXIAL \\"))
                .build();
        assertThat(dataSet.strings(Attribute.ImageType)).containsExactly("DERIVED", "", "AXIAL", "");
        assertThat(dataSet.values(Attribute.ImageType)).containsExactly("DERIVED", "AXIAL");
        assertThat(dataSet.string(Attribute.ImageType)).contains("DERIVED");
    }

    @Test
    void knowsWhetherThereIsAValue() {
        DataSet dataSet = DataSet.builder()
                .add(text(Attribute.Modality, "  "))
                .add(text(Attribute.ImageType, "\\"))
                .add(text(Attribute.PatientID, ""))
                .add(text(Attribute.StudyID, "1"))
                .add(Element.of(Attribute.ProcedureCodeSequence.tag(), List.of()))
                .add(Element.of(Attribute.RequestAttributesSequence.tag(), List.of(DataSet.EMPTY)))
                .build();
        assertThat(dataSet.hasValue(Attribute.Modality)).isFalse();
        assertThat(dataSet.hasValue(Attribute.ImageType)).isFalse();
        assertThat(dataSet.hasValue(Attribute.PatientID)).isFalse();
        assertThat(dataSet.hasValue(Attribute.StudyID)).isTrue();
        assertThat(dataSet.hasValue(Attribute.ProcedureCodeSequence)).isFalse();
        assertThat(dataSet.hasValue(Attribute.RequestAttributesSequence)).isTrue();
        assertThat(dataSet.hasValue(Attribute.PatientName)).isFalse();
        assertThat(dataSet.contains(Attribute.Modality)).isTrue();
        assertThat(dataSet.string(Attribute.Modality)).isEmpty();
    }

    @Test
    void decodesWithItsCharacterSetAndItemsWithTheirs() {
        DataSet.Builder builder = DataSet.builder().add(text(Attribute.SpecificCharacterSet, "ISO_IR 144"));
        DataSet inherits = DataSet.builder(builder.characterSet())
                .add(text(Attribute.CodeMeaning, "\u00BB"))
                .build();
        DataSet own = DataSet.builder(builder.characterSet())
                .add(text(Attribute.SpecificCharacterSet, "ISO_IR 126"))
                .add(text(Attribute.CodeMeaning, "\u00C4"))
                .build();
        DataSet dataSet = builder.add(text(Attribute.PatientName, "\u00BB^\u00EE"))
                .add(Attribute.ProcedureCodeSequence, List.of(inherits, own))
                .build();
        assertThat(dataSet.string(Attribute.PatientName)).contains("Л^ю");
        assertThat(dataSet.items(Attribute.ProcedureCodeSequence).get(0).string(Attribute.CodeMeaning))
                .contains("Л");
        assertThat(dataSet.items(Attribute.ProcedureCodeSequence).get(1).string(Attribute.CodeMeaning))
                .contains("Δ");

        DataSet utf8 = dataSet.inUtf8();
        assertThat(utf8.contains(Attribute.SpecificCharacterSet)).isFalse();
        assertThat(utf8.string(Attribute.PatientName)).contains("Л^ю");
        assertThat(utf8.items(Attribute.ProcedureCodeSequence))
                .extracting(item -> item.string(Attribute.CodeMeaning).orElse(""))
                .containsExactly("Л", "Δ");
        assertThat(utf8.inUtf8()).isEqualTo(utf8);
    }

    /** A code string must be ASCII; where it is not, it survives the way into UTF-8, as often as it is taken. */
    @Test
    void keepsWhatIsNotAsciiThoughItHasToBe() {
        DataSet dataSet = DataSet.builder()
                .add(text(Attribute.SpecificCharacterSet, "ISO_IR 100"))
                .add(text(Attribute.BodyPartExamined, "T\u00CATE"))
                .add(text(Attribute.RetrieveURL, "http://h/\u00E9"))
                .build();
        assertThat(dataSet.string(Attribute.BodyPartExamined)).contains("TÊTE");
        assertThat(dataSet.inUtf8().inUtf8().string(Attribute.BodyPartExamined)).contains("TÊTE");
        assertThat(dataSet.at(Level.STUDY).string(Attribute.RetrieveURL)).contains("http://h/é");
    }

    @Test
    void dividesIntoLevels() {
        DataSet dataSet = DataSet.builder()
                .add(text(Attribute.TimezoneOffsetFromUTC, "+0100"))
                .add(text(Attribute.StudyID, "1"))
                .add(text(Attribute.Modality, "CT"))
                .add(text(Attribute.PatientName, ""))
                .add(text(Attribute.PatientID, "P"))
                .add(text(Attribute.InstanceNumber, "7"))
                .build();
        assertThat(tags(dataSet.at(Level.PATIENT))).containsExactly("(0008,0201)", "(0010,0020)");
        assertThat(tags(dataSet.at(Level.STUDY))).containsExactly("(0008,0201)", "(0020,0010)");
        assertThat(tags(dataSet.at(Level.SERIES))).containsExactly("(0008,0060)", "(0008,0201)");
        assertThat(tags(dataSet.at(Level.INSTANCE))).containsExactly("(0020,0013)");
        assertThat(tags(dataSet.where(tag -> Tag.group(tag) == 0x0010))).containsExactly("(0010,0010)", "(0010,0020)");
    }

    private static List<String> tags(DataSet dataSet) {
        return dataSet.elements().stream().map(e -> Tag.format(e.tag())).toList();
    }

    @Test
    void givesUidsNamesAndItems() {
        DataSet dataSet = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.StudyInstanceUID, "1.2\0")
                .add(Attribute.SeriesInstanceUID, "none")
                .add(Attribute.OperatorsName, "Doe^Jane", "", "^")
                .add(Attribute.ProcedureCodeSequence, List.of(DataSet.EMPTY))
                .build();
        assertThat(dataSet.uid(Attribute.StudyInstanceUID)).contains(new Uid("1.2"));
        assertThat(dataSet.uid(Attribute.SeriesInstanceUID)).isEmpty();
        assertThat(dataSet.names(Attribute.OperatorsName)).containsExactly(PersonName.parse("Doe^Jane"));
        assertThat(dataSet.item(Attribute.ProcedureCodeSequence)).contains(DataSet.EMPTY);
        assertThat(dataSet.items(Attribute.RequestAttributesSequence)).isEmpty();
    }

    @Test
    void staysOutOfLogs() {
        DataSet dataSet =
                DataSet.builder().add(text(Attribute.PatientName, "Doe^John")).build();
        assertThat(dataSet).hasToString("DataSet[(0010,0010) PN bytes 8]");
    }

    @Test
    void hasNoSequenceOfBytes() {
        assertThatThrownBy(() -> Element.of(1, Vr.SQ, new byte[2])).isInstanceOf(IllegalArgumentException.class);
    }
}
