package io.portolan.dicom;

import java.util.Optional;

/**
 * A DICOM unique identifier (PS3.5 9.1): at most 64 characters, digits and dots, no empty component.
 *
 * <p>Only a validated UID may name a file, a resource or a row: a peer's text is not a path.
 *
 * @param value the UID without padding, for example {@code 1.2.840.10008.1.1}
 */
public record Uid(String value) implements Comparable<Uid> {

    /** PS3.5 9.1: 64 total characters, including the separating dots. */
    public static final int LENGTH_MAX_CHARACTERS = 64;

    /** @throws IllegalArgumentException when the value is no UID */
    public Uid {
        if (!isValid(value)) {
            throw new IllegalArgumentException("not a UID of PS3.5 9.1");
        }
    }

    /** Reads a UID as it stands in a data element: trailing NUL or space padding is dropped; anything else must be a UID. */
    public static Optional<Uid> parse(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) <= ' ') {
            end--;
        }
        // Deviation from PS3.5 9.1: leading spaces, which some writers pad with, are dropped as well.
        int start = 0;
        while (start < end && text.charAt(start) == ' ') {
            start++;
        }
        String value = text.substring(start, end);
        return isValid(value) ? Optional.of(new Uid(value)) : Optional.empty();
    }

    /**
     * Whether the text is a UID.
     *
     * <p>Deviation from PS3.5 9.1: a component may start with a zero, since many devices in the field write such UIDs
     * and the identity that they give is still unique.
     */
    public static boolean isValid(String text) {
        if (text.isEmpty() || text.length() > LENGTH_MAX_CHARACTERS) {
            return false;
        }
        char previous = '.';
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean dot = c == '.';
            if (!(dot ? previous != '.' : c >= '0' && c <= '9')) {
                return false;
            }
            previous = c;
        }
        return previous != '.';
    }

    /** The form that FHIR and RFC 3061 use: {@code urn:oid:} and the UID. */
    public String toOid() {
        return "urn:oid:" + value;
    }

    @Override
    public int compareTo(Uid other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
