package io.portolan.gateway.config;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.engine.Tls.ClientCertificates;
import io.portolan.dicom.engine.TlsProfile;
import io.portolan.gateway.config.GatewayConfig.AuditTo;
import io.portolan.gateway.config.GatewayConfig.Decision;
import io.portolan.gateway.config.GatewayConfig.Engine;
import io.portolan.gateway.config.GatewayConfig.Expired;
import io.portolan.gateway.config.GatewayConfig.GoneStudies;
import io.portolan.gateway.config.GatewayConfig.LogLevel;
import io.portolan.gateway.config.GatewayConfig.QualityRejected;
import io.portolan.gateway.config.GatewayConfig.StorageMode;
import io.portolan.gateway.publish.PublisherOptions.Deleted;
import io.portolan.gateway.publish.PublisherOptions.TooLarge;
import io.portolan.mapping.MappingOptions.MappedCode;
import io.portolan.mapping.ReferencedType;
import io.portolan.mapping.SourceTag;
import io.portolan.mapping.Strategy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The table of keys: everything that can be configured, with its kind, default and one line of description. Parsing,
 * checks, {@code docs/configuration.md} and the example file all come from here.
 */
final class Keys {

    static final String FHIR = "fhir";

    // spotless:off
    static final Key<Engine>   DICOM_ENGINE          = new Key<>("dicom", "engine", Kinds.choice(Engine.values()), "portolan", "Which DICOM implementation reads and speaks; dcm4che needs a build with its Maven profile.");
    static final Key<String>   DICOM_AE_TITLE        = new Key<>("dicom", "ae-title", Kinds.aeTitle(), "PORTOLAN", "The gateway's own AE title.");
    static final Key<Boolean>  DICOM_ACCEPT_ANY      = new Key<>("dicom", "accept-any-called-ae", Kinds.flag(), "true", "Whether an association that calls another AE title is accepted as well.");
    static final Key<SortedSet<String>> DICOM_CALLED  = new Key<>("dicom", "called-ae-titles", DicomKinds.aeTitles("PORTOLAN_CT"), "[]", "Further AE titles that the gateway may be called by, where not any is accepted.");
    static final Key<SortedSet<String>> DICOM_HOSTS   = new Key<>("dicom", "hosts", DicomKinds.hosts(), "[]", "From where connections are taken; with none from everywhere. One from elsewhere is closed at once.");
    static final Key<List<DicomPeer>> DICOM_PEERS     = new Key<>("dicom", "peers", DicomKinds.peers(), "[]", "What is known of single peers: from where an AE title may call and by which called AE titles, its associations at once, and the host and port where it listens itself. See docs/operations.md.");
    static final Key<Boolean>  DICOM_PEERS_ONLY      = new Key<>("dicom", "peers-only", Kinds.flag(), "false", "Whether only the peers may associate.");
    static final Key<String>   DICOM_BIND            = new Key<>("dicom", "bind", Addresses.bind(), "0.0.0.0", "The address to listen on for DICOM associations.");
    static final Key<Optional<Integer>> DICOM_PORT   = new Key<>("dicom", "port", Kinds.whole(0, 65_535).orNone(), "11112", "The TCP port for DICOM associations without TLS; 0 takes any free one, none takes none.");
    static final Key<Optional<Integer>> DICOM_TLS_PORT = new Key<>("dicom", "tls-port", Kinds.whole(0, 65_535).orNone(), "none", "The TCP port for DICOM associations over TLS, such as 2762; with none there are only those without. See docs/dicom-tls.md.");
    static final Key<Optional<Path>> DICOM_TLS_CERT  = new Key<>("dicom", "tls-certificate-file", Kinds.path().orNone(), "none", "Our certificate for DICOM over TLS: PEM with its chain, or PKCS12. Also shown to a peer that we call and that asks for one.");
    static final Key<Optional<Path>> DICOM_TLS_KEY   = new Key<>("dicom", "tls-key-file", Kinds.path().orNone(), "none", "The private key of that certificate, PEM; with none it is in the file of the certificate.");
    static final Key<Optional<Path>> DICOM_TLS_PASSWORD = new Key<>("dicom", "tls-password-file", Kinds.path().orNone(), "none", "The file that holds the password of that PKCS12 or PEM, alone on its line.");
    static final Key<Optional<Path>> DICOM_TLS_CA    = new Key<>("dicom", "tls-ca-file", Kinds.path().orNone(), "none", "Certificates of the CAs whose DICOM peers are trusted, PEM; no others are. With none those of the JVM are, for peers that we call.");
    static final Key<ClientCertificates> DICOM_TLS_CLIENTS = new Key<>("dicom", "tls-client-certificates", Kinds.choice(ClientCertificates.values()), "required", "Whether peers that call us over TLS have to show a certificate of those CAs; one that is shown where it is optional must be right as well.");
    static final Key<TlsProfile> DICOM_TLS_PROFILE   = new Key<>("dicom", "tls-profile", Kinds.choice(TlsProfile.values()), "bcp195-rfc9325", "The profile of PS3.15 annex B, both when we are called and when we call: bcp195-rfc9325 (B.12), or for older peers non-downgrading-bcp195 (B.10), bcp195 (B.9), extended-bcp195 (B.11). TLS 1.2 is the oldest in all.");
    static final Key<Boolean>  DICOM_TLS_VERIFY_HOST = new Key<>("dicom", "tls-verify-host", Kinds.flag(), "true", "Whether the certificate of a peer that we call over TLS must be for the host that we call it by.");
    static final Key<SortedSet<String>> DICOM_CORRECTING = new Key<>("dicom", "correcting-ae-titles", DicomKinds.aeTitles("QA_STATION"), "[]", "AE titles of senders that correct what others sent: what such a sender sends replaces what there is of an instance, also by nothing.");
    static final Key<Boolean>  DICOM_UNKNOWN_CLASSES = new Key<>("dicom", "accept-unknown-sop-classes", Kinds.flag(), "true", "Whether a SOP class that no table knows, such as a private one, is stored like others; one of which the sender says that it is no storage is not.");
    static final Key<Boolean>  DICOM_UNKNOWN_SYNTAXES = new Key<>("dicom", "accept-unknown-transfer-syntaxes", Kinds.flag(), "false", "Whether a transfer syntax that no table knows is accepted; its headers might not be readable.");
    static final Key<Long>     DICOM_PDU_LENGTH      = new Key<>("dicom", "pdu-length", Kinds.size("4KB", "16MB"), "128KB", "The largest P-DATA-TF PDU that a peer may send.");
    static final Key<Integer>  DICOM_ASSOCIATIONS    = new Key<>("dicom", "max-associations", Kinds.whole(1, 10_000), "100", "Associations open at once; a further one is rejected for now (local limit exceeded).");
    static final Key<Integer>  DICOM_PEER_ASSOCIATIONS = new Key<>("dicom", "max-associations-per-peer", Kinds.whole(1, 10_000), "50", "Those of one calling host, likewise; dicom.peers may have another number for an AE title, whose associations are then counted by that.");
    static final Key<Integer>  DICOM_WAITING         = new Key<>("dicom", "max-connections-waiting", Kinds.whole(1, 10_000), "64", "Connections at once that have no association, since they did not ask for one yet or were rejected; a further one has the oldest closed. As many as max-associations at least, which may all ask at the same moment.");
    static final Key<Long>     DICOM_PACE            = new Key<>("dicom", "min-bytes-per-second", Kinds.size("0B", "1GB"), "1KB", "What a peer must send at least while it sends something, averaged over idle-timeout; one that is slower is aborted. 0B lets it take its time.");
    static final Key<Duration> DICOM_IDLE_TIMEOUT    = new Key<>("dicom", "idle-timeout", Kinds.duration("1ms", "24h"), "60s", "An association on which nothing arrives, or whose peer does not read its answers, for this long is aborted.");
    static final Key<Duration> DICOM_ARTIM_TIMEOUT   = new Key<>("dicom", "artim-timeout", Kinds.duration("1ms", "10m"), "10s", "The ARTIM timer of PS3.8: how long a connection may take to ask for an association or to close.");
    static final Key<Duration> DICOM_STOP_TIMEOUT    = new Key<>("dicom", "stop-timeout", Kinds.duration("0s", "1h"), "30s", "How long associations may finish what they began when the gateway stops.");
    static final Key<Long>     DICOM_HEADER_BYTES    = new Key<>("dicom", "header-bytes", Kinds.size("64KB", "1GB"), "16MB", "The largest header of one instance: all that stands before its pixels.");
    static final Key<Long>     DICOM_ELEMENT_BYTES   = new Key<>("dicom", "element-bytes", Kinds.size("1KB", "1GB"), "16MB", "The largest single element of a header that is read.");
    static final Key<Long>     DICOM_TEXT_BYTES      = new Key<>("dicom", "text-bytes", Kinds.size("1KB", "16MB"), "1MB", "The largest text of a header that is read, all values of the element together.");
    static final Key<Integer>  DICOM_SEQUENCE_DEPTH  = new Key<>("dicom", "sequence-depth", Kinds.whole(1, 256), "32", "How deep sequences may be nested.");
    static final Key<Integer>  DICOM_SEQUENCE_ITEMS  = new Key<>("dicom", "sequence-items", Kinds.whole(1, 10_000_000), "100000", "How many items the sequences of one header may have, all together.");
    static final Key<Long>     DICOM_INFLATED_BYTES  = new Key<>("dicom", "inflated-bytes", Kinds.size("1MB", "1024TB"), "2GB", "What a deflated data set may inflate to, pixels included.");
    static final Key<Integer>  DICOM_INFLATE_RATIO   = new Key<>("dicom", "inflate-ratio", Kinds.whole(1, 2_000), "250", "How many times its size a deflated data set may inflate to; its first 16 MB are not judged.");

