package io.portolan.gateway.ledger;

import java.time.Instant;
import java.time.InstantSource;
import org.jdbi.v3.core.Handle;

/**
 * The clock of a database that several gateways share, so that a lease ends for all of them at once, however their own clocks
 * go. It is asked in every transaction that writes; in between, time passes here as it does on this machine.
 */
final class DatabaseClock implements InstantSource {

    private record Reading(long millis, long nanoTime) {}

    private volatile Reading last = new Reading(System.currentTimeMillis(), System.nanoTime());

    /**
     * Says what the answer was.
     *
     * @param query one number, the milliseconds; 0: no time
     */
    long ask(Handle handle, String query) {
        long millis = handle.createQuery(query).mapTo(Long.class).one();
        if (millis != 0) {
            last = new Reading(millis, System.nanoTime());
        }
        return millis;
    }

    @Override
    public long millis() {
        Reading reading = last;
        return reading.millis + (System.nanoTime() - reading.nanoTime) / 1_000_000;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }
}
