/**
 * What was written to the FHIR server, told as AuditEvents of IHE BALP: made, kept in the ledger, delivered.
 *
 * <p>May depend on: the ledger, HAPI's structures. Must not know: how anything is published.
 */
@NullMarked
package io.portolan.gateway.audit;

import org.jspecify.annotations.NullMarked;
