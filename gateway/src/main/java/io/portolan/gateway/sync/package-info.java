/**
 * Keeps the ledger in step with archives: asks what they have, compares, and records what differs.
 *
 * <p>May depend on: the ledger, the mapping, the DICOM engine, Jackson. Must not know: the publisher and the receiver, which it meets in
 * the ledger. No patient value is ever logged or reported.
 */
@NullMarked
package io.portolan.gateway.sync;

import org.jspecify.annotations.NullMarked;
