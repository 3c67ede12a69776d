/**
 * Synthetic instances for tests, benchmarks and the demo: golden cases, and makers of small valid files.
 *
 * <p>May depend on: {@code io.portolan.dicom}. Must not know: FHIR. Every patient here is invented.
 */
@NullMarked
package io.portolan.testdata;

import org.jspecify.annotations.NullMarked;
