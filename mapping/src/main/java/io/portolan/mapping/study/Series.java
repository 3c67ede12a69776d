package io.portolan.mapping.study;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import java.util.Optional;
import java.util.SortedMap;

/**
 * One series of a study.
 *
 * @param uid SeriesInstanceUID
 * @param header what its instances say together at series level
 * @param instances those that are listed: SOPInstanceUID to instance-level header, ascending by UID
 * @param callingAe AE title of who sent most of them, ties by the smallest SOPInstanceUID; empty: nobody knows
 * @param unlisted how many more instances count
 */
public record Series(
        Uid uid, Header header, SortedMap<Uid, DataSet> instances, Optional<String> callingAe, int unlisted) {

    public int numberOfInstances() {
        return instances.size() + unlisted;
    }
}
