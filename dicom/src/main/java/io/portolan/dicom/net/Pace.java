package io.portolan.dicom.net;

import java.time.Duration;

/**
 * Whether a peer that has begun something goes on with it. A timeout alone is reset by every byte, so that a peer could hold
 * an association for days with one byte now and then. Owned by the association's thread.
 */
final class Pace {

    private final long windowNanos;
    private final double bytesMin;
    private boolean resting = true;
    private long waitedNanos;
    private long bytes;

    /** @param window over which the pace is averaged */
    Pace(int bytesPerSecondMin, Duration window) {
        this.windowNanos = window.toNanos();
        this.bytesMin = bytesPerSecondMin * (windowNanos / 1e9);
    }

    /** Nothing is owed until something comes. */
    void rest() {
        resting = true;
    }

    /**
     * Counts what came, and says whether that is too little.
     *
     * @param nanos how long it was waited for
     */
    boolean isTooSlow(long nanos, int count) {
        if (resting) {
            resting = false;
            waitedNanos = 0;
            bytes = count;
            return false;
        }
        waitedNanos += nanos;
        bytes += count;
        if (waitedNanos < windowNanos) {
            return false;
        }
        boolean slow = bytes < bytesMin;
        waitedNanos = 0;
        bytes = 0;
        return slow;
    }
}
