package io.portolan.gateway.ledger;

/**
 * The right to create or update one shared resource for a while.
 *
 * @param row what is known of it now; its {@code fhirId} is null when nobody has created it
 */
public record SharedClaim(SharedKey key, String token, SharedRow row) {}
