package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;
import java.util.SortedMap;

/**
 * What an archive said of a study when it was asked last.
 *
 * @param date its StudyDate, 8 digits; empty: none
 * @param header fingerprint of what it said of patient and study
 * @param extent fingerprint of how much there was
 * @param series the same for each series by its UID
 * @param doubtful whether it, or some of it, was not listed the last time
 */
public record SourceStudy(
        Uid study, String date, String header, String extent, SortedMap<Uid, String> series, boolean doubtful) {

    /** As it was listed. */
    public SourceStudy(Uid study, String date, String header, String extent, SortedMap<Uid, String> series) {
        this(study, date, header, extent, series, false);
    }
}
