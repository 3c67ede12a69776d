package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.mapping.StudySource.OfSeries;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Annotation;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Specimen;
import org.hl7.fhir.r4.model.Specimen.SpecimenContainerComponent;

/** The specimens of a series (PS3.3 C.7.6.22). */
final class SpecimenRules {

    static final Rule<OfSeries, Reference> SPECIMEN = Rule.union(
            "SpecimenIdentifier with the system of its issuer, else SpecimenUID; each once", SpecimenRules::references);

    static final Rule<OfSpecimen, Identifier> IDENTIFIER =
            Rule.many("SpecimenIdentifier with the system of its issuer, and SpecimenUID", SpecimenRules::identifiers);

    static final Rule<OfSpecimen, CodeableConcept> TYPE = Rule.one(
            "the code",
            source -> source.item()
                    .item(Attribute.SpecimenTypeCodeSequence)
                    .map(item -> CodeRules.concept(
                            item, source.series().header(), source.series().options()))
                    .orElseGet(Value::absent));

    static final Rule<OfSpecimen, Reference> SUBJECT = Rule.one(
            "that of the study", source -> Value.of(source.series().references().subject()));

    static final Rule<OfSpecimen, SpecimenContainerComponent> CONTAINER = Rule.one(
            "identifier, with the system of its issuer",
            source -> IdentifierRules.issued(
                            source.series().header(),
                            Attribute.ContainerIdentifier,
                            Attribute.IssuerOfTheContainerIdentifierSequence,
                            source.series().options().specimens())
                    .map(identifier -> new SpecimenContainerComponent().addIdentifier(identifier)));

    static final Rule<OfSpecimen, Annotation> NOTE = Rule.many(
            "the short and the detailed description",
            source -> Stream.of(Attribute.SpecimenShortDescription, Attribute.SpecimenDetailedDescription)
                    .flatMap(attribute -> TextRules.text(source.item(), attribute).said().stream())
                    .distinct()
                    .map(text -> Value.of(new Annotation().setText(text)))
                    .toList());

    /** What the rules of {@link SpecimenTable} read: an item of SpecimenDescriptionSequence. */
    record OfSpecimen(DataSet item, OfSeries series) {}

    private SpecimenRules() {}

    private static List<Value<Reference>> references(OfSeries source) {
        Map<String, Value<Reference>> distinct = new LinkedHashMap<>();
        for (OfSeries part : source.each(
                Attribute.SpecimenDescriptionSequence,
                Attribute.ContainerIdentifier,
                Attribute.IssuerOfTheContainerIdentifierSequence)) {
            for (DataSet item : part.header().items(Attribute.SpecimenDescriptionSequence)) {
                Value<Reference> reference = reference(new OfSpecimen(item, part));
                String key = reference
                        .said()
                        .map(Reference::getIdentifier)
                        .map(identifier -> identifier.getSystem() + '|' + identifier.getValue())
                        .orElse("none");
                distinct.putIfAbsent(key, reference);
            }
        }
        return List.copyOf(distinct.values());
    }

    private static Value<Reference> reference(OfSpecimen source) {
        return first(source).map(identifier -> {
            Reference logical = new Reference().setIdentifier(identifier);
            source.item()
                    .string(Attribute.SpecimenShortDescription)
                    .flatMap(TextRules::readable)
                    .ifPresent(logical::setDisplay);
            return source.series()
                    .references()
                    .to(
                            ReferencedType.SPECIMEN,
                            logical,
                            (Specimen resource, List<MappingIssue> issues) -> SpecimenTable.TABLE.map(
                                    source, resource, source.series().series().uid(), issues));
        });
    }

    /** PS3.3 C.7.6.22: the UID identifies it for the whole world, which an identifier without issuer does not. */
    private static Value<Identifier> first(OfSpecimen source) {
        List<Value<Identifier>> identifiers = identifiers(source);
        return identifiers.stream()
                .filter(Value.Present.class::isInstance)
                .findFirst()
                .or(() -> identifiers.stream().findFirst())
                .orElseGet(() -> Value.invalid(Attribute.SpecimenIdentifier, "neither identifier nor UID"));
    }

    private static List<Value<Identifier>> identifiers(OfSpecimen source) {
        List<Value<Identifier>> identifiers = new ArrayList<>();
        Value<Identifier> issued = IdentifierRules.issued(
                source.item(),
                Attribute.SpecimenIdentifier,
                Attribute.IssuerOfTheSpecimenIdentifierSequence,
                source.series().options().specimens());
        if (!(issued instanceof Value.Absent)) {
            identifiers.add(issued);
        }
        source.item()
                .uid(Attribute.SpecimenUID)
                .ifPresent(uid -> identifiers.add(Value.of(IdentifierRules.ofUid(uid))));
        return identifiers;
    }
}
