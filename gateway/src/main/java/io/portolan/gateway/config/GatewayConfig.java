package io.portolan.gateway.config;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.mapping.MappingOptions;
import io.portolan.mapping.study.SharingOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * Everything that can be configured, checked and with defaults filled in. The table of keys is in
 * {@code docs/configuration.md}. Relative paths are left relative: they mean the working directory.
 */
public record GatewayConfig(
        Dicom dicom,
        Storage storage,
        Ledger ledger,
        Fhir fhir,
        Publish publish,
        Http http,
        Log log,
        MappingConfig mapping,
        Sharing sharing) {

    /**
     * Reads the configuration: defaults, over them the file, the environment ({@code PORTOLAN_PUBLISH_QUIET}), and
     * {@code --set publish.quiet=5s}. Variables that name no section of the configuration are ignored.
     *
     * @throws ConfigException with every problem of every source
     */
    public static GatewayConfig load(
            Optional<Path> file, Map<String, String> environment, Map<String, String> overrides)
            throws ConfigException {
        Settings settings = Settings.gather(file, environment, overrides);
        return new GatewayConfig(
                dicom(settings),
                new Storage(settings.get(Keys.STORAGE_MODE), settings.get(Keys.STORAGE_DIR)),
                new Ledger(
                        settings.get(Keys.LEDGER_URL),
                        settings.get(Keys.LEDGER_BACKLOG_MAX),
                        settings.get(Keys.LEDGER_FREE_SPACE_MIN)),
                new Fhir(
                        settings.get(Keys.FHIR_URL),
                        settings.get(Keys.FHIR_TIMEOUT),
                        settings.get(Keys.FHIR_TRANSACTION)),
                publish(settings),
                new Http(settings.get(Keys.HTTP_BIND), settings.get(Keys.HTTP_PORT)),
                new Log(settings.get(Keys.LOG_LEVEL)),
                mapping(settings),
                sharing(settings));
    }

    private static Dicom dicom(Settings settings) {
        return new Dicom(
                settings.get(Keys.DICOM_ENGINE),
                settings.get(Keys.DICOM_AE_TITLE),
                settings.get(Keys.DICOM_ACCEPT_ANY),
                settings.get(Keys.DICOM_CORRECTING),
                settings.get(Keys.DICOM_BIND),
                settings.get(Keys.DICOM_PORT),
                new DicomLimits(
                        Math.toIntExact(settings.get(Keys.DICOM_PDU_LENGTH)),
                        settings.get(Keys.DICOM_ASSOCIATIONS),
                        settings.get(Keys.DICOM_IDLE_TIMEOUT),
                        settings.get(Keys.DICOM_ARTIM_TIMEOUT),
                        settings.get(Keys.DICOM_STOP_TIMEOUT),
                        settings.get(Keys.DICOM_HEADER_BYTES),
                        settings.get(Keys.DICOM_ELEMENT_BYTES),
                        settings.get(Keys.DICOM_SEQUENCE_DEPTH),
                        settings.get(Keys.DICOM_SEQUENCE_ITEMS)));
    }

    private static Publish publish(Settings settings) {
        return new Publish(
                settings.get(Keys.PUBLISH_QUIET),
                settings.get(Keys.PUBLISH_MAX_DELAY),
                settings.get(Keys.PUBLISH_PARALLEL),
                settings.get(Keys.PUBLISH_RETRY_MIN),
                settings.get(Keys.PUBLISH_RETRY_MAX),
                settings.get(Keys.PUBLISH_LEASE));
    }

    private static MappingConfig mapping(Settings settings) {
        return new MappingConfig(
                settings.get(Keys.MAPPING_TIME_ZONE),
                settings.get(Keys.MAPPING_IDENTIFIER),
                settings.get(Keys.MAPPING_PATIENT_ID),
                settings.get(Keys.MAPPING_ACCESSION),
                settings.get(Keys.MAPPING_ISSUERS),
                settings.get(Keys.MAPPING_NOTE),
                settings.get(Keys.MAPPING_PATIENT),
                settings.get(Keys.MAPPING_ENDPOINTS));
    }

    private static Sharing sharing(Settings settings) {
        return new Sharing(
                settings.get(Keys.SHARING_SOP_CLASSES),
                settings.get(Keys.SHARING_MODALITIES),
                settings.get(Keys.SHARING_SENDERS),
                settings.get(Keys.SHARING_VALUES),
                settings.get(Keys.SHARING_QUALITY),
                settings.get(Keys.SHARING_EXPIRED));
    }

    /** {@code port} 0 takes any free port. */
    public record Dicom(
            Engine engine,
            String aeTitle,
            boolean acceptAnyCalledAe,
            SortedSet<String> correctingAeTitles,
            String bind,
            int port,
            DicomLimits limits) {}

    /** What a DICOM peer or file may cost at most. */
    public record DicomLimits(
            int pduLengthMaxBytes,
            int associationsMax,
            Duration idleTimeout,
            Duration artimTimeout,
            Duration stopTimeout,
            long headerMaxBytes,
            long elementMaxBytes,
            int sequenceDepthMax,
            int sequenceItemsMax) {

        /** The same in the reader's own terms. */
        public ReadLimits readLimits() {
            return new ReadLimits(Math.toIntExact(elementMaxBytes), headerMaxBytes, sequenceDepthMax, sequenceItemsMax);
        }
    }

    public record Storage(StorageMode mode, Path dir) {}

    /** {@code backlogMax} counts studies. */
    public record Ledger(Path file, int backlogMax, long freeSpaceMinBytes) {

        /** The JDBC URL of the file. */
        public String url() {
            return Addresses.SQLITE + file;
        }
    }

    /** {@code url} has no slash at its end. */
    public record Fhir(URI url, Duration timeout, Transaction transaction) {}

    /** {@code maxDelay >= quiet}, {@code retryDelayMax >= retryDelayMin}, {@code lease >= fhir.timeout}. */
    public record Publish(
            Duration quiet,
            Duration maxDelay,
            int parallel,
            Duration retryDelayMin,
            Duration retryDelayMax,
            Duration lease) {}

    /** {@code port} 0 takes any free port. */
    public record Http(String bind, int port) {}

    public record Log(LogLevel level) {}

    /** {@code issuers} and {@code endpoints} are in the order of their names, whatever the file's order. */
    public record MappingConfig(
            Optional<ZoneId> timeZone,
            URI identifierSystem,
            Optional<URI> patientIdSystem,
            Optional<URI> accessionSystem,
            SortedMap<String, URI> issuers,
            Note note,
            PatientStrategy patient,
            SortedMap<String, Endpoint> endpoints) {

        public MappingConfig {
            issuers = Collections.unmodifiableSortedMap(new TreeMap<>(issuers));
            endpoints = Collections.unmodifiableSortedMap(new TreeMap<>(endpoints));
        }

        /** The same in the mapping's own terms. */
        public MappingOptions options() {
            Map<String, String> issuerSystems = new TreeMap<>();
            issuers.forEach((issuer, system) -> issuerSystems.put(issuer, system.toString()));
            return new MappingOptions(
                    timeZone,
                    identifierSystem.toString(),
                    patientIdSystem.map(URI::toString),
                    accessionSystem.map(URI::toString),
                    issuerSystems,
                    note == Note.STUDY_DESCRIPTION,
                    MappingOptions.PatientStrategy.valueOf(patient.name()),
                    endpoints.entrySet().stream()
                            .map(e -> e.getValue().option(e.getKey()))
                            .toList());
        }
    }

    /** {@code address} has neither a slash at its end nor a query; that of a DICOMweb service stands before /studies. */
    public record Endpoint(EndpointType type, URI address) {

        private MappingOptions.StudyEndpoint option(String name) {
            return new MappingOptions.StudyEndpoint(
                    name, MappingOptions.EndpointType.valueOf(type.name()), address.toString());
        }
    }

    /** {@code excludeValues} is by the keyword of an attribute. */
    public record Sharing(
            SortedSet<String> excludeSopClasses,
            SortedSet<String> excludeModalities,
            SortedSet<String> excludeAeTitles,
            SortedMap<String, SortedSet<String>> excludeValues,
            QualityRejected qualityRejected,
            Expired expired) {

        /** The same in the mapping's own terms. */
        public SharingOptions options() {
            Map<Attribute, Set<String>> values = new EnumMap<>(Attribute.class);
            excludeValues.forEach((keyword, excluded) ->
                    exclude(values, Attribute.findKeyword(keyword).orElseThrow(), excluded));
            exclude(values, Attribute.SOPClassUID, excludeSopClasses);
            exclude(values, Attribute.Modality, excludeModalities);
            return new SharingOptions(
                    values,
                    excludeAeTitles,
                    qualityRejected == QualityRejected.SHOWN,
                    SharingOptions.Expired.valueOf(expired.name()));
        }

        private static void exclude(Map<Attribute, Set<String>> all, Attribute attribute, Set<String> values) {
            if (!values.isEmpty()) {
                all.computeIfAbsent(attribute, one -> new HashSet<>()).addAll(values);
            }
        }
    }

    public enum QualityRejected {
        HIDDEN,
        SHOWN
    }

    public enum Expired {
        EMPTY,
        CANCELLED,
        DELETED
    }

    public enum Engine {
        PORTOLAN,
        DCM4CHE
    }

    public enum StorageMode {
        KEEP,
        DISCARD
    }

    public enum Transaction {
        AUTO,
        TRUE,
        FALSE
    }

    public enum LogLevel {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }

    public enum Note {
        STUDY_DESCRIPTION,
        NONE
    }

    public enum PatientStrategy {
        LOGICAL,
        CREATE
    }

    /** {@code http://terminology.hl7.org/CodeSystem/endpoint-connection-type}, as far as it serves images. */
    public enum EndpointType {
        DICOM_WADO_RS,
        DICOM_QIDO_RS,
        DICOM_WADO_URI,
        IHE_IID;

        public String code() {
            return Kinds.text(this);
        }

        /** Whether /studies follows the address (PS3.18 10.1). */
        boolean isBaseUrl() {
            return this == DICOM_WADO_RS || this == DICOM_QIDO_RS;
        }
    }
}
