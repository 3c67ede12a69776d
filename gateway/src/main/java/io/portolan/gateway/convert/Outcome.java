package io.portolan.gateway.convert;

/** What became of a file. */
public enum Outcome {
    CONVERTED("converted", false),
    /** The same instance was there already. */
    DUPLICATE("duplicate", false),
    /** The configuration keeps it from being listed; it is counted. */
    EXCLUDED("excluded", false),
    /** A rejection note, what one has rejected, or what was left out of its study. */
    NOT_LISTED("not listed", false),
    /** A DICOMDIR: not an instance, but a list of files. */
    INDEX("media directory", false),
    ARCHIVE("archive", false),
    /** Named by a DICOMDIR, and not there. */
    MISSING("missing", true),
    /** Not what a DICOMDIR says that it is. */
    MISMATCH("mismatch", true),
    NOT_DICOM("not DICOM", true),
    MALFORMED("malformed", true),
    NO_STUDY("no study", true),
    UNREADABLE("unreadable", true),
    /** Its study could not be mapped or written. */
    NOT_CONVERTED("study not converted", true);

    private final String text;
    private final boolean problem;

    Outcome(String text, boolean problem) {
        this.text = text;
        this.problem = problem;
    }

    public boolean isProblem() {
        return problem;
    }

    @Override
    public String toString() {
        return text;
    }
}
