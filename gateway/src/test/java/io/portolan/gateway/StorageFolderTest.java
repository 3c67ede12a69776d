package io.portolan.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerOptions;
import io.portolan.gateway.ledger.LedgerPlace;
import io.portolan.gateway.ledger.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose files are where, when several gateways share a ledger. */
class StorageFolderTest {

    @TempDir
    Path directory;

    private Ledger shared;

    @BeforeEach
    void open() throws IOException {
        shared = ledger(TestPostgres.shared().place());
    }

    private static Ledger ledger(LedgerPlace place) {
        return Ledger.open(new LedgerOptions(place, Duration.ZERO, Duration.ZERO, 100, 0, ""));
    }

    @AfterEach
    void close() {
        shared.close();
    }

    private Path id(String folder) {
        return directory.resolve(folder).resolve("folder-id");
    }

    private static void keep(Path folder) throws IOException {
        Path series = Files.createDirectories(folder.resolve("1.2").resolve("1.2.3"));
        Files.createFile(series.resolve("1.2.3.4-00000000-0000-0000-0000-000000000000.dcm"));
    }

    @Test
    void refusesAFolderThatAnotherGatewayHas() throws IOException {
        try (StorageFolder folder = StorageFolder.open(directory.resolve("a"), shared)) {
            assertThat(folder).isNotNull();
            assertThatThrownBy(() -> StorageFolder.open(directory.resolve("a"), shared))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another gateway keeps its instances in")
                    .hasMessageContaining("set storage.dir");
        }
        StorageFolder.open(directory.resolve("a"), shared).close();
    }

    @Test
    void knowsAFolderWhereverItIsMovedTo() throws IOException {
        StorageFolder.open(directory.resolve("a"), shared).close();
        String id = Files.readString(id("a")).strip();
        Files.move(directory.resolve("a"), directory.resolve("b"));
        keep(directory.resolve("b"));
        StorageFolder.open(directory.resolve("b"), shared).close();

        assertThat(Files.readString(id("b")).strip()).isEqualTo(id);
        assertThat(shared.storages().knows(id)).isTrue();
    }

    @Test
    void refusesFilesThatASharedLedgerDoesNotKnow() throws IOException {
        keep(directory.resolve("a"));

        assertThatThrownBy(() -> StorageFolder.open(directory.resolve("a"), shared))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("portolan reindex puts them there");
        assertThatThrownBy(() -> StorageFolder.open(directory.resolve("a"), shared))
                .as("nor the next time")
                .isInstanceOf(IOException.class);
        StorageFolder.openToIndex(directory.resolve("a"), shared).close();
        StorageFolder.open(directory.resolve("a"), shared).close();
    }

    @Test
    void takesTheFilesOfALedgerThatHadNoFoldersYet() throws IOException {
        try (Ledger own = ledger(LedgerPlace.of(directory.resolve("ledger.db")))) {
            keep(directory.resolve("a"));
            StorageFolder.open(directory.resolve("a"), own).close();

            assertThat(own.storages().knows(Files.readString(id("a")).strip())).isTrue();
        }
    }

    /** Else every file in it would be set aside. */
    @Test
    void refusesFilesOfAFolderThatIsNotTheOneOfItsLedger() throws IOException {
        try (Ledger own = ledger(LedgerPlace.of(directory.resolve("ledger.db")))) {
            StorageFolder.open(directory.resolve("a"), own).close();
            keep(directory.resolve("b"));

            assertThatThrownBy(() -> StorageFolder.open(directory.resolve("b"), own))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("are not in this ledger");
        }
    }

    @Test
    void makesANewIdWhereOneWasNotWrittenToItsEnd() throws IOException {
        Files.createDirectories(directory.resolve("a"));
        Files.writeString(id("a"), "0123");
        StorageFolder.open(directory.resolve("a"), shared).close();

        assertThat(Files.readString(id("a"))).matches("[0-9a-f-]{36}\n");
    }
}
