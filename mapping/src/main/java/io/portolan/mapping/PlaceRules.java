package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.mapping.StudySource.OfSeries;
import io.portolan.mapping.study.Series;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Location;
import org.hl7.fhir.r4.model.Organization;
import org.hl7.fhir.r4.model.Reference;

/** Where a study was made, and the institution that it belongs to (PS3.3 C.7.5.1, C.4.15). */
final class PlaceRules {

    static final Rule<StudySource, Reference> LOCATION = Rule.one(
            "the department, else where the procedure was performed; left out when series or instances disagree",
            PlaceRules::location);

    static final Rule<OfSeries, String> LOCATION_NAME =
            Rule.one("the department, else where the procedure was performed", source -> locationName(source.header()));

    static final Rule<OfSeries, Reference> MANAGING_ORGANIZATION = Rule.one(
            "the institution", source -> organization(source).map(Value::of).orElseGet(Value::absent));

    static final Rule<OfSeries, Identifier> ORGANIZATION_IDENTIFIER = Rule.one(
            "the code with the system of its coding scheme; without one the gateway's own, made of the name",
            source -> code(source)
                    .map(coding ->
                            new Identifier().setSystem(coding.getSystem()).setValue(coding.getCode())));

    static final Rule<OfSeries, String> ORGANIZATION_NAME = Rule.one(
            "InstitutionName, else the meaning of the code",
            source -> organizationName(source).map(Value::of).orElseGet(Value::absent));

    private PlaceRules() {}

    /** The institution of a series. */
    static Optional<Reference> organization(OfSeries source) {
        Reference logical = new Reference();
        organizationName(source).ifPresent(logical::setDisplay);
        code(source)
                .said()
                .filter(Coding::hasCode)
                .ifPresent(coding -> logical.setIdentifier(
                        new Identifier().setSystem(coding.getSystem()).setValue(coding.getCode())));
        return logical.isEmpty()
                ? Optional.empty()
                : Optional.of(source.references()
                        .to(
                                ReferencedType.ORGANIZATION,
                                logical,
                                Optional.ofNullable(logical.getDisplay()),
                                (Organization resource, List<MappingIssue> issues) -> OrganizationTable.TABLE.map(
                                        source, resource, source.series().uid(), issues)));
    }

    private static Value<Coding> code(OfSeries source) {
        return source.header()
                .item(Attribute.InstitutionCodeSequence)
                .map(item -> CodeRules.coding(item, source.header(), source.options()))
                .orElseGet(Value::absent);
    }

    private static Optional<String> organizationName(OfSeries source) {
        return TextRules.text(source.header(), Attribute.InstitutionName)
                .said()
                .or(() -> code(source).said().flatMap(coding -> Optional.ofNullable(coding.getDisplay())));
    }

    private static Value<String> locationName(DataSet series) {
        Value<String> department = TextRules.text(series, Attribute.InstitutionalDepartmentName);
        return department instanceof Value.Absent ? TextRules.text(series, Attribute.PerformedLocation) : department;
    }

    private static Value<Reference> location(StudySource source) {
        Map<String, OfSeries> places = new LinkedHashMap<>();
        for (Series series : source.study().series()) {
            Map<String, OfSeries> ofSeries = places(source.series(series, source.references()));
            if (ofSeries.size() > 1) {
                return Value.invalid(Attribute.InstitutionalDepartmentName, Table.DISAGREE_LEFT_OUT);
            }
            ofSeries.forEach(places::putIfAbsent);
        }
        if (places.size() > 1) {
            return Value.invalid(Attribute.InstitutionalDepartmentName, "series disagree; left out");
        }
        return places.values().stream()
                .findFirst()
                .map(place -> Value.of(location(place)))
                .orElseGet(Value::absent);
    }

    /** The places that the instances of a series name, by what tells them apart. */
    private static Map<String, OfSeries> places(OfSeries series) {
        Map<String, OfSeries> places = new LinkedHashMap<>();
        series
                .each(
                        Attribute.InstitutionalDepartmentName,
                        Attribute.PerformedLocation,
                        Attribute.InstitutionName,
                        Attribute.InstitutionCodeSequence)
                .stream()
                .filter(part -> locationName(part.header()).said().isPresent())
                .forEach(part -> places.putIfAbsent(locationKey(part), part));
        return places;
    }

    private static Reference location(OfSeries source) {
        String display = Stream.concat(locationName(source.header()).said().stream(), organizationName(source).stream())
                .collect(Collectors.joining(", "));
        return source.references()
                .to(
                        ReferencedType.LOCATION,
                        new Reference().setDisplay(display),
                        Optional.of(locationKey(source)),
                        (Location resource, List<MappingIssue> issues) -> LocationTable.TABLE.map(
                                source, resource, source.series().uid(), issues));
    }

    /** A department of one institution is not that of another. */
    private static String locationKey(OfSeries source) {
        String institution = code(source)
                .said()
                .map(coding -> Objects.requireNonNullElse(coding.getSystem(), "") + '|' + coding.getCode())
                .or(() -> organizationName(source))
                .orElse("");
        return institution + '|' + locationName(source.header()).said().orElse("");
    }
}
