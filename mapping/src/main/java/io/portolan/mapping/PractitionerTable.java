package io.portolan.mapping;

import static io.portolan.dicom.Attribute.*;
import static io.portolan.mapping.Row.Need.OPTIONAL;
import static io.portolan.mapping.Row.Need.REQUIRED;

import io.portolan.dicom.Attribute;
import io.portolan.mapping.PersonRules.Person;
import java.util.List;
import java.util.function.BiConsumer;
import org.hl7.fhir.r4.model.Practitioner;

/** FHIR R4 Practitioner: a person other than the patient, with the attributes of the Person Identification macro. */
final class PractitionerTable {

    // spotless:off
    static final Table<Person, Practitioner> TABLE = new Table<>("Practitioner", List.of(
            // FHIR element, DICOM attributes, need, rule, setter
            row("Practitioner.identifier", List.of(PersonIdentificationCodeSequence),                                                             REQUIRED, PersonRules.IDENTIFIER, Practitioner::addIdentifier),
            row("Practitioner.name",       List.of(ReferringPhysicianName, NameOfPhysiciansReadingStudy, PerformingPhysicianName, OperatorsName), OPTIONAL, PersonRules.NAME,       Practitioner::addName),
            row("Practitioner.telecom",    List.of(PersonTelephoneNumbers),                                                                       OPTIONAL, PersonRules.TELECOM,    Practitioner::addTelecom),
            row("Practitioner.address",    List.of(PersonAddress),                                                                                OPTIONAL, PersonRules.ADDRESS,    Practitioner::addAddress)));
    // spotless:on

    private PractitionerTable() {}

    private static <V> Row<Person, Practitioner, V> row(
            String element,
            List<Attribute> attributes,
            Row.Need need,
            Rule<Person, V> rule,
            BiConsumer<Practitioner, V> setter) {
        return new Row<>(element, attributes, need, rule, setter);
    }
}
