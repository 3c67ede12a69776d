package io.portolan.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portolan.dicom.Attribute;
import io.portolan.gateway.config.GatewayConfig.Dicom;
import io.portolan.gateway.config.GatewayConfig.DicomLimits;
import io.portolan.gateway.config.GatewayConfig.Endpoint;
import io.portolan.gateway.config.GatewayConfig.EndpointType;
import io.portolan.gateway.config.GatewayConfig.Engine;
import io.portolan.gateway.config.GatewayConfig.Expired;
import io.portolan.gateway.config.GatewayConfig.Fhir;
import io.portolan.gateway.config.GatewayConfig.Http;
import io.portolan.gateway.config.GatewayConfig.Ledger;
import io.portolan.gateway.config.GatewayConfig.Log;
import io.portolan.gateway.config.GatewayConfig.LogLevel;
import io.portolan.gateway.config.GatewayConfig.MappingConfig;
import io.portolan.gateway.config.GatewayConfig.Note;
import io.portolan.gateway.config.GatewayConfig.PatientStrategy;
import io.portolan.gateway.config.GatewayConfig.Publish;
import io.portolan.gateway.config.GatewayConfig.QualityRejected;
import io.portolan.gateway.config.GatewayConfig.Sharing;
import io.portolan.gateway.config.GatewayConfig.Storage;
import io.portolan.gateway.config.GatewayConfig.StorageMode;
import io.portolan.gateway.config.GatewayConfig.Transaction;
import io.portolan.mapping.study.SharingOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
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
                    "0.0.0.0",
                    11112,
                    new DicomLimits(
                            131_072,
                            100,
                            Duration.ofSeconds(60),
                            Duration.ofSeconds(10),
                            Duration.ofSeconds(30),
                            16_777_216,
                            16_777_216,
                            32,
                            100_000)),
            new Storage(StorageMode.KEEP, Path.of("data/instances")),
            new Ledger(Path.of("data/ledger.db"), 100_000, 1_073_741_824),
            new Fhir(URI.create("http://localhost:8080/fhir"), Duration.ofSeconds(60), Transaction.AUTO),
            new Publish(
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(60),
                    2,
                    Duration.ofSeconds(1),
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(2)),
            new Http("127.0.0.1", 8081),
            new Log(LogLevel.INFO),
            new MappingConfig(
                    Optional.empty(),
                    URI.create("urn:portolan:study"),
                    Optional.empty(),
                    Optional.empty(),
                    Collections.emptySortedMap(),
                    Note.STUDY_DESCRIPTION,
                    PatientStrategy.LOGICAL,
                    Collections.emptySortedMap()),
            new Sharing(
                    Collections.emptySortedSet(),
                    Collections.emptySortedSet(),
                    Collections.emptySortedSet(),
                    Collections.emptySortedMap(),
                    QualityRejected.HIDDEN,
                    Expired.EMPTY));

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
                        dicom.correcting-ae-titles = []
                        dicom.bind = 0.0.0.0
                        dicom.port = 11112
                        dicom.pdu-length = 128KB
                        dicom.max-associations = 100
                        dicom.idle-timeout = 60s
                        dicom.artim-timeout = 10s
                        dicom.stop-timeout = 30s
                        dicom.header-bytes = 16MB
                        dicom.element-bytes = 16MB
                        dicom.sequence-depth = 32
                        dicom.sequence-items = 100000
                        storage.mode = keep
                        storage.dir = data/instances
                        ledger.url = jdbc:sqlite:data/ledger.db
                        ledger.backlog-max = 100000
                        ledger.free-space-min = 1GB
                        fhir.url = http://localhost:8080/fhir
                        fhir.timeout = 60s
                        fhir.transaction = auto
                        publish.quiet = 5s
                        publish.max-delay = 60s
                        publish.parallel = 2
                        publish.retry-delay-min = 1s
                        publish.retry-delay-max = 5m
                        publish.lease = 2m
                        http.bind = 127.0.0.1
                        http.port = 8081
                        log.level = info
                        mapping.time-zone = none
                        mapping.identifier-system = urn:portolan:study
                        mapping.patient-id-system = none
                        mapping.accession-system = none
                        mapping.issuers = {}
                        mapping.note = study-description
                        mapping.patient = logical
                        mapping.endpoints = {}
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
        assertThat(DEFAULTS.ledger().url()).isEqualTo("jdbc:sqlite:data/ledger.db");
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
                  correcting-ae-titles: [QA_STATION]
                  bind: "::1"
                  port: 0
                  pdu-length: 64KB
                  max-associations: 7
                  idle-timeout: 200ms
                  artim-timeout: 2s
                  stop-timeout: 0s
                  header-bytes: 1MB
                  element-bytes: 2048B
                  sequence-depth: 5
                  sequence-items: 6
                storage:
                  mode: discard
                  dir: /var/lib/portolan
                ledger:
                  url: jdbc:sqlite:/var/lib/portolan/ledger.db
                  backlog-max: 8
                  free-space-min: 2TB
                fhir:
                  url: https://fhir.example.org/r4//
                  timeout: 15m
                  transaction: false
                publish:
                  quiet: 1s
                  max-delay: 2h
                  parallel: 9
                  retry-delay-min: 3s
                  retry-delay-max: 4s
                  lease: 16m
                http:
                  bind: localhost
                  port: 10
                log:
                  level: trace
                mapping:
                  time-zone: +01:00
                  identifier-system: https://portolan.example.org/studies
                  patient-id-system: urn:oid:1.2.40.0.1
                  accession-system: urn:oid:1.2.40.0.2
                  issuers:
                    WEST: urn:oid:1.2.3
                    "EAST": https://east.example.org/patients
                  note: none
                  patient: create
                  endpoints:
                    viewer: { type: ihe-iid, address: "https://viewer.example.org/studies/open" }
                    archive: { type: dicom-wado-rs, address: "https://pacs.example.org/dicom-web" }
                sharing:
                  exclude-sop-classes: [1.2.840.10008.5.1.4.1.1.66]
                  exclude-modalities: [SR, PR]
                  exclude-ae-titles: [RESEARCH]
                  exclude-values: { ImageType: [DERIVED] }
                  quality-rejected: shown
                  expired: deleted
                """);
        assertThat(config)
                .isEqualTo(new GatewayConfig(
                        new Dicom(
                                Engine.DCM4CHE,
                                "CHART",
                                false,
                                new TreeSet<>(Set.of("QA_STATION")),
                                "::1",
                                0,
                                new DicomLimits(
                                        65_536,
                                        7,
                                        Duration.ofMillis(200),
                                        Duration.ofSeconds(2),
                                        Duration.ZERO,
                                        1_048_576,
                                        2_048,
                                        5,
                                        6)),
                        new Storage(StorageMode.DISCARD, Path.of("/var/lib/portolan")),
                        new Ledger(Path.of("/var/lib/portolan/ledger.db"), 8, 2_199_023_255_552L),
                        new Fhir(URI.create("https://fhir.example.org/r4"), Duration.ofMinutes(15), Transaction.FALSE),
                        new Publish(
                                Duration.ofSeconds(1),
                                Duration.ofHours(2),
                                9,
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(4),
                                Duration.ofMinutes(16)),
                        new Http("localhost", 10),
                        new Log(LogLevel.TRACE),
                        new MappingConfig(
                                Optional.of(ZoneOffset.ofHours(1)),
                                URI.create("https://portolan.example.org/studies"),
                                Optional.of(URI.create("urn:oid:1.2.40.0.1")),
                                Optional.of(URI.create("urn:oid:1.2.40.0.2")),
                                new TreeMap<>(Map.of(
                                        "EAST", URI.create("https://east.example.org/patients"),
                                        "WEST", URI.create("urn:oid:1.2.3"))),
                                Note.NONE,
                                PatientStrategy.CREATE,
                                new TreeMap<>(Map.of(
                                        "archive",
                                                new Endpoint(
                                                        EndpointType.DICOM_WADO_RS,
                                                        URI.create("https://pacs.example.org/dicom-web")),
                                        "viewer",
                                                new Endpoint(
                                                        EndpointType.IHE_IID,
                                                        URI.create("https://viewer.example.org/studies/open"))))),
                        new Sharing(
                                new TreeSet<>(Set.of("1.2.840.10008.5.1.4.1.1.66")),
                                new TreeSet<>(Set.of("PR", "SR")),
                                new TreeSet<>(Set.of("RESEARCH")),
                                new TreeMap<>(Map.of("ImageType", new TreeSet<>(Set.of("DERIVED")))),
                                QualityRejected.SHOWN,
                                Expired.DELETED)));
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
                        .issuers())
                .isEqualTo(Map.of("B", URI.create("urn:x:b")));
        assertThat(GatewayConfig.load(Optional.of(file), Map.of("PORTOLAN_MAPPING_ISSUERS", "{}"), Map.of()))
                .isEqualTo(DEFAULTS);
    }

    @Test
    void takesAwayAnOptionalValueByNone() throws Exception {
        Path file = Files.writeString(dir.resolve("portolan.yaml"), "mapping: { time-zone: Europe/Vienna }");
        assertThat(GatewayConfig.load(Optional.of(file), Map.of(), Map.of())
                        .mapping()
                        .timeZone())
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

    private GatewayConfig load(String yaml) throws Exception {
        Path file = Files.writeString(dir.resolve("portolan.yaml"), yaml);
        return GatewayConfig.load(Optional.of(file), Map.of(), Map.of());
    }
}
