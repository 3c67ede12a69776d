package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.mapping.MappingOptions.EndpointOption;
import io.portolan.mapping.MappingOptions.EndpointType;
import io.portolan.mapping.MappingResult.SharedResource;
import io.portolan.mapping.StudySource.OfSeries;
import io.portolan.mapping.study.Study;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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
            "one for each configured; none where nothing is listed, or can be fetched any more",
            source -> ofStudies(source.options()).stream()
                    .filter(endpoint -> isThere(source.study()))
                    .map(endpoint -> Value.of(reference(endpoint, source.references(), source.options())))
                    .toList());

    static final Rule<StudySource, Reference> RETRIEVE_URL = Rule.many(
            "dicom-wado-rs at the base before /studies, unless it is configured already", EndpointRules::retrieveUrls);

    static final Rule<OfSeries, Reference> SERIES_ENDPOINTS = Rule.many(
            "one for each configured for the AE that sent the series; none where it cannot be fetched any more",
            EndpointRules::ofSeries);

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

    static final Rule<OfEndpoint, String> NAME = Rule.one(
            "as configured; RetrieveURL where it comes from there",
            source -> Value.of(source.endpoint().name()));

    static final Rule<OfEndpoint, CodeableConcept> PAYLOAD_TYPE = Rule.one(
            "DCM 113014 Study; of a series 113015 Series",
            source -> Value.of(new CodeableConcept()
                    .addCoding(
                            source.endpoint().isOfStudy()
                                    ? new Coding(ModalityRules.DCM, "113014", "Study")
                                    : new Coding(ModalityRules.DCM, "113015", "Series"))));

    static final Rule<OfEndpoint, String> ADDRESS = Rule.one(
            "as configured: the base URL", source -> Value.of(source.endpoint().address()));

    /** What the rules of {@link EndpointTable} read. */
    record OfEndpoint(EndpointOption endpoint, String system) {

        String value() {
            return NameBasedUuid.ofUrl(endpoint.type().code() + ' ' + endpoint.address())
                    .toString();
        }
    }

    private EndpointRules() {}

    private static boolean isThere(Study study) {
        return study.numberListed() > 0 && !study.standing().gone();
    }

    private static List<EndpointOption> ofStudies(MappingOptions options) {
        return options.endpoints().stream().filter(EndpointOption::isOfStudy).toList();
    }

    private static List<Value<Reference>> retrieveUrls(StudySource source) {
        List<String> configured = ofStudies(source.options()).stream()
                .filter(endpoint -> endpoint.type() == EndpointType.DICOM_WADO_RS)
                .map(EndpointOption::address)
                .toList();
        return bases(source)
                .filter(base -> isThere(source.study()))
                .filter(base -> base.said().filter(configured::contains).isEmpty())
                .map(base -> base.map(address -> reference(
                        new EndpointOption("RetrieveURL", EndpointType.DICOM_WADO_RS, address),
                        source.references(),
                        source.options())))
                .toList();
    }

    private static List<Value<Reference>> ofSeries(OfSeries source) {
        return source.callingAe().filter(ae -> !source.gone()).stream()
                .flatMap(ae -> source.options().endpoints().stream()
                        .filter(endpoint -> endpoint.callingAes().contains(ae)))
                .map(endpoint -> Value.of(reference(endpoint, source.references(), source.options())))
                .toList();
    }

    /** The distinct bases of what instances say: a URL of a study, of a series or of an instance. */
    private static Stream<Value<String>> bases(StudySource source) {
        return source.study().header().variants().stream()
                .flatMap(variant -> variant.header().string(Attribute.RetrieveURL).stream())
                .map(EndpointRules::base)
                .distinct();
    }

    /** PS3.18 10.1: what stands before /studies. */
    static Value<String> base(String url) {
        Optional<URI> uri = uri(url).filter(u -> u.getHost() != null && u.getRawUserInfo() == null);
        boolean http = uri.map(URI::getScheme)
                .filter(scheme -> scheme.equals("http") || scheme.equals("https"))
                .isPresent();
        if (!http) {
            return Value.invalid(Attribute.RetrieveURL, "no http or https URL");
        }
        if (uri.orElseThrow().getRawQuery() != null || uri.get().getRawFragment() != null) {
            return Value.invalid(Attribute.RetrieveURL, "a query in it");
        }
        // The last one: a host and a path before it may be called so as well.
        int studies = url.lastIndexOf("/studies/");
        String before = studies < 0 ? "" : url.substring(0, studies).replaceAll("/+$", "");
        boolean based = uri(before).filter(u -> u.getHost() != null).isPresent() && !before.matches(".*/studies(/.*)?");
        return based ? Value.of(before) : Value.invalid(Attribute.RetrieveURL, "no /studies/ in its path");
    }

    private static Optional<URI> uri(String text) {
        try {
            return Optional.of(new URI(text));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static Reference reference(EndpointOption endpoint, References references, MappingOptions options) {
        OfEndpoint source = new OfEndpoint(endpoint, options.identifierSystem());
        Endpoint resource = new Endpoint();
        EndpointTable.TABLE.map(source, resource, null, new ArrayList<>());
        return references.toOwn(SharedResource.of(resource, source.system(), source.value(), true, Strategy.CREATE));
    }
}
