package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import java.util.List;
import java.util.Optional;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Reference;

/** The specimens of a series (PS3.3 C.7.6.22), as logical references. */
final class SpecimenRules {

    static final Rule<StudySource.OfSeries, Reference> SPECIMEN = Rule.many(
            "logical reference: SpecimenIdentifier with the system of its issuer, else SpecimenUID",
            source -> source.header().items(Attribute.SpecimenDescriptionSequence).stream()
                    .map(item -> specimen(item, source.options()))
                    .toList());

    private SpecimenRules() {}

    private static Value<Reference> specimen(DataSet item, MappingOptions options) {
        return identifier(item, options).map(identifier -> {
            Reference reference = new Reference().setType("Specimen").setIdentifier(identifier);
            item.string(Attribute.SpecimenShortDescription)
                    .flatMap(TextRules::readable)
                    .ifPresent(reference::setDisplay);
            return reference;
        });
    }

    private static Value<Identifier> identifier(DataSet item, MappingOptions options) {
        if (TextRules.text(item, Attribute.SpecimenIdentifier) instanceof Value.Present<String> text) {
            List<DataSet> issuer = item.items(Attribute.IssuerOfTheSpecimenIdentifierSequence);
            Value<String> system = IssuerRules.system(Optional.empty(), issuer, options.issuers(), Optional.empty());
            if (system instanceof Value.Present) {
                return IdentifierRules.withSystem(
                        new Identifier().setValue(text.value()), system, Attribute.SpecimenIdentifier);
            }
            // PS3.3 C.7.6.22: the UID identifies it for the whole world, which an identifier without issuer does not.
            return item.uid(Attribute.SpecimenUID)
                    .map(uid -> Value.of(IdentifierRules.ofUid(uid)))
                    .orElseGet(() -> IdentifierRules.withSystem(
                            new Identifier().setValue(text.value()), system, Attribute.SpecimenIdentifier));
        }
        return item.uid(Attribute.SpecimenUID)
                .map(uid -> Value.of(IdentifierRules.ofUid(uid)))
                .orElseGet(() -> Value.invalid(Attribute.SpecimenIdentifier, "neither identifier nor UID"));
    }
}
