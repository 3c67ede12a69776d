package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.mapping.MappingOptions.EndpointOption;
import io.portolan.mapping.MappingOptions.EndpointType;
import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.MappingResult.SharedResource;
import io.portolan.mapping.study.Gathered;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.SharingOptions;
import io.portolan.testdata.Cases;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.DomainResource;
import org.hl7.fhir.r4.model.HumanName;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.ImagingStudy;
import org.hl7.fhir.r4.model.ImagingStudy.ImagingStudySeriesComponent;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Errors that mappings of ImagingStudy are known for, each as what is true here instead. */
class WhatOthersGetWrongTest {

    private static final String ACSN = "ACSN";

    /** Every case that is not parked. */
    static Stream<Mapped> studies() {
        return Cases.all().stream()
                .flatMap(one -> results(one.instances(), Rendering.OPTIONS))
                .filter(Mapped.class::isInstance)
                .map(Mapped.class::cast);
    }

    @Test
    void takesTheModalitiesOfTheSeriesAndNotTheAttributeThatOnlyQueriesHave() {
        assertThat(study("ct-two-series").getModality())
                .extracting(Coding::getCode)
                .containsExactly("CT");
    }

    @Test
    void keepsTheDescriptionWhereTheNoteHasItToo() {
        ImagingStudy study = study("everything");
        assertThat(study.getDescription()).isEqualTo("CT of the chest");
        assertThat(study.getNoteFirstRep().getText()).isEqualTo("CT of the chest");
    }

    @ParameterizedTest
    @MethodSource("studies")
    void namesNoCodingSystemByItsDesignator(Mapped mapped) {
        assertThat(resources(mapped))
                .flatMap(one -> Rendering.FHIR.newTerser().getAllPopulatedChildElementsOfType(one, Coding.class))
                .allSatisfy(coding -> assertThat(!coding.hasSystem() || IssuerRules.isAbsoluteUri(coding.getSystem()))
                        .isTrue());
    }

    @ParameterizedTest
    @MethodSource("studies")
    void writesUidsTheWayThatEachElementWantsThem(Mapped mapped) {
        ImagingStudy study = mapped.imagingStudy();
        assertThat(study.getIdentifierFirstRep().getSystem()).isEqualTo("urn:dicom:uid");
        assertThat(study.getIdentifierFirstRep().getValue()).matches("urn:oid:[0-9.]+");
        assertThat(study.getIdentifier())
                .filteredOn(identifier -> "urn:dicom:uid".equals(identifier.getSystem()))
                .as("whether or not there is an accession")
                .hasSize(1);
        assertThat(study.getSeries()).allSatisfy(series -> {
            assertThat(series.getUid()).matches("[0-9.]+");
            assertThat(series.getInstance()).allSatisfy(instance -> {
                assertThat(instance.getUid()).matches("[0-9.]+");
                assertThat(instance.getSopClass().getSystem()).isEqualTo("urn:ietf:rfc:3986");
                assertThat(instance.getSopClass().getCode()).matches("urn:oid:[0-9.]+");
            });
        });
    }

