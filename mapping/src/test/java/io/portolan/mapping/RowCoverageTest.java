package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.mapping.SpecimenRules.OfSpecimen;
import io.portolan.mapping.StudySource.OfSeries;
import io.portolan.mapping.study.Gathered;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.Series;
import io.portolan.mapping.study.Study;
import io.portolan.testdata.Case;
import io.portolan.testdata.Cases;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The cases see every row that reads DICOM at work: with a value, without one, and with one that is malformed. */
class RowCoverageTest {

    /** Rows whose rule has no use for anything malformed: whatever there is can be said. */
    private static final Set<String> NEVER_MALFORMED = Set.of(
            "StudyID",
            "StudyDescription",
            "SeriesDescription",
            "ContentLabel",
            "PatientName",
            "OtherPatientNames",
            "PatientTelephoneNumbers",
            "PatientAddress",
            "PerformingPhysicianName",
            "Manufacturer",
            "InstitutionName",
            "InstitutionalDepartmentName",
            "ReferringPhysicianName",
            "PersonTelephoneNumbers",
            "PersonAddress",
            "StationName",
            "ManufacturerModelName",
            "DeviceSerialNumber",
            "SoftwareVersions",
            "SpecimenShortDescription",
            "Group.quantity GroupOfPatientsIdentificationSequence",
            // read where the key object is (KeyObject.of): what is no number there is no frame
            "ReferencedFrameNumber",
            // checked where an instance is made (Instance.of), before there is a study
            "StudyInstanceUID",
            "SeriesInstanceUID",
            "SOPInstanceUID",
            "SOPClassUID");

    private enum Outcome {
        PRESENT,
        ABSENT,
        MALFORMED
    }

    private static final Map<String, Set<Outcome>> SEEN = new TreeMap<>();

    @BeforeAll
    static void mapEveryCase() throws Exception {
        for (Case one : Cases.all()) {
            List<Instance> instances = new ArrayList<>();
            for (DataSet header : one.instances()) {
                instances.add(Instance.of(header));
            }
            for (Gathered gathered : Gathered.all(instances)) {
                Study.of(gathered, Rendering.SHARING).ifPresent(study -> see(StudySource.of(study, Rendering.OPTIONS)));
            }
        }
    }

    private static void see(StudySource source) {
        see(ImagingStudyTable.TABLE, source);
        see(PatientTable.TABLE, source.patient());
        see(GroupTable.TABLE, source.patient());
        see(PhantomTable.TABLE, source.patient());
        seePersons(
                source.header(), Attribute.ReferringPhysicianName, Attribute.ReferringPhysicianIdentificationSequence);
        OrderRules.orders(source).forEach(order -> see(ServiceRequestTable.TABLE, order));
        for (Series series : source.study().series()) {
            OfSeries ofSeries = source.series(series, source.references());
            see(SeriesTable.TABLE, ofSeries);
            see(DeviceTable.TABLE, ofSeries);
            see(OrganizationTable.TABLE, ofSeries);
            see(LocationTable.TABLE, ofSeries);
            ofSeries.header()
                    .items(Attribute.SpecimenDescriptionSequence)
                    .forEach(item -> see(SpecimenTable.TABLE, new OfSpecimen(item, ofSeries)));
            seePersons(ofSeries.header(), Attribute.OperatorsName, Attribute.OperatorIdentificationSequence);
            seePersons(
                    ofSeries.header(),
                    Attribute.PerformingPhysicianName,
                    Attribute.PerformingPhysicianIdentificationSequence);
            series.instances().forEach((uid, header) -> see(InstanceTable.TABLE, source.instance(uid, header)));
        }
    }

    private static void seePersons(DataSet header, Attribute names, Attribute identifications) {
        PersonRules.persons(header, names, identifications, Rendering.OPTIONS)
                .forEach(person -> person.said().ifPresent(p -> see(PractitionerTable.TABLE, p)));
    }

    @Test
    void seesEveryRowPresent() {
        assertThat(SEEN)
                .hasSizeGreaterThan(30)
                .allSatisfy((row, outcomes) -> assertThat(outcomes).as(row).contains(Outcome.PRESENT));
    }

    @Test
    void seesEveryOptionalRowAbsent() {
        assertThat(SEEN)
                .allSatisfy((row, outcomes) -> assertThat(outcomes.contains(Outcome.ABSENT)
                                || row.startsWith("REQUIRED")
                                // a study without an acquisition modality is reported, not silently so
                                || row.endsWith("ImagingStudy.modality Modality"))
                        .as(row)
                        .isTrue());
    }

    @Test
    void seesEveryRowMalformedThatCanBe() {
        assertThat(SEEN)
                .allSatisfy((row, outcomes) -> assertThat(outcomes.contains(Outcome.MALFORMED)
                                || NEVER_MALFORMED.stream().anyMatch(attribute -> row.endsWith(" " + attribute)))
                        .as(row)
                        .isTrue());
    }

    private static <S, R> void see(Table<S, R> table, S source) {
        for (Row<S, R, ?> row : table.rows()) {
            if (!row.attributes().isEmpty()) {
                String name = row.need() + " " + row.element() + " "
                        + row.attributes().get(0);
                SEEN.computeIfAbsent(name, key -> EnumSet.noneOf(Outcome.class)).addAll(outcomes(row, source));
            }
        }
    }

    private static <S, R, V> Collection<Outcome> outcomes(Row<S, R, V> row, S source) {
        Set<Outcome> outcomes = EnumSet.noneOf(Outcome.class);
        for (Value<V> value : row.rule().apply().apply(source)) {
            if (value instanceof Value.Present) {
                outcomes.add(Outcome.PRESENT);
            } else if (value instanceof Value.Reduced || value instanceof Value.Invalid) {
                outcomes.add(Outcome.MALFORMED);
            }
        }
        return outcomes.isEmpty() ? Set.of(Outcome.ABSENT) : outcomes;
    }
}
