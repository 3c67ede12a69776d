package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.Level;
import io.portolan.dicom.Vr;
import io.portolan.mapping.ExtensionOption.ValueType;
import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.Study;
import io.portolan.testdata.Cases;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.PrimitiveType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExtensionRulesTest {

    private static final int STRENGTH = 0x0018_0087;
    private static final String URL = "https://harbour.example.org/field-strength";

    @ParameterizedTest
    @CsvSource({
        "STRING,  ' a\u0007b ',  a b",
        "STRING,  x\\y,         x y",
        "CODE,    HFS,           HFS",
        "CODE,    'A  B',        '(0018,0087): not a code'",
        "DECIMAL, 1.50,          1.50",
        "DECIMAL, 1e9999999,     '(0018,0087): not a number'",
        "DECIMAL, strong,        '(0018,0087): not a number'",
        "INTEGER, -7,            -7",
        "INTEGER, 3.5,           '(0018,0087): not a whole number of at most 9 digits'",
        "DATE,    20260401,      2026-04-01",
        "DATE,    20261301,      '(0018,0087): not a date'",
        "CODING,  1,             '(0018,0087): no sequence of codes'",
    })
    void makesAnExtensionOfWhatASiteNames(ValueType type, String value, String expected) throws Exception {
        Mapped mapped = map(Element.of(STRENGTH, Vr.LO, value.getBytes(StandardCharsets.US_ASCII)), type);
        String said = mapped.imagingStudy().getSeriesFirstRep().getExtensionsByUrl(URL).stream()
                .map(ExtensionRulesTest::value)
                .collect(Collectors.joining(" "));
        String reported = mapped.issues().stream()
                .filter(issue -> issue.element().equals("ImagingStudy.series.extension"))
                .map(MappingIssue::reason)
                .collect(Collectors.joining());
        assertThat(said + reported).isEqualTo(expected);
    }

    /** An implicit VR does not say what the value is, and no dictionary knows a tag that the mapping does not read. */
    @Test
    void readsAnAttributeWhoseRepresentationNobodySays() throws Exception {
        Mapped mapped = map(Element.of(STRENGTH, Vr.UN, "3 ".getBytes(StandardCharsets.US_ASCII)), ValueType.DECIMAL);
        assertThat(value(mapped.imagingStudy().getSeriesFirstRep().getExtensionByUrl(URL)))
                .isEqualTo("3");
    }

    @Test
    void makesACodingOfASequence() throws Exception {
        Mapped mapped = map(Element.of(STRENGTH, List.of(Told.code("113014", "DCM", "Study"))), ValueType.CODING);
        Extension extension = mapped.imagingStudy().getSeriesFirstRep().getExtensionByUrl(URL);
        assertThat(((Coding) extension.getValue()).getCode()).isEqualTo("113014");
    }

    @Test
    void makesTheNoteOfOtherAttributes() throws Exception {
        SourceTag comments = new SourceTag(0x0010_4000, Level.STUDY);
        MappingOptions options =
                Site.with(Rendering.OPTIONS, List.of(SourceTag.STUDY_DESCRIPTION, comments), List.of(), List.of());
        Mapped mapped = map(Element.of(0x0010_4000, Vr.LT, "Lame".getBytes(StandardCharsets.US_ASCII)), options);
        assertThat(mapped.imagingStudy().getNote())
                .extracting(note -> note.getText())
                .containsExactly("Lame");
    }

    private static Mapped map(Element element, ValueType type) throws Exception {
        ExtensionOption option = new ExtensionOption(URL, new SourceTag(STRENGTH, Level.SERIES), type);
        return map(element, Site.with(Rendering.OPTIONS, List.of(), List.of(), List.of(option)));
    }

    private static Mapped map(Element element, MappingOptions options) throws Exception {
        DataSet header = DataSet.builder(CharacterSet.UTF_8)
                .addAll(Cases.named("minimal").instances().get(0).where(tag -> tag != Attribute.StudyDescription.tag()))
                .add(element)
                .build();
        Instance instance = Instance.of(header, Optional.empty(), options.extraTags());
        return (Mapped) new StudyMapper(options).map(Study.of(List.of(instance)));
    }

    private static String value(Extension extension) {
        return ((PrimitiveType<?>) extension.getValue()).getValueAsString();
    }
}
