package io.portolan.gateway.publish;

import java.time.Duration;

/** What the exchanges of one publication cost. Used by one thread. */
final class Meter {

    private long sentBytes;
    private long nanos;

    void sent(int bytes) {
        sentBytes += bytes;
    }

    void waited(long forNanos) {
        nanos += forNanos;
    }

    /** Bodies of requests, as they went. */
    long sentBytes() {
        return sentBytes;
    }

    /** From the start of each exchange to the end of its answer. */
    Duration waited() {
        return Duration.ofNanos(nanos);
    }
}
