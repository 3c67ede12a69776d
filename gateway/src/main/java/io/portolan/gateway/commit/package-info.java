/**
 * Whether instances are kept safely, asked by N-ACTION and told by N-EVENT-REPORT (Storage Commitment Push Model, PS3.4
 * annex J).
 *
 * <p>May depend on: {@code io.portolan.dicom}, {@code ..ledger}. Must not know: FHIR, HTTP, {@code ..receive}, {@code ..publish},
 * {@code ..forward}.
 */
@NullMarked
package io.portolan.gateway.commit;

import org.jspecify.annotations.NullMarked;
