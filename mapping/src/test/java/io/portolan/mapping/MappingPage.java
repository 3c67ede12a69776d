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
                - What a study refers to (a Patient, a ServiceRequest, ...) it names by identifier and display. Per type the site decides:
                  `logical`, that is all; `create`, the resource is created where the server has none with the identifier, and only what the
                  gateway created is updated; `resolve`, the server must have just one, else the reference stays logical (the subject:
                  parked). The tables of those resources are for `create`.
                - An identifier whose system is not known creates and resolves nothing. Devices, Organizations and Locations that nobody has
                  issued an identifier for carry one in the gateway's own system, made of what names them.
                - A time without an offset of its own has that of the zone configured for its sender, else for the gateway, else it is
                  left out and the date stands.
                - Nothing is invented: no 0 for a missing number, no midnight for a missing time, no UTC for an unknown offset.
                """);
        for (Table<?, ?> table : TABLES) {
            page.append("\n## ").append(heading(table)).append("\n\n");
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

    private static String heading(Table<?, ?> table) {
        return table.equals(PhantomTable.TABLE) ? "Device, as the subject of a quality control study" : table.path();
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
