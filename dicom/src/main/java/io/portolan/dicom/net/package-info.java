/**
 * The DICOM network over TCP: the upper layer protocol (PS3.8) and, above it, DIMSE (PS3.7) with the Verification and
 * Storage service classes, both roles, and Query/Retrieve as SCU.
 *
 * <p>From below to above: {@code Transport} (bytes, deadlines and pace), {@code Pdu} with its reader and writer (PS3.8 9.3),
 * {@code StateTable} and {@code Association} (PS3.8 9.2), {@code MessageReader} and {@code MessageWriter} (PS3.8 annex
 * E), {@code CommandSet} (PS3.7 6.3), {@code StorageScp} and {@code QueryRetrieve}, {@code Scp}, {@code Scu} and
 * {@code Listener}.
 *
 * <p>May depend on: {@code io.portolan.dicom} values, the seam {@code io.portolan.dicom.engine}. Must not know: what a
 * data set holds (that of a C-FIND it reads and writes), files, FHIR.
 */
@NullMarked
package io.portolan.dicom.net;

import org.jspecify.annotations.NullMarked;
