package io.portolan.gateway.sync;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.OptionalInt;

/**
 * A study as a source lists it.
 *
 * @param studyDate as DICOM writes it, 8 digits; empty: it has none, or none that is a day
 * @param header fingerprint of all that is said of patient and study; when it changes, every instance has changed
 * @param extent fingerprint of how much there is: counts, modalities, files; when it changes, some series has changed; empty:
 *     the source does not say how much
 * @param answer the attributes that were said, in UTF-8; those that were asked for and are not there are not in it
 * @param series how many; empty: not said
 * @param instances how many; empty: not said
 */
public record ListedStudy(
        Uid study,
        String studyDate,
        String header,
        String extent,
        DataSet answer,
        OptionalInt series,
        OptionalInt instances) {

    public ListedStudy {
        studyDate = isDay(studyDate) ? studyDate : "";
    }

    private static boolean isDay(String date) {
        try {
            LocalDate.parse(date, DateTimeFormatter.BASIC_ISO_DATE);
            return true;
        } catch (DateTimeParseException e) {
            return false;
        }
    }
}
