/**
 * A study in DICOM terms to FHIR R4 resources.
 *
 * <p>May depend on: {@code io.portolan.dicom}, the HAPI structures. Must not know: threads, sockets, files, clocks, the
 * ledger.
 */
@NullMarked
package io.portolan.mapping;

import org.jspecify.annotations.NullMarked;
