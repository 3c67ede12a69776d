package io.portolan.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
        file = directory.resolve("ledger.db");
        String sql = new String(
                Objects.requireNonNull(LedgerUpgradeTest.class.getResourceAsStream("/ledger-5.sql"))
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