    static final Key<StorageMode> STORAGE_MODE       = new Key<>("storage", "mode", Kinds.choice(StorageMode.values()), "keep", "keep stores every instance as it came; forward sends it on to a PACS, and drops it when that has confirmed it; discard drops it once its header is in the ledger, and only mapped attributes remain.");
    static final Key<Path>     STORAGE_DIR           = new Key<>("storage", "dir", Kinds.path(), "data/instances", "Where instances are stored, for good or until they are forwarded.");
    static final Key<Optional<Duration>> STORAGE_KEEP_FOR = new Key<>("storage", "keep-for", Kinds.duration("1s", "876000h").orNone(), "none", "How long the files of a study are kept once it is published and nothing comes to it any more, such as 2160h; none keeps them for ever. See docs/storage.md.");

    static final Key<Optional<String>> FORWARD_HOST  = new Key<>("forward", "host", Addresses.bind().orNone(), "none", "Where the PACS is that instances are forwarded to; storage.mode forward needs it.");
    static final Key<Integer>  FORWARD_PORT          = new Key<>("forward", "port", Kinds.whole(1, 65_535), "104", "The TCP port of the PACS.");
    static final Key<Boolean>  FORWARD_TLS           = new Key<>("forward", "tls", Kinds.flag(), "false", "Whether the PACS is called over TLS, with the keys dicom.tls-*; see docs/dicom-tls.md.");
    static final Key<Optional<String>> FORWARD_CALLED_AE  = new Key<>("forward", "called-ae", Kinds.aeTitle().orNone(), "none", "The AE title of the PACS; storage.mode forward needs it.");
    static final Key<Optional<String>> FORWARD_CALLING_AE = new Key<>("forward", "calling-ae", Kinds.aeTitle().orNone(), "none", "The AE title by which the gateway calls the PACS; with none it is dicom.ae-title.");
    static final Key<Integer>  FORWARD_PARALLEL      = new Key<>("forward", "parallel", Kinds.whole(1, 32), "2", "How many associations with the PACS are open at once.");
    static final Key<Duration> FORWARD_RETRY_MIN     = new Key<>("forward", "retry-delay-min", Kinds.duration("1ms", "24h"), "1s", "The first pause after a failure that can heal; it doubles with each further one.");
    static final Key<Duration> FORWARD_RETRY_MAX     = new Key<>("forward", "retry-delay-max", Kinds.duration("1ms", "24h"), "5m", "The longest pause.");
    static final Key<Duration> FORWARD_TIMEOUT       = new Key<>("forward", "timeout", Kinds.duration("1ms", "1h"), "60s", "How long the PACS may be silent when it owes an answer.");
    static final Key<Duration> FORWARD_RELEASE_AFTER = new Key<>("forward", "release-after", Kinds.duration("0s", "1h"), "2s", "An association on which nothing more is to be sent is released after this long.");

