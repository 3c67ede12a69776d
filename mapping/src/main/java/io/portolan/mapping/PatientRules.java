package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.mapping.StudySource.OfPatient;
import io.portolan.mapping.study.Header;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Address;
import org.hl7.fhir.r4.model.ContactPoint;
import org.hl7.fhir.r4.model.ContactPoint.ContactPointSystem;
import org.hl7.fhir.r4.model.Enumerations.AdministrativeGender;

/** What is said of the patient, and whether all instances can be of one. */
final class PatientRules {

    static final Rule<OfPatient, AdministrativeGender> GENDER =
            Rule.one("M male, F female, O other; anything else is left out", source -> gender(source.merged()));

    static final Rule<OfPatient, Address> ADDRESS = Rule.one(
            "as text",
            source ->
                    TextRules.text(source.merged(), Attribute.PatientAddress).map(text -> new Address().setText(text)));

    static final Rule<OfPatient, ContactPoint> TELECOM = Rule.union(
            "system phone, each number",
            source -> source.header().each(Attribute.PatientTelephoneNumbers).stream()
                    .flatMap(header -> header.merged().values(Attribute.PatientTelephoneNumbers).stream())
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
