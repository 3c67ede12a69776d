package io.portolan.mapping;

import static io.portolan.mapping.Row.Need.REQUIRED;

import io.portolan.mapping.EndpointRules.OfEndpoint;
import java.util.List;
import java.util.function.BiConsumer;
import org.hl7.fhir.r4.model.Endpoint;

/** FHIR R4 Endpoint, all of it from the configuration. */
final class EndpointTable {

    // spotless:off
    static final Table<OfEndpoint, Endpoint> TABLE = new Table<>("Endpoint", List.of(
            // FHIR element               need      rule                        setter
            row("Endpoint.identifier",     REQUIRED, EndpointRules.IDENTIFIER,   Endpoint::addIdentifier),
            row("Endpoint.status",         REQUIRED, EndpointRules.STATUS,       Endpoint::setStatus),
            row("Endpoint.connectionType", REQUIRED, EndpointRules.TYPE,         Endpoint::setConnectionType),
            row("Endpoint.name",           REQUIRED, EndpointRules.NAME,         Endpoint::setName),
            row("Endpoint.payloadType",    REQUIRED, EndpointRules.PAYLOAD_TYPE, Endpoint::addPayloadType),
            row("Endpoint.address",        REQUIRED, EndpointRules.ADDRESS,      Endpoint::setAddress)));
    // spotless:on

    private EndpointTable() {}

    private static <V> Row<OfEndpoint, Endpoint, V> row(
            String element, Row.Need need, Rule<OfEndpoint, V> rule, BiConsumer<Endpoint, V> setter) {
        return new Row<>(element, List.of(), need, rule, setter);
    }
}
