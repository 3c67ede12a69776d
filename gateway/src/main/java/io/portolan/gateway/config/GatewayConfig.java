package io.portolan.gateway.config;

import io.portolan.dicom.engine.Hosts;
import io.portolan.dicom.engine.Tls.ClientCertificates;
import io.portolan.dicom.engine.TlsProfile;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.gateway.access.Access;
import io.portolan.gateway.ledger.LedgerPlace;
import io.portolan.gateway.publish.PublisherOptions.Deleted;
import io.portolan.gateway.publish.PublisherOptions.TooLarge;
import io.portolan.mapping.MappingOptions;
import io.portolan.mapping.MappingOptions.Issuers;
import io.portolan.mapping.MappingOptions.Zones;
import io.portolan.mapping.ReferencedType;
import io.portolan.mapping.Strategy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Everything that can be configured, checked and with defaults filled in. The table of keys is in
 * {@code docs/configuration.md}. Relative paths are left relative: they mean the working directory.
 *
 * @param fingerprint of all that decides what is made of a study: the mapping's version, {@code mapping}, {@code sharing} and {@code sync.deleted}
 */
public record GatewayConfig(
        Dicom dicom,
        Storage storage,
        Forward forward,
        Commitment commitment,
        Ledger ledger,
        Fhir fhir,
        Publish publish,
        Sync sync,
        Audit audit,
        Http http,
        Log log,
        MappingOptions mapping,
        Sharing sharing,
        String fingerprint) {

    /**
     * Reads the configuration: defaults, over them the file, the environment ({@code PORTOLAN_PUBLISH_QUIET}), and
     * {@code --set publish.quiet=5s}. Variables that name no section of the configuration are ignored.
     *
     * @throws ConfigException with every problem of every source
     */
    public static GatewayConfig load(
            Optional<Path> file, Map<String, String> environment, Map<String, String> overrides)
            throws ConfigException {
        return of(Settings.gather(file, environment, overrides, settings -> {}));
    }

    /**
     * The same for what is to be started: also refuses what the start would refuse for certain, such as a folder that is a
     * file.
     */
    public static GatewayConfig loadToStart(
            Optional<Path> file, Map<String, String> environment, Map<String, String> overrides)
            throws ConfigException {
        return of(Settings.gather(file, environment, overrides, Startable::check));
    }

    private static GatewayConfig of(Settings settings) {
        return new GatewayConfig(
                dicom(settings),
                new Storage(
                        settings.get(Keys.STORAGE_MODE),
                        settings.get(Keys.STORAGE_DIR),
                        settings.get(Keys.STORAGE_KEEP_FOR)),
                forward(settings),
                Commitment.of(settings),
                new Ledger(
                        new LedgerPlace(
                                settings.get(Keys.LEDGER_URL),
                                settings.get(Keys.LEDGER_USER),
                                settings.get(Keys.LEDGER_PASSWORD_FILE)),
                        settings.get(Keys.LEDGER_BACKLOG_MAX),
                        settings.get(Keys.LEDGER_FREE_SPACE_MIN),
                        settings.get(Keys.LEDGER_COMPACT_AFTER)),
                new Fhir(
                        settings.get(Keys.FHIR_URL),
                        settings.get(Keys.FHIR_TIMEOUT),
                        settings.get(Keys.FHIR_TRANSACTION),
                        settings.get(Keys.FHIR_PATCH),
                        settings.get(Keys.FHIR_GZIP),
                        settings.access().orElseThrow()),
                publish(settings),
                new Sync(settings.get(Keys.SYNC_DELETED), settings.get(Keys.SYNC_SOURCES)),
                new Audit(
                        settings.get(Keys.AUDIT_TO),
                        settings.get(Keys.AUDIT_LOG_FILE),
                        settings.get(Keys.AUDIT_LOG_SIZE),
                        settings.get(Keys.AUDIT_LOG_FILES),
                        settings.get(Keys.AUDIT_BACKLOG_MAX),
                        settings.get(Keys.AUDIT_PROVENANCE)),
                new Http(settings.get(Keys.HTTP_BIND), settings.get(Keys.HTTP_PORT)),
                new Log(settings.get(Keys.LOG_LEVEL)),
                mapping(settings),
                sharing(settings),
                Fingerprint.of(settings));
    }

    private static Dicom dicom(Settings settings) {
        return new Dicom(
                settings.get(Keys.DICOM_ENGINE),
                settings.get(Keys.DICOM_AE_TITLE),
                settings.get(Keys.DICOM_ACCEPT_ANY),
                settings.get(Keys.DICOM_CALLED),
                Hosts.of(settings.get(Keys.DICOM_HOSTS)),
                settings.get(Keys.DICOM_PEERS),
                settings.get(Keys.DICOM_PEERS_ONLY),
                settings.get(Keys.DICOM_CORRECTING),
                settings.get(Keys.DICOM_BIND),
                settings.get(Keys.DICOM_PORT),
                dicomTls(settings),
                settings.get(Keys.DICOM_UNKNOWN_CLASSES),
                settings.get(Keys.DICOM_UNKNOWN_SYNTAXES),
                new DicomLimits(
                        Math.toIntExact(settings.get(Keys.DICOM_PDU_LENGTH)),
                        settings.get(Keys.DICOM_ASSOCIATIONS),
                        settings.get(Keys.DICOM_PEER_ASSOCIATIONS),
                        settings.get(Keys.DICOM_WAITING),
                        Math.toIntExact(settings.get(Keys.DICOM_PACE)),
                        settings.get(Keys.DICOM_IDLE_TIMEOUT),
                        settings.get(Keys.DICOM_ARTIM_TIMEOUT),
                        settings.get(Keys.DICOM_STOP_TIMEOUT),
                        readLimits(settings)));
    }

    static ReadLimits readLimits(Settings settings) {
        return new ReadLimits(
                Math.toIntExact(settings.get(Keys.DICOM_ELEMENT_BYTES)),
                Math.toIntExact(settings.get(Keys.DICOM_TEXT_BYTES)),
                settings.get(Keys.DICOM_HEADER_BYTES),
                settings.get(Keys.DICOM_SEQUENCE_DEPTH),
                settings.get(Keys.DICOM_SEQUENCE_ITEMS),
                settings.get(Keys.DICOM_INFLATED_BYTES),
                settings.get(Keys.DICOM_INFLATE_RATIO));
    }

    private static DicomTls dicomTls(Settings settings) {
        return new DicomTls(
                settings.get(Keys.DICOM_TLS_PORT),
                new Access.Tls(
                        settings.get(Keys.DICOM_TLS_CERT),
                        settings.get(Keys.DICOM_TLS_KEY),
                        settings.get(Keys.DICOM_TLS_PASSWORD),
                        settings.get(Keys.DICOM_TLS_CA)),
                settings.get(Keys.DICOM_TLS_CLIENTS),
                settings.get(Keys.DICOM_TLS_PROFILE),
                settings.get(Keys.DICOM_TLS_VERIFY_HOST));
    }

    private static Forward forward(Settings settings) {
        return new Forward(
                settings.get(Keys.FORWARD_HOST),
                settings.get(Keys.FORWARD_PORT),
                settings.get(Keys.FORWARD_TLS),
                settings.get(Keys.FORWARD_CALLED_AE),
                settings.get(Keys.FORWARD_CALLING_AE).orElse(settings.get(Keys.DICOM_AE_TITLE)),
                settings.get(Keys.FORWARD_PARALLEL),
                settings.get(Keys.FORWARD_RETRY_MIN),
                settings.get(Keys.FORWARD_RETRY_MAX),
                settings.get(Keys.FORWARD_TIMEOUT),
                settings.get(Keys.FORWARD_RELEASE_AFTER));
    }

    private static Publish publish(Settings settings) {
        return new Publish(
                settings.get(Keys.PUBLISH_QUIET),
                settings.get(Keys.PUBLISH_MAX_DELAY),
                settings.get(Keys.PUBLISH_PARALLEL),
                settings.get(Keys.PUBLISH_RETRY_MIN),
                settings.get(Keys.PUBLISH_RETRY_MAX),
                settings.get(Keys.PUBLISH_LEASE),
                settings.get(Keys.PUBLISH_DELETED),
                settings.get(Keys.PUBLISH_TOO_LARGE));
    }

    static MappingOptions mapping(Settings settings) {
        Map<ReferencedType, Strategy> strategies = new EnumMap<>(ReferencedType.class);
        // spotless:off
        strategies.put(ReferencedType.PATIENT,         settings.get(Keys.MAPPING_PATIENT));
        strategies.put(ReferencedType.GROUP,           settings.get(Keys.MAPPING_GROUP));
        strategies.put(ReferencedType.DEVICE,          settings.get(Keys.MAPPING_DEVICE));
        strategies.put(ReferencedType.PRACTITIONER,    settings.get(Keys.MAPPING_PRACTITIONER));
        strategies.put(ReferencedType.ORGANIZATION,    settings.get(Keys.MAPPING_ORGANIZATION));
        strategies.put(ReferencedType.LOCATION,        settings.get(Keys.MAPPING_LOCATION));
        strategies.put(ReferencedType.SPECIMEN,        settings.get(Keys.MAPPING_SPECIMEN_TYPE));
        strategies.put(ReferencedType.SERVICE_REQUEST, settings.get(Keys.MAPPING_ORDER));
        strategies.put(ReferencedType.ENCOUNTER,       settings.get(Keys.MAPPING_ENCOUNTER));
        strategies.put(ReferencedType.PROCEDURE,       settings.get(Keys.MAPPING_PROCEDURE));
        SortedMap<String, URI> shared = settings.get(Keys.MAPPING_ISSUERS);
        return new MappingOptions(
                settings.get(Keys.MAPPING_IDENTIFIER).toString(),
                new Zones(settings.get(Keys.MAPPING_TIME_ZONE), settings.get(Keys.MAPPING_TIME_ZONES)),
                issuers(shared, Collections.emptySortedMap(),                      settings.get(Keys.MAPPING_PATIENT_ID)),
                issuers(shared, settings.get(Keys.MAPPING_ACCESSION_ISSUERS), settings.get(Keys.MAPPING_ACCESSION)),
                issuers(shared, settings.get(Keys.MAPPING_ADMISSION_ISSUERS), settings.get(Keys.MAPPING_ADMISSION)),
                issuers(shared, settings.get(Keys.MAPPING_SPECIMEN_ISSUERS),  settings.get(Keys.MAPPING_SPECIMEN)),
                strategies,
                settings.get(Keys.MAPPING_CODES),
                settings.get(Keys.MAPPING_NOTE),
                settings.get(Keys.MAPPING_ENDPOINTS).entrySet().stream().map(e -> e.getValue().named(e.getKey())).toList(),
                settings.get(Keys.MAPPING_EXTENSIONS).entrySet().stream().map(e -> e.getValue().at(e.getKey())).toList());
        // spotless:on
    }

    /** The issuers of one kind of identifier; what its own table does not have is in the table of all. */
    private static Issuers issuers(SortedMap<String, URI> shared, SortedMap<String, URI> own, Optional<URI> byDefault) {
        Map<String, String> systems = new TreeMap<>();
        shared.forEach((issuer, system) -> systems.put(issuer, system.toString()));
        own.forEach((issuer, system) -> systems.put(issuer, system.toString()));
        return new Issuers(systems, byDefault.map(URI::toString));
    }

    static Sharing sharing(Settings settings) {
        return new Sharing(
                settings.get(Keys.SHARING_SOP_CLASSES),
                settings.get(Keys.SHARING_MODALITIES),
                settings.get(Keys.SHARING_SENDERS),
                settings.get(Keys.SHARING_VALUES),
                settings.get(Keys.SHARING_QUALITY),
                settings.get(Keys.SHARING_EXPIRED),
                settings.get(Keys.SYNC_DELETED));
    }

    /** {@code port} 0 takes any free port; empty: only with TLS. */
    public record Dicom(
            Engine engine,
            String aeTitle,
            boolean acceptAnyCalledAe,
            SortedSet<String> calledAeTitles,
            Hosts hosts,
            List<DicomPeer> peers,
            boolean peersOnly,
            SortedSet<String> correctingAeTitles,
            String bind,
            Optional<Integer> port,
            DicomTls tls,
            boolean acceptUnknownSopClasses,
            boolean acceptUnknownTransferSyntaxes,
            DicomLimits limits) {

        /** Where the peer with this AE title listens, if that is known. */
        public Optional<DicomPeer.Listens> listens(String peerAeTitle) {
            return peers.stream()
                    .filter(peer -> peer.aeTitle().equals(peerAeTitle))
                    .findFirst()
                    .flatMap(DicomPeer::listens);
        }
    }

    /** {@code port} 0 takes any free port; empty: associations over TLS are requested only, if at all. */
    public record DicomTls(
            Optional<Integer> port,
            Access.Tls files,
            ClientCertificates clientCertificates,
            TlsProfile profile,
            boolean verifiesHost) {}

    /** Whether any association is over TLS. */
    public boolean usesDicomTls() {
        return dicom.tls.port.isPresent()
                || forward.tls
                || dicom.peers.stream().anyMatch(DicomPeer::isCalledOverTls)
                || sync.sources.values().stream()
                        .anyMatch(source -> source.connection() instanceof SyncSource.Dimse dimse && dimse.tls());
    }

    /** What a DICOM peer or file may cost at most. */
    public record DicomLimits(
            int pduLengthMaxBytes,
            int associationsMax,
            int associationsPerPeerMax,
            int connectionsWaitingMax,
            int bytesPerSecondMin,
            Duration idleTimeout,
            Duration artimTimeout,
            Duration stopTimeout,
            ReadLimits readLimits) {}

    /** {@code keepFor} empty: for ever. */
    public record Storage(StorageMode mode, Path dir, Optional<Duration> keepFor) {}

    /** {@code host} and {@code calledAe} are there with {@link StorageMode#FORWARD}, and the one with the other. */
    public record Forward(
            Optional<String> host,
            int port,
            boolean tls,
            Optional<String> calledAe,
            String callingAe,
            int parallel,
            Duration retryDelayMin,
            Duration retryDelayMax,
            Duration timeout,
            Duration releaseAfter) {}

    /** {@code backlogMax} counts studies; no {@code compactAfter}: never. */
    public record Ledger(LedgerPlace place, int backlogMax, long freeSpaceMinBytes, Optional<Duration> compactAfter) {}

    /** {@code url} has no slash at its end. */
    public record Fhir(URI url, Duration timeout, Decision transaction, Decision patch, Decision gzip, Access access) {}

    /** {@code maxDelay >= quiet}, {@code retryDelayMax >= retryDelayMin}, {@code lease >= fhir.timeout}. */
    public record Publish(
            Duration quiet,
            Duration maxDelay,
            int parallel,
            Duration retryDelayMin,
            Duration retryDelayMax,
            Duration lease,
            Deleted deleted,
            TooLarge tooLarge) {}

    /** {@code sources} are by their names. */
    public record Sync(GoneStudies deleted, SortedMap<String, SyncSource> sources) {}

    /** {@code backlogMax} counts records, {@code logFiles} those that were set aside. */
    public record Audit(
            AuditTo to, Path logFile, long logSizeBytes, int logFiles, int backlogMax, boolean provenance) {}

    /** {@code port} 0 takes any free port. */
    public record Http(String bind, int port) {}

    /** Every way to an HTTP server: that of the FHIR server and those of the archives. */
    public List<Access> accesses() {
        return Stream.concat(
                        Stream.of(fhir.access),
                        sync.sources.values().stream()
                                .map(SyncSource::connection)
                                .filter(SyncSource.DicomWeb.class::isInstance)
                                .map(web -> ((SyncSource.DicomWeb) web).access()))
                .toList();
    }

    public record Log(LogLevel level) {}

    public enum QualityRejected {
        HIDDEN,
        SHOWN
    }

    public enum Expired {
        EMPTY,
        CANCELLED,
        DELETED
    }

    public enum GoneStudies {
        CANCELLED,
        ENTERED_IN_ERROR,
        ENDPOINT_REMOVED,
        LEFT
    }

    public enum Engine {
        PORTOLAN,
        DCM4CHE
    }

    public enum AuditTo {
        NONE,
        FHIR,
        LOG
    }

    public enum StorageMode {
        KEEP,
        FORWARD,
        DISCARD
    }

    /** What the gateway finds out by itself, unless it is told. */
    public enum Decision {
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
}
