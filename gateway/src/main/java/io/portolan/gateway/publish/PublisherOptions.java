package io.portolan.gateway.publish;

import java.time.Duration;

/**
 * How studies are published.
 *
 * @param parallel studies at a time
 * @param lease for how long a study is claimed; renewed while the work goes on
 * @param retryDelayMin before the second attempt
 * @param retryDelayMax before any other
 * @param capabilities what the operator knows better than the server
 */
public record PublisherOptions(
        int parallel,
        Duration lease,
        Duration retryDelayMin,
        Duration retryDelayMax,
        ServerCapabilities.Overrides capabilities) {

    /** The defaults. */
    public static final PublisherOptions DEFAULTS = new PublisherOptions(
            4, Duration.ofMinutes(2), Duration.ofSeconds(2), Duration.ofMinutes(10), ServerCapabilities.Overrides.NONE);

    public PublisherOptions {
        if (parallel < 1 || lease.isNegative() || lease.isZero()) {
            throw new IllegalArgumentException("parallel and lease must be positive");
        }
    }

    RetryDelay retryDelay() {
        return new RetryDelay(retryDelayMin, retryDelayMax);
    }
}