    static final Key<Boolean>  COMMITMENT_OFFERED    = new Key<>("commitment", "offered", Kinds.flag(), "true", "Whether modalities may ask for storage commitment; in storage.mode discard they never may.");
    static final Key<Duration> COMMITMENT_DECIDE_WITHIN = new Key<>("commitment", "decide-within", Kinds.duration("1s", "8760h"), "24h", "How long the PACS may take to confirm what is forwarded; what it has not confirmed by then is reported as not committed.");
    static final Key<Integer>  COMMITMENT_INSTANCES_MAX = new Key<>("commitment", "max-instances", Kinds.whole(1, 1_000_000), "100000", "How many instances one request may name; a larger one is refused with 0x0213 (resource limitation).");
    static final Key<Integer>  COMMITMENT_WAITING_MAX = new Key<>("commitment", "max-waiting", Kinds.whole(1, 1_000_000), "10000", "Reports that may wait, and reports of one requestor that may be parked; above either requests are refused with 0x0213 (resource limitation).");
    static final Key<Duration> COMMITMENT_RETRY_MIN  = new Key<>("commitment", "retry-delay-min", Kinds.duration("1ms", "24h"), "5s", "The first pause after a report could not be made; it doubles with each further one.");
    static final Key<Duration> COMMITMENT_RETRY_MAX  = new Key<>("commitment", "retry-delay-max", Kinds.duration("1ms", "24h"), "10m", "The longest pause.");
    static final Key<Duration> COMMITMENT_TIMEOUT    = new Key<>("commitment", "timeout", Kinds.duration("1ms", "1m"), "30s", "How long a requestor may be silent when it owes an answer to a report over an association of its own.");
    static final Key<Duration> COMMITMENT_KEEP_FOR   = new Key<>("commitment", "keep-for", Kinds.duration("0s", "8760h"), "168h", "How long a report that was taken is remembered.");

