package io.portolan.mapping;

import io.portolan.dicom.Tag;
import java.util.List;
import java.util.Locale;

/** What maps to what, for people: the tables as they are, and {@code docs/mapping.md}. */
public final class MappingPage {

    /**
     * One table.
     *
     * @param title FHIR path of the level
     */
    public record Section(String title, List<Line> lines) {

        public Section {
            lines = List.copyOf(lines);
        }
    }

    /**
     * One row.
     *
     * @param element FHIR path
     * @param attributes keyword and tag of each, such as {@code Modality (0008,0060)}
     * @param need required or optional
     */
    public record Line(String element, List<String> attributes, String need, String rule) {

        public Line {
            attributes = List.copyOf(attributes);
        }
    }

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

    /** Every table, in the order of the page. */
    public static List<Section> sections() {
        return TABLES.stream()
                .map(table -> new Section(
                        heading(table),
                        table.rows().stream().map(MappingPage::line).toList()))
                .toList();
    }

    private static Line line(Row<?, ?, ?> row) {
        return new Line(
                row.element(),
                row.attributes().stream()
                        .map(attribute -> attribute + " " + Tag.format(attribute.tag()))
                        .toList(),
                row.need().name().toLowerCase(Locale.ROOT),
                row.rule().says());
    }

    /** {@code docs/mapping.md}. */
    public static String markdown() {
        StringBuilder page = new StringBuilder("""
                <!-- Generated from the tables of the mapping (ImagingStudyTable.java and its neighbours); ./dev golden rewrites it. -->
                # What maps to what

                FHIR R4 (4.0.1) on the left, DICOM on the right. Elements that are not in these tables are not mapped.

                - A *required* element that cannot be made: at study level the study is parked; a series or an instance is left out,
                  reported, and still counted.
                - An *optional* element whose attribute is there but cannot be used is left out and reported.
                - Where the instances of a study or series disagree, the value of most of them stands, ties go to the smallest
                  SOPInstanceUID. Of orders, accession numbers, codes, reasons, specimens and persons, of which there can be several,
                  each is taken, that of most instances first. Either is reported. Two patients in one study: parked.
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
        for (Section section : sections()) {
            page.append("\n## ").append(section.title()).append("\n\n");
            page.append("| FHIR element | DICOM attributes | | rule |\n|---|---|---|---|\n");
            for (Line line : section.lines()) {
                String attributes = line.attributes().isEmpty() ? "-" : String.join(", ", line.attributes());
                page.append(
                        "| `%s` | %s | %s | %s |\n".formatted(line.element(), attributes, line.need(), line.rule()));
            }
        }
        page.append("\n## Official mappings that are not in these tables\n\n");
        page.append("FHIR's own StructureDefinition maps these too (identity `dicom`).\n\n");
        page.append("| FHIR element | official | why not |\n|---|---|---|\n");
        OfficialGap.NOT_MAPPED.forEach(gap -> page.append(line(gap)));
        page.append("\n## Errata of the official mapping\n\n");
        page.append("| FHIR element | official | what is wrong |\n|---|---|---|\n");
        OfficialGap.ERRATA.forEach(gap -> page.append(line(gap)));
        return page.toString();
    }

    private static String heading(Table<?, ?> table) {
        return table.equals(PhantomTable.TABLE) ? "Device, as the subject of a quality control study" : table.path();
    }

    private static String line(OfficialGap gap) {
        return "| `%s` | %s | %s |\n".formatted(gap.element(), gap.tag(), gap.reason());
    }
}
