package io.portolan.mapping.study;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.SopClass;
import io.portolan.dicom.Uid;
import io.portolan.mapping.MappingOptions;
import io.portolan.mapping.MappingResult;
import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.MappingResult.Mapped.Publishing;
import io.portolan.mapping.MappingResult.Unmappable;
import io.portolan.mapping.StudyMapper;
import io.portolan.mapping.study.SharingOptions.Deleted;
import io.portolan.mapping.study.SharingOptions.Expired;
import io.portolan.mapping.study.Standing.Availability;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SharingTest {

    private static final Uid STUDY = new Uid("1.9");
    private static final Instant NOTED = Instant.EPOCH;

    @ParameterizedTest
    @CsvSource({
        "113001,        REJECTED",
        "113037,        WRONG",
        "113038,        WRONG",
        "113039,        EXPIRED",
        "113001 113038, WRONG",
        "113039 113037, WRONG",
        "113001 113039, REJECTED",
        "113000,        AVAILABLE",
        "113030,        AVAILABLE"
    })
    void standsAsTheNotesSayThatLeaveNothing(String titles, Availability expected) {
        List<Instance> instances = List.of(image("1.9.1", "CT"), image("1.9.2", "CT"));
        List<KeyObject> notes =
                List.of(note(titles.substring(0, 6), "1.9.1"), note(titles.substring(titles.length() - 6), "1.9.2"));

        assertThat(shared(instances, notes, SharingOptions.DEFAULTS).standing().availability())
                .isEqualTo(expected);
    }

    @Test
    void cancelsWhatHasExpiredWhereItIsToldTo() {
        SharingOptions options = new SharingOptions(Map.of(), Set.of(), false, Expired.CANCELLED);

        assertThat(shared(List.of(image("1.9.1", "CT")), List.of(note("113039", "1.9.1")), options)
                        .standing()
                        .availability())
                .isEqualTo(Availability.REJECTED);
    }

    @ParameterizedTest
    @CsvSource({
        "CANCELLED,        REJECTED,  0",
        "ENTERED_IN_ERROR, WRONG,     0",
        "ENDPOINT_REMOVED, AVAILABLE, 2",
        "LEFT,             AVAILABLE, 2"
    })
    void standsAsTheSiteSaysWhenEveryArchiveHasDeletedIt(Deleted deleted, Availability expected, int listed) {
        List<Instance> instances = List.of(image("1.9.1", "CT"), image("1.9.2", "CT"));
        Study study = gone(instances, List.of(), deleted);
        assertThat(study.standing().availability()).isEqualTo(expected);
        assertThat(study.numberListed()).isEqualTo(listed);
        assertThat(study.numberOfInstances()).isEqualTo(listed);
        assertThat(study.standing().gone()).isEqualTo(deleted != Deleted.LEFT);
        assertThat(study.patient().variants()).as("it is known whose it was").isNotEmpty();
    }

    @Test
    void saysWhyItWasRejectedAlsoWhenItWasDeletedThen() {
        List<Instance> instances = List.of(image("1.9.1", "CT"));
        assertThat(gone(instances, List.of(note("113037", "1.9.1")), Deleted.CANCELLED)
                        .standing()
                        .availability())
                .isEqualTo(Availability.WRONG);
    }

    @ParameterizedTest
    @EnumSource(Deleted.class)
    void tellsOfADeletedStudyOnlyWhoKnowsIt(Deleted deleted) {
        Mapped mapped = (Mapped) new StudyMapper(MappingOptions.defaults("urn:own"), deleted(deleted))
                .map(new Gathered(STUDY, List.of(image("1.9.1", "CT")), List.of(), Optional.empty(), true));
        assertThat(mapped.publishing())
                .isEqualTo(deleted == Deleted.LEFT ? Publishing.ALWAYS : Publishing.IF_PUBLISHED);
    }

    private static SharingOptions deleted(Deleted deleted) {
        return new SharingOptions(Map.of(), Set.of(), false, Expired.EMPTY, deleted);
    }

    private static Study gone(List<Instance> instances, List<KeyObject> notes, Deleted deleted) {
        return Study.of(new Gathered(STUDY, instances, notes, Optional.empty(), true), deleted(deleted))
                .orElseThrow();
    }

    @Test
    void keepsWhatIsRejectedForQualityWhereItIsToldTo() {
        SharingOptions options = new SharingOptions(Map.of(), Set.of(), true, Expired.EMPTY);
        List<Instance> instances = List.of(image("1.9.1", "CT"), image("1.9.2", "CT"));
        Study study = shared(instances, List.of(note("113001", "1.9.1"), note("113037", "1.9.2")), options);

        assertThat(study.series().get(0).instances()).containsOnlyKeys(new Uid("1.9.1"));
    }

    @Test
    void sharesWhatCameAgainAfterItsRetentionExpiredAndNothingElse() {
        Instance again = resent(image("1.9.1", "CT"), NOTED.plusSeconds(1));
        Instance before = resent(image("1.9.2", "CT"), NOTED.minusSeconds(1));
        List<Instance> instances = List.of(again, before, image("1.9.3", "CT"));

        assertThat(shared(instances, List.of(note("113039", "1.9.1", "1.9.2", "1.9.3")), SharingOptions.DEFAULTS)
                        .series()
                        .get(0)
                        .instances())
                .containsOnlyKeys(again.instance());
        assertThat(shared(instances, List.of(note("113037", "1.9.1", "1.9.2", "1.9.3")), SharingOptions.DEFAULTS)
                        .numberListed())
                .isZero();
    }

    @Test
    void excludesBySenderAndByAnyValueOfAnAttribute() {
        SharingOptions options =
                new SharingOptions(Map.of(Attribute.Modality, Set.of("SR", "PR")), Set.of("QA"), false, Expired.EMPTY);
        Study study = shared(
                List.of(image("1.9.1", "CT"), image("1.9.2", "PR"), sentBy("QA", image("1.9.3", "CT"))),
                List.of(),
                options);

        assertThat(study.series().get(0).instances()).containsOnlyKeys(new Uid("1.9.1"));
        assertThat(study.numberOfInstances()).isEqualTo(3);
        assertThat(study.series().get(0).numberOfInstances()).isEqualTo(3);
    }

    @Test
    void doesNotLetANoteRejectANote() {
        Instance note = document("1.9.8", "113001", "1.9.1");
        List<KeyObject> notes = List.of(KeyObject.of(note, Optional.of(NOTED)).orElseThrow(), note("113037", "1.9.8"));
        Study study = shared(List.of(image("1.9.1", "CT"), note), notes, SharingOptions.DEFAULTS);

        assertThat(study.standing().availability()).isEqualTo(Availability.REJECTED);
    }

    @Test
    void keepsASelectionThatWaitsUpToDateWhereItIsPublished() {
        Instance rejected = image("1.9.1", "CT");
        Instance left = image("1.9.2", "CT");
        Instance document = document("1.9.7", "113000", "1.9.1", "1.9.2", "1.9.3");
        Mapped waits = selection(List.of(rejected, left, document, document("1.9.8", "113037", "1.9.1")));

        assertThat(waits.publishing()).isEqualTo(Publishing.IF_PUBLISHED);
        assertThat(waits.imagingStudy().getSeriesFirstRep().getInstance())
                .extracting(one -> one.getUid())
                .containsExactly("1.9.2");
        assertThat(waits.issues()).anyMatch(issue -> issue.reason().endsWith("not known: 1"));
        assertThat(selection(List.of(rejected, left, image("1.9.3", "CT"), document))
                        .publishing())
                .isEqualTo(Publishing.ALWAYS);
    }

    @Test
    void parksASelectionWhoseStudyIsOfTwoPatientsThoughItListsNoneOfTheOther() {
        Instance one = ofPatient("A", image("1.9.1", "CT"));
        Instance other = ofPatient("B", image("1.9.2", "CT"));
        Instance document = ofPatient("A", document("1.9.7", "113000", "1.9.1"));

        assertThat(result(List.of(one, other, document), SharingOptions.DEFAULTS, 1))
                .isInstanceOf(Unmappable.class);
        assertThat(result(
                        List.of(one, other, document, document("1.9.8", "113037", "1.9.2")),
                        SharingOptions.DEFAULTS,
                        1))
                .as("the other is rejected")
                .isInstanceOf(Mapped.class);
    }

    @Test
    void parksAStudyOfTwoPatientsThoughOneOfThemIsExcluded() {
        Instance one = ofPatient("A", image("1.9.1", "CT"));
        Instance excluded = ofPatient("B", image("1.9.2", "PR"));
        SharingOptions options =
                new SharingOptions(Map.of(Attribute.Modality, Set.of("PR")), Set.of(), false, Expired.EMPTY);

        assertThat(result(List.of(one, excluded), options, 0)).isInstanceOf(Unmappable.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"113030", "113031"})
    void makesNoSelectionOfAManifest(String title) {
        assertThat(Gathered.all(List.of(image("1.9.1", "CT"), document("1.9.7", title, "1.9.1"))))
                .hasSize(1);
    }

    @Test
    void saysThatItDidNotLookAtAllStudiesOfADocument() {
        List<DataSet> studies = IntStream.rangeClosed(1, KeyObject.STUDIES_MAX + 2)
                .mapToObj(i -> evidence("1.8." + i, "1.8.0." + i))
                .toList();
        MappingResult result = result(List.of(document("1.9.7", "113000", studies)), SharingOptions.DEFAULTS, 0);

        assertThat(result.issues()).anyMatch(issue -> issue.reason().endsWith("not looked at are the last 2"));
    }

    private static Mapped selection(List<Instance> instances) {
        return (Mapped) result(instances, SharingOptions.DEFAULTS, 1);
    }

    /** @param index among the studies and selections of {@link Gathered#all} */
    private static MappingResult result(List<Instance> instances, SharingOptions options, int index) {
        return new StudyMapper(MappingOptions.defaults("urn:own"), options)
                .map(Gathered.all(instances).get(index));
    }

    private static Study shared(List<Instance> instances, List<KeyObject> notes, SharingOptions options) {
        return Study.of(new Gathered(STUDY, instances, notes, Optional.empty()), options)
                .orElseThrow();
    }

    private static KeyObject note(String title, String... rejected) {
        return KeyObject.of(document("1.9.9", title, rejected), Optional.of(NOTED))
                .orElseThrow();
    }

    private static Instance document(String sop, String title, String... rejected) {
        return document(sop, title, List.of(evidence(STUDY.value(), rejected)));
    }

    private static DataSet evidence(String study, String... instances) {
        List<DataSet> references = Arrays.stream(instances)
                .map(uid -> DataSet.builder(CharacterSet.UTF_8)
                        .add(Attribute.ReferencedSOPInstanceUID, uid)
                        .build())
                .toList();
        DataSet series = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.ReferencedSOPSequence, references)
                .build();
        return DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.StudyInstanceUID, study)
                .add(Attribute.ReferencedSeriesSequence, List.of(series))
                .build();
    }

    private static Instance document(String sop, String title, List<DataSet> evidence) {
        DataSet code = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.CodeValue, title)
                .add(Attribute.CodingSchemeDesignator, "DCM")
                .build();
        return instance(DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.SOPClassUID, SopClass.KEY_OBJECT_SELECTION.value())
                .add(Attribute.SOPInstanceUID, sop)
                .add(Attribute.Modality, "KO")
                .add(Attribute.ConceptNameCodeSequence, List.of(code))
                .add(Attribute.CurrentRequestedProcedureEvidenceSequence, evidence));
    }

    private static Instance image(String sop, String modality) {
        return instance(DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.SOPClassUID, "1.2.840.10008.5.1.4.1.1.2")
                .add(Attribute.SOPInstanceUID, sop)
                .add(Attribute.Modality, modality));
    }

    private static Instance instance(DataSet.Builder header) {
        try {
            return Instance.of(header.add(Attribute.StudyInstanceUID, STUDY.value())
                    .add(Attribute.SeriesInstanceUID, "1.9.0")
                    .build());
        } catch (UnidentifiedInstanceException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Instance ofPatient(String id, Instance i) {
        DataSet patient =
                DataSet.builder(CharacterSet.UTF_8).add(Attribute.PatientID, id).build();
        return new Instance(
                i.study(),
                i.series(),
                i.instance(),
                patient,
                i.studyHeader(),
                i.seriesHeader(),
                i.instanceHeader(),
                i.callingAe(),
                i.resentAt());
    }

    private static Instance resent(Instance i, Instant at) {
        return new Instance(
                i.study(),
                i.series(),
                i.instance(),
                i.patientHeader(),
                i.studyHeader(),
                i.seriesHeader(),
                i.instanceHeader(),
                i.callingAe(),
                Optional.of(at));
    }

    private static Instance sentBy(String callingAe, Instance i) {
        return new Instance(
                i.study(),
                i.series(),
                i.instance(),
                i.patientHeader(),
                i.studyHeader(),
                i.seriesHeader(),
                i.instanceHeader(),
                Optional.of(callingAe),
                Optional.empty());
    }
}
