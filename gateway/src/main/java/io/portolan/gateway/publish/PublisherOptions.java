package io.portolan.gateway.publish;

import io.portolan.gateway.RetryDelay;
import io.portolan.gateway.audit.AuditOptions;
import java.time.Duration;

/**
 * How studies are published.
 *
 * @param parallel studies at a time
 * @param lease for how long a study is claimed; renewed while the work goes on
 * @param retryDelayMin before the second attempt
 * @param retryDelayMax before any other
 * @param deleted what becomes of a study that somebody deleted on the server
 * @param tooLarge what becomes of a study that the server refuses for its size
 * @param capabilities what the operator knows better than the server
 * @param audit whether and where writes are told of
 */
public record PublisherOptions(
        int parallel,
        Duration lease,
        Duration retryDelayMin,
        Duration retryDelayMax,
        Deleted deleted,
        TooLarge tooLarge,
        ServerCapabilities.Overrides capabilities,
        AuditOptions audit) {

    /** Without telling of writes. */
    public PublisherOptions(
            int parallel,
            Duration lease,
            Duration retryDelayMin,
            Duration retryDelayMax,
            Deleted deleted,
            TooLarge tooLarge,
            ServerCapabilities.Overrides capabilities) {
        this(parallel, lease, retryDelayMin, retryDelayMax, deleted, tooLarge, capabilities, AuditOptions.NONE);
    }

    public PublisherOptions audited(AuditOptions how) {
        return new PublisherOptions(
                parallel, lease, retryDelayMin, retryDelayMax, deleted, tooLarge, capabilities, how);
    }

    /** What becomes of a study that this gateway published and somebody deleted on the server, when something comes to it. */
    public enum Deleted {
        RECREATE,
        LEAVE
    }

    /** What becomes of a study that the server refuses for its size (413). */
    public enum TooLarge {
        PARK,
        /** It is published with its series and counts, without the list of instances. */
        WITHOUT_INSTANCES
    }

    public PublisherOptions {
        if (parallel < 1 || lease.isNegative() || lease.isZero()) {
            throw new IllegalArgumentException("parallel and lease must be positive");
        }
    }

    RetryDelay retryDelay() {
        return new RetryDelay(retryDelayMin, retryDelayMax);
    }
}
