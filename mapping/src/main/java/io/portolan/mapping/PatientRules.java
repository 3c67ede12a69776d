package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.PersonName;
import io.portolan.mapping.MappingOptions.PatientStrategy;
import io.portolan.mapping.MappingResult.SharedResource;
import io.portolan.mapping.StudySource.OfPatient;
import io.portolan.mapping.study.Header;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Address;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.ContactPoint;
import org.hl7.fhir.r4.model.ContactPoint.ContactPointSystem;
import org.hl7.fhir.r4.model.Enumerations.AdministrativeGender;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;

/**
 * Who the study is of.
 *
 * <p>A Patient resource is made of a PatientID whose system is known, and of nothing else: without one nobody could find
 * it again, and every study would make a new one.
 */
final class PatientRules {

    private static final String DATA_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

    static final Rule<StudySource, Reference> SUBJECT = Rule.one(
            "the Patient of PatientID and its issuer; without a system the identifier; without PatientID the name alone",
            PatientRules::subject);

    static final Rule<OfPatient, AdministrativeGender> GENDER =
            Rule.one("M male, F female, O other; anything else is left out", source -> gender(source.merged()));

    static final Rule<OfPatient, Address> ADDRESS = Rule.one(
            "as text",
            source ->
                    TextRules.text(source.merged(), Attribute.PatientAddress).map(text -> new Address().setText(text)));

    static final Rule<OfPatient, ContactPoint> TELECOM = Rule.many(
            "system phone, each number",
            source -> source.merged().values(Attribute.PatientTelephoneNumbers).stream()
                    .flatMap(number -> TextRules.readable(number).stream())
                    .distinct()
                    .map(number -> Value.of(new ContactPoint()
                            .setSystem(ContactPointSystem.PHONE)
                            .setValue(number)))
                    .toList());

    private PatientRules() {}

    /** Why these instances cannot be of one patient, if they cannot; no values. */
    static Optional<String> conflict(Header patient) {
        for (Attribute attribute : List.of(
                Attribute.PatientID, Attribute.IssuerOfPatientID, Attribute.IssuerOfPatientIDQualifiersSequence)) {
            if (patient.conflicts().contains(attribute)
                    && patient.variants().stream()
                                    .flatMap(variant -> identity(variant.header(), attribute))
                                    .distinct()
                                    .count()
                            > 1) {
                return Optional.of("patient conflict: instances differ in " + attribute);
            }
        }
        return Optional.empty();
    }

    private static Stream<String> identity(DataSet patient, Attribute attribute) {
        if (attribute != Attribute.IssuerOfPatientIDQualifiersSequence) {
            return TextRules.readable(String.join("\\", patient.strings(attribute))).stream();
        }
        return patient.items(attribute).stream()
                .flatMap(item -> Stream.of(Attribute.UniversalEntityID, Attribute.LocalNamespaceEntityID)
                        .flatMap(part -> item.string(part).stream())
                        .limit(1));
    }

    /** The Patient to refer to, where there is to be one. */
    static Optional<SharedResource> shared(OfPatient source, List<MappingIssue> issues) {
        if (source.options().patientStrategy() != PatientStrategy.CREATE
                || !(IdentifierRules.patientId(source) instanceof Value.Present<Identifier> id)) {
            return Optional.empty();
        }
        Patient resource = new Patient();
        PatientTable.TABLE.map(source, resource, null, issues);
        return Optional.of(
                StudyMapper.shared(resource, id.value().getSystem(), id.value().getValue(), false));
    }

    private static Value<Reference> subject(StudySource source) {
        if (source.patient().isPresent()) {
            return Value.of(new Reference(source.patient().get().placeholder()).setType("Patient"));
        }
        Reference reference = new Reference().setType("Patient");
        OfPatient patient = new OfPatient(source.study().patient(), source.options());
        Value<Identifier> id = IdentifierRules.patientId(patient);
        if (!(id instanceof Value.Absent)) {
            return id.map(reference::setIdentifier);
        }
        Optional<String> name = patient.merged().names(Attribute.PatientName).stream()
                .map(PersonName::text)
                .flatMap(text -> TextRules.readable(text).stream())
                .findFirst();
        if (name.isPresent()) {
            return Value.reduced(reference.setDisplay(name.get()), Attribute.PatientID, "missing; the name alone");
        }
        reference.addExtension(DATA_ABSENT, new CodeType("unknown"));
        return Value.reduced(reference, Attribute.PatientID, "missing, and PatientName too; an unknown patient");
    }

    private static Value<AdministrativeGender> gender(DataSet patient) {
        List<String> values =
                patient.values(Attribute.PatientSex).stream().distinct().toList();
        if (values.isEmpty()) {
            return Value.absent();
        }
        if (values.size() > 1) {
            return Value.invalid(Attribute.PatientSex, "more than one value");
        }
        return switch (values.get(0)) {
            case "M" -> Value.of(AdministrativeGender.MALE);
            case "F" -> Value.of(AdministrativeGender.FEMALE);
            case "O" -> Value.of(AdministrativeGender.OTHER);
            default -> Value.invalid(Attribute.PatientSex, "none of M, F, O");
        };
    }
}
