package io.portolan.mapping.study;

import io.portolan.dicom.Uid;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What rejection notes and policies leave of a study.
 *
 * @param unlistedSeries series of which nothing is listed, and which count
 * @param unlistedInstances instances, of any series, that are not listed and count
 * @param awaited of a selection: instances that it points out and that are not known yet
 * @param unknown SOPInstanceUID of a rejection note to how many instances it names that are not known
 * @param unread SOPInstanceUID of a Key Object Selection to how many studies it names beyond those that are looked at
 * @param gone whether it can be fetched from no archive any more
 */
public record Standing(
        Availability availability,
        int unlistedSeries,
        int unlistedInstances,
        int awaited,
        SortedMap<Uid, Integer> unknown,
        SortedMap<Uid, Integer> unread,
        boolean gone) {

    /** Everything is listed. */
    static final Standing WHOLE = new Standing(
            Availability.AVAILABLE, 0, 0, 0, Collections.emptySortedMap(), Collections.emptySortedMap(), false);

    /** Whether there is something to share, and if not, why. */
    public enum Availability {
        AVAILABLE,
        /** All instances are rejected for their quality, or deleted: nothing came of it. */
        REJECTED,
        /** Instances are rejected that should not have been made or shared, or the selection of them was replaced. */
        WRONG,
        /** All instances are past their retention. */
        EXPIRED
    }

    public Standing {
        unknown = Collections.unmodifiableSortedMap(new TreeMap<>(unknown));
        unread = Collections.unmodifiableSortedMap(new TreeMap<>(unread));
    }
}
