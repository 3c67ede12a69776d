package io.portolan.mapping;

import static io.portolan.dicom.Attribute.*;
import static io.portolan.mapping.Row.Need.OPTIONAL;

import io.portolan.dicom.Attribute;
import io.portolan.mapping.StudySource.OfSeries;
import java.util.List;
import java.util.function.BiConsumer;
import org.hl7.fhir.r4.model.Organization;

/** FHIR R4 Organization: the institution. */
final class OrganizationTable {

    // spotless:off
    static final Table<OfSeries, Organization> TABLE = new Table<>("Organization", List.of(
            // FHIR element, DICOM attributes, need, rule, setter
            row("Organization.identifier", List.of(InstitutionCodeSequence),                  OPTIONAL, PlaceRules.ORGANIZATION_IDENTIFIER, Organization::addIdentifier),
            row("Organization.name",       List.of(InstitutionName, InstitutionCodeSequence), OPTIONAL, PlaceRules.ORGANIZATION_NAME,       Organization::setName)));
    // spotless:on

    private OrganizationTable() {}

    private static <V> Row<OfSeries, Organization, V> row(
            String element,
            List<Attribute> attributes,
            Row.Need need,
            Rule<OfSeries, V> rule,
            BiConsumer<Organization, V> setter) {
        return new Row<>(element, attributes, need, rule, setter);
    }
}
