package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.Uid;
import org.jspecify.annotations.Nullable;

/**
 * Something that the mapping left out or had to decide, and why. Never carries a patient's value.
 *
 * @param element FHIR path, for example {@code ImagingStudy.series.number}
 * @param attribute the DICOM attribute that gave rise to it, if it was one
 * @param place SeriesInstanceUID or SOPInstanceUID; null: the study as a whole
 * @param reason for a person to read, without the value
 */
public record MappingIssue(
        String element,
        @Nullable Attribute attribute,
        @Nullable Uid place,
        String reason) {

    /** One line, as golden files have it. */
    @Override
    public String toString() {
        return element
                + (place == null ? "" : " [" + place + "]")
                + (attribute == null ? "" : " " + attribute)
                + ": "
                + reason;
    }
}
