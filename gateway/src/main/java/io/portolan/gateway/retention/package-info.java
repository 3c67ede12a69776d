/**
 * Files that are kept for a time only.
 *
 * <p>May depend on: {@code ..ledger}. Must not know: FHIR, HTTP, DICOM.
 */
@NullMarked
package io.portolan.gateway.retention;

import org.jspecify.annotations.NullMarked;
