package io.portolan.gateway;

/**
 * Why something did not work: the closed set for logs, metrics, parked studies and DIMSE statuses.
 *
 * <p>What is done about a failure depends on its category only.
 */
public enum Category {
    /** The DICOM peer broke the protocol. */
    PEER_VIOLATION,
    /** Bytes that are no data set. */
    MALFORMED_DATA,
    /** Readable, but no study can be made of it. */
    UNMAPPABLE,
    /** The FHIR server understood and said no; asking again will not help. */
    FHIR_REJECTED,
    /** The FHIR server cannot be reached, or cannot at the moment; heals by itself. */
    FHIR_UNAVAILABLE,
    /** The PACS that instances are forwarded to said no; asking again will not help. */
    PACS_REJECTED,
    /** That PACS cannot be reached, or cannot at the moment; heals by itself. */
    PACS_UNAVAILABLE,
    /** Who asked for storage commitment does not take the report, or cannot be found; asking again will not help. */
    PEER_REJECTED,
    /** Who asked for storage commitment cannot be reached, or cannot at the moment; heals by itself. */
    PEER_UNAVAILABLE,
    /** Disk, memory or a limit of ours. */
    OUT_OF_RESOURCES,
    /** We were told to stop. */
    INTERRUPTED,
    /** Our own fault. */
    BUG
}
