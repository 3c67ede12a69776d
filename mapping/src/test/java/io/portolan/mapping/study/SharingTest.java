package io.portolan.mapping.study;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.SopClass;
import io.portolan.dicom.Uid;
import io.portolan.mapping.study.SharingOptions.Expired;
import io.portolan.mapping.study.Standing.Availability;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    private static Study shared(List<Instance> instances, List<KeyObject> notes, SharingOptions options) {
        return Study.of(new Gathered(STUDY, instances, notes, Optional.empty()), options)
                .orElseThrow();
    }

    private static KeyObject note(String title, String... rejected) {
        return KeyObject.of(document("1.9.9", title, rejected), Optional.of(NOTED))
                .orElseThrow();
    }

    private static Instance document(String sop, String title, String... rejected) {
        List<DataSet> references = Arrays.stream(rejected)
                .map(uid -> DataSet.builder(CharacterSet.UTF_8)
                        .add(Attribute.ReferencedSOPInstanceUID, uid)
                        .build())
                .toList();
        DataSet series = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.ReferencedSOPSequence, references)
                .build();
        DataSet study = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.StudyInstanceUID, STUDY.value())
                .add(Attribute.ReferencedSeriesSequence, List.of(series))
                .build();
        DataSet code = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.CodeValue, title)
                .add(Attribute.CodingSchemeDesignator, "DCM")
                .build();
        return instance(DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.SOPClassUID, SopClass.KEY_OBJECT_SELECTION.value())
                .add(Attribute.SOPInstanceUID, sop)
                .add(Attribute.Modality, "KO")
                .add(Attribute.ConceptNameCodeSequence, List.of(code))
                .add(Attribute.CurrentRequestedProcedureEvidenceSequence, List.of(study)));
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
