package io.portolan.gateway.sync;

import java.time.Duration;
import java.util.Optional;

/**
 * How a source is kept in step.
 *
 * @param name by which it is configured
 * @param place what stands behind the name, such as its address; it may change
 * @param aeTitle whom its instances count as sent by; empty: nobody
 * @param recent studies of so many days back are compared in every run
 * @param lastUpdated whether that is when the source has changed them, instead of their StudyDate
 * @param compareAll so long after everything was compared it is compared again
 * @param studiesMax of one answer
 * @param parallel studies that are read at once
 * @param removalShare the share of its studies, from 0 to 1, that a run may take back
 * @param backlogMax studies that may wait for the publisher before reading waits for it
 */
public record SyncOptions(
        String name,
        String place,
        Optional<String> aeTitle,
        Duration recent,
        boolean lastUpdated,
        Duration compareAll,
        int studiesMax,
        int parallel,
        double removalShare,
        int backlogMax) {

    /** A run may take back so many studies whatever share they are, as long as the source lists others. */
    static final int REMOVALS_FREE = 5;

    /** How many studies a run may take back. */
    int removalsMax(long known) {
        return Math.max(REMOVALS_FREE, (int) (removalShare * known));
    }
}
