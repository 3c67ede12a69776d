package io.portolan.gateway.audit;

import static io.portolan.gateway.audit.TestRecords.perhapsThere;
import static io.portolan.gateway.audit.TestRecords.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.gateway.audit.AuditDestination.Delivery;
import io.portolan.gateway.ledger.AuditRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {

    @TempDir
    Path directory;

    private Path file;
    private Instant now = Instant.parse("2026-03-01T00:00:00Z");

    @BeforeEach
    void name() {
        file = directory.resolve("made/audit.ndjson");
    }

    private AuditLog log(long sizeMaxBytes, int filesMax) {
        return new AuditLog(file, sizeMaxBytes, filesMax, () -> now = now.plusSeconds(1));
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(file);
    }

    @Test
    void writesOneAuditEventALineAndMasksWhoIsKnownByIdentifierOnly() throws IOException {
        Delivery delivery = log(1_000_000, 1).deliver(List.of(record(1), record(2)));

        assertThat(delivery.delivered())
                .containsExactly(record(1).id(), record(2).id());
        assertThat(delivery.failure()).isNull();
        assertThat(lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).startsWith("{\"resourceType\":\"AuditEvent\",\"id\":\""))
                .allSatisfy(line -> assertThat(line).doesNotContain("PX-SECRET").contains("\"masked\""));
        assertThat(lines().get(1)).contains(record(2).id(), "ImagingStudy/7/_history/2");
    }

    @Test
    void writesNoLineTwiceOfWhatWasPerhapsWritten() throws IOException {
        log(1_000_000, 1).deliver(List.of(record(1), record(2)));
        Delivery delivery = log(1_000_000, 1)
                .deliver(Stream.of(record(1), record(2), record(3))
                        .map(TestRecords::perhapsThere)
                        .toList());

        assertThat(delivery.delivered()).hasSize(3);
        assertThat(lines()).hasSize(3);
    }

    @Test
    void takesAwayHalfALineOfWhoeverWasKilled() throws IOException {
        log(1_000_000, 1).deliver(List.of(record(1)));
        String half = AuditLog.line(record(2)).substring(0, 200);
        Files.writeString(file, half, StandardOpenOption.APPEND);
        log(1_000_000, 1).deliver(List.of(perhapsThere(record(2))));

        assertThat(lines()).containsExactly(AuditLog.line(record(1)), AuditLog.line(record(2)));
    }

    @Test
    void setsAFileOfItsSizeAsideAndKeepsSoMany() throws IOException {
        AuditLog log = log(1_000, 2);
        IntStream.rangeClosed(1, 5).forEach(i -> log.deliver(List.of(record(i))));

        assertThat(lines()).containsExactly(AuditLog.line(record(5)));
        try (Stream<Path> files = Files.list(file.getParent())) {
            assertThat(files.map(f -> f.getFileName().toString()).sorted())
                    .containsExactly(
                            "audit.ndjson",
                            "audit.ndjson.20260301T000003Z",
                            "audit.ndjson.20260301T000004Z",
                            "audit.ndjson.lock");
        }
    }

    @Test
    void findsWhatWasWrittenBeforeTheFileWasSetAside() throws IOException {
        AuditLog log = log(1_000, 2);
        log.deliver(List.of(record(1)));
        log.deliver(List.of(perhapsThere(record(1)), record(2)));

        assertThat(lines()).containsExactly(AuditLog.line(record(2)));
    }

    @Test
    void keepsARecordThatCannotBeWritten() throws IOException {
        Files.createDirectories(file);
        Delivery delivery = log(1_000_000, 1).deliver(List.<AuditRecord>of(record(1)));

        assertThat(delivery.delivered()).isEmpty();
        assertThat(delivery.refused()).isEmpty();
        assertThat(delivery.failure()).contains("audit.log-file").doesNotContain("PX-SECRET");
    }
}