    static final Key<String>   LEDGER_URL            = new Key<>("ledger", "url", Addresses.ledgerUrl(), "jdbc:sqlite:data/ledger.db", "The database that holds all state: a SQLite file on a local disk, or a PostgreSQL database, which several gateways may share.");
    static final Key<Optional<String>> LEDGER_USER   = new Key<>("ledger", "user", Kinds.word().orNone(), "none", "The user of the PostgreSQL database.");
    static final Key<Optional<Path>> LEDGER_PASSWORD_FILE = new Key<>("ledger", "password-file", Kinds.path().orNone(), "none", "The file that holds the user's password, alone on its line; read anew for each connection.");
    static final Key<Integer>  LEDGER_BACKLOG_MAX    = new Key<>("ledger", "backlog-max", Kinds.whole(1, 1_000_000_000), "100000", "Studies waiting to be published; above it instances are refused with 0xA700 (out of resources).");
    static final Key<Long>     LEDGER_FREE_SPACE_MIN = new Key<>("ledger", "free-space-min", Kinds.size("0B", "1024TB"), "1GB", "Free disk space; below it instances are refused with 0xA700 (out of resources).");
    static final Key<Optional<Duration>> LEDGER_COMPACT_AFTER = new Key<>("ledger", "compact-after", Kinds.duration("0s", "87600h").orNone(), "720h", "A published study to which nothing has come for this long is compacted in the ledger, which then grows by little; 720h is 30 days. With none nothing more is. See docs/retention.md.");

    static final Key<URI>      FHIR_URL              = new Key<>("fhir", "url", Addresses.baseUrl("http://localhost:8080/fhir"), "http://localhost:8080/fhir", "The base URL of the FHIR R4 server.");
    static final Key<Duration> FHIR_TIMEOUT          = new Key<>("fhir", "timeout", Kinds.duration("1ms", "1h"), "60s", "How long one request to the FHIR server may take.");
    static final Key<Decision> FHIR_TRANSACTION      = new Key<>("fhir", "transaction", Kinds.choice(Decision.values()), "auto", "Whether a study is sent as one transaction or resource by resource; auto believes the server's CapabilityStatement.");
    static final Key<Decision> FHIR_PATCH           = new Key<>("fhir", "patch", Kinds.choice(Decision.values()), "auto", "Whether a study that has grown a little is told by JSON Patch, which sends what is new only; auto believes the server's CapabilityStatement.");
    static final Key<Decision> FHIR_GZIP            = new Key<>("fhir", "gzip", Kinds.choice(Decision.values()), "auto", "Whether bodies of requests are packed with gzip; auto packs those of 4 KB and more, until the server refuses one that it takes unpacked.");

    static final Key<Duration> PUBLISH_QUIET         = new Key<>("publish", "quiet", Kinds.duration("0s", "24h"), "5s", "A study is published when nothing has arrived for it for this long.");
    static final Key<Duration> PUBLISH_MAX_DELAY     = new Key<>("publish", "max-delay", Kinds.duration("0s", "24h"), "60s", "A study that keeps arriving is published at least this often at first; the bigger it is, the less often.");
    static final Key<Integer>  PUBLISH_PARALLEL      = new Key<>("publish", "parallel", Kinds.whole(1, 64), "2", "How many studies are published at once.");
    static final Key<Duration> PUBLISH_RETRY_MIN     = new Key<>("publish", "retry-delay-min", Kinds.duration("1ms", "24h"), "1s", "The first wait after a failure that can heal; it doubles with each further one.");
    static final Key<Duration> PUBLISH_RETRY_MAX     = new Key<>("publish", "retry-delay-max", Kinds.duration("1ms", "24h"), "5m", "The longest wait between two attempts.");
    static final Key<Duration> PUBLISH_LEASE         = new Key<>("publish", "lease", Kinds.duration("1ms", "24h"), "2m", "How long a study belongs to the worker that took it; after that another may take it.");
    static final Key<Deleted>  PUBLISH_DELETED       = new Key<>("publish", "deleted", Kinds.choice(Deleted.values()), "recreate", "What becomes of a published study that somebody deleted on the FHIR server, when something new comes to it: recreate makes it again, leave leaves it deleted.");
    static final Key<TooLarge> PUBLISH_TOO_LARGE     = new Key<>("publish", "too-large", Kinds.choice(TooLarge.values()), "park", "What becomes of a study that the FHIR server refuses for its size (413): park gives it up for now, without-instances publishes its series and counts without the list of instances.");

