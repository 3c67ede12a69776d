package io.portolan.gateway.ledger;

/**
 * Which shared resource: one for each server, type and identifier.
 *
 * @param server base URL of the FHIR server
 * @param type resource type
 * @param system of the identifier
 * @param value of the identifier; may be a patient's
 */
public record SharedKey(String server, String type, String system, String value) {

    /** Without the value, which may be a patient's. */
    @Override
    public String toString() {
        return type + " of " + system + " on " + server;
    }
}
