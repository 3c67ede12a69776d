package io.portolan.gateway.publish;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portolan.gateway.ledger.SharedClaim;
import io.portolan.mapping.MappingResult.SharedResource;

/** The right to write a resource that studies share. */
record HeldResource(SharedClaim claim, SharedResource resource, ObjectNode json) {

    String type() {
        return claim.key().type();
    }

    /** Whether it is of a patient: then the one that the server has may be of another. */
    boolean hasSubject() {
        return Subject.isIn(json);
    }

    String ifNoneExist() {
        return FhirClient.identifierQuery(claim.key().system(), claim.key().value());
    }
}
