package io.portolan.gateway.audit;

import io.portolan.gateway.ledger.AuditRecord;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where audit records go. Used by one thread. */
public interface AuditDestination {

    /**
     * What became of some records; those that are not named are to be tried again.
     *
     * @param delivered ids of those that are where they belong for good
     * @param refused id to the reason, which may quote a patient's value
     * @param failure what kept the others back, without a value; null: nothing did
     * @param reached whether any of the others may have been delivered all the same
     */
    record Delivery(
            List<String> delivered,
            Map<String, String> refused,
            @Nullable String failure,
            boolean reached) {

        public Delivery {
            delivered = List.copyOf(delivered);
            refused = Map.copyOf(refused);
        }
    }

    /** Delivers, each once: those that are perhaps there are looked for first. May wait until it can. */
    Delivery deliver(List<AuditRecord> records) throws InterruptedException;

    /** Whether it can be reached, as far as is known. */
    boolean isThere();
}