    static final Key<AuditTo>  AUDIT_TO              = new Key<>("audit", "to", Kinds.choice(AuditTo.values()), "none", "Where AuditEvents (IHE BALP) of what the gateway writes go: none makes none, fhir creates them on the FHIR server, log writes them to log-file.");
    static final Key<Path>     AUDIT_LOG_FILE        = new Key<>("audit", "log-file", Kinds.path(), "data/audit.ndjson", "The audit log of to: log, one AuditEvent a line.");
    static final Key<Long>     AUDIT_LOG_SIZE        = new Key<>("audit", "log-size", Kinds.size("1KB", "1TB"), "64MB", "An audit log of this size is set aside, and a new one begun.");
    static final Key<Integer>  AUDIT_LOG_FILES       = new Key<>("audit", "log-files", Kinds.whole(1, 1_000_000), "1000", "How many audit logs that were set aside are kept; of more the oldest is deleted.");
    static final Key<Integer>  AUDIT_BACKLOG_MAX     = new Key<>("audit", "backlog-max", Kinds.whole(1, 1_000_000_000), "100000", "Audit records that wait in the ledger or were refused; at so many nothing is published until there are fewer.");
    static final Key<Boolean>  AUDIT_PROVENANCE      = new Key<>("audit", "provenance", Kinds.flag(), "false", "Whether each study has a Provenance on the FHIR server, which names the gateway and the AE titles of the senders.");

    static final Key<String>   HTTP_BIND             = new Key<>("http", "bind", Addresses.bind(), "127.0.0.1", "The address of the gateway's own HTTP pages (health, metrics, parked studies).");
    static final Key<Integer>  HTTP_PORT             = new Key<>("http", "port", Kinds.whole(0, 65_535), "8081", "The TCP port of the gateway's own HTTP pages; 0 takes any free one.");

    static final Key<LogLevel> LOG_LEVEL             = new Key<>("log", "level", Kinds.choice(LogLevel.values()), "info", "How much is logged. No level logs patient data.");

    static final Key<Optional<ZoneId>> MAPPING_TIME_ZONE = new Key<>("mapping", "time-zone", Kinds.zone().orNone(), "none", "The zone of times whose instance names no offset; with none such a time is left out and its date stays. Never the machine's own zone.");
    static final Key<SortedMap<String, ZoneId>> MAPPING_TIME_ZONES = new Key<>("mapping", "time-zones", MappingKinds.zones(), "{}", "The same for what certain AE titles send, instead of time-zone.");
    static final Key<URI>      MAPPING_IDENTIFIER    = new Key<>("mapping", "identifier-system", Addresses.system(), "urn:portolan:study", "The system of the identifier by which the gateway finds its own resources again; choose once, the same for all gateways of one FHIR server.");
    static final Key<Optional<URI>> MAPPING_PATIENT_ID = system("patient-id-system", "a PatientID");
    static final Key<Optional<URI>> MAPPING_ACCESSION  = system("accession-system", "an AccessionNumber");
    static final Key<Optional<URI>> MAPPING_ADMISSION  = system("admission-system", "an AdmissionID");
    static final Key<Optional<URI>> MAPPING_SPECIMEN   = system("specimen-system", "a SpecimenIdentifier or ContainerIdentifier");
    static final Key<SortedMap<String, URI>> MAPPING_ISSUERS = new Key<>("mapping", "issuers", MappingKinds.issuers(), "{}", "The identifier system of each issuer that instances name (IssuerOfPatientID, LocalNamespaceEntityID).");
    static final Key<SortedMap<String, URI>> MAPPING_ACCESSION_ISSUERS = issuers("accession-issuers", "of accession, placer and filler numbers");
    static final Key<SortedMap<String, URI>> MAPPING_ADMISSION_ISSUERS = issuers("admission-issuers", "of an AdmissionID");
    static final Key<SortedMap<String, URI>> MAPPING_SPECIMEN_ISSUERS  = issuers("specimen-issuers", "of specimens and containers");
    static final Key<SortedMap<String, MappedCode>> MAPPING_CODES = new Key<>("mapping", "codes", MappingKinds.codes(), "{}", "Codings that stand for local codes; the local code is kept beside the coding where there is room for both.");
    static final Key<List<SourceTag>> MAPPING_NOTE   = new Key<>("mapping", "note", MappingKinds.note(), "study-description", "What ImagingStudy.note is made from; description has the StudyDescription in any case.");
    static final Key<Strategy> MAPPING_PATIENT       = strategy(ReferencedType.PATIENT,         "patient",         "the patient");
    static final Key<Strategy> MAPPING_GROUP         = strategy(ReferencedType.GROUP,           "group",           "several subjects in one study");
    static final Key<Strategy> MAPPING_DEVICE        = strategy(ReferencedType.DEVICE,          "device",          "the device that made a series, or a phantom");
    static final Key<Strategy> MAPPING_PRACTITIONER  = strategy(ReferencedType.PRACTITIONER,    "practitioner",    "referrer, readers, physicians and operators");
    static final Key<Strategy> MAPPING_ORGANIZATION  = strategy(ReferencedType.ORGANIZATION,    "organization",    "the institution");
    static final Key<Strategy> MAPPING_LOCATION      = strategy(ReferencedType.LOCATION,        "location",        "the department");
    static final Key<Strategy> MAPPING_SPECIMEN_TYPE = strategy(ReferencedType.SPECIMEN,        "specimen",        "specimens");
    static final Key<Strategy> MAPPING_ORDER         = strategy(ReferencedType.SERVICE_REQUEST, "service-request", "the order");
    static final Key<Strategy> MAPPING_ENCOUNTER     = strategy(ReferencedType.ENCOUNTER,       "encounter",       "the visit");
    static final Key<Strategy> MAPPING_PROCEDURE     = strategy(ReferencedType.PROCEDURE,       "procedure",       "the performed procedure step");
    static final Key<SortedMap<String, MappingKinds.Endpoint>> MAPPING_ENDPOINTS = new Key<>("mapping", "endpoints", MappingKinds.endpoints(), "{}", "Where the images can be retrieved, by a name of your choice; each becomes an Endpoint of every study, or with ae-titles of the series that those sent.");
    static final Key<SortedMap<String, MappingKinds.Extension>> MAPPING_EXTENSIONS = new Key<>("mapping", "extensions", MappingKinds.extensions(), "{}", "Further attributes to map, by the URL of the extension that each becomes; of instances received from now on.");

