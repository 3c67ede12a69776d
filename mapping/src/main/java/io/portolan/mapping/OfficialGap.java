package io.portolan.mapping;

import java.util.List;

/**
 * One attribute that FHIR's own mapping of ImagingStudy (identity {@code dicom} of its StructureDefinition) has for an
 * element, and that our tables do not read there.
 *
 * @param tag as {@code (0008,0060)}
 * @param reason why not
 */
public record OfficialGap(String element, String tag, String reason) {

    /** What we do not map, or not from this attribute. */
    public static final List<OfficialGap> NOT_MAPPED = List.of(
            new OfficialGap(
                    "ImagingStudy.basedOn",
                    "(0032,1064)",
                    "a code of what was ordered is no order: in the code of the ServiceRequest that the numbers identify"),
            new OfficialGap(
                    "ImagingStudy.procedureReference",
                    "(0008,1032)",
                    "a code is no reference: from (0008,1111), which refers to what was performed"));

    /** What the official mapping has wrong. */
    public static final List<OfficialGap> ERRATA = List.of(
            new OfficialGap("ImagingStudy.identifier", "(0080,0050)", "misprint of (0008,0050)"),
            new OfficialGap("ImagingStudy.identifier", "(0080,0051)", "misprint of (0008,0051)"),
            new OfficialGap(
                    "ImagingStudy.modality",
                    "(0008,0061)",
                    "an attribute of queries, not of instances: from (0008,0060)"),
            new OfficialGap(
                    "ImagingStudy.numberOfSeries", "(0020,1206)", "an attribute of queries, not of instances: counted"),
            new OfficialGap(
                    "ImagingStudy.numberOfInstances",
                    "(0020,1208)",
                    "an attribute of queries, not of instances: counted"),
            new OfficialGap(
                    "ImagingStudy.series.numberOfInstances",
                    "(0020,1209)",
                    "an attribute of queries, not of instances: counted"),
            new OfficialGap("ImagingStudy.series.instance.title", "(0007,0080)", "misprint of (0070,0080)"));
}
