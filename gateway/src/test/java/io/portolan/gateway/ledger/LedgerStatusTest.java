package io.portolan.gateway.ledger;

import static io.portolan.gateway.ledger.TestInstances.reception;
import static io.portolan.gateway.ledger.TestInstances.study;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portolan.gateway.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a second process may read of a ledger, and that it leaves no trace in it. */
class LedgerStatusTest {

    @TempDir
    Path directory;

    private final SettableClock clock = new SettableClock();
    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("ledger.db");
    }

    private Ledger open() {
        return Ledger.open(LedgerOptions.of(file), clock);
    }

    @Test
    void readsBesideAGatewayWhatItHasCommitted() {
        try (Ledger ledger = open()) {
            ledger.record(reception(1, 1, 1));
            ledger.record(reception(2, 2, 2));
            clock.pass(Duration.ofHours(1));
            Claim claim = ledger.claim(Duration.ofMinutes(5)).orElseThrow();
            ledger.park(claim, Category.FHIR_REJECTED, "no");

            LedgerStatus status = LedgerStatus.read(LedgerPlace.of(file));

            assertThat(status.counts())
                    .isEqualTo(new LedgerCounts(2, 2, 2, 1, Map.of(Category.FHIR_REJECTED, 1L)))
                    .isEqualTo(ledger.counts());
            assertThat(status.parked()).isEqualTo(ledger.parked(10)).hasSize(1);
            assertThat(status.parked().get(0).study()).isEqualTo(study(1));
            assertThat(ledger.waiting()).isEqualTo(1);
            assertThat(ledger.parkedCount()).isEqualTo(1);
        }
    }

    @Test
    void readsWhileAGatewayWritesWithoutWaitingAndWithoutSeeingHalfOfIt() throws SQLException {
        try (Ledger ledger = open();
                Connection writer = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = writer.createStatement()) {
            ledger.record(reception(1, 1, 1));
            statement.execute("BEGIN IMMEDIATE");
            statement.execute("UPDATE study SET instances = 77");

            assertThat(LedgerStatus.read(LedgerPlace.of(file)).counts().instances())
                    .isEqualTo(1);
            statement.execute("ROLLBACK");
        }
    }

    @Test
    void changesNoByteOfALedgerThatNobodyRuns() throws IOException {
        try (Ledger ledger = open()) {
            ledger.record(reception(1, 1, 1));
        }
        byte[] before = Files.readAllBytes(file);

        assertThat(LedgerStatus.read(LedgerPlace.of(file)).counts().studies()).isEqualTo(1);

        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void makesNoLedgerWhereThereIsNone() {
        assertThatThrownBy(() -> LedgerStatus.read(LedgerPlace.of(file)))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("cannot be read as a ledger of Portolan");
        assertThat(file).doesNotExist();
    }

    @Test
    void makesNoLedgerOfAnEmptyFile() throws IOException {
        Files.createFile(file);

        assertThatThrownBy(() -> LedgerStatus.read(LedgerPlace.of(file)))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("cannot be read as a ledger of Portolan");
        assertThat(file).isEmptyFile();
    }

    @Test
    void leavesAnOlderSchemaToItsGateway() throws SQLException {
        schema("DELETE FROM flyway_schema_history");

        assertThatThrownBy(() -> LedgerStatus.read(LedgerPlace.of(file)))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("an older version of Portolan");
    }

    @Test
    void namesANewerSchemaAsSuch() throws SQLException {
        schema("UPDATE flyway_schema_history SET version = '999'");

        assertThatThrownBy(() -> LedgerStatus.read(LedgerPlace.of(file)))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("a newer version of Portolan (schema 999, this one reads ");
    }

    private void schema(String change) throws SQLException {
        open().close();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute(change);
        }
    }
}
