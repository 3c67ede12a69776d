package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.MappingResult.SharedResource;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.Study;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.Group;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.ImagingStudy;
import org.hl7.fhir.r4.model.Location;
import org.hl7.fhir.r4.model.Organization;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Specimen;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Of instances of one series that do not say the same: what there can be several of is united, the rest voted about. */
class DisagreementTest {

    private static final DataSet NOTHING = DataSet.EMPTY;

    @ParameterizedTest
    @CsvSource({
        "YES, YES, Device",
        "YES, NO,  Patient",
        "YES, '',  Patient",
        "NO,  NO,  Patient",
        "'',  '',  Patient",
    })
    void takesForAPhantomWhatEveryInstanceSaysIsOne(String most, String one, String expected) {
        DataSet few = one.isEmpty() ? NOTHING : Told.with(Attribute.QualityControlSubject, one);
        DataSet many = most.isEmpty() ? NOTHING : Told.with(Attribute.QualityControlSubject, most);
        Mapped mapped = map(many, many, few);
        assertThat(mapped.imagingStudy().getSubject().getType()).isEqualTo(expected);
        assertThat(mapped.shared().get(0).resource().fhirType()).isEqualTo(expected);
        assertThat(issues(mapped))
                .isEqualTo(
                        most.equals(one)
                                ? List.of()
                                : List.of(
                                        "ImagingStudy.subject QualityControlSubject: instances disagree; not taken for a phantom"));
    }

    @Test
    void takesForAGroupWhatEveryInstanceSaysIsOne() {
        DataSet group = group("PID-1", "PID-2");
        Mapped all = map(group, group);
        assertThat(all.imagingStudy().getSubject().getType()).isEqualTo("Group");
        assertThat(issues(all)).isEmpty();
        Mapped some = map(group, group, NOTHING);
        assertThat(some.imagingStudy().getSubject().getType()).isEqualTo("Patient");
        assertThat(issues(some))
                .containsExactly(
                        "ImagingStudy.subject GroupOfPatientsIdentificationSequence: instances disagree; not taken for a group");
    }

    @Test
    void unitesTheMembersOfAGroup() {
        Mapped mapped = map(group("PID-1", "PID-2"), group("PID-1", "PID-2"), group("PID-2", "PID-3"));
        Group group = shared(mapped, Group.class).get(0);
        assertThat(group.getMember())
                .extracting(member -> member.getEntity().getIdentifier().getValue())
                .containsExactly("PID-1", "PID-2", "PID-3");
        assertThat(group.hasQuantity()).isFalse();
        assertThat(issues(mapped))
                .contains("Group.quantity GroupOfPatientsIdentificationSequence: instances disagree; left out");
    }

    @Test
    void unitesOrders() {
        Mapped mapped = map(request("ACC-1"), request("ACC-1"), request("ACC-2"));
        assertThat(numbers(mapped.imagingStudy().getBasedOn())).containsExactly("ACC-1", "ACC-2");
        assertThat(issues(mapped))
                .containsExactly(
                        "ImagingStudy.basedOn [2.25.31415.80.1] RequestAttributesSequence: instances disagree; what each says is taken");
    }

    @Test
    void unitesAccessionNumbersWithWhatWasAskedForByEach() {
        DataSet most = Told.with(Attribute.AccessionNumber, "ACC-1", Attribute.RequestedProcedureDescription, "Chest");
        DataSet few = Told.with(Attribute.AccessionNumber, "ACC-2", Attribute.RequestedProcedureDescription, "Head");
        Mapped mapped = map(few, most, most);
        ImagingStudy study = mapped.imagingStudy();
        assertThat(numbers(study.getBasedOn())).containsExactly("ACC-1", "ACC-2");
        assertThat(study.getIdentifier())
                .filteredOn(Identifier::hasType)
                .extracting(Identifier::getValue)
                .containsExactly("ACC-1", "ACC-2");
        assertThat(shared(mapped, org.hl7.fhir.r4.model.ServiceRequest.class))
                .extracting(order -> order.getCode().getText())
                .containsExactly("Chest", "Head");
    }

