package io.portolan.dicom.io;

import java.io.IOException;

/**
 * Bytes that are no data set: what is wrong, at which byte, in which element. Never carries a value.
 *
 * <p>Bad input, not a broken disk or network: those stay plain {@link IOException}s.
 */
public final class MalformedDataException extends IOException {

    private static final long serialVersionUID = 1;

    /** What kind of wrong it is, for reports that count. */
    public enum Kind {
        /** There is no DICOM here at all. */
        NOT_DICOM,
        /** The bytes end in the middle of something. */
        TRUNCATED,
        /** The bytes contradict PS3.5. */
        INVALID,
        /** A limit of {@link ReadLimits} was reached. */
        LIMIT
    }

    private final Kind kind;
    private final long position;
    private final String path;

    /**
     * @param position offset in bytes from where reading began
     * @param path the tags from the outermost to the innermost element, or empty
     */
    public MalformedDataException(Kind kind, long position, String path, String reason) {
        super((path.isEmpty() ? "" : path + ": ") + reason + " (byte " + position + ")");
        this.kind = kind;
        this.position = position;
        this.path = path;
    }

    public Kind kind() {
        return kind;
    }

    public long position() {
        return position;
    }

    public String path() {
        return path;
    }
}
