package io.portolan.gateway.ledger;

/**
 * An audit record that is to be delivered.
 *
 * @param id of the AuditEvent; the same write gives the same id, where the server tells versions
 * @param json the AuditEvent, without its id
 * @param perhapsThere whether it may have been delivered before: it is of a write that nobody recorded
 */
public record AuditRecord(String id, String json, boolean perhapsThere) {

    /** Without the JSON, which may name a patient. */
    @Override
    public String toString() {
        return "audit record " + id;
    }
}
