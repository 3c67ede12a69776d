package io.portolan.gateway.ledger;

import static io.portolan.gateway.ledger.TestInstances.reception;
import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.gateway.ledger.AuditOutbox.Claimed;
import io.portolan.gateway.ledger.Claim.Publication;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens in between, a record is there until somebody says that it is delivered. */
class AuditOutboxTest implements LedgerInFile {

    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Publication PUBLISHED = new Publication(null, "1", "1", "{}");

    @TempDir
    Path directory;

    private final SettableClock clock = new SettableClock();
    private Ledger ledger;

    @BeforeEach
    void open() {
        ledger = Ledger.open(LedgerOptions.of(place(directory.resolve("ledger.db")), ""), clock);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    /** Whoever was there was killed. */
    private AuditOutbox reopened() {
        ledger.close();
        open();
        ledger.endLeases();
        return ledger.audit();
    }

    private static List<AuditRecord> records(int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(i -> new AuditRecord("id-" + i, "{\"n\":" + i + "}", false))
                .toList();
    }

    private static List<String> ids(List<AuditRecord> records) {
        return records.stream().map(AuditRecord::id).toList();
    }

    private Claim claimDue() {
        ledger.record(reception(1, 1, 1));
        clock.pass(Duration.ofMinutes(1));
        return ledger.claim(LEASE).orElseThrow();
    }

    @Test
    void isWrittenWithWhatItTellsOf() {
        ledger.published(claimDue(), PUBLISHED, Effort.NONE, records(1, 1));
        SharedClaim shared = ledger.shares()
                .claim(new SharedKey("s", "Patient", "x", "y"), LEASE)
                .orElseThrow();
        ledger.shares().written(shared, new SharedRow("p1", true, "1", "{}"), records(2, 2));

        assertThat(ids(reopened().claim(100, LEASE).records())).containsExactly("id-1", "id-2");
    }

    @Test
    void isNotWrittenWithWhatIsNotRecorded() {
        Claim stale = claimDue();
        clock.pass(LEASE);
        assertThat(ledger.published(stale, PUBLISHED, Effort.NONE, records(1, 1)))
                .isFalse();
        assertThat(ledger.deleted(stale, records(1, 1))).isFalse();
        assertThat(reopened().waiting()).isZero();
    }

    /** The write has happened all the same. */
    @Test
    void staysOfASharedResourceWhoseLeaseHadEnded() {
        SharedKey key = new SharedKey("s", "Patient", "x", "y");
        SharedClaim stale = ledger.shares().claim(key, LEASE).orElseThrow();
        clock.pass(LEASE);
        assertThat(ledger.shares().claim(key, LEASE)).isPresent();
        assertThat(ledger.shares().written(stale, new SharedRow("p1", true, "1", "{}"), records(1, 1)))
                .isFalse();
        assertThat(reopened().waiting()).isOne();
    }

    @Test
    void comesBackAsPerhapsThereAfterAKillInTheMiddleOfDelivery() {
        ledger.audit().add(records(1, 3));
        assertThat(reopened().claim(2, LEASE).records())
                .allSatisfy(record -> assertThat(record.perhapsThere()).isFalse())
                .hasSize(2);

        List<AuditRecord> again = reopened().claim(3, LEASE).records();
        assertThat(ids(again)).containsExactly("id-1", "id-2", "id-3");
        assertThat(again.stream().map(AuditRecord::perhapsThere)).containsExactly(true, true, false);
    }

    @Test
    void isGoneOnceItIsDeliveredAndComesBackUnchangedWhenNothingWasSent() {
        ledger.audit().add(records(1, 3));
        Claimed claimed = ledger.audit().claim(3, LEASE);
        ledger.audit().settle(claimed, List.of("id-2"), Map.of(), false);

        List<AuditRecord> left = reopened().claim(3, LEASE).records();
        assertThat(ids(left)).containsExactly("id-1", "id-3");
        assertThat(left).allSatisfy(record -> assertThat(record.perhapsThere()).isFalse());
    }

    @Test
    void isKeptAsideWhenItIsRefusedUntilItIsTriedAgain() {
        ledger.audit().add(records(1, 2));
        Claimed claimed = ledger.audit().claim(2, LEASE);
        ledger.audit().settle(claimed, List.of("id-2"), Map.of("id-1", "not in this house"), true);

        AuditOutbox outbox = reopened();
        assertThat(outbox.claim(2, LEASE).records()).isEmpty();
        assertThat(outbox.waiting()).isOne();
        assertThat(outbox.refused()).isOne();
        assertThat(outbox.tryRefusedAgain()).isOne();
        assertThat(ids(reopened().claim(2, LEASE).records())).containsExactly("id-1");
    }

    @Test
    void belongsToOneAtATimeUntilItsLeaseEnds() {
        ledger.audit().add(records(1, 4));
        assertThat(ids(ledger.audit().claim(2, LEASE).records())).containsExactly("id-1", "id-2");
        assertThat(ids(ledger.audit().claim(4, LEASE).records())).containsExactly("id-3", "id-4");
        assertThat(ledger.audit().claim(4, LEASE).records()).isEmpty();

        clock.pass(LEASE);
        assertThat(ledger.audit().claim(4, LEASE).records())
                .hasSize(4)
                .allSatisfy(record -> assertThat(record.perhapsThere()).isTrue());
    }

    @Test
    void isThereOnceHoweverOftenItIsTold() {
        ledger.audit().add(records(1, 1));
        ledger.audit().add(List.of(new AuditRecord("id-1", "{\"n\":2}", true)));
        assertThat(ledger.audit().claim(4, LEASE).records())
                .containsExactly(new AuditRecord("id-1", "{\"n\":1}", false));
    }

    @Test
    void losesNothingAndRepeatsNothingWhateverTheStepAfterWhichItIsStopped() {
        ledger.audit().add(records(1, 20));
        Set<String> delivered = new TreeSet<>();
        for (int step = 0; step < 20; step++) {
            AuditOutbox outbox = reopened();
            Claimed claimed = outbox.claim(3, LEASE);
            if (step % 3 == 0) {
                continue; // killed while it sent
            }
            List<String> some = ids(claimed.records()).stream().limit(2).toList();
            some.forEach(id -> assertThat(delivered.add(id)).as(id).isTrue());
            outbox.settle(claimed, some, Map.of(), true);
        }
        assertThat(delivered).hasSize(20);
        assertThat(reopened().waiting()).isZero();
    }
}
