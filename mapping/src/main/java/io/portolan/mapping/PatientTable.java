package io.portolan.mapping;

import static io.portolan.dicom.Attribute.*;
import static io.portolan.mapping.Row.Need.OPTIONAL;
import static io.portolan.mapping.Row.Need.REQUIRED;

import io.portolan.dicom.Attribute;
import io.portolan.mapping.StudySource.OfPatient;
import java.util.List;
import java.util.function.BiConsumer;
import org.hl7.fhir.r4.model.Patient;

/** FHIR R4 Patient, which has no official mapping to DICOM. */
final class PatientTable {

    // spotless:off
    static final Table<OfPatient, Patient> TABLE = new Table<>("Patient", List.of(
            // FHIR element          DICOM attributes                                                             need      rule                               setter
            row("Patient.extension",  List.of(PatientSpeciesCodeSequence, PatientSpeciesDescription, PatientBreedCodeSequence, PatientBreedDescription, PatientSexNeutered),
                                                                                                                  OPTIONAL, AnimalRules.PATIENT_ANIMAL,        Patient::addExtension),
            row("Patient.extension",  List.of(),                                                                  OPTIONAL, ExtensionRules.PATIENT,            Patient::addExtension),
            row("Patient.identifier", List.of(PatientID, IssuerOfPatientID, IssuerOfPatientIDQualifiersSequence), REQUIRED, IdentifierRules.PATIENT_ID,        Patient::addIdentifier),
            row("Patient.identifier", List.of(OtherPatientIDsSequence),                                           OPTIONAL, IdentifierRules.OTHER_PATIENT_IDS, Patient::addIdentifier),
            row("Patient.name",       List.of(PatientName),                                                       OPTIONAL, NameRules.PATIENT_NAME,            Patient::addName),
            row("Patient.name",       List.of(OtherPatientNames),                                                 OPTIONAL, NameRules.OTHER_PATIENT_NAMES,     Patient::addName),
            row("Patient.telecom",    List.of(PatientTelephoneNumbers),                                           OPTIONAL, PatientRules.TELECOM,              Patient::addTelecom),
            row("Patient.gender",     List.of(PatientSex),                                                        OPTIONAL, PatientRules.GENDER,               Patient::setGender),
            row("Patient.birthDate",  List.of(PatientBirthDate, PatientBirthTime, TimezoneOffsetFromUTC),         OPTIONAL, DateRules.BIRTH_DATE,              Patient::setBirthDateElement),
            row("Patient.address",    List.of(PatientAddress),                                                    OPTIONAL, PatientRules.ADDRESS,              Patient::addAddress)));
    // spotless:on

    private PatientTable() {}

    private static <V> Row<OfPatient, Patient, V> row(
            String element,
            List<Attribute> attributes,
            Row.Need need,
            Rule<OfPatient, V> rule,
            BiConsumer<Patient, V> setter) {
        return new Row<>(element, attributes, need, rule, setter);
    }
}
