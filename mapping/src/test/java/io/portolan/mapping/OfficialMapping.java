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

    /**
     * One attribute that the official mapping names for an element.
     *
     * @param tag as {@code (0008,0060)}; {@code (0010,*)} for a whole group
     */
    record Source(String element, String tag) {

        boolean isIn(OfficialGap gap) {
            return gap.element().equals(element) && gap.tag().equals(tag);
        }

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
