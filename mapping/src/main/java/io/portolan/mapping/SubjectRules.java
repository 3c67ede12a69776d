package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.PersonName;
import io.portolan.mapping.StudySource.OfPatient;
import io.portolan.mapping.study.Variant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.Device.DeviceDeviceNameComponent;
import org.hl7.fhir.r4.model.Device.DeviceNameType;
import org.hl7.fhir.r4.model.Group;
import org.hl7.fhir.r4.model.Group.GroupMemberComponent;
import org.hl7.fhir.r4.model.Group.GroupType;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.UnsignedIntType;

/**
 * Whom the study is of.
 *
 * <pre>
 * QualityControlSubject (0010,0200) YES                a Device: a phantom
 * GroupOfPatientsIdentificationSequence (0010,0027)    a Group: several animals in one image, PatientID is the group's
 * else                                                 a Patient
 * </pre>
 *
 * <p>A phantom or a group is what every instance says is one: images of a patient must not be lost to a Device because
 * some instances are marked wrongly.
 *
 * <p>Each is identified by PatientID and its issuer; without a system the identifier alone is said, without PatientID the
 * name alone.
 */
final class SubjectRules {

    private static final String DATA_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

    static final Rule<StudySource, Reference> SUBJECT = Rule.many(
            "the Patient, Group (all instances have GroupOfPatientsIdentificationSequence) or Device (QualityControlSubject YES in all) of PatientID and its issuer; without a system the identifier; without PatientID the name alone",
            source -> Stream.concat(Stream.of(source.subject()), disagreements(source.patient()))
                    .toList());

    static final Rule<OfPatient, DeviceDeviceNameComponent> PHANTOM_NAME = Rule.one(
            "type user-friendly-name",
            source -> name(source)
                    .map(name -> Value.of(
                            new DeviceDeviceNameComponent().setName(name).setType(DeviceNameType.USERFRIENDLYNAME)))
                    .orElseGet(Value::absent));

    static final Rule<OfPatient, GroupType> GROUP_TYPE = Rule.one(
            "animal where a species is named that is not human, else person",
            source -> Value.of(AnimalRules.isAnimal(source) ? GroupType.ANIMAL : GroupType.PERSON));

    static final Rule<OfPatient, Boolean> GROUP_ACTUAL = Rule.one("true", source -> Value.of(true));

    static final Rule<OfPatient, CodeableConcept> GROUP_CODE = Rule.one(
            "the species", source -> AnimalRules.isAnimal(source) ? AnimalRules.species(source) : Value.absent());

    static final Rule<OfPatient, String> GROUP_NAME =
            Rule.one("as a line", source -> name(source).map(Value::of).orElseGet(Value::absent));

    static final Rule<OfPatient, UnsignedIntType> GROUP_QUANTITY =
            Rule.one("how many items there are; left out when instances disagree", SubjectRules::quantity);

    static final Rule<OfPatient, GroupMemberComponent> GROUP_MEMBER = Rule.union(
            "the Patient of each item, by identifier",
            source -> source.header().each(Attribute.GroupOfPatientsIdentificationSequence).stream()
                    .flatMap(header -> header.merged().items(Attribute.GroupOfPatientsIdentificationSequence).stream())
                    .distinct()
                    .map(item -> member(item, source.options()))
                    .toList());

    private SubjectRules() {}

    static Value<Reference> subject(OfPatient source, References references) {
        Reference reference = new Reference();
        Value<Identifier> id = IdentifierRules.patientId(source);
        id.said().ifPresent(reference::setIdentifier);
        Reference subject = refer(source, reference, references);
        if (!(id instanceof Value.Absent)) {
            return id.map(identifier -> subject);
        }
        Optional<String> name = name(source);
        if (name.isPresent()) {
            return Value.reduced(subject.setDisplay(name.get()), Attribute.PatientID, "missing; the name alone");
        }
        subject.addExtension(DATA_ABSENT, new CodeType("unknown"));
        return Value.reduced(subject, Attribute.PatientID, "missing, and PatientName too; an unknown patient");
    }

    private static Reference refer(OfPatient source, Reference logical, References references) {
        if (isOf(source, Attribute.QualityControlSubject)) {
            return references.to(
                    ReferencedType.DEVICE,
                    logical,
                    (Device resource, List<MappingIssue> issues) ->
                            PhantomTable.TABLE.map(source, resource, null, issues));
        }
        if (isOf(source, Attribute.GroupOfPatientsIdentificationSequence)) {
            return references.to(
                    ReferencedType.GROUP,
                    logical,
                    (Group resource, List<MappingIssue> issues) ->
                            GroupTable.TABLE.map(source, resource, null, issues));
        }
        return references.to(
                ReferencedType.PATIENT,
                logical,
                (Patient resource, List<MappingIssue> issues) ->
                        PatientTable.TABLE.map(source, resource, null, issues));
    }

    private static Stream<Value<Reference>> disagreements(OfPatient source) {
        return Stream.of(Attribute.QualityControlSubject, Attribute.GroupOfPatientsIdentificationSequence)
                .filter(kind -> !isOf(source, kind) && variants(source).anyMatch(patient -> says(patient, kind)))
                .map(kind -> Value.invalid(
                        kind,
                        Table.DISAGREE
                                + (kind == Attribute.QualityControlSubject
                                        ? "not taken for a phantom"
                                        : "not taken for a group")));
    }

    /** Whether every instance says that the subject is a phantom, or a group. */
    private static boolean isOf(OfPatient source, Attribute kind) {
        return !source.header().variants().isEmpty() && variants(source).allMatch(patient -> says(patient, kind));
    }

    private static Stream<DataSet> variants(OfPatient source) {
        return source.header().variants().stream().map(Variant::header);
    }

    private static boolean says(DataSet patient, Attribute kind) {
        return kind == Attribute.QualityControlSubject
                ? patient.values(kind).equals(List.of("YES"))
                : !patient.items(kind).isEmpty();
    }

    private static Optional<String> name(OfPatient source) {
        return source.merged().names(Attribute.PatientName).stream()
                .map(PersonName::text)
                .flatMap(text -> TextRules.readable(text).stream())
                .findFirst();
    }

    private static Value<UnsignedIntType> quantity(OfPatient source) {
        if (source.header().conflicts().contains(Attribute.GroupOfPatientsIdentificationSequence)) {
            return Value.invalid(Attribute.GroupOfPatientsIdentificationSequence, Table.DISAGREE_LEFT_OUT);
        }
        int items = source.merged()
                .items(Attribute.GroupOfPatientsIdentificationSequence)
                .size();
        return items == 0 ? Value.absent() : Value.of(new UnsignedIntType(items));
    }

    private static Value<GroupMemberComponent> member(DataSet item, MappingOptions options) {
        return TextRules.text(item, Attribute.PatientID) instanceof Value.Present<String> id
                ? IdentifierRules.withSystem(
                                IdentifierRules.typed(IdentifierRules.Type.MR, id.value()),
                                IdentifierRules.patientSystem(item, options),
                                Attribute.GroupOfPatientsIdentificationSequence)
                        .map(identifier -> new GroupMemberComponent(
                                new Reference().setType("Patient").setIdentifier(identifier)))
                : Value.invalid(Attribute.GroupOfPatientsIdentificationSequence, "an item without PatientID");
    }
}
