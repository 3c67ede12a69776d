package io.portolan.mapping.study;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StudyTest {

    @Test
    void wasSentByWhoSentMostInstances() throws Exception {
        Study study = Study.of(List.of(
                instance("1.1", "1.1.1", "CT1"), instance("1.1", "1.1.2", "CT2"), instance("1.2", "1.1.3", "CT2")));

        assertThat(study.callingAe()).contains("CT2");
        assertThat(study.series().get(0).callingAe()).contains("CT1");
        assertThat(study.series().get(1).callingAe()).contains("CT2");
    }

    @Test
    void wasSentByWhoSentTheSmallestInstanceOfAsMany() throws Exception {
        Study study = Study.of(List.of(instance("1.1", "1.1.2", "A"), instance("1.1", "1.1.1", "B")));

        assertThat(study.callingAe()).contains("B");
    }

    @Test
    void wasSentByNobodyWhenNobodyIsKnown() throws Exception {
        Study study = Study.of(List.of(instance("1.1", "1.1.1", null)));

        assertThat(study.callingAe()).isEmpty();
        assertThat(study.series().get(0).callingAe()).isEmpty();
    }

    @Test
    void takesTheSmallerSenderOfTheSameContentInAnyOrder() throws Exception {
        List<Instance> instances = new ArrayList<>(
                List.of(instance("1.1", "1.1.1", "A"), instance("1.1", "1.1.1", "B"), instance("1.1", "1.1.2", "C")));
        Study expected = Study.of(instances);
        assertThat(expected.callingAe()).contains("A");
        for (int seed = 0; seed < 5; seed++) {
            Collections.shuffle(instances, new Random(seed));
            assertThat(Study.of(instances)).isEqualTo(expected);
        }
    }

    private static Instance instance(String series, String sop, @Nullable String callingAe)
            throws UnidentifiedInstanceException {
        DataSet header = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.SOPClassUID, "1.2.840.10008.5.1.4.1.1.2")
                .add(Attribute.SOPInstanceUID, sop)
                .add(Attribute.StudyInstanceUID, "1.9")
                .add(Attribute.SeriesInstanceUID, series)
                .build();
        return Instance.of(header, Optional.ofNullable(callingAe));
    }
}
