package io.portolan.gateway.ledger;

import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;

/** The statements on {@code shared}. */
final class SharedRows {

    private static final String KEY =
            " WHERE server = :server AND type = :type AND system = :system AND value = :value";

    private SharedRows() {}

    static Optional<SharedRow> find(Handle handle, SharedKey key) {
        return bind(handle.createQuery("SELECT fhir_id, created, fhir_version, json FROM shared" + KEY), key)
                .map((row, context) -> new SharedRow(
                        row.getString("fhir_id"),
                        row.getInt("created") != 0,
                        row.getString("fhir_version"),
                        row.getString("json")))
                .findOne();
    }

    /** Whether it is the caller's now. */
    static boolean claim(Handle handle, SharedKey key, String token, long now, long until) {
        return bind(
                                handle.createUpdate("INSERT INTO shared"
                                        + " (server, type, system, value, created, claimed_by, claimed_until)"
                                        + " VALUES (:server, :type, :system, :value, 0, :token, :until)"
                                        + " ON CONFLICT (server, type, system, value) DO UPDATE SET"
                                        + " claimed_by = excluded.claimed_by, claimed_until = excluded.claimed_until"
                                        + " WHERE shared.claimed_until IS NULL OR shared.claimed_until <= :now"),
                                key)
                        .bind("token", token)
                        .bind("until", until)
                        .bind("now", now)
                        .execute()
                == 1;
    }

    static boolean written(Handle handle, SharedClaim claim, SharedRow row) {
        return bind(
                                handle.createUpdate("UPDATE shared SET fhir_id = :fhirId, created = :created,"
                                        + " fhir_version = :fhirVersion, json = :json, claimed_by = NULL,"
                                        + " claimed_until = NULL" + KEY + " AND claimed_by = :token"),
                                claim.key())
                        .bind("fhirId", row.fhirId())
                        .bind("created", row.created() ? 1 : 0)
                        .bind("fhirVersion", row.fhirVersion())
                        .bind("json", row.json())
                        .bind("token", claim.token())
                        .execute()
                == 1;
    }

    static boolean release(Handle handle, SharedClaim claim) {
        return bind(
                                handle.createUpdate("UPDATE shared SET claimed_by = NULL, claimed_until = NULL" + KEY
                                        + " AND claimed_by = :token"),
                                claim.key())
                        .bind("token", claim.token())
                        .execute()
                == 1;
    }

    private static <S extends SqlStatement<S>> S bind(S statement, SharedKey key) {
        return statement
                .bind("server", key.server())
                .bind("type", key.type())
                .bind("system", key.system())
                .bind("value", key.value());
    }

    /** Ends all leases that have not ended; says how many. */
    static int endLeases(Handle handle, long now) {
        return handle.createUpdate("UPDATE shared SET claimed_until = :now WHERE claimed_until > :now")
                .bind("now", now)
                .execute();
    }
}
