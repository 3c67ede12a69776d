package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.mapping.StudySource.OfSeries;
import java.util.List;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.ImagingStudy.ImagingStudySeriesPerformerComponent;
import org.hl7.fhir.r4.model.Reference;

/**
 * Who made a series: persons, the device, else the institution. Each by name, and by identifier where there is one.
 */
final class PerformerRules {

    private static final String PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";

    static final Rule<OfSeries, ImagingStudySeriesPerformerComponent> PHYSICIANS = Rule.union(
            "function PRF, one for each name",
            source -> persons(
                    source,
                    Attribute.PerformingPhysicianName,
                    Attribute.PerformingPhysicianIdentificationSequence,
                    Function.PRF));

    static final Rule<OfSeries, ImagingStudySeriesPerformerComponent> OPERATORS = Rule.union(
            "function SPRF, one for each name",
            source ->
                    persons(source, Attribute.OperatorsName, Attribute.OperatorIdentificationSequence, Function.SPRF));

    static final Rule<OfSeries, ImagingStudySeriesPerformerComponent> DEVICE = Rule.one(
            "function DEV; named by manufacturer and model, else by station; identified by UID, else by serial number",
            source -> device(source));

    static final Rule<OfSeries, ImagingStudySeriesPerformerComponent> INSTITUTION =
            Rule.one("function PRF, where no person is known", source -> institution(source));

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

    private static List<Value<ImagingStudySeriesPerformerComponent>> persons(
            OfSeries source, Attribute names, Attribute identifications, Function function) {
        return PersonRules.persons(source.series().header(), names, identifications, source.options()).stream()
                .map(value ->
                        value.map(person -> performer(function, PersonRules.reference(person, source.references()))))
                .toList();
    }

    private static Value<ImagingStudySeriesPerformerComponent> device(OfSeries source) {
        return DeviceRules.reference(source)
                .map(actor -> Value.of(performer(Function.DEV, actor)))
                .orElseGet(Value::absent);
    }

    private static Value<ImagingStudySeriesPerformerComponent> institution(OfSeries source) {
        boolean person = Stream.of(
                        Attribute.PerformingPhysicianName,
                        Attribute.PerformingPhysicianIdentificationSequence,
                        Attribute.OperatorsName,
                        Attribute.OperatorIdentificationSequence)
                .anyMatch(source.header()::hasValue);
        if (person) {
            return Value.absent();
        }
        return PlaceRules.organization(source.each(Attribute.InstitutionName, Attribute.InstitutionCodeSequence)
                        .get(0))
                .map(actor -> Value.of(performer(Function.PRF, actor)))
                .orElseGet(Value::absent);
    }

    private static ImagingStudySeriesPerformerComponent performer(Function function, Reference actor) {
        ImagingStudySeriesPerformerComponent performer = new ImagingStudySeriesPerformerComponent(actor);
        CodeableConcept code = new CodeableConcept();
        code.addCoding().setSystem(PARTICIPATION).setCode(function.name()).setDisplay(function.display);
        return performer.setFunction(code);
    }
}