    static final Key<SortedSet<String>> SHARING_SOP_CLASSES = new Key<>("sharing", "exclude-sop-classes", new Kind.Several<>("UIDs of SOP classes, such as [1.2.840.10008.5.1.4.1.1.66]", Kinds.uid()), "[]", "Instances of these SOP classes are counted, but not listed.");
    static final Key<SortedSet<String>> SHARING_MODALITIES = new Key<>("sharing", "exclude-modalities", new Kind.Several<>("modalities, such as [SR, PR]", Kinds.word()), "[]", "Instances of these modalities are counted, but not listed.");
    static final Key<SortedSet<String>> SHARING_SENDERS = new Key<>("sharing", "exclude-ae-titles", DicomKinds.aeTitles("QA_STATION"), "[]", "Instances that these AE titles sent are counted, but not listed.");
    static final Key<SortedMap<String, SortedSet<String>>> SHARING_VALUES = new Key<>("sharing", "exclude-values", excludedValues(), "{}", "Instances with one of these values in an attribute that the mapping reads are counted, but not listed.");
    static final Key<QualityRejected> SHARING_QUALITY = new Key<>("sharing", "quality-rejected", Kinds.choice(QualityRejected.values()), "hidden", "Whether instances that a note rejects for their quality (113001) are hidden like all rejected ones, or shown all the same.");
    static final Key<Expired>  SHARING_EXPIRED       = new Key<>("sharing", "expired", Kinds.choice(Expired.values()), "empty", "What becomes of a study whose retention has expired (113039): it stays available with an empty listing, is cancelled, or is deleted on the FHIR server.");

    static final Key<GoneStudies> SYNC_DELETED       = new Key<>("sync", "deleted", Kinds.choice(GoneStudies.values()), "cancelled", "What becomes of a study that was deleted from every archive that listed it: it is cancelled or entered-in-error with an empty listing, loses its endpoints (endpoint-removed), or is left as it is.");
    static final Key<SortedMap<String, SyncSource>> SYNC_SOURCES = new Key<>("sync", "sources", SyncKinds.sources(), "{}", "The archives to be kept in step with, by a name of your choice; see docs/sync.md.");

