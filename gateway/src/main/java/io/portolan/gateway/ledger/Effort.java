package io.portolan.gateway.ledger;

/**
 * What one publication cost the FHIR server.
 *
 * @param versions of the ImagingStudy that it made: 0 or 1
 * @param sentBytes bodies of all its requests as they went over the wire, packed or not
 */
public record Effort(int versions, long sentBytes) {

    public static final Effort NONE = new Effort(0, 0);
}
