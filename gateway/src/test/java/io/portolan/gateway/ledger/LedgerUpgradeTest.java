package io.portolan.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.portolan.dicom.Uid;
import io.portolan.gateway.Category;
import io.portolan.mapping.study.Gathered;
import io.portolan.mapping.study.Study;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A ledger that the version before left behind, killed in the middle, goes on. */
class LedgerUpgradeTest {

    private static final Uid GROWN = new Uid("2.25.7113.1");
    private static final Uid MIXED = new Uid("2.25.777001");

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void load() throws Exception {
        load("/ledger-5.sql");
    }

    private void load(String dump) throws Exception {
        file = directory.resolve(dump.substring(1) + ".db");
        String sql = new String(
                Objects.requireNonNull(LedgerUpgradeTest.class.getResourceAsStream(dump))
                        .readAllBytes(),
                StandardCharsets.UTF_8);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (String one : sql.split(";\n", -1)) {
                if (!one.isBlank()) {
                    statement.execute(one);
                }
            }
            connection.commit();
        }
    }

    private Ledger open() {
        return Ledger.open(LedgerOptions.of(file), InstantSource.system());
    }

    static IntStream versionsBetween() {
        return IntStream.range(6, Database.SCHEMA);
    }

    /** Whichever version ran last. */
    @ParameterizedTest
    @MethodSource("versionsBetween")
    void goesOnFromEveryVersionInBetween(int version) {
        Database.migrations(Dialect.of(LedgerOptions.of(file)))
                .target(Integer.toString(version))
                .load()
                .migrate();

        keepsEveryInstanceAndWhatWasPublishedAndParked();
    }

    /** The one that brought sync; it had a number below zero for the size of a file that was missed. */
    @Test
    void keepsWhatArchivesHad() throws Exception {
        load("/ledger-8.sql");
        Uid ofArchive = TestInstances.study(4);
        try (Ledger ledger = open()) {
            assertThat(ledger.counts())
                    .returns(4L, LedgerCounts::studies)
                    .returns(11L, LedgerCounts::instances)
                    .returns(1L, LedgerCounts::parked);
            assertThat(ledger.files().of(TestInstances.study(1)))
                    .containsExactlyInAnyOrder("1/1.dcm", "1/2.dcm", "1/3.dcm");
            SourceFiles files = ledger.sourceFiles("cd");
            assertThat(files.of(ofArchive))
                    .extracting(SourceFile::path, SourceFile::size, SourceFile::missed)
                    .containsExactlyInAnyOrder(tuple("a/1.dcm", 1000L, false), tuple("a/2.dcm", 2000L, true));
            assertThat(files.after("a/2.dcm", 10))
                    .singleElement()
                    .returns(0L, SourceFile::size)
                    .returns(true, SourceFile::missed);
            assertThat(ledger.sources().find("cd").orElseThrow().pass().day()).isEqualTo("2026-11-01");
            assertThat(ledger.sources().studies("cd")).isEqualTo(1);
        }
    }

    /** The one that brought several gateways, forwarding and audit; two of its migrations stand otherwise today. */
    @Test
    void goesOnFromMigrationsThatWereRewritten() throws Exception {
        load("/ledger-12.sql");
        for (int start = 1; start <= 2; start++) {
            try (Ledger ledger = open()) {
                assertThat(ledger.counts())
                        .returns(3L, LedgerCounts::studies)
                        .returns(8L, LedgerCounts::instances)
                        .returns(0L, LedgerCounts::dirty);
                assertThat(ledger.sourceFiles("cd").of(new Uid("2.25.9101.4")))
                        .singleElement()
                        .returns("1.dcm", SourceFile::path)
                        .returns(false, SourceFile::missed);
            }
        }
    }

    @Test
    void keepsEveryInstanceAndWhatWasPublishedAndParked() {
        try (Ledger ledger = open()) {
            assertThat(ledger.counts())
                    .returns(7L, LedgerCounts::studies)
                    .returns(13L, LedgerCounts::instances)
                    .returns(2L, LedgerCounts::dirty)
                    .returns(1L, LedgerCounts::parked);
            assertThat(Study.of(ledger.gathered(GROWN).instances()).numberOfInstances())
                    .isEqualTo(4);
            assertThat(ledger.parked(10))
                    .singleElement()
                    .returns(MIXED, ParkedStudy::study)
                    .returns(Category.UNMAPPABLE, ParkedStudy::category);
        }
    }

    /** Of the seven one is dirty, one parked; some were claimed when the version before was killed. */
    @Test
    void compactsWhatTheVersionBeforeHasPublished() throws InterruptedException {
        try (Ledger ledger = open()) {
            Gathered before = ledger.gathered(GROWN);
            ledger.endLeases();
            ledger.replays().replay(List.of(GROWN));
            Claim claim = ledger.claim(Duration.ofMinutes(1)).orElseThrow();
            ledger.published(claim, Objects.requireNonNull(claim.last()));
            ledger.compaction().run(Duration.ZERO, commit -> true);

            assertThat(ledger.compaction().count()).isPositive();
            assertThat(ledger.counts().instances()).isEqualTo(13);
            assertThat(ledger.gathered(GROWN).instances()).containsExactlyInAnyOrderElementsOf(before.instances());
        }
    }

    @Test
    void publishesWhatWasDueFromWhatItKnewOfTheServer() {
        try (Ledger ledger = open()) {
            assertThat(ledger.backlog()).isEqualTo(1);
            ledger.endLeases();
            ledger.replays().replayParked(Optional.empty());
            ledger.replays().replay(List.of(GROWN));
            Claim grown = ledger.claim(Duration.ofMinutes(1)).orElseThrow();
            Claim parked = ledger.claim(Duration.ofMinutes(1)).orElseThrow();
            assertThat(parked.study()).as("replayed with all that were parked").isEqualTo(MIXED);
            assertThat(grown.study()).isEqualTo(GROWN);
            assertThat(grown.uncertain()).isTrue();
            Claim.Publication last = Objects.requireNonNull(grown.last());
            assertThat(last.fhirVersion()).isEqualTo("1");
            assertThat(last.json()).contains("\"numberOfInstances\":3");
            assertThat(ledger.published(grown, last, new Effort(1, 100), List.of()))
                    .isTrue();
            assertThat(ledger.amplification())
                    .as("what was before was not counted")
                    .returns(1L, Amplification::studies)
                    .returns(1L, Amplification::versions);
        }
    }

    @Test
    void isNotMigratedBesideAnother() {
        assertThatThrownBy(() -> Ledger.openBeside(LedgerPlace.of(file), ""))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("an older version");
        try (Ledger ledger = open()) {
            assertThat(ledger.counts().studies()).isEqualTo(7);
        }
        try (Ledger beside = Ledger.openBeside(LedgerPlace.of(file), "")) {
            assertThat(beside.replays().unknown(List.of(GROWN, new Uid("1.2.3"))))
                    .containsExactly(new Uid("1.2.3"));
        }
    }
}
