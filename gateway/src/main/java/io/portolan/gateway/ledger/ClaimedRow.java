package io.portolan.gateway.ledger;

import io.portolan.gateway.ledger.Claim.Publication;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * A row that was just claimed.
 *
 * @param uncertain what it was before
 */
record ClaimedRow(StudyRow study, long dueAt, boolean uncertain) {

    /** Claims a study. */
    static ClaimedRow of(Handle handle, StudyRow study, String token, long now, Duration lease) {
        boolean uncertain = study.isUncertain();
        long dueAt = study.dueAt == null ? now : study.dueAt;
        study.claimed(token, now + lease.toMillis());
        study.save(handle);
        return new ClaimedRow(study, dueAt, uncertain);
    }

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
