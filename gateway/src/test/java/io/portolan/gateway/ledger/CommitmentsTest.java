package io.portolan.gateway.ledger;

import static io.portolan.gateway.ledger.TestInstances.header;
import static io.portolan.gateway.ledger.TestInstances.reception;
import static io.portolan.gateway.ledger.TestInstances.sop;
import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.SopReference;
import io.portolan.gateway.Category;
import io.portolan.gateway.ledger.Commitments.Taken;
import io.portolan.gateway.ledger.Holding.HeldFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens in between, a request is there until it is reported. */
class CommitmentsTest implements LedgerInFile {

    private static final Uid CT = new Uid(TestInstances.CT_IMAGE);
    private static final Duration LEASE = Duration.ofMinutes(1);
    private static final Duration HOLD = Duration.ofSeconds(5);
    private static final Duration WITHIN = Duration.ofHours(1);

    @TempDir
    Path directory;

    private final SettableClock clock = new SettableClock();
    private Ledger ledger;

    @BeforeEach
    void open() {
        ledger = Ledger.open(LedgerOptions.of(place(directory.resolve("ledger.db")), ""), clock);
        ledger.storages().use("folder-a", "here");
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    /** Whoever was there was killed. */
    private void killed() {
        ledger.close();
        open();
        ledger.endLeases();
    }

    private Commitments commitments() {
        return ledger.commitments();
    }

    private static SopReference ct(int number) {
        return new SopReference(CT, sop(number));
    }

    private static Uid transaction(int number) {
        return new Uid("1.2.3.99." + number);
    }

    private Taken take(String ae, int transaction, SopReference... instances) {
        return commitments().take(ae, "PORTOLAN", transaction(transaction), List.of(instances), WITHIN, HOLD, 3);
    }

    private List<Commitment> due() {
        return commitments().claimDue(10, 100, LEASE);
    }

    private static Map<SopReference, Custody> custody(SopReference instance, Custody custody) {
        return Map.of(instance, custody);
    }

    @Test
    void isThereAfterAKillWhateverTheStepAfterWhichItCame() {
        take("CT1", 1, ct(1), ct(2));
        killed();
        clock.pass(HOLD);
        Commitment claimed = due().get(0);
        assertThat(claimed.transaction()).isEqualTo(transaction(1));
        assertThat(claimed.calledAe()).isEqualTo("PORTOLAN");
        assertThat(claimed.custody().keySet()).containsExactly(ct(1), ct(2));
        killed();
        Commitment again = due().get(0);
        Map<SopReference, Custody> decided = new LinkedHashMap<>(again.custody());
        decided.put(ct(2), Custody.COMMITTED);
        commitments().later(again.with(decided), Category.PEER_UNAVAILABLE, "away", Duration.ofSeconds(3));
        killed();
        assertThat(due()).isEmpty();
        clock.pass(Duration.ofSeconds(3));
        Commitment third = due().get(0);
        assertThat(third.custody()).containsEntry(ct(1), Custody.UNDECIDED).containsEntry(ct(2), Custody.COMMITTED);
        assertThat(third.attempts()).isEqualTo(1);
        commitments().reported(third);
        killed();
        assertThat(due()).isEmpty();
        assertThat(commitments().counts())
                .returns(0L, CommitmentCounts::waiting)
                .returns(0L, CommitmentCounts::parked);
    }

    @Test
    void isTheAssociationsOfItsRequestForAMoment() {
        take("CT1", 1, ct(1));
        assertThat(due()).isEmpty();
        Commitment held = commitments().claim("CT1", transaction(1), LEASE).orElseThrow();
        assertThat(commitments().claim("CT1", transaction(1), LEASE))
                .as("one has it")
                .isEmpty();
        assertThat(commitments().claim("CT2", transaction(1), LEASE)).isEmpty();
        commitments().undecided(held, HOLD);
        assertThat(due()).isEmpty();
        clock.pass(HOLD);
        assertThat(due()).hasSize(1);
    }

    @Test
    void isOneRequestorsAtATime() {
        take("CT1", 1, ct(1));
        take("CT1", 2, ct(1));
        take("MR1", 3, ct(1));
        clock.pass(HOLD);
        assertThat(commitments().claimDue(1, 100, LEASE))
                .extracting(Commitment::requestorAe)
                .containsExactly("CT1");
        assertThat(due()).extracting(Commitment::requestorAe).containsExactly("MR1");
        assertThat(due()).isEmpty();
        clock.pass(LEASE);
        assertThat(due()).as("the leases are over").hasSize(2);
    }

    @Test
    void aStaleHolderChangesNothingButThatItWasReported() {
        take("CT1", 1, ct(1));
        clock.pass(HOLD);
        Commitment stale = due().get(0);
        clock.pass(LEASE);
        Commitment held = due().get(0);
        commitments().park(stale, Category.BUG, "late");
        assertThat(commitments().counts().parked()).isZero();
        commitments().reported(stale);
        commitments().later(held, Category.BUG, "late", Duration.ZERO);
        assertThat(commitments().counts().waiting()).isZero();
    }

    @Test
    void isRefusedWithOtherInstancesAndAboveTheLimit() {
        assertThat(take("CT1", 1, ct(1), ct(2))).isEqualTo(Taken.RECORDED);
        assertThat(take("CT1", 1, ct(2), ct(1))).as("in another order").isEqualTo(Taken.RECORDED);
        assertThat(take("CT1", 1, ct(1))).isEqualTo(Taken.OTHER_INSTANCES);
        assertThat(take("CT2", 1, ct(1))).as("of another requestor").isEqualTo(Taken.RECORDED);
        assertThat(take("CT1", 2, ct(1))).isEqualTo(Taken.RECORDED);
        assertThat(take("CT1", 3, ct(1))).isEqualTo(Taken.FULL);
        assertThat(take("CT1", 2, ct(1))).as("asked again").isEqualTo(Taken.RECORDED);
    }

    @Test
    void isRefusedWhereAsManyOfItsRequestorAreGivenUp() {
        for (int i = 1; i <= 3; i++) {
            take("CT1", i, ct(1));
        }
        clock.pass(HOLD);
        due().forEach(one -> commitments().park(one, Category.PEER_REJECTED, "no"));
        assertThat(take("CT1", 4, ct(1))).isEqualTo(Taken.FULL);
        assertThat(take("MR1", 4, ct(1))).as("of another requestor").isEqualTo(Taken.RECORDED);
        assertThat(take("CT1", 3, ct(1))).as("asked again").isEqualTo(Taken.RECORDED);
        assertThat(take("CT1", 4, ct(1))).as("one less is given up").isEqualTo(Taken.RECORDED);
    }

    @Test
    void givesNoMoreInstancesAtOnceThanAskedForButOneRequest() {
        take("CT1", 1, ct(1), ct(2), ct(3));
        take("CT1", 2, ct(1), ct(2));
        take("CT1", 3, ct(1));
        clock.pass(HOLD);
        List<Commitment> first = commitments().claimDue(10, 4, LEASE);
        assertThat(first).extracting(Commitment::transaction).containsExactly(transaction(1));
        commitments().release(first.get(0));
        first = commitments().claimDue(10, 1, LEASE);
        assertThat(first)
                .as("the one that waited longest")
                .extracting(Commitment::transaction)
                .containsExactly(transaction(1));
        commitments().reported(first.get(0));
        assertThat(commitments().claimDue(10, 3, LEASE))
                .extracting(Commitment::transaction)
                .containsExactly(transaction(2), transaction(3));
    }

    @Test
    void isOverdueAfterItsTimeAndForgottenAfterAnother() {
        take("CT1", 1, ct(1));
        take("CT1", 2, ct(1));
        clock.pass(HOLD);
        List<Commitment> early = due();
        assertThat(early).noneMatch(Commitment::overdue);
        commitments().reported(early.get(0));
        commitments().undecided(early.get(1), Duration.ZERO);
        clock.pass(WITHIN);
        Commitment late = due().get(0);
        assertThat(late.overdue()).isTrue();
        assertThat(late.age()).isEqualTo(WITHIN.plus(HOLD));
        commitments().park(late, Category.PEER_REJECTED, "no");
        assertThat(commitments().forget(Duration.ofHours(2), Duration.ofHours(2)))
                .isZero();
        assertThat(commitments().forget(Duration.ofMinutes(59), Duration.ofHours(2)))
                .isEqualTo(1);
        assertThat(commitments().parked(10)).hasSize(1);
        assertThat(commitments().forget(Duration.ofHours(2), Duration.ofMinutes(59)))
                .isEqualTo(1);
        assertThat(commitments().parked(10)).isEmpty();
    }

    @Test
    void waitsWithAllOfARequestorThatCannotBeReached() {
        take("CT1", 1, ct(1));
        take("CT1", 2, ct(1));
        take("MR1", 3, ct(1));
        clock.pass(HOLD);
        Commitment claimed = commitments().claimDue(1, 100, LEASE).get(0);
        commitments().later(claimed, Category.PEER_UNAVAILABLE, "away", Duration.ofSeconds(10));
        commitments().postpone("CT1", Duration.ofSeconds(10));
        assertThat(due()).extracting(Commitment::requestorAe).containsExactly("MR1");
        assertThat(due()).isEmpty();
        commitments().advance("CT1");
        assertThat(due()).hasSize(2);
    }

    @Test
    void hurriesWhatWaitsAndWhatIsParkedAtAStart() {
        take("CT1", 1, ct(1));
        take("MR1", 2, ct(1));
        clock.pass(HOLD);
        commitments().park(due().get(0), Category.PEER_REJECTED, "no");
        commitments().later(due().get(0), Category.PEER_UNAVAILABLE, "away", Duration.ofHours(1));
        assertThat(due()).isEmpty();
        killed();
        commitments().hurry();
        assertThat(due()).hasSize(1);
        assertThat(due()).hasSize(1);
    }

    @Test
    void knowsInstancesByTheirUidsAlone() {
        ledger.record(reception(header(1, 1, 1), "1/1/1.dcm"));
        ledger.record(reception(header(1, 1, 1).add(io.portolan.dicom.Attribute.Modality, "MR"), "1/1/1b.dcm"));
        ledger.record(reception(2, 1, 2));
        ledger.record(new Reception(reception(1, 1, 3).instance(), CT, false, "1/1/3.dcm", true));
        Map<Uid, List<Holding>> holdings = commitments().holdings(List.of(sop(1), sop(2), sop(3), sop(4)));
        assertThat(holdings)
                .containsEntry(
                        sop(1),
                        List.of(new Holding(
                                Optional.of(CT),
                                false,
                                List.of(
                                        new HeldFile("1/1/1.dcm", true, false),
                                        new HeldFile("1/1/1b.dcm", true, false)))))
                .containsEntry(sop(2), List.of(new Holding(Optional.of(CT), false, List.of())))
                .containsEntry(
                        sop(3),
                        List.of(new Holding(Optional.of(CT), false, List.of(new HeldFile("1/1/3.dcm", true, true)))))
                .doesNotContainKey(sop(4));
        Forwards forwards = ledger.files().forwards();
        forwards.confirmed(forwards.due(10), true);
        assertThat(commitments().holdings(List.of(sop(3))))
                .containsEntry(sop(3), List.of(new Holding(Optional.of(CT), true, List.of())));
    }

    @Test
    void tellsTheFilesOfAnotherFolderFromOurs() {
        ledger.record(reception(header(1, 1, 1), "1/1/1.dcm"));
        ledger.storages().use("folder-b", "there");
        assertThat(commitments().holdings(List.of(sop(1))).get(sop(1)))
                .containsExactly(new Holding(Optional.of(CT), false, List.of(new HeldFile("1/1/1.dcm", false, false))));
    }

    /** What one gateway cannot say, the other one says first. */
    @Test
    void goesFromOneGatewayToTheOther() {
        take("CT1", 1, ct(1));
        clock.pass(HOLD);
        Commitment here = due().get(0);
        commitments().undecided(here.with(custody(ct(1), Custody.ELSEWHERE)), Duration.ZERO);
        assertThat(due()).as("not to the same").isEmpty();
        ledger.storages().use("folder-b", "there");
        Commitment there = due().get(0);
        assertThat(there.isDecided()).isFalse();
        commitments().undecided(there.with(custody(ct(1), Custody.ELSEWHERE)), Duration.ZERO);
        ledger.storages().use("folder-a", "here");
        commitments().undecided(due().get(0), Duration.ZERO);
        clock.pass(Duration.ofSeconds(30));
        assertThat(due()).as("there is no other").hasSize(1);
    }

    @Test
    void looksUpTenThousandInstances() {
        List<Restored> all = new ArrayList<>();
        List<SopReference> asked = new ArrayList<>();
        IntStream.rangeClosed(1, 10_000).forEach(i -> {
            all.add(new Restored(reception(header(1, 1, i), "1/1/" + i + ".dcm"), clock.instant()));
            asked.add(ct(i));
        });
        ledger.restore(all);
        assertThat(take("CT1", 1, asked.toArray(SopReference[]::new))).isEqualTo(Taken.RECORDED);
        Commitment claimed = commitments().claim("CT1", transaction(1), LEASE).orElseThrow();
        assertThat(claimed.custody()).hasSize(10_000);
        Map<Uid, List<Holding>> holdings = commitments()
                .holdings(asked.stream().map(SopReference::sopInstance).toList());
        assertThat(holdings).hasSize(10_000);
    }

    @Test
    void keepsWhatIsDecidedWhenItIsGivenUp() {
        take("CT1", 1, ct(1));
        clock.pass(HOLD);
        Commitment claimed = due().get(0);
        commitments().park(claimed.with(custody(ct(1), Custody.COMMITTED)), Category.PEER_REJECTED, "no");
        assertThat(commitments().replayParked(Optional.of(Category.PEER_REJECTED)))
                .isEqualTo(1);
        assertThat(due().get(0).isDecided()).isTrue();
    }
}
