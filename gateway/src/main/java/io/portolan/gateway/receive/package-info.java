/**
 * Instances coming in: checked, kept on disk, recorded, acknowledged; in this order.
 *
 * <p>May depend on: {@code io.portolan.dicom}, {@code io.portolan.mapping.study}, {@code ..ledger}. Must not know: FHIR,
 * HTTP, {@code ..publish}.
 */
@NullMarked
package io.portolan.gateway.receive;

import org.jspecify.annotations.NullMarked;
