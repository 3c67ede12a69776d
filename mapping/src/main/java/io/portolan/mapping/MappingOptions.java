package io.portolan.mapping;

import io.portolan.dicom.Level;
import io.portolan.dicom.Vr;
import io.portolan.dicom.io.Selection;
import java.net.URI;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a site decides about the mapping; pure values, checked here.
 *
 * @param identifierSystem absolute URI of the gateway's own identifiers
 * @param zones for times whose study does not say its offset
 * @param patients the systems of PatientID
 * @param orders the systems of AccessionNumber, and of placer and filler order numbers
 * @param admissions the systems of AdmissionID
 * @param specimens the systems of SpecimenIdentifier and ContainerIdentifier
 * @param strategies how a study refers to resources of a type; {@code LOGICAL} where the type is not named
 * @param codes {@code designator|code} of a local code to the coding that stands for it
 * @param note what {@code ImagingStudy.note} is made of; empty: there is none
 * @param endpoints where the images can be had
 * @param extensions what else is mapped, into extensions
 */
public record MappingOptions(
        String identifierSystem,
        Zones zones,
        Issuers patients,
        Issuers orders,
        Issuers admissions,
        Issuers specimens,
        Map<ReferencedType, Strategy> strategies,
        Map<String, MappedCode> codes,
        List<SourceTag> note,
        List<EndpointOption> endpoints,
        List<ExtensionOption> extensions) {

    /**
     * Time zones; never the JVM's.
     *
     * @param byDefault empty: a time without an offset is left out
     * @param byCallingAe by the AE title of who sent the instances
     */
    public record Zones(Optional<ZoneId> byDefault, Map<String, ZoneId> byCallingAe) {

        public static final Zones NONE = new Zones(Optional.empty(), Map.of());

        public Zones {
            byCallingAe = Map.copyOf(byCallingAe);
        }

        /** The zone of what this AE has sent. */
        Optional<ZoneId> of(Optional<String> callingAe) {
            return callingAe.map(byCallingAe::get).or(() -> byDefault);
        }
    }

    /**
     * The systems of one kind of identifier; absolute URIs.
     *
     * @param byName text of an issuer (IssuerOfPatientID, LocalNamespaceEntityID) to system
     * @param byDefault for an identifier that names no issuer
     */
    public record Issuers(Map<String, String> byName, Optional<String> byDefault) {

        public static final Issuers NONE = new Issuers(Map.of(), Optional.empty());

        /** @throws IllegalArgumentException when a system is no absolute URI */
        public Issuers {
            byName = Map.copyOf(byName);
            byName.values().forEach(system -> requireAbsolute("issuers", system));
            byDefault.ifPresent(system -> requireAbsolute("default system", system));
        }

        Issuers withoutDefault() {
            return new Issuers(byName, Optional.empty());
        }
    }

    /** A coding that stands for a local one; {@code display} may be empty. */
    public record MappedCode(String system, String code, String display) {

        /** @throws IllegalArgumentException when the system is no absolute URI */
        public MappedCode {
            requireAbsolute("codes", system);
        }
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
     * Where images can be had.
     *
     * @param address for dicom-wado-rs and dicom-qido-rs the base URL: no trailing slash, no {@code /studies}; never a
     *     query
     * @param callingAes empty: an endpoint of every study; else of the series that came from these AE titles
     */
    public record EndpointOption(String name, EndpointType type, String address, List<String> callingAes) {

        /** @throws IllegalArgumentException when the address cannot be that of such an endpoint */
        public EndpointOption {
            callingAes = List.copyOf(callingAes);
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
            if (type == EndpointType.IHE_IID && !callingAes.isEmpty()) {
                throw new IllegalArgumentException("endpoint: ihe-iid shows studies, not series");
            }
        }

        public EndpointOption(String name, EndpointType type, String address) {
            this(name, type, address, List.of());
        }

        boolean isOfStudy() {
            return callingAes.isEmpty();
        }
    }

    /** @throws IllegalArgumentException when a system is no absolute URI, or two things are one */
    public MappingOptions {
        strategies = Map.copyOf(strategies);
        codes = Map.copyOf(codes);
        note = List.copyOf(note);
        endpoints = List.copyOf(endpoints);
        extensions = List.copyOf(extensions);
        requireAbsolute("identifierSystem", identifierSystem);
        strategies.forEach((type, strategy) -> {
            if (strategy == Strategy.CREATE && !type.isCreatable()) {
                throw new IllegalArgumentException(type.fhirType() + ": never created, by reference only");
            }
        });
        requireDistinct(
                "endpoints: two of the same type and address",
                endpoints.stream().map(endpoint -> endpoint.type() + " " + endpoint.address()));
        requireDistinct("extensions: two of the same URL", extensions.stream().map(ExtensionOption::url));
    }

    /** No zone, no systems but the gateway's own, a note, logical references, no endpoint, no extension. */
    public static MappingOptions defaults(String identifierSystem) {
        return new MappingOptions(
                identifierSystem,
                Zones.NONE,
                Issuers.NONE,
                Issuers.NONE,
                Issuers.NONE,
                Issuers.NONE,
                Map.of(),
                Map.of(),
                List.of(SourceTag.STUDY_DESCRIPTION),
                List.of(),
                List.of());
    }

    /** The same site, which refers to everything by identifier and name alone. */
    MappingOptions logical() {
        return new MappingOptions(
                identifierSystem,
                zones,
                patients,
                orders,
                admissions,
                specimens,
                Map.of(),
                codes,
                note,
                endpoints,
                extensions);
    }

    /** What is to be kept of headers beside what the tables read: by level, tag to the VR to read it in. */
    public Map<Level, Map<Integer, Vr>> extraTags() {
        Map<Level, Map<Integer, Vr>> tags = new EnumMap<>(Level.class);
        note.forEach(tag -> extra(tags, tag, Vr.UT));
        extensions.forEach(
                extension -> extra(tags, extension.source(), extension.type().vr()));
        return tags;
    }

    private static void extra(Map<Level, Map<Integer, Vr>> tags, SourceTag tag, Vr vr) {
        if (tag.isExtra()) {
            tags.computeIfAbsent(tag.level(), level -> new TreeMap<>()).put(tag.tag(), vr);
        }
    }

    /** What a reader keeps for this mapping. */
    public Selection selection() {
        return Selection.mappedAnd(extraTags().values().stream()
                .flatMap(tags -> tags.keySet().stream())
                .toList());
    }

    Strategy strategy(ReferencedType type) {
        return strategies.getOrDefault(type, Strategy.LOGICAL);
    }

    private static void requireDistinct(String problem, Stream<String> names) {
        List<String> all = names.toList();
        if (all.stream().distinct().count() < all.size()) {
            throw new IllegalArgumentException(problem);
        }
    }

    private static void requireAbsolute(String name, String system) {
        if (!IssuerRules.isAbsoluteUri(system)) {
            throw new IllegalArgumentException(name + ": an absolute URI, not " + system);
        }
    }
}
