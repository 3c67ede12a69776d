package io.portolan.gateway.ledger;

import io.portolan.gateway.ledger.Claim.Publication;
import java.time.Instant;
import java.util.Optional;

/**
 * A row that was just claimed.
 *
 * @param uncertain what it was before
 */
record ClaimedRow(StudyRow study, long dueAt, boolean uncertain) {

    Claim claim(String token, Optional<Publication> last) {
        return new Claim(
                study.uid,
                study.revision,
                token,
                study.attempts,
                Instant.ofEpochMilli(dueAt),
                Instant.ofEpochMilli(study.lastArrivalAt()),
                last.orElse(null),
                uncertain);
    }
}
