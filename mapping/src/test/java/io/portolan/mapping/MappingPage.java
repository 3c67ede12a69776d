package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.Tag;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** {@code docs/mapping.md}, from the tables. */
final class MappingPage {

    static final List<Table<?, ?>> TABLES = List.of(
            ImagingStudyTable.TABLE,
            SeriesTable.TABLE,
            InstanceTable.TABLE,
            PatientTable.TABLE,
            GroupTable.TABLE,
            PhantomTable.TABLE,
            ServiceRequestTable.TABLE,
            PractitionerTable.TABLE,
            OrganizationTable.TABLE,
            LocationTable.TABLE,
            DeviceTable.TABLE,
            SpecimenTable.TABLE,
            EndpointTable.TABLE);

    private MappingPage() {}

    static String generate() {
        StringBuilder page = new StringBuilder("""
                <!-- Generated from the tables of the mapping (ImagingStudyTable.java and its neighbours); ./dev golden rewrites it. -->
                # What maps to what

                FHIR R4 (4.0.1) on the left, DICOM on the right. Elements that are not in these tables are not mapped.

                - A *required* element that cannot be made: at study level the study is parked; a series or an instance is left out,
                  reported, and still counted.
                - An *optional* element whose attribute is there but cannot be used is left out and reported.
                - Where the instances of a study or series disagree, the value of most of them stands, ties go to the smallest
                  SOPInstanceUID, and the disagreement is reported. Two patients in one study: parked.
                - Nothing is invented: no 0 for a missing number, no midnight for a missing time, no UTC for an unknown offset.
                """);
        for (Table<?, ?> table : TABLES) {
            page.append("\n## ").append(table.path()).append("\n\n");
            page.append("| FHIR element | DICOM attributes | | rule |\n|---|---|---|---|\n");
            for (Row<?, ?, ?> row : table.rows()) {
                page.append("| `%s` | %s | %s | %s |\n"
                        .formatted(
                                row.element(),
                                attributes(row.attributes()),
                                row.need().name().toLowerCase(Locale.ROOT),
                                row.rule().says()));
            }
        }
        page.append("\n## Official mappings that are not in these tables\n\n");
        page.append("FHIR's own StructureDefinition maps these too (identity `dicom`).\n\n");
        page.append("| FHIR element | official | why not |\n|---|---|---|\n");
        OfficialMapping.NOT_MAPPED.forEach(gap -> page.append(line(gap)));
        page.append("\n## Errata of the official mapping\n\n");
        page.append("| FHIR element | official | what is wrong |\n|---|---|---|\n");
        OfficialMapping.ERRATA.forEach(gap -> page.append(line(gap)));
        return page.toString();
    }

    private static String line(OfficialMapping.Gap gap) {
        return "| `%s` | %s | %s |\n".formatted(gap.element(), gap.tag(), gap.reason());
    }

    private static String attributes(List<Attribute> attributes) {
        return attributes.isEmpty()
                ? "-"
                : attributes.stream()
                        .map(attribute -> attribute + " " + Tag.format(attribute.tag()))
                        .collect(Collectors.joining(", "));
    }
}
