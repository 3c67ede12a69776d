/**
 * Instances that were kept go on to a PACS (C-STORE as SCU), and are dropped when it has confirmed them.
 *
 * <p>May depend on: {@code io.portolan.dicom}, {@code ..ledger}. Must not know: FHIR, HTTP, {@code ..receive}, {@code ..publish}.
 */
@NullMarked
package io.portolan.gateway.forward;

import org.jspecify.annotations.NullMarked;
