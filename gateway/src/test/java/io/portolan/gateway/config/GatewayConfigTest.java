package io.portolan.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.Level;
import io.portolan.dicom.engine.Hosts;
import io.portolan.dicom.engine.Tls.ClientCertificates;
import io.portolan.dicom.engine.TlsProfile;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.gateway.access.Access;
import io.portolan.gateway.config.GatewayConfig.Audit;
import io.portolan.gateway.config.GatewayConfig.AuditTo;
import io.portolan.gateway.config.GatewayConfig.Decision;
import io.portolan.gateway.config.GatewayConfig.Dicom;
import io.portolan.gateway.config.GatewayConfig.DicomLimits;
import io.portolan.gateway.config.GatewayConfig.DicomTls;
import io.portolan.gateway.config.GatewayConfig.Engine;
import io.portolan.gateway.config.GatewayConfig.Expired;
import io.portolan.gateway.config.GatewayConfig.Fhir;
import io.portolan.gateway.config.GatewayConfig.Forward;
import io.portolan.gateway.config.GatewayConfig.GoneStudies;
import io.portolan.gateway.config.GatewayConfig.Http;
import io.portolan.gateway.config.GatewayConfig.Ledger;
import io.portolan.gateway.config.GatewayConfig.Log;
import io.portolan.gateway.config.GatewayConfig.LogLevel;
import io.portolan.gateway.config.GatewayConfig.Publish;
import io.portolan.gateway.config.GatewayConfig.QualityRejected;
import io.portolan.gateway.config.GatewayConfig.Storage;
import io.portolan.gateway.config.GatewayConfig.StorageMode;
import io.portolan.gateway.config.GatewayConfig.Sync;
import io.portolan.gateway.ledger.LedgerPlace;
import io.portolan.gateway.publish.PublisherOptions.Deleted;
import io.portolan.gateway.publish.PublisherOptions.TooLarge;
import io.portolan.gateway.sync.Timing;
import io.portolan.mapping.ExtensionOption;
import io.portolan.mapping.MappingOptions;
import io.portolan.mapping.MappingOptions.EndpointOption;
import io.portolan.mapping.MappingOptions.EndpointType;
import io.portolan.mapping.MappingOptions.Issuers;
import io.portolan.mapping.MappingOptions.MappedCode;
import io.portolan.mapping.MappingOptions.Zones;
import io.portolan.mapping.ReferencedType;
import io.portolan.mapping.SourceTag;
import io.portolan.mapping.Strategy;
import io.portolan.mapping.study.SharingOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayConfigTest {

    private static final GatewayConfig DEFAULTS = new GatewayConfig(
            new Dicom(
                    Engine.PORTOLAN,
                    "PORTOLAN",
                    true,
                    Collections.emptySortedSet(),
                    Hosts.ANY,
                    List.of(),
                    false,
                    Collections.emptySortedSet(),
                    "0.0.0.0",
                    Optional.of(11112),
                    new DicomTls(
                            Optional.empty(),
                            Access.NONE.tls(),
                            ClientCertificates.REQUIRED,
                            TlsProfile.BCP195_RFC9325,
                            true),
                    true,
                    false,
                    new DicomLimits(
                            131_072,
                            100,
                            50,
                            64,
                            1024,
                            Duration.ofSeconds(60),
                            Duration.ofSeconds(10),
                            Duration.ofSeconds(30),
                            new ReadLimits(16_777_216, 1_048_576, 16_777_216, 32, 100_000, 2_147_483_648L, 250))),
            new Storage(StorageMode.KEEP, Path.of("data/instances"), Optional.empty()),
            new Forward(
                    Optional.empty(),
                    104,
                    false,
                    Optional.empty(),
                    "PORTOLAN",
                    2,
                    Duration.ofSeconds(1),
                    Duration.ofMinutes(5),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(2)),
            new Commitment(
                    true,
                    Duration.ofHours(24),
                    100_000,
                    10_000,
                    Duration.ofSeconds(5),
                    Duration.ofMinutes(10),
                    Duration.ofSeconds(30),
                    Duration.ofDays(7)),
            new Ledger(
                    LedgerPlace.of(Path.of("data/ledger.db")),
                    100_000,
                    1_073_741_824,
                    Optional.of(Duration.ofDays(30))),
            new Fhir(
                    URI.create("http://localhost:8080/fhir"),
                    Duration.ofSeconds(60),
                    Decision.AUTO,
                    Decision.AUTO,
                    Decision.AUTO,
                    Access.NONE),
            new Publish(
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(60),
                    2,
                    Duration.ofSeconds(1),
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(2),
                    Deleted.RECREATE,
                    TooLarge.PARK),
            new Sync(GoneStudies.CANCELLED, Collections.emptySortedMap()),
            new Audit(AuditTo.NONE, Path.of("data/audit.ndjson"), 67_108_864, 1_000, 100_000, false),
            new Http("127.0.0.1", 8081),
            new Log(LogLevel.INFO),
            new MappingOptions(
                    "urn:portolan:study",
                    Zones.NONE,
                    Issuers.NONE,
                    Issuers.NONE,
                    Issuers.NONE,
                    Issuers.NONE,
                    strategies(Strategy.LOGICAL),
                    Map.of(),
                    List.of(SourceTag.STUDY_DESCRIPTION),
                    List.of(),
                    List.of()),
            new Sharing(
                    Collections.emptySortedSet(),
                    Collections.emptySortedSet(),
                    Collections.emptySortedSet(),
                    Collections.emptySortedMap(),
                    QualityRejected.HIDDEN,
                    Expired.EMPTY,
                    GoneStudies.CANCELLED),
            "6b86b273ff34fce1"); // of the mapping's version alone

    @TempDir
    Path dir;

    @Test
    void pinsEveryKeyAndItsDefault() {
        assertThat(Keys.all().stream()
                        .map(key -> key.path() + " = " + key.standard() + "\n")
                        .collect(Collectors.joining()))
                .isEqualTo("""
                        dicom.engine = portolan
                        dicom.ae-title = PORTOLAN
                        dicom.accept-any-called-ae = true
                        dicom.called-ae-titles = []
                        dicom.hosts = []
                        dicom.peers = []
                        dicom.peers-only = false
                        dicom.correcting-ae-titles = []
                        dicom.bind = 0.0.0.0
                        dicom.port = 11112
                        dicom.tls-port = none
                        dicom.tls-certificate-file = none
                        dicom.tls-key-file = none
                        dicom.tls-password-file = none
                        dicom.tls-ca-file = none
                        dicom.tls-client-certificates = required
                        dicom.tls-profile = bcp195-rfc9325
                        dicom.tls-verify-host = true
                        dicom.accept-unknown-sop-classes = true
                        dicom.accept-unknown-transfer-syntaxes = false
                        dicom.pdu-length = 128KB
                        dicom.max-associations = 100
                        dicom.max-associations-per-peer = 50
                        dicom.max-connections-waiting = 64
                        dicom.min-bytes-per-second = 1KB
                        dicom.idle-timeout = 60s
                        dicom.artim-timeout = 10s
                        dicom.stop-timeout = 30s
                        dicom.header-bytes = 16MB
                        dicom.element-bytes = 16MB
                        dicom.text-bytes = 1MB
                        dicom.sequence-depth = 32
                        dicom.sequence-items = 100000
                        dicom.inflated-bytes = 2GB
                        dicom.inflate-ratio = 250
                        storage.mode = keep
                        storage.dir = data/instances
                        storage.keep-for = none
                        forward.host = none
                        forward.port = 104
                        forward.tls = false
                        forward.called-ae = none
                        forward.calling-ae = none
                        forward.parallel = 2
                        forward.retry-delay-min = 1s
                        forward.retry-delay-max = 5m
                        forward.timeout = 60s
                        forward.release-after = 2s
                        commitment.offered = true
                        commitment.decide-within = 24h
                        commitment.max-instances = 100000
                        commitment.max-waiting = 10000
                        commitment.retry-delay-min = 5s
                        commitment.retry-delay-max = 10m
                        commitment.timeout = 30s
                        commitment.keep-for = 168h
                        ledger.url = jdbc:sqlite:data/ledger.db
                        ledger.user = none
                        ledger.password-file = none
                        ledger.backlog-max = 100000
                        ledger.free-space-min = 1GB
                        ledger.compact-after = 720h
                        fhir.url = http://localhost:8080/fhir
                        fhir.timeout = 60s
                        fhir.transaction = auto
                        fhir.patch = auto
                        fhir.gzip = auto
                        fhir.token-file = none
                        fhir.user = none
                        fhir.password-file = none
                        fhir.client-id = none
                        fhir.client-secret-file = none
                        fhir.client-secret-method = basic
                        fhir.client-key-file = none
                        fhir.client-key-id = none
                        fhir.token-url = none
                        fhir.scope = none
                        fhir.tls-certificate-file = none
                        fhir.tls-key-file = none
                        fhir.tls-password-file = none
                        fhir.tls-ca-file = none
                        fhir.proxy = none
                        fhir.proxy-user = none
                        fhir.proxy-password-file = none
                        publish.quiet = 5s
                        publish.max-delay = 60s
                        publish.parallel = 2
                        publish.retry-delay-min = 1s
                        publish.retry-delay-max = 5m
                        publish.lease = 2m
                        publish.deleted = recreate
                        publish.too-large = park
                        sync.deleted = cancelled
                        sync.sources = {}
                        audit.to = none
                        audit.log-file = data/audit.ndjson
                        audit.log-size = 64MB
                        audit.log-files = 1000
                        audit.backlog-max = 100000
                        audit.provenance = false
                        http.bind = 127.0.0.1
                        http.port = 8081
                        log.level = info
                        mapping.time-zone = none
                        mapping.time-zones = {}
                        mapping.identifier-system = urn:portolan:study
                        mapping.patient-id-system = none
                        mapping.accession-system = none
                        mapping.admission-system = none
                        mapping.specimen-system = none
                        mapping.issuers = {}
                        mapping.accession-issuers = {}
                        mapping.admission-issuers = {}
                        mapping.specimen-issuers = {}
                        mapping.codes = {}
                        mapping.note = study-description
                        mapping.patient = logical
                        mapping.group = logical
                        mapping.device = logical
                        mapping.practitioner = logical
                        mapping.organization = logical
                        mapping.location = logical
                        mapping.specimen = logical
                        mapping.service-request = logical
                        mapping.encounter = logical
                        mapping.procedure = logical
                        mapping.endpoints = {}
                        mapping.extensions = {}
                        sharing.exclude-sop-classes = []
                        sharing.exclude-modalities = []
                        sharing.exclude-ae-titles = []
                        sharing.exclude-values = {}
                        sharing.quality-rejected = hidden
                        sharing.expired = empty
                        """);
    }

    @Test
    void namesNoTwoKeysByTheSameVariable() {
        assertThat(Keys.all()).map(Key::variable).doesNotHaveDuplicates().allMatch(name -> name.matches("[A-Z_]+"));
    }

    @Test
    void readsListsOfTheFileAndOfOneText() throws Exception {
        Path file = Files.writeString(
                dir.resolve("lists.yaml"),
                "sharing:\n  exclude-modalities: [SR, PR]\n  exclude-values: { ImageType: [DERIVED, A B] }\n  expired: deleted\n");
        SharingOptions options = GatewayConfig.load(
                        Optional.of(file),
                        Map.of("PORTOLAN_SHARING_EXCLUDE_SOP_CLASSES", "1.2.3, 1.2.4"),
                        Map.of("sharing.exclude-ae-titles", "[QA, CT 1]", "sharing.quality-rejected", "shown"))
                .sharing()
                .options();

        assertThat(options)
                .isEqualTo(new SharingOptions(
                        Map.of(
                                Attribute.Modality, Set.of("SR", "PR"),
                                Attribute.ImageType, Set.of("DERIVED", "A B"),
                                Attribute.SOPClassUID, Set.of("1.2.3", "1.2.4")),
                        Set.of("QA", "CT 1"),
                        true,
                        SharingOptions.Expired.DELETED));
    }

    @Test
    void saysWhatIsWrongInAList() {
        assertThatThrownBy(() -> GatewayConfig.load(
                        Optional.empty(),
                        Map.of(),
                        Map.of("sharing.exclude-sop-classes", "1.2.3,CT", "sharing.exclude-values", "{Image: [A]}")))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e -> assertThat(e.problems())
                                .map(ConfigProblem::toString)
                                .anySatisfy(line -> assertThat(line)
                                        .contains("must be a UID")
                                        .contains("CT"))
                                .anySatisfy(line -> assertThat(line).contains("the keyword of an attribute")));
    }

    @Test
    void fillsInTheDefaultsWhenNothingIsGiven() throws Exception {
        assertThat(GatewayConfig.load(Optional.empty(), Map.of(), Map.of())).isEqualTo(DEFAULTS);
        assertThat(DEFAULTS.ledger().place()).isEqualTo(LedgerPlace.of(Path.of("data/ledger.db")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# nothing yet\n",
                "---\n",
                "{}",
                "\uFEFF# from an editor that marks UTF-8",
                "dicom:\nfhir:\n"
            })
    void takesAFileWithoutKeysAsAllDefaults(String yaml) throws Exception {
        assertThat(load(yaml)).isEqualTo(DEFAULTS);
    }

    @Test
    void readsTheShortForm() throws Exception {
        GatewayConfig config = load("""
                dicom:   { ae-title: PORTOLAN, bind: 0.0.0.0, port: 11112 }
                storage: { mode: keep, dir: data/instances }
                ledger:  { url: "jdbc:sqlite:data/ledger.db" }
                fhir:    { url: "http://localhost:8080/fhir" }
                publish: { quiet: 5s, max-delay: 60s }
                http:    { bind: 127.0.0.1, port: 8081 }
                """);
        assertThat(config).isEqualTo(DEFAULTS);
    }

    @Test
    void readsEveryKey() throws Exception {
        GatewayConfig config = load("""
                dicom:
                  engine: dcm4che
                  ae-title: " CHART "
                  accept-any-called-ae: false
                  called-ae-titles: [CHART_CT, CHART_MR]
                  hosts: [10.0.0.0/8, "::1"]
                  peers:
                    - ae-title: CT1
                      from: [10.1.0.0/16, ct1.hospital]
                      called-ae-titles: [CHART_CT]
                      max-associations: 10
                      host: ct1.hospital
                      port: 104
                      tls: true
                    - { ae-title: MR1, from: 2001:db8::/32 }
                  peers-only: true
                  correcting-ae-titles: [QA_STATION]
                  bind: "::1"
                  port: none
                  tls-port: 2762
                  tls-certificate-file: /etc/us.pem
                  tls-key-file: /etc/us.key
                  tls-password-file: /etc/us.password
                  tls-ca-file: /etc/hospital.pem
                  tls-client-certificates: optional
                  tls-profile: extended-bcp195
                  tls-verify-host: false
                  pdu-length: 64KB
                  max-associations: 7
                  max-associations-per-peer: 3
                  max-connections-waiting: 5
                  min-bytes-per-second: 2KB
                  accept-unknown-sop-classes: false
                  accept-unknown-transfer-syntaxes: true
                  idle-timeout: 200ms
                  artim-timeout: 2s
                  stop-timeout: 0s
                  header-bytes: 1MB
                  element-bytes: 2048B
                  sequence-depth: 5
                  sequence-items: 6
                  text-bytes: 3KB
                  inflated-bytes: 4MB
                  inflate-ratio: 77
                storage:
                  mode: discard
                  dir: /var/lib/portolan
                  keep-for: 2160h
                forward:
                  host: pacs
                  port: 11113
                  tls: true
                  called-ae: MAINPACS
                  calling-ae: CHARTOUT
                  parallel: 4
                  retry-delay-min: 7s
                  retry-delay-max: 9m
                  timeout: 11s
                  release-after: 13s
                commitment:
                  offered: false
                  decide-within: 2h
                  max-instances: 500
                  max-waiting: 60
                  retry-delay-min: 14s
                  retry-delay-max: 15m
                  timeout: 16s
                  keep-for: 17h
                ledger:
                  url: jdbc:sqlite:/var/lib/portolan/ledger.db
                  backlog-max: 8
                  free-space-min: 2TB
                  compact-after: none
                fhir:
                  url: https://fhir.example.org/r4//
                  timeout: 15m
                  transaction: false
                  patch: true
                  gzip: false
                  token-file: /etc/portolan/token
                publish:
                  quiet: 1s
                  max-delay: 2h
                  parallel: 9
                  retry-delay-min: 3s
                  retry-delay-max: 4s
                  lease: 16m
                  deleted: leave
                  too-large: without-instances
                audit:
                  to: log
                  log-file: /var/log/audit
                  log-size: 4KB
                  log-files: 11
                  backlog-max: 12
                  provenance: true
                http:
                  bind: localhost
                  port: 10
                log:
                  level: trace
                mapping:
                  time-zone: +01:00
                  time-zones: { CT1: Europe/Vienna }
                  identifier-system: https://portolan.example.org/studies
                  patient-id-system: urn:oid:1.2.40.0.1
                  accession-system: urn:oid:1.2.40.0.2
                  admission-system: urn:oid:1.2.40.0.3
                  specimen-system: urn:oid:1.2.40.0.4
                  issuers:
                    WEST: urn:oid:1.2.3
                    "EAST": https://east.example.org/patients
                  accession-issuers: { EAST: "urn:x:east-orders" }
                  admission-issuers: { WARD: "urn:x:visits" }
                  specimen-issuers: { LAB: "urn:x:slides" }
                  codes: { "99HOUSE|CT-THX": "http://loinc.org|24627-2|CT Chest" }
                  note: StudyDescription 00104000
                  patient: create
                  group: create
                  device: create
                  practitioner: create
                  organization: create
                  location: create
                  specimen: create
                  service-request: create
                  encounter: resolve
                  procedure: resolve
                  endpoints:
                    viewer: { type: ihe-iid, address: "https://viewer.example.org/studies/open" }
                    archive: { type: dicom-wado-rs, address: "https://pacs.example.org/dicom-web", ae-titles: [CT1, CT2] }
                  extensions:
                    "https://portolan.example.org/field-strength": { attribute: "00180087", level: series, type: decimal }
                sharing:
                  exclude-sop-classes: [1.2.840.10008.5.1.4.1.1.66]
                  exclude-modalities: [SR, PR]
                  exclude-ae-titles: [RESEARCH]
                  exclude-values: { ImageType: [DERIVED] }
                  quality-rejected: shown
                  expired: deleted
                sync:
                  deleted: endpoint-removed
                  sources:
                    cd:
                      type: folder
                      path: /srv/import
                      schedule: 5m
                      zone: Europe/Vienna
                      hours: 19:00-06:30
                      jitter: 1m
                      ae-title: CD
                      recent: 1h
                      last-updated: true
                      compare-all: 2h
                      answer-max: 3
                      server-max: 8
                      parallel: 4
                      requests-per-second: 5
                      removal-max-percent: 6
                      timeout: 7s
                """);
        assertThat(config)
                .isEqualTo(new GatewayConfig(
                        new Dicom(
                                Engine.DCM4CHE,
                                "CHART",
                                false,
                                new TreeSet<>(Set.of("CHART_CT", "CHART_MR")),
                                Hosts.of(List.of("10.0.0.0/8", "::1")),
                                List.of(
                                        new DicomPeer(
                                                "CT1",
                                                Hosts.of(List.of("10.1.0.0/16", "ct1.hospital")),
                                                new TreeSet<>(Set.of("CHART_CT")),
                                                OptionalInt.of(10),
                                                Optional.of(new DicomPeer.Listens("ct1.hospital", 104, true))),
                                        new DicomPeer(
                                                "MR1",
                                                Hosts.of(List.of("2001:db8::/32")),
                                                Collections.emptySortedSet(),
                                                OptionalInt.empty(),
                                                Optional.empty())),
                                true,
                                new TreeSet<>(Set.of("QA_STATION")),
                                "::1",
                                Optional.empty(),
                                new DicomTls(
                                        Optional.of(2762),
                                        new Access.Tls(
                                                Optional.of(Path.of("/etc/us.pem")),
                                                Optional.of(Path.of("/etc/us.key")),
                                                Optional.of(Path.of("/etc/us.password")),
                                                Optional.of(Path.of("/etc/hospital.pem"))),
                                        ClientCertificates.OPTIONAL,
                                        TlsProfile.EXTENDED_BCP195,
                                        false),
                                false,
                                true,
                                new DicomLimits(
                                        65_536,
                                        7,
                                        3,
                                        5,
                                        2048,
                                        Duration.ofMillis(200),
                                        Duration.ofSeconds(2),
                                        Duration.ZERO,
                                        new ReadLimits(2_048, 3_072, 1_048_576, 5, 6, 4_194_304, 77))),
                        new Storage(
                                StorageMode.DISCARD, Path.of("/var/lib/portolan"), Optional.of(Duration.ofHours(2160))),
                        new Forward(
                                Optional.of("pacs"),
                                11113,
                                true,
                                Optional.of("MAINPACS"),
                                "CHARTOUT",
                                4,
                                Duration.ofSeconds(7),
                                Duration.ofMinutes(9),
                                Duration.ofSeconds(11),
                                Duration.ofSeconds(13)),
                        new Commitment(
                                false,
                                Duration.ofHours(2),
                                500,
                                60,
                                Duration.ofSeconds(14),
                                Duration.ofMinutes(15),
                                Duration.ofSeconds(16),
                                Duration.ofHours(17)),
                        new Ledger(
                                LedgerPlace.of(Path.of("/var/lib/portolan/ledger.db")),
                                8,
                                2_199_023_255_552L,
                                Optional.empty()),
                        new Fhir(
                                URI.create("https://fhir.example.org/r4"),
                                Duration.ofMinutes(15),
                                Decision.FALSE,
                                Decision.TRUE,
                                Decision.FALSE,
                                new Access(
                                        new Access.Token(Path.of("/etc/portolan/token")),
                                        Access.NONE.tls(),
                                        Optional.empty())),
                        new Publish(
                                Duration.ofSeconds(1),
                                Duration.ofHours(2),
                                9,
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(4),
                                Duration.ofMinutes(16),
                                Deleted.LEAVE,
                                TooLarge.WITHOUT_INSTANCES),
                        new Sync(
                                GoneStudies.ENDPOINT_REMOVED,
                                new TreeMap<>(Map.of(
                                        "cd",
                                        new SyncSource(
                                                new SyncSource.Folder(Path.of("/srv/import")),
                                                Optional.of(new Timing(
                                                        null,
                                                        Duration.ofMinutes(5),
                                                        ZoneId.of("Europe/Vienna"),
                                                        new Timing.Hours(LocalTime.of(19, 0), LocalTime.of(6, 30)))),
                                                Duration.ofMinutes(1),
                                                Optional.of("CD"),
                                                Duration.ofHours(1),
                                                true,
                                                Duration.ofHours(2),
                                                3,
                                                8,
                                                4,
                                                5,
                                                6,
                                                Duration.ofSeconds(7))))),
                        new Audit(AuditTo.LOG, Path.of("/var/log/audit"), 4_096, 11, 12, true),
                        new Http("localhost", 10),
                        new Log(LogLevel.TRACE),
                        new MappingOptions(
                                "https://portolan.example.org/studies",
                                new Zones(
                                        Optional.of(ZoneOffset.ofHours(1)), Map.of("CT1", ZoneId.of("Europe/Vienna"))),
                                new Issuers(
                                        Map.of("EAST", "https://east.example.org/patients", "WEST", "urn:oid:1.2.3"),
                                        Optional.of("urn:oid:1.2.40.0.1")),
                                new Issuers(
                                        Map.of("EAST", "urn:x:east-orders", "WEST", "urn:oid:1.2.3"),
                                        Optional.of("urn:oid:1.2.40.0.2")),
                                new Issuers(
                                        Map.of(
                                                "EAST", "https://east.example.org/patients",
                                                "WEST", "urn:oid:1.2.3",
                                                "WARD", "urn:x:visits"),
                                        Optional.of("urn:oid:1.2.40.0.3")),
                                new Issuers(
                                        Map.of(
                                                "EAST", "https://east.example.org/patients",
                                                "WEST", "urn:oid:1.2.3",
                                                "LAB", "urn:x:slides"),
                                        Optional.of("urn:oid:1.2.40.0.4")),
                                strategies(Strategy.CREATE),
                                Map.of("99HOUSE|CT-THX", new MappedCode("http://loinc.org", "24627-2", "CT Chest")),
                                List.of(SourceTag.STUDY_DESCRIPTION, new SourceTag(0x0010_4000, Level.STUDY)),
                                List.of(
                                        new EndpointOption(
                                                "archive",
                                                EndpointType.DICOM_WADO_RS,
                                                "https://pacs.example.org/dicom-web",
                                                List.of("CT1", "CT2")),
                                        new EndpointOption(
                                                "viewer",
                                                EndpointType.IHE_IID,
                                                "https://viewer.example.org/studies/open")),
                                List.of(new ExtensionOption(
                                        "https://portolan.example.org/field-strength",
                                        new SourceTag(0x0018_0087, Level.SERIES),
                                        ExtensionOption.ValueType.DECIMAL))),
                        new Sharing(
                                new TreeSet<>(Set.of("1.2.840.10008.5.1.4.1.1.66")),
                                new TreeSet<>(Set.of("PR", "SR")),
                                new TreeSet<>(Set.of("RESEARCH")),
                                new TreeMap<>(Map.of("ImageType", new TreeSet<>(Set.of("DERIVED")))),
                                QualityRejected.SHOWN,
                                Expired.DELETED,
                                GoneStudies.ENDPOINT_REMOVED),
                        config.fingerprint()));
        assertThat(config.fingerprint()).as("pinned: the same on every start").isEqualTo("a62de6f925a48110");
    }

    @Test
    void hasAFingerprintOfWhatDecidesWhatIsMadeOfAStudyAndOfNothingElse() throws Exception {
        String plain = DEFAULTS.fingerprint();
        assertThat(load("mapping: { patient: logical }").fingerprint())
                .as("the default, said")
                .isEqualTo(plain);
        assertThat(load("publish: { quiet: 7s }").fingerprint()).isEqualTo(plain);
        assertThat(load("sync: { sources: { cd: { type: folder, path: /srv } } }")
                        .fingerprint())
                .isEqualTo(plain);
        assertThat(load("sync: { deleted: left }").fingerprint()).isNotEqualTo(plain);
        assertThat(load("mapping: { patient: create }").fingerprint()).isNotEqualTo(plain);
        assertThat(load("sharing: { exclude-modalities: [SR, PR] }").fingerprint())
                .isNotEqualTo(plain)
                .isEqualTo(load("sharing: { exclude-modalities: [PR, SR] }").fingerprint());
    }

    private static Map<ReferencedType, Strategy> strategies(Strategy creatable) {
        Map<ReferencedType, Strategy> strategies = new EnumMap<>(ReferencedType.class);
        for (ReferencedType type : ReferencedType.values()) {
            Strategy other = creatable == Strategy.LOGICAL ? Strategy.LOGICAL : Strategy.RESOLVE;
            strategies.put(type, type.isCreatable() ? creatable : other);
        }
        return strategies;
    }

    @Test
    void letsTheEnvironmentWinOverTheFileAndAnOverrideOverBoth() throws Exception {
        Path file = Files.writeString(
                dir.resolve("portolan.yaml"), "publish: { quiet: 1s, max-delay: 11s, parallel: 3, lease: 3m }");
        Publish publish = GatewayConfig.load(
                        Optional.of(file),
                        Map.of("PORTOLAN_PUBLISH_QUIET", "2s", "PORTOLAN_PUBLISH_MAX_DELAY", "12s"),
                        Map.of("publish.quiet", "3s"))
                .publish();
        assertThat(publish.quiet()).isEqualTo(Duration.ofSeconds(3));
        assertThat(publish.maxDelay()).isEqualTo(Duration.ofSeconds(12));
        assertThat(publish.parallel()).isEqualTo(3);
        assertThat(publish.retryDelayMin()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void ignoresVariablesThatNameNoSection() throws Exception {
        Map<String, String> environment = Map.of(
                "PORTOLAN_HOME", "/opt/portolan",
                "PORTOLAN_JAVA_OPTS", "-Xmx1g",
                "PORTOLAN", "x",
                "PORTOLAN_", "x",
                "FHIR_URL", "x");
        assertThat(GatewayConfig.load(Optional.empty(), environment, Map.of())).isEqualTo(DEFAULTS);
    }

    @Test
    void takesAnEmptyVariableAsNotSet() throws Exception {
        assertThat(GatewayConfig.load(Optional.empty(), Map.of("PORTOLAN_FHIR_URL", ""), Map.of()))
                .isEqualTo(DEFAULTS);
    }

    @Test
    void replacesAWholeTableByAnOverrideWrittenAsYaml() throws Exception {
        Path file = Files.writeString(dir.resolve("portolan.yaml"), "mapping: { issuers: { A: urn:x:a } }");
        Map<String, String> overrides = Map.of("mapping.issuers", "{ B: \"urn:x:b\" }");
        assertThat(GatewayConfig.load(Optional.of(file), Map.of(), overrides)
                        .mapping()
                        .patients()
                        .byName())
                .isEqualTo(Map.of("B", "urn:x:b"));
        assertThat(GatewayConfig.load(Optional.of(file), Map.of("PORTOLAN_MAPPING_ISSUERS", "{}"), Map.of()))
                .isEqualTo(DEFAULTS);
    }

    @Test
    void takesAwayAnOptionalValueByNone() throws Exception {
        Path file = Files.writeString(dir.resolve("portolan.yaml"), "mapping: { time-zone: Europe/Vienna }");
        assertThat(GatewayConfig.load(Optional.of(file), Map.of(), Map.of())
                        .mapping()
                        .zones()
                        .byDefault())
                .contains(ZoneId.of("Europe/Vienna"));
        assertThat(GatewayConfig.load(Optional.of(file), Map.of("PORTOLAN_MAPPING_TIME_ZONE", "none"), Map.of()))
                .isEqualTo(DEFAULTS);
    }

    @Test
    void readsValuesThroughAnchors() throws Exception {
        GatewayConfig config = load("http: { bind: &here 10.0.0.1 }\ndicom: { bind: *here }");
        assertThat(config.dicom().bind()).isEqualTo("10.0.0.1");
    }

    @Test
    void takesAnExampleFileOfEveryKeyAsTheDefaults() throws Exception {
        String example = ExampleConfig.yaml();
        assertThat(load(example)).isEqualTo(DEFAULTS);
        assertThat(Keys.all())
                .allSatisfy(key -> assertThat(example)
                        .contains("\n  # " + key.description() + "\n")
                        .contains("\n  " + key.name() + ": "));
    }

    @ParameterizedTest
    @CsvSource({
        "quite, quiet",
        "maxDelay, max-delay",
        "MAX_DELAY, max-delay",
        "paralel, parallel",
        "leese, lease",
        "retry-delay-mix, retry-delay-min",
        "sleep, ",
        "x, "
    })
    void findsTheNearestWord(String word, String nearest) {
        assertThat(Nearest.to(
                        word,
                        Keys.section("publish").orElseThrow().keys().stream()
                                .map(Key::name)
                                .toList()))
                .isEqualTo(Optional.ofNullable(nearest));
    }

    @Test
    void readsTheSameAccessForTheFhirServerAndForAnArchive() throws Exception {
        String access = """
                  client-id: us
                  client-key-file: key.pem
                  client-key-id: k1
                  token-url: https://login.example.org/token?p=1
                  scope: system/ImagingStudy.cruds system/Patient.rs
                  tls-certificate-file: us.p12
                  tls-password-file: p12.password
                  tls-ca-file: ca.pem
                  proxy: http://proxy:3128
                  proxy-user: me
                  proxy-password-file: proxy.password
                """;
        GatewayConfig config = load("fhir:\n" + access
                + "sync:\n  sources:\n    p:\n      type: dicomweb\n      url: http://p/rs\n" + access.indent(4));
        Access expected = new Access(
                new Access.OAuth(
                        "us",
                        new Access.Key(Path.of("key.pem"), Optional.of("k1")),
                        Optional.of(URI.create("https://login.example.org/token?p=1")),
                        Optional.of("system/ImagingStudy.cruds system/Patient.rs")),
                new Access.Tls(
                        Optional.of(Path.of("us.p12")),
                        Optional.empty(),
                        Optional.of(Path.of("p12.password")),
                        Optional.of(Path.of("ca.pem"))),
                Optional.of(new Access.Proxy(
                        URI.create("http://proxy:3128"),
                        Optional.of(new Access.Basic("me", Path.of("proxy.password"))))));
        assertThat(config.accesses()).containsExactly(expected, expected);
    }

    @Test
    void asksForNoScopeButOfAFhirServerByAKey() throws Exception {
        assertThat(load("fhir: { client-id: us, client-key-file: k }")
                        .fhir()
                        .access()
                        .login())
                .isEqualTo(new Access.OAuth(
                        "us",
                        new Access.Key(Path.of("k"), Optional.empty()),
                        Optional.empty(),
                        Optional.of("system/*.cruds")));
        assertThat(
                        load("fhir: { client-id: us, client-secret-file: s, token-url: \"https://a/t\", client-secret-method: post }")
                                .fhir()
                                .access()
                                .login())
                .isEqualTo(new Access.OAuth(
                        "us",
                        new Access.Secret(Path.of("s"), Access.SecretMethod.POST),
                        Optional.of(URI.create("https://a/t")),
                        Optional.empty()));
    }

    private GatewayConfig load(String yaml) throws Exception {
        Path file = Files.writeString(dir.resolve("portolan.yaml"), yaml);
        return GatewayConfig.load(Optional.of(file), Map.of(), Map.of());
    }
}