    @Test
    void givesAnAccessionTheSystemOfItsIssuer() {
        assertThat(study("orders").getIdentifier())
                .filteredOn(
                        identifier -> identifier.getType().getCodingFirstRep().getCode() != null)
                .extracting(Identifier::getSystem, Identifier::getValue)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("https://lighthouse.example.org/ids", "ACC-7001"));
    }

    @Test
    void leavesAMissingNumberOutAndTheInstanceIn() {
        ImagingStudySeriesComponent series = study("bad-numbers").getSeriesFirstRep();
        assertThat(study("bad-numbers").getNumberOfInstances())
                .isEqualTo(study("bad-numbers").getSeries().stream()
                        .mapToInt(one -> one.getInstance().size())
                        .sum());
        assertThat(series.getInstance()).noneMatch(one -> one.hasNumber() && one.getNumber() == 0);
    }

    @ParameterizedTest
    @MethodSource("studies")
    void callsNoTimeUtcThatDidNotSaySo(Mapped mapped) {
        assertThat(resources(mapped))
                .map(Rendering.FHIR.newJsonParser()::encodeResourceToString)
                .noneMatch(json -> json.matches("(?s).*\"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z\".*"));
    }

    @Test
    void takesNeitherTheTimeOfReceptionNorThatOfAcquisitionForTheStart() {
        assertThat(study("minimal").hasStarted()).isFalse();
        assertThat(study("acquisition-time-only").getSeriesFirstRep().hasStarted())
                .isFalse();
    }

    @Test
    void refusesAnAddressOfOneStudyOrOfAFile() {
        for (String address : List.of("https://pacs.example.org/rs/studies/1.2", "file:///var/images")) {
            assertThatThrownBy(() -> new EndpointOption("a", EndpointType.DICOM_WADO_RS, address))
                    .hasMessageContaining("endpoint address");
        }
    }

    @ParameterizedTest
    @MethodSource("studies")
    void makesNoPatientThatIsEmptyOrThatAnAccessionIdentifies(Mapped mapped) {
        assertThat(patients(mapped)).allSatisfy(patient -> {
            assertThat(patient.getIdentifierFirstRep().getSystem()).isNotEmpty();
            assertThat(patient.getIdentifierFirstRep().getValue()).isNotEmpty();
            assertThat(patient.getIdentifier())
                    .noneMatch(
                            one -> ACSN.equals(one.getType().getCodingFirstRep().getCode()));
        });
    }

    @Test
    void makesOnePatientOfManyStudies() {
        String ct = mapped("everything").imagingStudy().getSubject().getReference();
        assertThat(mapped("places").imagingStudy().getSubject().getReference()).isEqualTo(ct);
    }

    @Test
    void cutsNoPatientId() {
        String id = "PATIENT-" + "0123456789".repeat(8);
        DataSet header = DataSet.builder(CharacterSet.UTF_8)
                .addAll(Cases.named("minimal").instances().get(0))
                .add(Attribute.PatientID, id)
                .build();
        assertThat(((Mapped) results(List.of(header), Rendering.OPTIONS)
                                .findFirst()
                                .orElseThrow())
                        .imagingStudy()
                        .getSubject()
                        .getIdentifier()
                        .getValue())
                .isEqualTo(id);
    }

    @Test
    void mergesNoTwoPatientsWhoseFilesLieTogether() {
        assertThat(results(Cases.named("patient-conflict").instances(), Rendering.OPTIONS)
                        .findFirst()
                        .orElseThrow())
                .isInstanceOf(MappingResult.Unmappable.class);
    }

    @ParameterizedTest
    @MethodSource("studies")
    void refersToNothingThatIsNotThere(Mapped mapped) {
        Set<String> there = new HashSet<>();
        for (SharedResource shared : mapped.shared()) {
            assertThat(references(shared.resource()))
                    .as("what a resource refers to stands before it")
                    .isSubsetOf(there);
            there.add(shared.placeholder());
        }
        assertThat(references(mapped.imagingStudy())).isSubsetOf(there);
        assertThat(resources(mapped)).noneMatch(DomainResource::hasContained);
    }

    @Test
    void listsNoInstanceThatWasRejected() {
        assertThat(study("rejected-one").getSeries())
                .flatExtracting(ImagingStudySeriesComponent::getInstance)
                .as("two of three, and not the note")
                .hasSize(2);
        assertThat(study("rejected-one").getNumberOfInstances()).isEqualTo(2);
    }

    /** Even where both were rejected, and nothing of either is listed any more. */
    @Test
    void makesNoPatientOfTwoThatWereRejected() {
        List<Instance> instances = new ArrayList<>();
        for (DataSet header : Cases.named("patient-conflict").instances()) {
            instances.add(Told.instance(header));
        }
        SharingOptions none = new SharingOptions(
                Map.of(Attribute.Modality, Set.of("CT", "MR", "US", "CR")),
                Set.of(),
                false,
                SharingOptions.Expired.EMPTY);
        Mapped mapped = (Mapped) new StudyMapper(Rendering.OPTIONS, none)
                .map(Gathered.all(instances).get(0));
        assertThat(mapped.shared()).noneMatch(shared -> shared.resource() instanceof Patient);
    }

    @Test
    void namesEveryOperator() {
        assertThat(study("performers").getSeriesFirstRep().getPerformer())
                .extracting(performer -> performer.getActor().getDisplay())
                .contains("Ada Finch", "Bo Grebe");
    }

    @Test
    void keepsTheIdeographicAndThePhoneticPartOfAName() {
        assertThat(patients(mapped("japanese-name")).get(0).getName())
                .extracting(HumanName::getFamily)
                .hasSizeGreaterThan(2)
                .doesNotHaveDuplicates();
    }

    /** What IHE IMR and MADO, US Core imaging, HL7 Europe imaging and SMART Imaging Access ask of an ImagingStudy. */
    @Test
    void satisfiesTheProfilesOfConsumers() {
        Mapped mapped = mapped("everything");
        ImagingStudy study = mapped.imagingStudy();
        assertThat(study.getIdentifier()).anyMatch(one -> "urn:dicom:uid".equals(one.getSystem()));
        assertThat(study.getIdentifier())
                .anyMatch(one -> ACSN.equals(one.getType().getCodingFirstRep().getCode()) && one.hasSystem());
        assertThat(study.getModality()).isNotEmpty();
        assertThat(study.getStartedElement().getValueAsString()).isEqualTo("2026-03-04T10:11:12+01:00");
        assertThat(study.getSubject().hasReference()).isTrue();
        assertThat(study.getEndpoint()).isNotEmpty();
        assertThat(mapped.shared())
                .extracting(SharedResource::resource)
                .filteredOn(org.hl7.fhir.r4.model.Endpoint.class::isInstance)
                .extracting(resource -> ((org.hl7.fhir.r4.model.Endpoint) resource)
                        .getConnectionType()
                        .getCode())
                .contains("dicom-wado-rs", "ihe-iid");
    }

    /** The study and all that it refers to. */
    private static List<DomainResource> resources(Mapped mapped) {
        return Stream.concat(mapped.shared().stream().map(SharedResource::resource), Stream.of(mapped.imagingStudy()))
                .toList();
    }

    private static List<String> references(DomainResource resource) {
        return Rendering.FHIR.newTerser().getAllPopulatedChildElementsOfType(resource, Reference.class).stream()
                .filter(Reference::hasReference)
                .map(Reference::getReference)
                .toList();
    }

    private static List<Patient> patients(Mapped mapped) {
        return mapped.shared().stream()
                .map(SharedResource::resource)
                .filter(Patient.class::isInstance)
                .map(Patient.class::cast)
                .toList();
    }

    private static ImagingStudy study(String name) {
        return mapped(name).imagingStudy();
    }

    private static Mapped mapped(String name) {
        return (Mapped) results(Cases.named(name).instances(), Rendering.OPTIONS)
                .findFirst()
                .orElseThrow();
    }

    /** Of each study, and behind them of each selection. */
    private static Stream<MappingResult> results(List<DataSet> headers, MappingOptions options) {
        List<Instance> instances = headers.stream().map(Told::instance).toList();
        return Gathered.all(instances).stream().map(new StudyMapper(options)::map);
    }
}
