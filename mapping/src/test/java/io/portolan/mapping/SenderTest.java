package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.mapping.MappingOptions.EndpointOption;
import io.portolan.mapping.MappingOptions.EndpointType;
import io.portolan.mapping.MappingOptions.Zones;
import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.study.Gathered;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.SharingOptions;
import io.portolan.mapping.study.SharingOptions.Deleted;
import io.portolan.mapping.study.SharingOptions.Expired;
import io.portolan.mapping.study.Study;
import io.portolan.testdata.Cases;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.hl7.fhir.r4.model.Endpoint;
import org.hl7.fhir.r4.model.ImagingStudy.ImagingStudyStatus;
import org.junit.jupiter.api.Test;

/** What depends on who has sent the instances. */
class SenderTest {

    private static final MappingOptions SITE = Site.with(
            Site.with(
                    MappingOptions.defaults("urn:own"),
                    List.of(),
                    List.of(
                            new EndpointOption("all", EndpointType.DICOM_WADO_RS, "https://pacs.example.org/rs"),
                            new EndpointOption(
                                    "near", EndpointType.DICOM_WADO_RS, "https://near.example.org/rs", List.of("CT1"))),
                    List.of()),
            new Zones(Optional.of(ZoneId.of("+01:00")), Map.of("CT1", ZoneId.of("+05:00"))));

    @Test
    void takesTheZoneOfTheSenderBeforeThatOfTheGateway() throws Exception {
        assertThat(started(Optional.of("CT1"))).isEqualTo("2026-03-04T10:11:12+05:00");
        assertThat(started(Optional.of("MR1"))).isEqualTo("2026-03-04T10:11:12+01:00");
        assertThat(started(Optional.empty())).isEqualTo("2026-03-04T10:11:12+01:00");
    }

    @Test
    void givesASeriesTheEndpointOfItsSender() throws Exception {
        Mapped near = map(Optional.of("CT1"));
        assertThat(near.imagingStudy().getSeriesFirstRep().getEndpoint()).hasSize(1);
        assertThat(near.imagingStudy().getEndpoint()).hasSize(1);
        String placeholder =
                near.imagingStudy().getSeriesFirstRep().getEndpointFirstRep().getReference();
        assertThat(near.shared())
                .filteredOn(shared -> shared.placeholder().equals(placeholder))
                .extracting(shared -> ((Endpoint) shared.resource())
                        .getPayloadTypeFirstRep()
                        .getCodingFirstRep()
                        .getCode())
                .containsExactly("113015");
        Mapped far = map(Optional.of("MR1"));
        assertThat(far.imagingStudy().getSeriesFirstRep().getEndpoint()).isEmpty();
        assertThat(far.shared()).hasSize(1);
    }

    /** Deleted from every archive. */
    @Test
    void givesNoEndpointWhereNothingCanBeFetchedAnyMore() throws Exception {
        Instance instance = Instance.of(Cases.named("minimal").instances().get(0), Optional.of("CT1"));
        SharingOptions options = new SharingOptions(Map.of(), Set.of(), false, Expired.EMPTY, Deleted.ENDPOINT_REMOVED);
        Mapped gone = (Mapped) new StudyMapper(SITE, options)
                .map(new Gathered(instance.study(), List.of(instance), List.of(), Optional.empty(), true));
        assertThat(gone.imagingStudy().getEndpoint()).isEmpty();
        assertThat(gone.imagingStudy().getSeriesFirstRep().getEndpoint()).isEmpty();
        assertThat(gone.imagingStudy().getSeriesFirstRep().getInstance()).hasSize(1);
        assertThat(gone.imagingStudy().getStatus()).isEqualTo(ImagingStudyStatus.AVAILABLE);
        assertThat(gone.shared()).isEmpty();
    }

    private static String started(Optional<String> callingAe) throws Exception {
        return map(callingAe).imagingStudy().getStartedElement().getValueAsString();
    }

    private static Mapped map(Optional<String> callingAe) throws Exception {
        DataSet header = DataSet.builder(CharacterSet.UTF_8)
                .addAll(Cases.named("minimal").instances().get(0))
                .add(Attribute.StudyDate, "20260304")
                .add(Attribute.StudyTime, "101112")
                .build();
        return (Mapped) new StudyMapper(SITE).map(Study.of(List.of(Instance.of(header, callingAe))));
    }
}
