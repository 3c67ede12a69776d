package io.portolan.gateway.ledger;

import io.portolan.gateway.Category;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * How many reports of storage commitment are to be made.
 *
 * @param waiting those that are tried until the requestor has them
 * @param parked those that were given up for now
 * @param oldest when the oldest of those that wait was asked for
 * @param failed those whose last attempt failed, parked or not, by category
 */
public record CommitmentCounts(long waiting, long parked, Optional<Instant> oldest, Map<Category, Long> failed) {

    public CommitmentCounts {
        failed = Map.copyOf(failed);
    }
}
