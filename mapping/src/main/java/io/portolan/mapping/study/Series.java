package io.portolan.mapping.study;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import java.util.SortedMap;

/**
 * One series of a study.
 *
 * @param uid SeriesInstanceUID
 * @param header what its instances say together at series level
 * @param instances SOPInstanceUID to instance-level header, ascending by UID
 */
public record Series(Uid uid, Header header, SortedMap<Uid, DataSet> instances) {}
