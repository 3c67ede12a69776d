package io.portolan.gateway.sync;

import io.portolan.dicom.Uid;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * What a run is to do.
 *
 * @param since compare studies of this day and later; null: as far back as there are studies
 * @param study compare this one only; null: all
 * @param everything whether all is compared, even when that was done not long ago
 * @param full whether every header is read again, although nothing seems to have changed
 * @param dryRun whether it is only told what differs, and nothing is written
 * @param allowRemovals whether as many studies are taken back as are gone
 */
public record SyncRequest(
        @Nullable LocalDate since,
        @Nullable Uid study,
        boolean everything,
        boolean full,
        boolean dryRun,
        boolean allowRemovals) {

    /** Whether it is one of those that keep the source in step; single studies and days by hand are something in between. */
    boolean counts() {
        return study == null && since == null && !dryRun;
    }

    /** A run of the schedule. */
    public static final SyncRequest SCHEDULED = new SyncRequest(null, null, false, false, false, false);
}