    @Test
    void unitesReasons() {
        assertThat(texts(map(reason("cough"), reason("cough"), reason("fever"))
                        .imagingStudy()
                        .getReasonCode()))
                .containsExactly("cough", "fever");
        DataSet asked = sequence(
                Attribute.RequestAttributesSequence, Told.with(Attribute.ReasonForTheRequestedProcedure, "pain"));
        assertThat(texts(map(reason("cough"), asked, request("ACC-1"), request("ACC-1"))
                        .imagingStudy()
                        .getReasonCode()))
                .containsExactly("cough", "pain");
        assertThat(texts(map(
                                code(Attribute.ReasonForPerformedProcedureCodeSequence, "1", "cough"),
                                code(Attribute.ReasonForPerformedProcedureCodeSequence, "2", "fever"))
                        .imagingStudy()
                        .getReasonCode()))
                .containsExactly("cough", "fever");
    }

    @Test
    void unitesProcedureCodes() {
        for (Attribute sequence : List.of(Attribute.ProcedureCodeSequence, Attribute.PerformedProtocolCodeSequence)) {
            DataSet chest = code(sequence, "24627-2", "CT Chest");
            assertThat(texts(map(chest, chest, code(sequence, "24725-4", "CT Head"))
                            .imagingStudy()
                            .getProcedureCode()))
                    .containsExactly("CT Chest", "CT Head");
        }
    }

    @Test
    void unitesSpecimensEachWithItsContainer() {
        Mapped mapped = map(specimen("2.25.71", "C-1"), specimen("2.25.71", "C-1"), specimen("2.25.72", "C-2"));
        assertThat(mapped.imagingStudy().getSeriesFirstRep().getSpecimen())
                .extracting(specimen -> specimen.getIdentifier().getValue())
                .containsExactly("urn:oid:2.25.71", "urn:oid:2.25.72");
        assertThat(shared(mapped, Specimen.class))
                .extracting(specimen ->
                        specimen.getContainerFirstRep().getIdentifierFirstRep().getValue())
                .containsExactly("C-1", "C-2");
    }

    @Test
    void refersOnceToASpecimenThatIsDescribedTwice() {
        Mapped mapped = map(specimen("2.25.71", "C-1"), specimen("2.25.71", "C-2"));
        assertThat(mapped.imagingStudy().getSeriesFirstRep().getSpecimen()).hasSize(1);
    }

    @Test
    void unitesInterpretersAndPerformers() {
        for (Attribute names : List.of(
                Attribute.NameOfPhysiciansReadingStudy, Attribute.PerformingPhysicianName, Attribute.OperatorsName)) {
            DataSet most = Told.with(names, "Finch^Ada");
            Mapped mapped = map(most, most, Told.with(names, "Grebe^Bo\\Finch^Ada"));
            assertThat(Stream.concat(
                                    mapped.imagingStudy().getInterpreter().stream(),
                                    mapped.imagingStudy().getSeriesFirstRep().getPerformer().stream()
                                            .map(performer -> performer.getActor()))
                            .map(Reference::getDisplay))
                    .as(names.toString())
                    .containsExactly("Ada Finch", "Bo Grebe");
        }
    }

    @Test
    void takesAPersonWhomOnlySomeInstancesIdentifyForOne() {
        DataSet identified = identified(Attribute.OperatorsName, Attribute.OperatorIdentificationSequence, "77");
        Mapped mapped = map(
                identified,
                Told.with(Attribute.OperatorsName, "Finch^Ada"),
                Told.with(Attribute.OperatorsName, "Grebe^Bo"));
        assertThat(mapped.imagingStudy().getSeriesFirstRep().getPerformer())
                .extracting(performer -> performer.getActor().getIdentifier().getValue())
                .containsExactly("77", null);
    }

    @Test
    void givesNoPersonTheIdentifierOfAnother() {
        DataSet ada = Told.with(Attribute.ReferringPhysicianName, "Grebe^Bo");
        DataSet bo =
                identified(Attribute.ReferringPhysicianName, Attribute.ReferringPhysicianIdentificationSequence, "77");
        Reference referrer = map(ada, ada, bo).imagingStudy().getReferrer();
        assertThat(referrer.getDisplay()).isEqualTo("Bo Grebe");
        assertThat(referrer.hasIdentifier()).isFalse();
    }

    @Test
    void givesNoDeviceTheSerialNumberOfAnother() {
        DataSet most = Told.with(Attribute.Manufacturer, "Maker", Attribute.StationName, "CT1");
        DataSet one = Told.with(Attribute.Manufacturer, "Other", Attribute.DeviceSerialNumber, "S-1");
        Device device = shared(map(most, one, most), Device.class).get(0);
        assertThat(device.getManufacturer()).isEqualTo("Maker");
        assertThat(device.hasSerialNumber()).isFalse();
    }

