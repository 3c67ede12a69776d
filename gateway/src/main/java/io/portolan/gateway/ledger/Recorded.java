package io.portolan.gateway.ledger;

/**
 * What a reception changed. Whatever it says, the reception is on disk.
 *
 * <p>When one SOPInstanceUID comes again with another header, the header whose text form is smaller stands, and of equal
 * ones the smaller AE title, so that the order of arrival does not count (the rule of {@code Study.of}).
 */
public enum Recorded {
    /** The study has one more instance. */
    NEW,
    /** The instance was known; this header now stands in place of the other. A correction replaces any. */
    CHANGED,
    /** The instance was known with this very header, from this sender. */
    UNCHANGED,
    /** The instance was known with another header, or from another sender, which stands. */
    OUTRANKED
}
