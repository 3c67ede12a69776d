package io.portolan.gateway.ledger;

import java.time.Instant;

/** An instance that came before the ledger was made, and when: for {@link Ledger#restore}. */
public record Restored(Reception reception, Instant arrived) {}
