package io.portolan.gateway.ledger;

import io.portolan.gateway.Category;
import java.util.Map;

/**
 * How much is in the ledger.
 *
 * @param dirty studies with something unpublished, parked ones included
 * @param parked studies that were given up for now
 * @param failed studies whose last attempt failed, parked or not, by category
 */
public record LedgerCounts(long studies, long instances, long dirty, long parked, Map<Category, Long> failed) {

    public LedgerCounts {
        failed = Map.copyOf(failed);
    }
}
