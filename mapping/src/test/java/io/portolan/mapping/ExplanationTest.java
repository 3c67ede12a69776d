package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.mapping.study.Gathered;
import io.portolan.mapping.study.Instance;
import io.portolan.testdata.Cases;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExplanationTest {

    static List<String> cases() {
        return GoldenCasesTest.cases();
    }

    /** Whatever a row says stands in the resource, letter by letter, and each row of the study's own is there. */
    @ParameterizedTest
    @MethodSource("cases")
    void saysWhatTheResourceHas(String name) throws Exception {
        List<Explanation.Line> lines = explain(Cases.named(name).instances());
        assertThat(lines.stream()
                        .filter(line -> line.place() == null && line.element().startsWith("ImagingStudy"))
                        .map(Explanation.Line::element))
                .containsExactlyElementsOf(ImagingStudyTable.TABLE.rows().stream()
                        .map(Row::element)
                        .toList());
        assertThat(lines)
                .filteredOn(line -> !line.json().isEmpty())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line.json())
                        .as(line.element())
                        .startsWith("\"" + lastPart(line.element()))
                        .matches(".*[\\]}\"0-9e]"));
    }

    @Test
    void namesTheValueItsAttributesAndWhatIsWrong() throws Exception {
        DataSet header = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.StudyInstanceUID, "1.2.3")
                .add(Attribute.SeriesInstanceUID, "1.2.3.1")
                .add(Attribute.SOPInstanceUID, "1.2.3.1.1")
                .add(Attribute.SOPClassUID, "1.2.840.10008.5.1.4.1.1.2")
                .add(Attribute.Modality, "CT")
                .add(Attribute.SeriesNumber, "first")
                .add(Attribute.SeriesDescription, "Thorax")
                .build();
        List<Explanation.Line> lines = explain(List.of(header));
        Explanation.Line description = line(lines, "ImagingStudy.series.description");
        assertThat(description.json()).isEqualTo("\"description\":\"Thorax\"");
        assertThat(description.sources().string(Attribute.SeriesDescription)).contains("Thorax");
        assertThat(description.place()).hasToString("1.2.3.1");
        Explanation.Line number = line(lines, "ImagingStudy.series.number");
        assertThat(number.json()).isEmpty();
        assertThat(number.issues()).extracting(MappingIssue::reason).containsExactly("not a number of VR IS");
    }

    private static Explanation.Line line(List<Explanation.Line> lines, String element) {
        return lines.stream()
                .filter(line -> line.element().equals(element))
                .findFirst()
                .orElseThrow();
    }

    private static String lastPart(String element) {
        return element.substring(element.lastIndexOf('.') + 1).replace("[x]", "");
    }

    private static List<Explanation.Line> explain(List<DataSet> headers) throws Exception {
        List<Instance> instances = new ArrayList<>();
        for (DataSet header : headers) {
            instances.add(Instance.of(header));
        }
        return Explanation.of(Gathered.all(instances).get(0), Rendering.OPTIONS, Rendering.SHARING, Rendering.FHIR);
    }
}