    @Test
    void givesNoInstitutionTheCodeOfAnother() {
        DataSet most = Told.with(Attribute.InstitutionName, "Harbour Hospital");
        DataSet one = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.InstitutionName, "Lighthouse Clinic")
                .addAll(code(Attribute.InstitutionCodeSequence, "L-1", "Lighthouse Clinic"))
                .build();
        Organization organization =
                shared(map(most, one, most), Organization.class).get(0);
        assertThat(organization.getName()).isEqualTo("Harbour Hospital");
        assertThat(organization.getIdentifierFirstRep().getValue()).isNotEqualTo("L-1");
    }

    @Test
    void unitesWhatElseAPatientIsKnownBy() {
        DataSet most =
                Told.with(Attribute.OtherPatientNames, "Moor^Ottilie", Attribute.PatientTelephoneNumbers, "555-0101");
        DataSet few =
                Told.with(Attribute.OtherPatientNames, "Brandt^Ottilie", Attribute.PatientTelephoneNumbers, "555-0102");
        Patient patient = shared(map(other(most, "ID-1"), other(few, "ID-2"), other(most, "ID-1")), Patient.class)
                .get(0);
        assertThat(patient.getName()).extracting(name -> name.getFamily()).containsExactly("Vexmoor", "Moor", "Brandt");
        assertThat(patient.getTelecom()).extracting(phone -> phone.getValue()).containsExactly("555-0101", "555-0102");
        assertThat(patient.getIdentifier())
                .extracting(Identifier::getValue)
                .containsExactly("PID-48213-K", "ID-1", "ID-2");
    }

    @ParameterizedTest
    @CsvSource({
        "V-1, 2.25.5, V-1, 2.25.5, 1, ''",
        "V-1, 2.25.5, V-1, '',     1, ''",
        "V-1, 2.25.5, V-1, 2.25.6, 0, ImagingStudy.encounter IssuerOfAdmissionIDSequence: instances disagree; left out",
        "V-1, 2.25.5, V-2, 2.25.5, 0, ImagingStudy.encounter AdmissionID: instances disagree; left out",
    })
    void leavesOutTheVisitAboutWhichInstancesDisagree(
            String most, String issuer, String one, String otherIssuer, int encounters, String expected) {
        Mapped mapped = map(admission(most, issuer), admission(one, otherIssuer), admission(most, issuer));
        assertThat(mapped.imagingStudy().hasEncounter()).isEqualTo(encounters == 1);
        assertThat(String.join("\n", issues(mapped))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "InstitutionalDepartmentName, Radiology,    Cardiology,        0",
        "InstitutionName,             Harbour,      Lighthouse,        0",
        "PerformedLocation,           Room 1,       Room 2,            1",
    })
    void leavesOutThePlaceAboutWhichInstancesDisagree(Attribute attribute, String most, String one, int locations) {
        Mapped mapped = map(place(attribute, most), place(attribute, most), place(attribute, one));
        assertThat(mapped.imagingStudy().hasLocation()).isEqualTo(locations == 1);
        assertThat(shared(mapped, Location.class)).hasSize(locations);
        assertThat(issues(mapped)
                        .contains("ImagingStudy.location InstitutionalDepartmentName: instances disagree; left out"))
                .isEqualTo(locations == 0);
    }

    @Test
    void leavesOutThePlaceOfTwoInstitutionCodes() {
        DataSet department = Told.with(Attribute.InstitutionalDepartmentName, "Radiology");
        DataSet most = with(department, code(Attribute.InstitutionCodeSequence, "H", "Harbour"));
        DataSet one = with(department, code(Attribute.InstitutionCodeSequence, "L", "Harbour"));
        assertThat(map(most, one, most).imagingStudy().hasLocation()).isFalse();
    }

    @Test
    void leavesOutTheProcedureStepAboutWhichInstancesDisagree() {
        Mapped mapped = map(step("2.25.61"), step("2.25.61"), step("2.25.62"));
        assertThat(mapped.imagingStudy().hasProcedureReference()).isFalse();
        assertThat(issues(mapped))
                .containsExactly(
                        "ImagingStudy.procedureReference ReferencedPerformedProcedureStepSequence: instances disagree; left out");
    }

    /** The same, whatever the order, with the instances numbered as they are named. */
    private static Mapped map(DataSet... headers) {
        List<Instance> instances = new ArrayList<>();
        for (DataSet header : headers) {
            instances.add(Told.instance(DataSet.builder(CharacterSet.UTF_8)
                    .add(Attribute.SOPClassUID, "1.2.840.10008.5.1.4.1.1.2")
                    .add(Attribute.SOPInstanceUID, "2.25.31415.80.1." + (instances.size() + 1))
                    .add(Attribute.StudyInstanceUID, "2.25.31415.80")
                    .add(Attribute.SeriesInstanceUID, "2.25.31415.80.1")
                    .add(Attribute.Modality, "CT")
                    .add(Attribute.PatientID, "PID-48213-K")
                    .add(Attribute.PatientName, "Vexmoor^Ottilie")
                    .addAll(header)
                    .build()));
        }
        Mapped mapped = (Mapped) new StudyMapper(Rendering.OPTIONS).map(Study.of(instances));
        Collections.reverse(instances);
        Mapped reversed = (Mapped) new StudyMapper(Rendering.OPTIONS).map(Study.of(instances));
        assertThat(json(reversed)).isEqualTo(json(mapped));
        assertThat(reversed.issues()).isEqualTo(mapped.issues());
        return mapped;
    }

    private static List<String> json(Mapped mapped) {
        return Stream.concat(
                        Stream.of(mapped.imagingStudy()),
                        mapped.shared().stream().map(SharedResource::resource))
                .map(resource -> Rendering.FHIR.newJsonParser().encodeResourceToString(resource))
                .toList();
    }

    private static List<String> issues(Mapped mapped) {
        return mapped.issues().stream()
                .map(MappingIssue::toString)
                .filter(issue -> issue.contains("instances disagree"))
                .toList();
    }

    private static <R> List<R> shared(Mapped mapped, Class<R> type) {
        return mapped.shared().stream()
                .map(SharedResource::resource)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    private static List<String> numbers(List<Reference> references) {
        return references.stream()
                .map(reference -> reference.getIdentifier().getValue())
                .toList();
    }

    private static List<String> texts(List<CodeableConcept> concepts) {
        return concepts.stream()
                .map(concept -> Objects.requireNonNullElse(concept.getText(), ""))
                .toList();
    }

    private static DataSet with(DataSet one, DataSet other) {
        return DataSet.builder(CharacterSet.UTF_8).addAll(one).addAll(other).build();
    }

    private static DataSet sequence(Attribute sequence, DataSet... items) {
        return DataSet.builder(CharacterSet.UTF_8).add(sequence, List.of(items)).build();
    }

    private static DataSet code(Attribute sequence, String value, String meaning) {
        return sequence(sequence, Told.code(value, "LN", meaning));
    }

    private static DataSet group(String... ids) {
        return sequence(
                Attribute.GroupOfPatientsIdentificationSequence,
                Stream.of(ids).map(id -> Told.with(Attribute.PatientID, id)).toArray(DataSet[]::new));
    }

    private static DataSet request(String accession) {
        return sequence(Attribute.RequestAttributesSequence, Told.with(Attribute.AccessionNumber, accession));
    }

    private static DataSet reason(String text) {
        return Told.with(Attribute.ReasonForTheRequestedProcedure, text);
    }

    private static DataSet specimen(String uid, String container) {
        return with(
                Told.with(Attribute.ContainerIdentifier, container),
                sequence(Attribute.SpecimenDescriptionSequence, Told.with(Attribute.SpecimenUID, uid)));
    }

    private static DataSet step(String uid) {
        return sequence(
                Attribute.ReferencedPerformedProcedureStepSequence, Told.with(Attribute.ReferencedSOPInstanceUID, uid));
    }

    /** Ada Finch, with a code. */
    private static DataSet identified(Attribute names, Attribute identifications, String code) {
        DataSet item = code(Attribute.PersonIdentificationCodeSequence, code, "Ada Finch");
        return with(Told.with(names, "Finch^Ada"), sequence(identifications, item));
    }

    private static DataSet other(DataSet patient, String id) {
        return with(patient, sequence(Attribute.OtherPatientIDsSequence, Told.with(Attribute.PatientID, id)));
    }

    private static DataSet admission(String id, String issuer) {
        DataSet admission = Told.with(Attribute.AdmissionID, id);
        return issuer.isEmpty()
                ? admission
                : with(
                        admission,
                        sequence(
                                Attribute.IssuerOfAdmissionIDSequence,
                                Told.with(
                                        Attribute.UniversalEntityID, issuer, Attribute.UniversalEntityIDType, "ISO")));
    }

    private static DataSet place(Attribute attribute, String value) {
        return with(
                Told.with(Attribute.InstitutionalDepartmentName, "Radiology", Attribute.InstitutionName, "Harbour"),
                Told.with(attribute, value));
    }
}
