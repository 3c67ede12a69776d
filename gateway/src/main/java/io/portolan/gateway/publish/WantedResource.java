package io.portolan.gateway.publish;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portolan.gateway.ledger.SharedKey;
import io.portolan.gateway.ledger.SharedRow;
import io.portolan.mapping.MappingResult.SharedResource;
import io.portolan.mapping.Strategy;

/**
 * A resource that a study refers to, as we say it now.
 *
 * @param json without an id; references by placeholder
 */
record WantedResource(SharedKey key, SharedResource resource, ObjectNode json) {

    static WantedResource of(SharedResource resource, String server) {
        ObjectNode json = Resources.encode(resource.resource());
        json.remove("id");
        SharedKey key = new SharedKey(
                server, resource.resource().fhirType(), resource.identifierSystem(), resource.identifierValue());
        return new WantedResource(key, resource, json);
    }

    /** @param row what the ledger knows of it */
    boolean mayUpdate(SharedRow row) {
        return !isOnlyFound() && (row.created() || resource.ownedByGateway());
    }

    boolean isOnlyFound() {
        return resource.strategy() == Strategy.RESOLVE;
    }
}
