package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.mapping.MappingOptions.Issuers;
import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.MappingResult.SharedResource;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.Study;
import io.portolan.mapping.study.UnidentifiedInstanceException;
import io.portolan.testdata.Cases;
import io.portolan.testdata.SyntheticStudies;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hl7.fhir.r4.model.Reference;
import org.junit.jupiter.api.Test;

class StudyMapperTest {

    @Test
    void givesAStudyTheVersion5UuidOfItsUid() {
        assertThat(StudyMapper.idOf(new Uid("1.2.840.113619.2.5.1762583153")))
                .isEqualTo("306f4b24-007e-5157-a3db-fe58ea57b59f");
    }

    @Test
    void refersToThePatientByIdentifierAlone() throws Exception {
        Mapped mapped = map(options(Strategy.LOGICAL, Optional.of("urn:patients"), true));
        Reference subject = mapped.imagingStudy().getSubject();
        assertThat(subject.getIdentifier().getSystem()).isEqualTo("urn:patients");
        assertThat(subject.getIdentifier().getValue()).isEqualTo("PX-7F3K-90210");
        assertThat(subject.hasReference()).isFalse();
        assertThat(mapped.shared()).isEmpty();
    }

    @Test
    void makesNoPatientThatNobodyCouldFindAgain() throws Exception {
        Mapped mapped = map(options(Strategy.CREATE, Optional.empty(), true));
        assertThat(mapped.imagingStudy().getSubject().getIdentifier().hasSystem())
                .isFalse();
        assertThat(mapped.shared()).isEmpty();
        assertThat(mapped.issues())
                .anyMatch(issue -> issue.element().equals("ImagingStudy.subject")
                        && issue.reason().equals("no issuer is named and no system is configured"));
    }

    @Test
    void repeatsTheDescriptionInTheNoteUnlessSwitchedOff() throws Exception {
        Mapped on = map(options(Strategy.LOGICAL, Optional.empty(), true));
        Mapped off = map(options(Strategy.LOGICAL, Optional.empty(), false));
        assertThat(on.imagingStudy().getNoteFirstRep().getText()).isEqualTo("CT study 1");
        assertThat(off.imagingStudy().hasNote()).isFalse();
        assertThat(off.imagingStudy().getDescription()).isEqualTo("CT study 1");
    }

    @Test
    void givesOnePatientOfManyStudiesOnePlaceholder() throws Exception {
        MappingOptions options = options(Strategy.CREATE, Optional.of("urn:patients"), true);
        Mapped ct = map(SyntheticStudies.ctTwoSeries(), options);
        Mapped mr = map(SyntheticStudies.mr(), options);
        assertThat(ct.shared().get(0).placeholder())
                .isEqualTo(mr.shared().get(0).placeholder());
        assertThat(ct.imagingStudy().getSubject().getReference())
                .isEqualTo(ct.shared().get(0).placeholder());
    }

    @Test
    void countsWhatItLeavesOut() throws Exception {
        Mapped mapped = map(Cases.named("series-without-modality").instances(), Rendering.OPTIONS);
        assertThat(mapped.imagingStudy().getSeries()).hasSize(1);
        assertThat(mapped.imagingStudy().getNumberOfSeries()).isEqualTo(2);
        assertThat(mapped.imagingStudy().getNumberOfInstances()).isEqualTo(3);
    }

    @Test
    void refersLogicallyToEverythingUnlessAsked() throws Exception {
        Mapped mapped = map(
                Cases.named("everything").instances(),
                Site.with(Rendering.OPTIONS, List.of(), List.of(), List.of()),
                Strategy.LOGICAL);
        assertThat(mapped.shared())
                .as("the endpoint of RetrieveURL alone")
                .extracting(shared -> shared.resource().fhirType())
                .containsExactly("Endpoint");
        assertThat(mapped.imagingStudy().getBasedOnFirstRep().getIdentifier().getValue())
                .isEqualTo("ACC-8001");
        assertThat(mapped.imagingStudy().getInterpreterFirstRep().getDisplay()).isEqualTo("Mika Ito");
    }

    @Test
    void resolvesWhatSomebodyHasIssuedAnIdentifierForAndNothingElse() throws Exception {
        Mapped mapped = map(Cases.named("everything").instances(), Rendering.OPTIONS, Strategy.RESOLVE);
        assertThat(mapped.shared())
                .filteredOn(shared -> shared.strategy() == Strategy.RESOLVE)
                .allSatisfy(shared -> {
                    assertThat(shared.ownedByGateway()).isFalse();
                    assertThat(shared.resource().isEmpty()).as("never written").isTrue();
                })
                .extracting(shared -> shared.resource().fhirType())
                .contains("Patient", "Practitioner", "Device", "Specimen", "ServiceRequest", "Encounter", "Procedure")
                .doesNotContain("Organization", "Location");
        assertThat(mapped.imagingStudy().getLocation().getDisplay()).isEqualTo("Radiology, Harbour Hospital");
        assertThat(mapped.imagingStudy().getLocation().hasReference()).isFalse();
    }

    @Test
    void makesOneDeviceOfStudiesThatNameItAlike() throws Exception {
        Mapped once = map(Cases.named("device-without-uid").instances(), Rendering.OPTIONS, Strategy.CREATE);
        DataSet other = DataSet.builder(CharacterSet.UTF_8)
                .addAll(Cases.named("device-without-uid").instances().get(0))
                .add(Attribute.StudyInstanceUID, "2.25.31415.9999")
                .add(Attribute.SoftwareVersions, "5.0")
                .build();
        Mapped again = map(List.of(other), Rendering.OPTIONS, Strategy.CREATE);
        assertThat(devices(once)).containsAll(devices(again)).hasSize(2);
        assertThat(devices(again)).hasSize(1);
    }

    @Test
    void refersToNothingOfASeriesThatItLeavesOut() throws Exception {
        DataSet noModality = Cases.named("everything").instances().get(0).where(tag -> tag != Attribute.Modality.tag());
        Mapped mapped = map(List.of(noModality), Rendering.OPTIONS, Strategy.CREATE);
        assertThat(mapped.imagingStudy().getSeries()).isEmpty();
        assertThat(mapped.shared())
                .extracting(shared -> shared.resource().fhirType())
                .doesNotContain("Device", "Specimen");
    }

    private static List<String> devices(Mapped mapped) {
        return mapped.shared().stream()
                .filter(shared -> shared.resource().fhirType().equals("Device"))
                .map(SharedResource::identifierValue)
                .toList();
    }

    private static Mapped map(List<DataSet> headers, MappingOptions options, Strategy strategy) throws Exception {
        return map(headers, Site.with(options, Site.all(strategy)));
    }

    private static MappingOptions options(Strategy strategy, Optional<String> patients, boolean note) {
        MappingOptions site = MappingOptions.defaults("urn:own");
        MappingOptions noted = Site.with(site, note ? site.note() : List.of(), List.of(), List.of());
        return Site.withPatients(
                Site.with(noted, Map.of(ReferencedType.PATIENT, strategy)), new Issuers(Map.of(), patients));
    }

    private static Mapped map(MappingOptions options) throws UnidentifiedInstanceException {
        return map(SyntheticStudies.ctTwoSeries(), options);
    }

    private static Mapped map(List<DataSet> headers, MappingOptions options) throws UnidentifiedInstanceException {
        List<Instance> instances = new ArrayList<>();
        for (DataSet header : headers) {
            instances.add(Instance.of(header));
        }
        return (Mapped) new StudyMapper(options).map(Study.of(instances));
    }
}
