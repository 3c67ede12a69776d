package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.Level;
import io.portolan.dicom.PersonName;
import io.portolan.dicom.Vr;
import io.portolan.testdata.Case;
import io.portolan.testdata.Cases;
import io.portolan.testdata.SyntheticStudies;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every study, whatever is in it. */
class InvariantsTest {

    /** The cases, the studies of the demo, and those of real files where a folder of them is named. */
    static Stream<List<DataSet>> studies() throws IOException {
        return Stream.of(Cases.all().stream().map(Case::instances).toList(), SyntheticStudies.all(), Corpus.studies())
                .flatMap(List::stream);
    }

    @ParameterizedTest
    @MethodSource("studies")
    void mapsInstancesInAnyOrderToTheSame(List<DataSet> instances) throws Exception {
        Rendering expected = Rendering.of(instances);
        List<DataSet> shuffled = new ArrayList<>(instances);
        for (int seed = 0; seed < 5; seed++) {
            Collections.shuffle(shuffled, new Random(seed));
            assertSame(Rendering.of(shuffled), expected);
        }
    }

    @ParameterizedTest
    @MethodSource("studies")
    void mapsEachInstanceTwiceToTheSame(List<DataSet> instances) throws Exception {
        List<DataSet> twice = new ArrayList<>(instances);
        twice.addAll(instances);
        assertSame(Rendering.of(twice), Rendering.of(instances));
    }

    @ParameterizedTest
    @MethodSource("studies")
    void isNotChangedByAnUnknownPrivateTag(List<DataSet> instances) throws Exception {
        List<DataSet> more = instances.stream()
                .map(instance -> DataSet.builder(CharacterSet.UTF_8)
                        .addAll(instance.inUtf8())
                        .add(Element.of(0x0029_0010, Vr.LO, "HOUSE".getBytes(StandardCharsets.US_ASCII)))
                        .add(Element.of(0x0029_1001, Vr.UN, new byte[] {1, 2, 3, 4}))
                        .build())
                .toList();
        assertSame(Rendering.of(more), Rendering.of(instances));
    }

    @ParameterizedTest
    @MethodSource("studies")
    void namesNoPatientInAnIssue(List<DataSet> instances) throws Exception {
        List<String> values = instances.stream()
                .flatMap(InvariantsTest::patientValues)
                .distinct()
                .toList();
        assertThat(Rendering.of(instances).issues())
                .allSatisfy(issue -> assertThat(values).as(issue).noneMatch(withoutUid(issue)::contains));
    }

    /** A UID is not a patient's value, and may have a date in it. */
    private static String withoutUid(String issue) {
        return issue.replaceFirst(" \\[[0-9.]+]", "");
    }

    private static void assertSame(Rendering actual, Rendering expected) {
        assertThat(actual.json()).isEqualTo(expected.json());
        assertThat(actual.issues()).isEqualTo(expected.issues());
    }

    /** Long enough not to occur by chance. */
    private static Stream<String> patientValues(DataSet instance) {
        DataSet patient = instance.at(Level.PATIENT);
        Stream<String> names = patient.names(Attribute.PatientName).stream()
                .flatMap(name -> Stream.of(name.alphabetic(), name.ideographic(), name.phonetic()))
                .flatMap(InvariantsTest::parts);
        Stream<String> texts = Stream.of(
                        Attribute.PatientID,
                        Attribute.PatientBirthDate,
                        Attribute.PatientAddress,
                        Attribute.PatientTelephoneNumbers)
                .flatMap(attribute -> patient.values(attribute).stream());
        return Stream.concat(names, texts.filter(text -> text.length() > 3));
    }

    private static Stream<String> parts(PersonName.Group group) {
        return Stream.of(group.family(), group.given(), group.middle()).filter(part -> !part.isEmpty());
    }
}
