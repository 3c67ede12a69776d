package io.portolan.gateway.ledger;

import io.portolan.gateway.Category;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * How much is to be sent on.
 *
 * @param waiting files that are tried until the PACS has them
 * @param parked files that were given up for now
 * @param oldest when the oldest of those that wait was received
 * @param failed files whose last attempt failed, parked or not, by category
 */
public record ForwardCounts(long waiting, long parked, Optional<Instant> oldest, Map<Category, Long> failed) {

    public ForwardCounts {
        failed = Map.copyOf(failed);
    }
}
