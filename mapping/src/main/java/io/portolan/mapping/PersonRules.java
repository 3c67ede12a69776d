package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.PersonName;
import io.portolan.mapping.study.Header;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.Address;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.ContactPoint;
import org.hl7.fhir.r4.model.ContactPoint.ContactPointSystem;
import org.hl7.fhir.r4.model.HumanName;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Practitioner;
import org.hl7.fhir.r4.model.Reference;

/** Persons other than the patient: by name, and by what identifies them (PS3.3 table 10-1). */
final class PersonRules {

    static final Rule<StudySource, Reference> REFERRER =
            Rule.one("the Practitioner, by name and identifier", PersonRules::referrer);

    static final Rule<StudySource, Reference> INTERPRETER = Rule.union(
            "a Practitioner for each name, with the identifier of the item in its place",
            source -> persons(
                            source.study().header(),
                            Attribute.NameOfPhysiciansReadingStudy,
                            Attribute.PhysiciansReadingStudyIdentificationSequence,
                            source.options())
                    .stream()
                    .map(person -> person.map(p -> reference(p, source.references())))
                    .toList());

    static final Rule<Person, Identifier> IDENTIFIER =
            Rule.one("the code of the person, with the system of its coding scheme", person -> identifier(person));

    static final Rule<Person, HumanName> NAME = Rule.many(
            "all component groups",
            person -> person.name().map(name -> NameRules.names(List.of(name))).orElse(List.of()));

    static final Rule<Person, ContactPoint> TELECOM = Rule.many(
            "system phone, each number",
            person -> person.item().values(Attribute.PersonTelephoneNumbers).stream()
                    .flatMap(number -> TextRules.readable(number).stream())
                    .distinct()
                    .map(number -> Value.of(new ContactPoint()
                            .setSystem(ContactPointSystem.PHONE)
                            .setValue(number)))
                    .toList());

    static final Rule<Person, Address> ADDRESS = Rule.one(
            "as text",
            person -> TextRules.text(person.item(), Attribute.PersonAddress).map(text -> new Address().setText(text)));

    /**
     * What the rules of {@link PractitionerTable} read.
     *
     * @param item of the Person Identification macro; empty: nobody has identified this person
     * @param header that the item stands in
     */
    record Person(Optional<PersonName> name, DataSet item, DataSet header, MappingOptions options) {}

    private PersonRules() {}

    /** Each once whom any instance names; somebody without an identifier is who has the same name and one. */
    static List<Value<Person>> persons(
            Header headers, Attribute names, Attribute identifications, MappingOptions options) {
        List<Value<Person>> all = headers.each(names, identifications).stream()
                .flatMap(header -> persons(header.merged(), names, identifications, options).stream())
                .toList();
        Set<String> identified = all.stream()
                .flatMap(person -> person.said().stream())
                .map(PersonRules::logical)
                .filter(Reference::hasIdentifier)
                .map(Reference::getDisplay)
                .collect(Collectors.toSet());
        Map<String, Value<Person>> distinct = new LinkedHashMap<>();
        for (Value<Person> person : all) {
            Reference logical = person.said().map(PersonRules::logical).orElseGet(Reference::new);
            Identifier identifier = logical.getIdentifier();
            if (logical.hasIdentifier()) {
                distinct.putIfAbsent("id " + identifier.getSystem() + '|' + identifier.getValue(), person);
            } else if (!identified.contains(logical.getDisplay())) {
                distinct.putIfAbsent("name " + logical.getDisplay(), person);
            }
        }
        return List.copyOf(distinct.values());
    }

    /** PS3.3 C.7.3.1: the items identify the persons in the order of the names; with other counts nobody can tell. */
    static List<Value<Person>> persons(
            DataSet header, Attribute names, Attribute identifications, MappingOptions options) {
        List<PersonName> persons = header.names(names);
        List<DataSet> items = header.items(identifications);
        List<Value<Person>> found = new ArrayList<>();
        if (persons.isEmpty()) {
            for (DataSet item : items) {
                Person person = new Person(Optional.empty(), item, header, options);
                if (!logical(person).isEmpty()) {
                    found.add(Value.of(person));
                }
            }
            return found;
        }
        boolean paired = items.size() == persons.size();
        for (int i = 0; i < persons.size(); i++) {
            DataSet item = paired ? items.get(i) : DataSet.EMPTY;
            Person person = new Person(Optional.of(persons.get(i)), item, header, options);
            found.add(
                    i > 0 || paired || items.isEmpty()
                            ? Value.of(person)
                            : Value.reduced(person, identifications, "not as many items as names; left out"));
        }
        return found;
    }

    static Reference reference(Person person, References references) {
        return references.to(
                ReferencedType.PRACTITIONER,
                logical(person),
                (Practitioner resource, List<MappingIssue> issues) ->
                        PractitionerTable.TABLE.map(person, resource, null, issues));
    }

    private static Reference logical(Person person) {
        Reference reference = new Reference();
        coding(person).ifPresent(coding -> {
            if (coding.hasCode()) {
                reference.setIdentifier(
                        new Identifier().setSystem(coding.getSystem()).setValue(coding.getCode()));
            }
            reference.setDisplay(coding.getDisplay());
        });
        person.name().flatMap(name -> TextRules.readable(name.text())).ifPresent(reference::setDisplay);
        return reference;
    }

    /** A code of a site's own scheme has no system, and identifies nevertheless. */
    private static Optional<Coding> coding(Person person) {
        return person.item()
                .item(Attribute.PersonIdentificationCodeSequence)
                .flatMap(code -> CodeRules.coding(code, person.header(), person.options())
                        .said());
    }

    private static Value<Identifier> identifier(Person person) {
        return person.item()
                .item(Attribute.PersonIdentificationCodeSequence)
                .map(code -> CodeRules.coding(code, person.header(), person.options())
                        .map(coding ->
                                new Identifier().setSystem(coding.getSystem()).setValue(coding.getCode())))
                .orElseGet(Value::absent);
    }

    private static Value<Reference> referrer(StudySource source) {
        // Name and identification of the same instances: those of two others would make a third person.
        Header most = source.study()
                .header()
                .each(Attribute.ReferringPhysicianName, Attribute.ReferringPhysicianIdentificationSequence)
                .get(0);
        List<Value<Person>> persons = persons(
                most.merged(),
                Attribute.ReferringPhysicianName,
                Attribute.ReferringPhysicianIdentificationSequence,
                source.options());
        if (persons.size() > 1) {
            return Value.invalid(Attribute.ReferringPhysicianName, "more than one value");
        }
        return persons.isEmpty()
                ? Value.absent()
                : persons.get(0).map(person -> reference(person, source.references()));
    }
}
