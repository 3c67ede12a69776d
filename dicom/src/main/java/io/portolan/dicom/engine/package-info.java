/**
 * The seam between the gateway and the DICOM engine below it: serve associations, request associations.
 *
 * <p>The second engine is dcm4che, for those who can reach its repository; both pass the same conformance suite. Keep
 * this narrow: what only one engine can do does not belong here.
 *
 * <p>May depend on: {@code io.portolan.dicom} values. Must not know: the engine that implements it, FHIR.
 */
@NullMarked
package io.portolan.dicom.engine;

import org.jspecify.annotations.NullMarked;
