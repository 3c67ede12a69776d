/**
 * What a conversion makes of one file and of one study, wherever the files lie and whoever brings the instances of a study
 * together: a process with a journal ({@code portolan convert}), or a cluster that shuffles them.
 *
 * <p>May depend on {@code dicom}, {@code mapping} and commons-compress. Must not depend on the ledger, the network or a folder
 * of its own: files come as {@link io.portolan.gateway.convert.Location}, what was read goes out as bytes, and what is written
 * is a line.
 */
@NullMarked
package io.portolan.gateway.convert;

import org.jspecify.annotations.NullMarked;