    static final List<Section> SECTIONS = List.of(
            new Section("dicom", "Receiving instances over the DICOM network, and the limits of what is read.", List.of(
                    DICOM_ENGINE, DICOM_AE_TITLE, DICOM_ACCEPT_ANY, DICOM_CALLED, DICOM_HOSTS, DICOM_PEERS, DICOM_PEERS_ONLY, DICOM_CORRECTING, DICOM_BIND, DICOM_PORT,
                    DICOM_TLS_PORT, DICOM_TLS_CERT, DICOM_TLS_KEY, DICOM_TLS_PASSWORD, DICOM_TLS_CA, DICOM_TLS_CLIENTS, DICOM_TLS_PROFILE, DICOM_TLS_VERIFY_HOST,
                    DICOM_UNKNOWN_CLASSES, DICOM_UNKNOWN_SYNTAXES, DICOM_PDU_LENGTH, DICOM_ASSOCIATIONS, DICOM_PEER_ASSOCIATIONS, DICOM_WAITING, DICOM_PACE,
                    DICOM_IDLE_TIMEOUT, DICOM_ARTIM_TIMEOUT, DICOM_STOP_TIMEOUT, DICOM_HEADER_BYTES, DICOM_ELEMENT_BYTES,
                    DICOM_TEXT_BYTES, DICOM_SEQUENCE_DEPTH, DICOM_SEQUENCE_ITEMS, DICOM_INFLATED_BYTES, DICOM_INFLATE_RATIO)),
            new Section("storage", "What becomes of the images.", List.of(STORAGE_MODE, STORAGE_DIR, STORAGE_KEEP_FOR)),
            new Section("forward", "The PACS that instances are forwarded to; see docs/storage.md.", List.of(
                    FORWARD_HOST, FORWARD_PORT, FORWARD_TLS, FORWARD_CALLED_AE, FORWARD_CALLING_AE, FORWARD_PARALLEL, FORWARD_RETRY_MIN, FORWARD_RETRY_MAX,
                    FORWARD_TIMEOUT, FORWARD_RELEASE_AFTER)),
            new Section("commitment", "Storage commitment; see docs/storage-commitment.md.", List.of(
                    COMMITMENT_OFFERED, COMMITMENT_DECIDE_WITHIN, COMMITMENT_INSTANCES_MAX, COMMITMENT_WAITING_MAX, COMMITMENT_RETRY_MIN, COMMITMENT_RETRY_MAX,
                    COMMITMENT_TIMEOUT, COMMITMENT_KEEP_FOR)),
            new Section("ledger", "The gateway's only state.", List.of(
                    LEDGER_URL, LEDGER_USER, LEDGER_PASSWORD_FILE, LEDGER_BACKLOG_MAX, LEDGER_FREE_SPACE_MIN, LEDGER_COMPACT_AFTER)),
            new Section("fhir", "The FHIR server.", withAccess(List.of(FHIR_URL, FHIR_TIMEOUT, FHIR_TRANSACTION, FHIR_PATCH, FHIR_GZIP))),
            new Section("publish", "When and how studies go to the FHIR server.", List.of(
                    PUBLISH_QUIET, PUBLISH_MAX_DELAY, PUBLISH_PARALLEL, PUBLISH_RETRY_MIN, PUBLISH_RETRY_MAX, PUBLISH_LEASE, PUBLISH_DELETED, PUBLISH_TOO_LARGE)),
            new Section("sync", "Archives that the FHIR server is kept in step with; see docs/sync.md.", List.of(SYNC_DELETED, SYNC_SOURCES)),
            new Section("audit", "Telling of what was written; see docs/audit.md.", List.of(AUDIT_TO, AUDIT_LOG_FILE, AUDIT_LOG_SIZE, AUDIT_LOG_FILES, AUDIT_BACKLOG_MAX, AUDIT_PROVENANCE)),
            new Section("http", "The gateway's own pages.", List.of(HTTP_BIND, HTTP_PORT)),
            new Section("log", "Logging.", List.of(LOG_LEVEL)),
            new Section("mapping", "How DICOM becomes FHIR, where it is a matter of choice.", List.of(
                    MAPPING_TIME_ZONE, MAPPING_TIME_ZONES, MAPPING_IDENTIFIER, MAPPING_PATIENT_ID, MAPPING_ACCESSION, MAPPING_ADMISSION, MAPPING_SPECIMEN,
                    MAPPING_ISSUERS, MAPPING_ACCESSION_ISSUERS, MAPPING_ADMISSION_ISSUERS, MAPPING_SPECIMEN_ISSUERS, MAPPING_CODES, MAPPING_NOTE,
                    MAPPING_PATIENT, MAPPING_GROUP, MAPPING_DEVICE, MAPPING_PRACTITIONER, MAPPING_ORGANIZATION, MAPPING_LOCATION, MAPPING_SPECIMEN_TYPE,
                    MAPPING_ORDER, MAPPING_ENCOUNTER, MAPPING_PROCEDURE, MAPPING_ENDPOINTS, MAPPING_EXTENSIONS)),
            new Section("sharing", "What is kept from sharing, and what becomes of rejected instances; see docs/sharing.md.", List.of(
                    SHARING_SOP_CLASSES, SHARING_MODALITIES, SHARING_SENDERS, SHARING_VALUES, SHARING_QUALITY, SHARING_EXPIRED)));
    // spotless:on

    private Keys() {}

