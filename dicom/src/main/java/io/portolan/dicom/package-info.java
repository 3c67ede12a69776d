/**
 * DICOM values: UIDs, value representations, attributes, data sets (PS3.5, PS3.6).
 *
 * <p>May depend on: the JDK. Must not know: files, sockets, FHIR.
 */
@NullMarked
package io.portolan.dicom;

import org.jspecify.annotations.NullMarked;
