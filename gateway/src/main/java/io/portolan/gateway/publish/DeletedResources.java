package io.portolan.gateway.publish;

import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.SharedClaim;
import io.portolan.gateway.ledger.SharedKey;
import io.portolan.gateway.ledger.SharedRow;
import io.portolan.gateway.publish.Answer.Failure;
import io.portolan.gateway.publish.Answer.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Shared resources that the ledger knows and the server no longer has. */
final class DeletedResources {

    private final FhirClient client;
    private final Ledger ledger;
    private final Duration lease;

    DeletedResources(FhirClient client, Ledger ledger, Duration lease) {
        this.client = client;
        this.ledger = ledger;
        this.lease = lease;
    }

    /**
     * Asks the server for every one, and forgets the ids of those that were deleted.
     *
     * @return whether there was one
     */
    boolean forget(List<SharedKey> keys) {
        boolean forgot = false;
        for (SharedKey key : keys) {
            String id = ledger.shares().find(key).map(SharedRow::fhirId).orElse(null);
            if (id != null
                    && client.read(key.type(), id) instanceof Failure failure
                    && failure.kind() == Kind.NOT_FOUND) {
                forgot |= forget(key, id);
            }
        }
        return forgot;
    }

    private boolean forget(SharedKey key, String id) {
        Optional<SharedClaim> claim = ledger.shares().claim(key, lease);
        if (claim.isEmpty() || !id.equals(claim.get().row().fhirId())) {
            claim.ifPresent(ledger.shares()::release);
            return claim.isPresent(); // somebody else has mended it already
        }
        return ledger.shares().written(claim.get(), SharedResources.UNKNOWN, List.of());
    }
}
