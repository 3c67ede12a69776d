package io.portolan.mapping;

import static io.portolan.dicom.Attribute.*;
import static io.portolan.mapping.Row.Need.OPTIONAL;
import static io.portolan.mapping.Row.Need.REQUIRED;

import io.portolan.dicom.Attribute;
import io.portolan.mapping.SpecimenRules.OfSpecimen;
import java.util.List;
import java.util.function.BiConsumer;
import org.hl7.fhir.r4.model.Specimen;

/** FHIR R4 Specimen: an item of SpecimenDescriptionSequence. */
final class SpecimenTable {

    // spotless:off
    static final Table<OfSpecimen, Specimen> TABLE = new Table<>("Specimen", List.of(
            // FHIR element, DICOM attributes, need, rule, setter
            row("Specimen.identifier", List.of(SpecimenIdentifier, IssuerOfTheSpecimenIdentifierSequence, SpecimenUID), REQUIRED, SpecimenRules.IDENTIFIER, Specimen::addIdentifier),
            row("Specimen.type",       List.of(SpecimenTypeCodeSequence),                                               OPTIONAL, SpecimenRules.TYPE,       Specimen::setType),
            row("Specimen.subject",    List.of(),                                                                       OPTIONAL, SpecimenRules.SUBJECT,    Specimen::setSubject),
            row("Specimen.container",  List.of(ContainerIdentifier, IssuerOfTheContainerIdentifierSequence),            OPTIONAL, SpecimenRules.CONTAINER,  Specimen::addContainer),
            row("Specimen.note",       List.of(SpecimenShortDescription, SpecimenDetailedDescription),                  OPTIONAL, SpecimenRules.NOTE,       Specimen::addNote)));
    // spotless:on

    private SpecimenTable() {}

    private static <V> Row<OfSpecimen, Specimen, V> row(
            String element,
            List<Attribute> attributes,
            Row.Need need,
            Rule<OfSpecimen, V> rule,
            BiConsumer<Specimen, V> setter) {
        return new Row<>(element, attributes, need, rule, setter);
    }
}
