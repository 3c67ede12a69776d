/**
 * Reading and writing data sets: PS3.5 streams, PS3.10 files, the DICOM JSON model (PS3.18 F), and a text form.
 *
 * <p>May depend on: {@code io.portolan.dicom}. Must not know: sockets, FHIR. Nothing here holds pixels.
 */
@NullMarked
package io.portolan.dicom.io;

import org.jspecify.annotations.NullMarked;
