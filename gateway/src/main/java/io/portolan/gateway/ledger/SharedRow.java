package io.portolan.gateway.ledger;

import org.jspecify.annotations.Nullable;

/**
 * A resource that studies share, as the ledger knows it: one row for each server, type, system and value, which
 * serialises its creation.
 *
 * @param fhirId logical id on the server; null: somebody is about to create it
 * @param created whether this gateway created it, and so may update it
 * @param fhirVersion its versionId when we wrote it last; opaque
 * @param json the resource as we said it last
 */
public record SharedRow(
        @Nullable String fhirId,
        boolean created,
        @Nullable String fhirVersion,
        @Nullable String json) {}
