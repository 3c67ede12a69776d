package io.portolan.gateway.config;

import java.time.Duration;

/**
 * The section {@code commitment}. {@code retryDelayMax >= retryDelayMin}.
 *
 * @param offered where {@code storage.mode} is not discard
 * @param waitingMax counts reports
 */
public record Commitment(
        boolean offered,
        Duration decideWithin,
        int instancesMax,
        int waitingMax,
        Duration retryDelayMin,
        Duration retryDelayMax,
        Duration timeout,
        Duration keepFor) {

    static Commitment of(Settings settings) {
        return new Commitment(
                settings.get(Keys.COMMITMENT_OFFERED),
                settings.get(Keys.COMMITMENT_DECIDE_WITHIN),
                settings.get(Keys.COMMITMENT_INSTANCES_MAX),
                settings.get(Keys.COMMITMENT_WAITING_MAX),
                settings.get(Keys.COMMITMENT_RETRY_MIN),
                settings.get(Keys.COMMITMENT_RETRY_MAX),
                settings.get(Keys.COMMITMENT_TIMEOUT),
                settings.get(Keys.COMMITMENT_KEEP_FOR));
    }
}
