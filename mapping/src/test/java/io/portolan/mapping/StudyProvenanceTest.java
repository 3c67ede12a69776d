package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.mapping.study.Gathered;
import io.portolan.mapping.study.Instance;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.hl7.fhir.r4.model.Provenance;
import org.junit.jupiter.api.Test;

class StudyProvenanceTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private static Instance instance(int number, Optional<String> callingAe) throws Exception {
        return Instance.of(
                DataSet.builder(CharacterSet.UTF_8)
                        .add(Attribute.SOPClassUID, "1.2.840.10008.5.1.4.1.1.2")
                        .add(Attribute.SOPInstanceUID, "1.2.3.1." + number)
                        .add(Attribute.StudyInstanceUID, "1.2.3")
                        .add(Attribute.SeriesInstanceUID, "1.2.3.1")
                        .build(),
                callingAe);
    }

    private static Provenance of(Instance... instances) {
        return StudyProvenance.of(new Gathered(instances[0].study(), List.of(instances)), "PORTOLAN", "s1", NOW);
    }

    @Test
    void namesTheGatewayAndEachSenderOnceInAnyOrder() throws Exception {
        Provenance provenance = of(
                instance(1, Optional.of("MR1")),
                instance(2, Optional.of("CT1")),
                instance(3, Optional.empty()),
                instance(4, Optional.of("MR1")));

        assertThat(provenance.getAgent())
                .extracting(agent -> agent.getType().getCodingFirstRep().getCode() + " "
                        + agent.getWho().getIdentifier().getSystem() + " "
                        + agent.getWho().getIdentifier().getValue())
                .containsExactly(
                        "assembler urn:portolan:ae-title PORTOLAN",
                        "author urn:portolan:ae-title CT1",
                        "author urn:portolan:ae-title MR1");
        assertThat(provenance.getTargetFirstRep().getReference()).isEqualTo("ImagingStudy/s1");
        assertThat(provenance.getRecordedElement().getValueAsString()).isEqualTo("2026-03-01T12:00:00.000Z");
    }

    @Test
    void hasAnIdThatFollowsFromTheStudys() throws Exception {
        assertThat(of(instance(1, Optional.empty())).getIdElement().getIdPart())
                .isEqualTo(StudyProvenance.idOf("s1"))
                .isNotEqualTo(StudyProvenance.idOf("s2"));
    }

    @Test
    void isValid() throws Exception {
        assertThat(new Validator().validate(of(instance(1, Optional.of("CT1")))))
                .isEmpty();
    }
}
