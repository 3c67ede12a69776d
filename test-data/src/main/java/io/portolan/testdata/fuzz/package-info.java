/**
 * What a fuzzer runs: any bytes at all go in, and either an answer or the one typed error comes out.
 *
 * <p>May depend on: {@code io.portolan.dicom}. Must not know: the fuzzer, which finds the entry points by their name.
 */
@NullMarked
package io.portolan.testdata.fuzz;

import org.jspecify.annotations.NullMarked;
