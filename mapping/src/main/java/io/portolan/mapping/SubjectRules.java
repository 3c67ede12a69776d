package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.PersonName;
import io.portolan.mapping.StudySource.OfPatient;
import java.util.List;
import java.util.Optional;
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
 * <p>Each is identified by PatientID and its issuer; without a system the identifier alone is said, without PatientID the
 * name alone.
 */
final class SubjectRules {

    private static final String DATA_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

    static final Rule<StudySource, Reference> SUBJECT = Rule.one(
            "the Patient, Group (of GroupOfPatientsIdentificationSequence) or Device (QualityControlSubject YES) of PatientID and its issuer; without a system the identifier; without PatientID the name alone",
            StudySource::subject);

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
            Rule.one("how many items there are", SubjectRules::quantity);

    static final Rule<OfPatient, GroupMemberComponent> GROUP_MEMBER = Rule.many(
            "the Patient of each item, by identifier",
            source -> source.merged().items(Attribute.GroupOfPatientsIdentificationSequence).stream()
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
        if (source.merged().values(Attribute.QualityControlSubject).equals(List.of("YES"))) {
            return references.to(
                    ReferencedType.DEVICE,
                    logical,
                    (Device resource, List<MappingIssue> issues) ->
                            PhantomTable.TABLE.map(source, resource, null, issues));
        }
        if (!source.merged()
                .items(Attribute.GroupOfPatientsIdentificationSequence)
                .isEmpty()) {
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

    private static Optional<String> name(OfPatient source) {
        return source.merged().names(Attribute.PatientName).stream()
                .map(PersonName::text)
                .flatMap(text -> TextRules.readable(text).stream())
                .findFirst();
    }

    private static Value<UnsignedIntType> quantity(OfPatient source) {
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
