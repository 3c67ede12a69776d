package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A due study, claimed for a while: nobody else publishes it until the lease ends.
 *
 * @param revision what the study stood at when it was claimed; publishing records this one
 * @param token who holds the claim; a write is refused once somebody else has claimed the study
 * @param attempts failed attempts since the last success
 * @param dueAt since when it has been due
 * @param lastArrival when the newest instance of the study was recorded, up to the claim
 * @param last what was published last; null: nothing yet
 * @param uncertain whether somebody may have written something later than that, and did not record it: a holder that died or
 *     was stopped, or an attempt whose answer was lost
 */
public record Claim(
        Uid study,
        long revision,
        String token,
        int attempts,
        Instant dueAt,
        Instant lastArrival,
        @Nullable Publication last,
        boolean uncertain) {

    /**
     * What stands on the FHIR server by our doing.
     *
     * @param server base URL of where; null: recorded by a version that did not say, so that of now
     * @param fhirId logical id of the ImagingStudy
     * @param fhirVersion its versionId, opaque; null: the server gives none
     * @param json the ImagingStudy as we said it, the base of the three-way merge
     */
    public record Publication(
            @Nullable String server,
            String fhirId,
            @Nullable String fhirVersion,
            String json) {

        /** Whether it stands on a server. */
        public boolean isOn(String base) {
            return server == null || server.equals(base);
        }
    }
}
