package io.portolan.mapping;

import io.portolan.mapping.MappingOptions.StudyEndpoint;
import io.portolan.mapping.MappingResult.SharedResource;
import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Endpoint;
import org.hl7.fhir.r4.model.Endpoint.EndpointStatus;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Reference;

/** Where the images can be had: the configured endpoints. */
final class EndpointRules {

    private static final String CONNECTION_TYPE = "http://terminology.hl7.org/CodeSystem/endpoint-connection-type";

    static final Rule<StudySource, Reference> STUDY_ENDPOINTS = Rule.many(
            "one for each configured; none where nothing is listed",
            source -> source.endpoints().stream()
                    .filter(endpoint -> source.study().numberListed() > 0)
                    .map(endpoint -> Value.of(new Reference(endpoint.placeholder())))
                    .toList());

    static final Rule<OfEndpoint, Identifier> IDENTIFIER = Rule.one(
            "the gateway's own: the configured system and a UUID of type and address",
            source -> Value.of(new Identifier().setSystem(source.system()).setValue(source.value())));

    static final Rule<OfEndpoint, EndpointStatus> STATUS =
            Rule.one("active", source -> Value.of(EndpointStatus.ACTIVE));

    static final Rule<OfEndpoint, Coding> TYPE = Rule.one(
            "as configured",
            source -> Value.of(new Coding(
                    CONNECTION_TYPE,
                    source.endpoint().type().code(),
                    source.endpoint().type().display())));

    static final Rule<OfEndpoint, String> NAME =
            Rule.one("as configured", source -> Value.of(source.endpoint().name()));

    static final Rule<OfEndpoint, CodeableConcept> PAYLOAD_TYPE = Rule.one(
            "DCM 113014, Study",
            source -> Value.of(new CodeableConcept().addCoding(new Coding(ModalityRules.DCM, "113014", "Study"))));

    static final Rule<OfEndpoint, String> ADDRESS = Rule.one(
            "as configured: the base URL", source -> Value.of(source.endpoint().address()));

    /** What the rules of {@link EndpointTable} read. */
    record OfEndpoint(StudyEndpoint endpoint, String system) {

        String value() {
            return NameBasedUuid.ofUrl(endpoint.type().code() + ' ' + endpoint.address())
                    .toString();
        }
    }

    private EndpointRules() {}

    static List<SharedResource> shared(MappingOptions options) {
        return options.endpoints().stream()
                .map(endpoint -> shared(new OfEndpoint(endpoint, options.identifierSystem())))
                .toList();
    }

    private static SharedResource shared(OfEndpoint source) {
        Endpoint resource = new Endpoint();
        EndpointTable.TABLE.map(source, resource, null, new ArrayList<>());
        return StudyMapper.shared(resource, source.system(), source.value(), true);
    }
}
