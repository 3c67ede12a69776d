/**
 * A study in DICOM terms: instances split by level, gathered without regard to their order.
 *
 * <p>May depend on: {@code io.portolan.dicom}. Must not know: FHIR, the ledger, files, sockets, time.
 */
@NullMarked
package io.portolan.mapping.study;

import org.jspecify.annotations.NullMarked;
