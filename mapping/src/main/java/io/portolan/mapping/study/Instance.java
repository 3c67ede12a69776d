package io.portolan.mapping.study;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Level;
import io.portolan.dicom.SopClass;
import io.portolan.dicom.Uid;
import io.portolan.dicom.Vr;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * One instance, as the ledger and the study see it: who it is, and its header split by level.
 *
 * <p>The four data sets are in UTF-8 and hold no empty element, so that equal headers are equal data sets.
 * The content of a document is kept of Key Object Selections alone.
 *
 * @param study StudyInstanceUID
 * @param series SeriesInstanceUID
 * @param instance SOPInstanceUID
 * @param callingAe AE title of the sender; empty: it is not known
 * @param resentAt when it was sent again although a note had declared its retention expired; empty: it was not
 */
public record Instance(
        Uid study,
        Uid series,
        Uid instance,
        DataSet patientHeader,
        DataSet studyHeader,
        DataSet seriesHeader,
        DataSet instanceHeader,
        Optional<String> callingAe,
        Optional<Instant> resentAt) {

    /**
     * Splits a header.
     *
     * @throws UnidentifiedInstanceException when one of the three UIDs is missing or no UID, or the SOP class is
     */
    public static Instance of(DataSet header, Optional<String> callingAe) throws UnidentifiedInstanceException {
        return of(header, callingAe, Map.of());
    }

    /**
     * As {@link #of(DataSet, Optional)}, with what a site wants to keep beside what the mapping reads.
     *
     * @param more by level: tag to the value representation that it is read in where the data set does not say
     */
    public static Instance of(DataSet header, Optional<String> callingAe, Map<Level, Map<Integer, Vr>> more)
            throws UnidentifiedInstanceException {
        Uid study = required(header, Attribute.StudyInstanceUID);
        Uid series = required(header, Attribute.SeriesInstanceUID);
        Uid instance = required(header, Attribute.SOPInstanceUID);
        required(header, Attribute.SOPClassUID);
        return new Instance(
                study,
                series,
                instance,
                header.at(Level.PATIENT, more.getOrDefault(Level.PATIENT, Map.of())),
                header.at(Level.STUDY, more.getOrDefault(Level.STUDY, Map.of())),
                header.at(Level.SERIES, more.getOrDefault(Level.SERIES, Map.of())),
                instanceHeader(header, more.getOrDefault(Level.INSTANCE, Map.of())),
                callingAe,
                Optional.empty());
    }

    /** As {@link #of(DataSet, Optional)}, of an unknown sender. */
    public static Instance of(DataSet header) throws UnidentifiedInstanceException {
        return of(header, Optional.empty());
    }

    private static DataSet instanceHeader(DataSet header, Map<Integer, Vr> more) {
        boolean keyObject = header.uid(Attribute.SOPClassUID).equals(Optional.of(SopClass.KEY_OBJECT_SELECTION));
        DataSet instance = header.at(Level.INSTANCE, more);
        return keyObject ? instance : instance.where(tag -> tag != Attribute.ContentSequence.tag());
    }

    private static Uid required(DataSet header, Attribute attribute) throws UnidentifiedInstanceException {
        return header.uid(attribute)
                .orElseThrow(() -> new UnidentifiedInstanceException(attribute, header.hasValue(attribute)));
    }
}
