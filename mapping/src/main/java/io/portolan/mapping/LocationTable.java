package io.portolan.mapping;

import static io.portolan.dicom.Attribute.*;
import static io.portolan.mapping.Row.Need.OPTIONAL;
import static io.portolan.mapping.Row.Need.REQUIRED;

import io.portolan.dicom.Attribute;
import io.portolan.mapping.StudySource.OfSeries;
import java.util.List;
import java.util.function.BiConsumer;
import org.hl7.fhir.r4.model.Location;

/** FHIR R4 Location: where a study was made. Its identifier is the gateway's own, made of institution and name. */
final class LocationTable {

    // spotless:off
    static final Table<OfSeries, Location> TABLE = new Table<>("Location", List.of(
            // FHIR element, DICOM attributes, need, rule, setter
            row("Location.name",                 List.of(InstitutionalDepartmentName, PerformedLocation), REQUIRED, PlaceRules.LOCATION_NAME,         Location::setName),
            row("Location.managingOrganization", List.of(InstitutionName, InstitutionCodeSequence),       OPTIONAL, PlaceRules.MANAGING_ORGANIZATION, Location::setManagingOrganization)));
    // spotless:on

    private LocationTable() {}

    private static <V> Row<OfSeries, Location, V> row(
            String element,
            List<Attribute> attributes,
            Row.Need need,
            Rule<OfSeries, V> rule,
            BiConsumer<Location, V> setter) {
        return new Row<>(element, attributes, need, rule, setter);
    }
}