    /** And how the server lets us in. */
    private static List<Key<?>> withAccess(List<Key<?>> keys) {
        return Stream.concat(keys.stream(), AccessOptions.ALL.stream().map(option -> option.key(FHIR)))
                .toList();
    }

    private static Kind.Table<SortedSet<String>> excludedValues() {
        String example = "{ ImageType: [DERIVED] }";
        return new Kind.Table<>(
                "values by attribute, such as " + example,
                name -> Attribute.findKeyword(name).isPresent(),
                "the keyword of an attribute that the mapping reads",
                example,
                new Kind.Several<>("values, such as [DERIVED]", Kinds.word()));
    }

    private static Key<Optional<URI>> system(String name, String what) {
        return new Key<>(
                "mapping",
                name,
                Addresses.system().orNone(),
                "none",
                "The identifier system of " + what + " that comes without an issuer.");
    }

    private static Key<SortedMap<String, URI>> issuers(String name, String what) {
        return new Key<>(
                "mapping",
                name,
                MappingKinds.issuers(),
                "{}",
                "The same for the issuers " + what + "; one that is not here is looked up in issuers.");
    }

    private static Key<Strategy> strategy(ReferencedType type, String name, String what) {
        String create = type.isCreatable()
                ? " create makes a " + type.fhirType() + " where the server has none with that identifier;"
                : "";
        return new Key<>(
                "mapping",
                name,
                MappingKinds.strategy(type),
                "logical",
                "How a study refers to " + what + ": logical by identifier and name alone;" + create
                        + " resolve to the " + type.fhirType() + " that the server has with that identifier.");
    }

    /** A section of the file. */
    record Section(String name, String description, List<Key<?>> keys) {

        Optional<Key<?>> key(String keyName) {
            return keys.stream().filter(key -> key.name().equals(keyName)).findFirst();
        }

        /** {@code dicom: { engine: portolan }} */
        String example() {
            return name + ": { " + keys.get(0).name() + ": " + keys.get(0).standard() + " }";
        }
    }

    static List<Key<?>> all() {
        return SECTIONS.stream()
                .<Key<?>>flatMap(section -> section.keys().stream())
                .toList();
    }

    static Optional<Section> section(String name) {
        return SECTIONS.stream().filter(section -> section.name().equals(name)).findFirst();
    }

    /** What to say about a section that is not in the table. */
    static String unknownSection(String name) {
        List<String> sections = SECTIONS.stream().map(Section::name).toList();
        List<String> sameName = all().stream()
                .filter(key -> key.name().equals(name))
                .map(Key::path)
                .toList();
        if (!sameName.isEmpty()) {
            return "not a section; did you mean " + String.join(" or ", sameName) + "?";
        }
        Optional<String> dotted =
                all().stream().map(Key::path).filter(name::equals).findFirst();
        if (dotted.isPresent()) {
            return "a key stands below its section, as in " + name.replaceFirst("\\.", ": { ") + ": ... }";
        }
        return Nearest.to(name, sections)
                .map(nearest -> "unknown section; did you mean " + nearest + "?")
                .orElseGet(() -> "unknown section; there are " + String.join(", ", sections));
    }

    /** What to say about a key that its section does not have. */
    static String unknownKey(Section section, String name) {
        Optional<String> table = section.keys().stream()
                .filter(key -> key.kind() instanceof Kind.Table && name.startsWith(key.name() + "."))
                .map(key -> "unknown key; " + key.path() + " is given as a whole and must be "
                        + key.kind().right())
                .findFirst();
        if (table.isPresent()) {
            return table.get();
        }
        List<String> names = section.keys().stream().map(Key::name).toList();
        Optional<String> nearest = Nearest.to(name, names).map(found -> section.name() + "." + found);
        List<String> elsewhere = all().stream()
                .filter(key -> key.name().equals(name))
                .map(Key::path)
                .toList();
        if (nearest.isEmpty() && elsewhere.isEmpty()) {
            return "unknown key; " + section.name() + " has " + String.join(", ", names);
        }
        return "unknown key; did you mean " + nearest.orElseGet(() -> String.join(" or ", elsewhere)) + "?";
    }

    /** What to say about an environment variable that looks like a key of the section and is none. */
    static String unknownVariable(Section section, String variable) {
        List<String> variables = section.keys().stream().map(Key::variable).toList();
        String prefix = Key.ENVIRONMENT_PREFIX + section.name() + "_";
        List<String> names = section.keys().stream().map(Key::name).toList();
        String rest = variable.substring(Math.min(variable.length(), prefix.length()));
        return Nearest.to(rest, names)
                .map(nearest -> "unknown variable; did you mean " + variables.get(names.indexOf(nearest)) + "?")
                .orElseGet(() -> "unknown variable; " + section.name() + " has "
                        + variables.stream().collect(Collectors.joining(", ")));
    }
}
