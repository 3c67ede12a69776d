package io.portolan.dicom;

/** The levels of the DICOM information model (PS3.3 7.3.1, A.1.2) at which a gateway keeps attributes. */
public enum Level {
    PATIENT,
    STUDY,
    SERIES,
    INSTANCE,
    /** Inside the items of a sequence only. */
    NESTED
}
