package io.portolan.gateway.sync;

import io.portolan.dicom.Uid;

/**
 * How what a source has differs from what is known.
 *
 * @param detail in a few words, with names of attributes and numbers; never a value
 */
public record Difference(Uid study, Kind kind, String detail) {

    /** What kind of difference. */
    public enum Kind {
        /** Not known at all. */
        NEW,
        /** There are more or fewer series or instances, or others. */
        RESIZED,
        /** It says something else of the patient or the study. */
        CORRECTED,
        /** It is of another patient. */
        MOVED,
        /** The source listed some instances of it before, and has them no more: they are taken back. */
        SHRUNK,
        /** The source listed it before, and has it no more. */
        GONE,
        /** Nothing seems to have changed; its headers are read because that was asked for. */
        REREAD,
        /** It could not be read. */
        FAILED
    }
}
