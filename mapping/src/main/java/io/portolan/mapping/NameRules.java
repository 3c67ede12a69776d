package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.PersonName;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.HumanName;

/** Names of patients (PS3.5 6.2.1): a HumanName for each component group, not for the alphabetic one alone. */
final class NameRules {

    private static final String REPRESENTATION = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";

    static final Rule<StudySource.OfPatient, HumanName> PATIENT_NAME = Rule.many(
            "one for each component group; of several the extension iso21090-EN-representation says which",
            source -> names(source.merged().names(Attribute.PatientName)));

    static final Rule<StudySource.OfPatient, HumanName> OTHER_PATIENT_NAMES = Rule.union(
            "each, in all its component groups",
            source -> names(source.header().each(Attribute.OtherPatientNames).stream()
                    .flatMap(header -> header.merged().names(Attribute.OtherPatientNames).stream())
                    .distinct()
                    .toList()));

    private NameRules() {}

    static List<Value<HumanName>> names(List<PersonName> persons) {
        List<Value<HumanName>> names = new ArrayList<>();
        for (PersonName person : persons) {
            // PS3.5 6.2.1.2: an only group that is alphabetic needs no saying.
            boolean alphabeticAlone =
                    person.ideographic().isEmpty() && person.phonetic().isEmpty();
            add(names, person.alphabetic(), alphabeticAlone ? "" : "ABC");
            add(names, person.ideographic(), "IDE");
            add(names, person.phonetic(), "SYL");
        }
        return names;
    }

    private static void add(List<Value<HumanName>> names, PersonName.Group group, String representation) {
        HumanName name = new HumanName();
        TextRules.readable(group.text()).ifPresent(name::setText);
        TextRules.readable(group.family()).ifPresent(name::setFamily);
        Stream.of(group.given(), group.middle())
                .forEach(given -> TextRules.readable(given).ifPresent(name::addGiven));
        TextRules.readable(group.prefix()).ifPresent(name::addPrefix);
        TextRules.readable(group.suffix()).ifPresent(name::addSuffix);
        if (name.isEmpty()) {
            return;
        }
        if (!representation.isEmpty()) {
            name.addExtension(REPRESENTATION, new CodeType(representation));
        }
        names.add(Value.of(name));
    }
}
