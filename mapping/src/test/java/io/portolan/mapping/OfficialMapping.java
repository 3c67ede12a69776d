package io.portolan.mapping;

import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import io.portolan.dicom.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hl7.fhir.r4.model.ElementDefinition;
import org.hl7.fhir.r4.model.ElementDefinition.ElementDefinitionMappingComponent;
import org.hl7.fhir.r4.model.StructureDefinition;

/** The mapping to DICOM that FHIR R4 itself has in its StructureDefinition of ImagingStudy (identity {@code dicom}). */
final class OfficialMapping {

    /** What we do not map, or not from this attribute. */
    static final List<Gap> NOT_MAPPED = List.of(
            new Gap(
                    "ImagingStudy.basedOn",
                    "(0032,1064)",
                    "a code of what was ordered is no order: in the code of the ServiceRequest that the numbers identify"),
            new Gap(
                    "ImagingStudy.procedureReference",
                    "(0008,1032)",
                    "a code is no reference: from (0008,1111), which refers to what was performed"));

    /** What the official mapping has wrong. */
    static final List<Gap> ERRATA = List.of(
            new Gap("ImagingStudy.identifier", "(0080,0050)", "misprint of (0008,0050)"),
            new Gap("ImagingStudy.identifier", "(0080,0051)", "misprint of (0008,0051)"),
            new Gap(
                    "ImagingStudy.modality",
                    "(0008,0061)",
                    "an attribute of queries, not of instances: from (0008,0060)"),
            new Gap("ImagingStudy.numberOfSeries", "(0020,1206)", "an attribute of queries, not of instances: counted"),
            new Gap(
                    "ImagingStudy.numberOfInstances",
                    "(0020,1208)",
                    "an attribute of queries, not of instances: counted"),
            new Gap(
                    "ImagingStudy.series.numberOfInstances",
                    "(0020,1209)",
                    "an attribute of queries, not of instances: counted"),
            new Gap("ImagingStudy.series.instance.title", "(0007,0080)", "misprint of (0070,0080)"));

    /** One attribute of one element that our tables do not read there. */
    record Gap(String element, String tag, String reason) {

        boolean isFor(Source source) {
            return element.equals(source.element) && tag.equals(source.tag);
        }
    }

    /**
     * One attribute that the official mapping names for an element.
     *
     * @param tag as {@code (0008,0060)}; {@code (0010,*)} for a whole group
     */
    record Source(String element, String tag) {

        boolean isRead() {
            return MappingPage.TABLES.stream()
                    .flatMap(table -> table.rows().stream())
                    .filter(row -> row.element().equals(element))
                    .flatMap(row -> row.attributes().stream())
                    .map(attribute -> Tag.format(attribute.tag()))
                    .anyMatch(read -> tag.endsWith("*)") ? read.startsWith(tag.substring(0, 5)) : read.equals(tag));
        }
    }

    /** {@code (0008, 1050)} and {@code (0010/*)} occur as well. */
    private static final Pattern TAG = Pattern.compile("\\((\\p{XDigit}{4})[,/] ?(\\p{XDigit}{4}|\\*)\\)");

    private OfficialMapping() {}

    static List<Source> sources() {
        StructureDefinition definition = (StructureDefinition) new DefaultProfileValidationSupport(Rendering.FHIR)
                .fetchStructureDefinition("http://hl7.org/fhir/StructureDefinition/ImagingStudy");
        List<Source> sources = new ArrayList<>();
        for (ElementDefinition element : definition.getSnapshot().getElement()) {
            for (ElementDefinitionMappingComponent mapping : element.getMapping()) {
                if (mapping.getIdentity().equals("dicom")) {
                    Matcher tags = TAG.matcher(mapping.getMap());
                    while (tags.find()) {
                        String tag = "(%s,%s)"
                                .formatted(tags.group(1), tags.group(2))
                                .toUpperCase(Locale.ROOT);
                        sources.add(new Source(element.getPath(), tag));
                    }
                }
            }
        }
        return sources;
    }
}
