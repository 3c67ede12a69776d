package io.portolan.mapping;

import java.net.URI;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a site decides about the mapping; pure values, checked here.
 *
 * @param timeZone for times whose study does not say its offset; empty: such a time is left out. Never the JVM's zone
 * @param identifierSystem absolute URI of the gateway's own identifiers
 * @param patientIdSystem absolute URI for a PatientID that names no issuer
 * @param accessionSystem absolute URI for an AccessionNumber that names no issuer
 * @param issuers text of an issuer (IssuerOfPatientID, LocalNamespaceEntityID) to absolute URI
 * @param noteFromStudyDescription whether {@code ImagingStudy.note} repeats StudyDescription
 * @param endpoints where the images of every study can be had
 */
public record MappingOptions(
        Optional<ZoneId> timeZone,
        String identifierSystem,
        Optional<String> patientIdSystem,
        Optional<String> accessionSystem,
        Map<String, String> issuers,
        boolean noteFromStudyDescription,
        PatientStrategy patientStrategy,
        List<StudyEndpoint> endpoints) {

    /** How {@code ImagingStudy.subject} says who the patient is. */
    public enum PatientStrategy {
        /** A Patient resource of its own, to be created when the server has none with the identifier. */
        CREATE,
        /** The identifier alone ({@code Reference.identifier}). */
        LOGICAL
    }

    /** {@code Endpoint.connectionType} for DICOM (FHIR R4 ValueSet endpoint-connection-type, and IHE IID). */
    public enum EndpointType {
        DICOM_WADO_RS("dicom-wado-rs", "DICOM WADO-RS"),
        DICOM_QIDO_RS("dicom-qido-rs", "DICOM QIDO-RS"),
        DICOM_WADO_URI("dicom-wado-uri", "DICOM WADO-URI"),
        IHE_IID("ihe-iid", "IHE IID");

        private final String code;
        private final String display;

        EndpointType(String code, String display) {
            this.code = code;
            this.display = display;
        }

        public String code() {
            return code;
        }

        String display() {
            return display;
        }
    }

    /**
     * An endpoint of all studies.
     *
     * @param address for dicom-wado-rs and dicom-qido-rs the base URL: no trailing slash, no {@code /studies}; never a
     *     query
     */
    public record StudyEndpoint(String name, EndpointType type, String address) {

        /** @throws IllegalArgumentException when the address cannot be that of such an endpoint */
        public StudyEndpoint {
            URI uri = URI.create(address);
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (!http || uri.getHost() == null) {
                throw new IllegalArgumentException("endpoint address: an http or https URL, not " + address);
            }
            if (uri.getRawQuery() != null || uri.getRawFragment() != null || address.endsWith("?")) {
                throw new IllegalArgumentException("endpoint address: without a query: " + address);
            }
            boolean restful = type == EndpointType.DICOM_WADO_RS || type == EndpointType.DICOM_QIDO_RS;
            if (restful && (address.endsWith("/") || uri.getPath().matches(".*/studies(/.*)?"))) {
                throw new IllegalArgumentException("endpoint address: the base URL before /studies: " + address);
            }
        }
    }

    /** @throws IllegalArgumentException when a system is no absolute URI, or two endpoints are one */
    public MappingOptions {
        issuers = Map.copyOf(issuers);
        endpoints = List.copyOf(endpoints);
        requireAbsolute("identifierSystem", identifierSystem);
        patientIdSystem.ifPresent(system -> requireAbsolute("patientIdSystem", system));
        accessionSystem.ifPresent(system -> requireAbsolute("accessionSystem", system));
        issuers.values().forEach(system -> requireAbsolute("issuers", system));
        long distinct = endpoints.stream()
                .map(endpoint -> endpoint.type() + " " + endpoint.address())
                .distinct()
                .count();
        if (distinct < endpoints.size()) {
            throw new IllegalArgumentException("endpoints: two of the same type and address");
        }
    }

    /** No zone, no systems but the gateway's own, a note, logical references to patients, no endpoint. */
    public static MappingOptions defaults(String identifierSystem) {
        return new MappingOptions(
                Optional.empty(),
                identifierSystem,
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                true,
                PatientStrategy.LOGICAL,
                List.of());
    }

    private static void requireAbsolute(String name, String system) {
        if (!IssuerRules.isAbsoluteUri(system)) {
            throw new IllegalArgumentException(name + ": an absolute URI, not " + system);
        }
    }
}
