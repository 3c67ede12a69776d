package io.portolan.gateway.ledger;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;

/**
 * The resources that studies share on a FHIR server, such as a Patient: who may write one, and what stands there.
 *
 * <p>All methods may be called by several threads and throw {@link LedgerException} when the database cannot.
 */
public final class Shares {

    private final Database database;
    private final Committer committer;
    private final LongSupplier now;

    Shares(Database database, Committer committer, LongSupplier now) {
        this.database = database;
        this.committer = committer;
        this.now = now;
    }

    public Optional<SharedRow> find(SharedKey key) {
        return database.read(handle -> SharedRows.find(handle, key));
    }

    /** The right to create or update a resource until the lease ends; empty: somebody else has it. */
    public Optional<SharedClaim> claim(SharedKey key, Duration lease) {
        String token = UUID.randomUUID().toString();
        return committer.commit(handle -> {
            long at = now.getAsLong();
            boolean claimed = SharedRows.claim(handle, key, token, at, at + lease.toMillis());
            return claimed
                    ? SharedRows.find(handle, key).map(row -> new SharedClaim(key, token, row))
                    : Optional.empty();
        });
    }

    /** Records what stands on the server now, and gives the claim back. False: the claim is stale; of it only the audit stays. */
    public boolean written(SharedClaim claim, SharedRow row, List<AuditRecord> audit) {
        return committer.commit(handle ->
                AuditOutbox.add(handle, audit, now.getAsLong()) >= 0 && SharedRows.written(handle, claim, row));
    }

    /** Gives the claim back as if it had never been. False: the claim is stale. */
    public boolean release(SharedClaim claim) {
        return committer.commit(handle -> SharedRows.release(handle, claim));
    }
}
