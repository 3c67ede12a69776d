package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.PersonName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.ImagingStudy.ImagingStudySeriesPerformerComponent;
import org.hl7.fhir.r4.model.Reference;

/**
 * Who made a series: persons, the device, else the institution. Each is a logical reference, by name and by identifier
 * where there is one.
 */
final class PerformerRules {

    private static final String PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";

    static final Rule<StudySource.OfSeries, ImagingStudySeriesPerformerComponent> PHYSICIANS = Rule.many(
            "function PRF, one for each name",
            source -> persons(
                    source.header(),
                    Attribute.PerformingPhysicianName,
                    Attribute.PerformingPhysicianIdentificationSequence,
                    Function.PRF));

    static final Rule<StudySource.OfSeries, ImagingStudySeriesPerformerComponent> OPERATORS = Rule.many(
            "function SPRF, one for each name",
            source -> persons(
                    source.header(), Attribute.OperatorsName, Attribute.OperatorIdentificationSequence, Function.SPRF));

    static final Rule<StudySource.OfSeries, ImagingStudySeriesPerformerComponent> DEVICE = Rule.one(
            "function DEV; named by manufacturer and model, else by station; identified by UID, else by serial number",
            source -> device(source.header()));

    static final Rule<StudySource.OfSeries, ImagingStudySeriesPerformerComponent> INSTITUTION =
            Rule.one("function PRF, where no person is known", source -> institution(source.header()));

    /** HL7 v3 ParticipationType. */
    private enum Function {
        PRF("performer"),
        SPRF("secondary performer"),
        DEV("device");

        private final String display;

        Function(String display) {
            this.display = display;
        }
    }

    private PerformerRules() {}

    /** PS3.3 C.7.3.1: the items identify the persons in the order of the names; with other counts nobody can tell. */
    private static List<Value<ImagingStudySeriesPerformerComponent>> persons(
            DataSet series, Attribute names, Attribute identifications, Function function) {
        List<PersonName> persons = series.names(names);
        List<DataSet> items = series.items(identifications);
        List<Value<ImagingStudySeriesPerformerComponent>> performers = new ArrayList<>();
        if (persons.isEmpty()) {
            items.forEach(item ->
                    identified(item, series).ifPresent(actor -> performers.add(Value.of(performer(function, actor)))));
            return performers;
        }
        boolean paired = items.size() == persons.size();
        for (int i = 0; i < persons.size(); i++) {
            Optional<Reference> identified = paired ? identified(items.get(i), series) : Optional.empty();
            Reference actor = identified.orElseGet(() -> new Reference().setType("Practitioner"));
            TextRules.readable(persons.get(i).text()).ifPresent(actor::setDisplay);
            ImagingStudySeriesPerformerComponent performer = performer(function, actor);
            performers.add(
                    i > 0 || paired || items.isEmpty()
                            ? Value.of(performer)
                            : Value.reduced(performer, identifications, "not as many items as names; left out"));
        }
        return performers;
    }

    /** PS3.3 table 10-1, Person Identification macro. */
    private static Optional<Reference> identified(DataSet item, DataSet series) {
        return item.item(Attribute.PersonIdentificationCodeSequence).flatMap(person -> {
            Value<Reference> reference = CodeRules.coding(person, series).map(coding -> {
                Reference actor = new Reference().setType("Practitioner");
                if (coding.hasCode()) {
                    actor.setIdentifier(
                            new Identifier().setSystem(coding.getSystem()).setValue(coding.getCode()));
                }
                return coding.hasDisplay() ? actor.setDisplay(coding.getDisplay()) : actor;
            });
            if (reference instanceof Value.Present<Reference> present) {
                return Optional.of(present.value());
            }
            // A code of a site's own scheme has no system, and identifies nevertheless.
            return reference instanceof Value.Reduced<Reference> reduced
                    ? Optional.of(reduced.value())
                    : Optional.empty();
        });
    }

    private static Value<ImagingStudySeriesPerformerComponent> device(DataSet series) {
        Reference actor = new Reference().setType("Device");
        String model = Stream.of(Attribute.Manufacturer, Attribute.ManufacturerModelName)
                .flatMap(attribute -> series.string(attribute).stream())
                .collect(Collectors.joining(" "));
        TextRules.readable(model)
                .or(() -> series.string(Attribute.StationName).flatMap(TextRules::readable))
                .ifPresent(actor::setDisplay);
        series.uid(Attribute.DeviceUID)
                .map(IdentifierRules::ofUid)
                .or(() -> series.string(Attribute.DeviceSerialNumber)
                        .flatMap(TextRules::readable)
                        .map(number -> IdentifierRules.typed(IdentifierRules.Type.SNO, number)))
                .ifPresent(actor::setIdentifier);
        if (!actor.hasDisplay() && !actor.hasIdentifier()) {
            return Value.absent();
        }
        return Value.of(performer(Function.DEV, actor));
    }

    private static Value<ImagingStudySeriesPerformerComponent> institution(DataSet series) {
        boolean person = Stream.of(
                        Attribute.PerformingPhysicianName,
                        Attribute.PerformingPhysicianIdentificationSequence,
                        Attribute.OperatorsName,
                        Attribute.OperatorIdentificationSequence)
                .anyMatch(series::hasValue);
        return person
                ? Value.absent()
                : TextRules.text(series, Attribute.InstitutionName)
                        .map(name -> performer(
                                Function.PRF,
                                new Reference().setType("Organization").setDisplay(name)));
    }

    private static ImagingStudySeriesPerformerComponent performer(Function function, Reference actor) {
        ImagingStudySeriesPerformerComponent performer = new ImagingStudySeriesPerformerComponent(actor);
        CodeableConcept code = new CodeableConcept();
        code.addCoding().setSystem(PARTICIPATION).setCode(function.name()).setDisplay(function.display);
        return performer.setFunction(code);
    }
}
