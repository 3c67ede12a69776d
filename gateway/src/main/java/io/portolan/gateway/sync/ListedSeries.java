package io.portolan.gateway.sync;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import java.util.OptionalInt;

/**
 * A series as a source lists it.
 *
 * @param fingerprint of all that is said of it, counts included; empty: the source does not say how much there is
 * @param answer the attributes that were said, in UTF-8
 * @param instances how many; empty: not said
 */
public record ListedSeries(Uid series, String fingerprint, DataSet answer, OptionalInt instances) {}
