package io.portolan.gateway.ledger;

import static io.portolan.gateway.ledger.TestInstances.header;
import static io.portolan.gateway.ledger.TestInstances.instance;
import static io.portolan.gateway.ledger.TestInstances.keyObject;
import static io.portolan.gateway.ledger.TestInstances.reception;
import static io.portolan.gateway.ledger.TestInstances.sop;
import static io.portolan.gateway.ledger.TestInstances.study;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.gateway.Category;
import io.portolan.gateway.ledger.Claim.Publication;
import io.portolan.mapping.study.Gathered;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.KeyObject;
import io.portolan.mapping.study.SharingOptions;
import io.portolan.mapping.study.Standing.Availability;
import io.portolan.mapping.study.Study;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rejection notes, selections, instances that come again, corrections: what becomes dirty, and what is gathered. */
class LedgerKeyObjectTest implements LedgerInFile {

    private static final Duration LEASE = Duration.ofMinutes(5);
    private static final String SELECTED = "113000";
    private static final String QUALITY = "113001";
    private static final String EXPIRED = "113039";

    @TempDir
    Path directory;

    private final SettableClock clock = new SettableClock();
    private Ledger ledger;

    @BeforeEach
    void open() {
        ledger = open("ledger.db");
    }

    private Ledger open(String file) {
        return Ledger.open(
                new LedgerOptions(place(directory.resolve(file)), Duration.ZERO, Duration.ZERO, 100, 0, "v1"), clock);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    /** Settles what is due, until nothing is. */
    private List<Uid> settleAll() {
        List<Uid> settled = new ArrayList<>();
        Optional<Claim> claim = ledger.claim(LEASE);
        while (claim.isPresent()) {
            settled.add(claim.get().study());
            ledger.published(claim.get(), new Publication(null, "1", null, "{}"));
            claim = ledger.claim(LEASE);
        }
        return settled;
    }

    private Study shared(Uid uid) {
        return Study.of(ledger.gathered(uid), SharingOptions.DEFAULTS).orElseThrow();
    }

    private Recorded correct(DataSet.Builder header) {
        return ledger.record(
                new Reception(instance(header), TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN.uid(), true, null));
    }

    // ---- rejection notes

    @Test
    void publishesEveryStudyAgainThatANoteNames() {
        ledger.record(reception(1, 1, 1));
        ledger.record(reception(2, 1, 2));
        settleAll();
        ledger.record(reception(keyObject(3, 9, QUALITY, study(1), sop(1))));

        assertThat(settleAll()).containsExactlyInAnyOrder(study(1), study(3));
        assertThat(shared(study(1)).standing().availability()).isEqualTo(Availability.REJECTED);
        assertThat(shared(study(2)).numberListed()).isEqualTo(1);
    }

    @Test
    void findsTheNoteThatWasThereBeforeTheInstances() {
        ledger.record(reception(keyObject(3, 9, QUALITY, study(1), sop(1))));
        settleAll();
        ledger.record(reception(1, 1, 1));
        ledger.record(reception(1, 1, 2));

        assertThat(shared(study(1)).series().get(0).instances()).containsOnlyKeys(sop(2));
    }

    @Test
    void forgetsWhatADocumentNamedBeforeItWasCorrected() {
        ledger.record(reception(1, 1, 1));
        ledger.record(reception(2, 1, 2));
        ledger.record(reception(keyObject(3, 9, QUALITY, study(1), sop(1))));
        settleAll();
        correct(keyObject(3, 9, QUALITY, study(2), sop(2)));

        assertThat(settleAll()).containsExactlyInAnyOrder(study(1), study(2), study(3));
        assertThat(shared(study(1)).numberListed()).isEqualTo(1);
        assertThat(shared(study(2)).numberListed()).isZero();
    }

    @Test
    void keepsRejectingWhatIsSentAgain() {
        ledger.record(reception(1, 1, 1));
        ledger.record(reception(keyObject(1, 9, QUALITY, study(1), sop(1))));
        settleAll();

        assertThat(ledger.record(reception(1, 1, 1))).isEqualTo(Recorded.UNCHANGED);
        assertThat(settleAll()).isEmpty();
        assertThat(shared(study(1)).numberListed()).isZero();
    }

    @Test
    void takesBackWhatIsSentAgainAfterItsRetentionHadExpired() {
        ledger.record(reception(1, 1, 1));
        ledger.record(reception(keyObject(1, 9, EXPIRED, study(1), sop(1))));
        settleAll();
        assertThat(shared(study(1)).standing().availability()).isEqualTo(Availability.EXPIRED);

        clock.pass(Duration.ofSeconds(1));
        ledger.record(reception(1, 1, 1));
        assertThat(settleAll()).containsExactly(study(1));
        assertThat(shared(study(1)).numberListed()).isEqualTo(1);

        clock.pass(Duration.ofSeconds(1));
        ledger.record(reception(1, 1, 1));
        assertThat(settleAll()).as("once is enough").isEmpty();

        ledger.record(reception(keyObject(1, 10, EXPIRED, study(1), sop(1))));
        assertThat(shared(study(1)).numberListed()).as("a later note").isZero();
    }

    /** By whom a note came first must not count: it would decide whether what came between the two is "again". */
    @ParameterizedTest
    @ValueSource(strings = {"A B", "B A"})
    void doesNotMakeANoteYoungerThatComesFromAnotherSender(String senders) {
        DataSet.Builder note = keyObject(1, 9, EXPIRED, study(1), sop(1));
        ledger.record(reception(1, 1, 1));
        ledger.record(receptionFrom(senders.substring(0, 1), note));
        clock.pass(Duration.ofSeconds(1));
        ledger.record(reception(1, 1, 1));
        clock.pass(Duration.ofSeconds(1));
        ledger.record(receptionFrom(senders.substring(2), note));

        assertThat(shared(study(1)).numberListed()).isEqualTo(1);
    }

    @Test
    void forgetsWhatWasExpiredByANoteThatWasCorrected() {
        ledger.record(reception(1, 1, 1));
        ledger.record(reception(1, 1, 2));
        ledger.record(reception(keyObject(1, 9, EXPIRED, study(1), sop(1))));
        correct(keyObject(1, 9, EXPIRED, study(1), sop(2)));
        settleAll();

        ledger.record(reception(1, 1, 1));
        assertThat(settleAll()).isEmpty();
        clock.pass(Duration.ofSeconds(1));
        ledger.record(reception(1, 1, 2));
        assertThat(settleAll()).containsExactly(study(1));
    }

    private static Reception receptionFrom(String callingAe, DataSet.Builder header) {
        return new Reception(instance(header, callingAe), TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN.uid(), null);
    }

    @Test
    void holdsTheFirstArrivalAfterARetentionNoteForExpired() {
        ledger.record(reception(keyObject(1, 9, EXPIRED, study(1), sop(1))));
        clock.pass(Duration.ofSeconds(1));
        ledger.record(reception(1, 1, 1));

        assertThat(shared(study(1)).numberListed()).isZero();
    }

    // ---- selections

    @Test
    void publishesASelectionWhenItsDocumentOrItsStudyWasSettled() {
        DataSet.Builder document = keyObject(2, 9, SELECTED, study(1), sop(1));
        Uid selection = selectionOf(document);
        ledger.record(reception(document));
        assertThat(settleAll()).contains(study(2), selection);
        assertThat(Study.of(ledger.gathered(selection), SharingOptions.DEFAULTS))
                .isEmpty();

        ledger.record(reception(1, 1, 1));
        ledger.record(reception(1, 1, 2));
        assertThat(settleAll()).containsExactly(study(1), selection);
        assertThat(shared(selection).series().get(0).instances()).containsOnlyKeys(sop(1));

        ledger.record(reception(keyObject(5, 10, QUALITY, study(2), sop(9))));
        assertThat(settleAll()).contains(study(2), selection);
        assertThat(shared(selection).standing().availability()).isEqualTo(Availability.REJECTED);
    }

    /** A rejected instance must not stay listed in a selection only because its study waits for a person. */
    @Test
    void publishesASelectionWhenItsStudyWasParked() {
        ledger.record(reception(1, 1, 1));
        ledger.record(reception(1, 1, 2));
        ledger.record(reception(keyObject(3, 9, SELECTED, study(1), sop(1))));
        settleAll();
        ledger.record(reception(keyObject(4, 8, QUALITY, study(1), sop(1))));
        List<Uid> settled = new ArrayList<>();
        Optional<Claim> claim = ledger.claim(LEASE);
        while (claim.isPresent()) {
            settled.add(claim.get().study());
            if (claim.get().study().equals(study(1))) {
                ledger.park(claim.get(), Category.UNMAPPABLE, "two patients");
            } else {
                ledger.published(claim.get(), new Publication(null, "1", null, "{}"));
            }
            claim = ledger.claim(LEASE);
        }
        assertThat(settled).contains(study(1), study(4), selectionOf(keyObject(3, 9, SELECTED, study(1), sop(1))));
    }

    @Test
    void takesASelectionForWrongThatItsDocumentNoLongerMakes() {
        DataSet.Builder document = keyObject(2, 9, SELECTED, study(1), sop(1));
        Uid selection = selectionOf(document);
        ledger.record(reception(1, 1, 1));
        ledger.record(reception(document));
        settleAll();
        correct(keyObject(2, 9, SELECTED, study(3), sop(3)));

        assertThat(settleAll()).contains(selection);
        assertThat(shared(selection).standing().availability()).isEqualTo(Availability.WRONG);
    }

    @Test
    void keepsThePublicationOfWhatWaitsAndDropsThatOfWhatWasDeleted() {
        ledger.record(reception(1, 1, 1));
        settleAll();
        ledger.replays().replay(List.of(study(1)));
        ledger.settled(ledger.claim(LEASE).orElseThrow());
        ledger.replays().replay(List.of(study(1)));
        Claim claim = ledger.claim(LEASE).orElseThrow();
        assertThat(claim.last()).isNotNull();

        assertThat(ledger.deleted(claim, List.of())).isTrue();
        assertThat(ledger.untilDue()).isEmpty();
        ledger.replays().replay(List.of(study(1)));
        assertThat(ledger.claim(LEASE).orElseThrow().last()).isNull();
    }

    private static Uid selectionOf(DataSet.Builder document) {
        return KeyObject.of(instance(document), Optional.empty()).orElseThrow().selectionUid(study(1));
    }

    @Test
    void refusesAStudyOfTheUidOfASelection() {
        DataSet.Builder document = keyObject(2, 9, SELECTED, study(1), sop(1));
        Uid selection = selectionOf(document);
        ledger.record(reception(document));

        assertThatThrownBy(() ->
                        ledger.record(reception(header(1, 1, 5).add(Attribute.StudyInstanceUID, selection.value()))))
                .isInstanceOfSatisfying(
                        LedgerException.class, e -> assertThat(e.category()).isEqualTo(Category.UNMAPPABLE));
        assertThat(ledger.gathered(selection).selection()).isPresent();
    }

    @Test
    void leavesAStudyAsItIsWhoseUidASelectionWouldHave() {
        DataSet.Builder document = keyObject(2, 9, SELECTED, study(1), sop(1));
        Uid selection = selectionOf(document);
        ledger.record(reception(header(1, 1, 5).add(Attribute.StudyInstanceUID, selection.value())));
        ledger.record(reception(document));

        assertThat(ledger.gathered(selection).selection()).isEmpty();
        assertThat(ledger.gathered(selection).instances()).hasSize(1);
    }

    // ---- corrections

    @Test
    void letsACorrectionReplaceWhatStandsAlsoByNothing() {
        ledger.record(reception(header(1, 1, 1).add(Attribute.StudyDescription, "A")));

        assertThat(correct(header(1, 1, 1).add(Attribute.StudyDescription, "B")))
                .isEqualTo(Recorded.CHANGED);
        assertThat(correct(header(1, 1, 1))).isEqualTo(Recorded.CHANGED);
        assertThat(shared(study(1)).header().merged().contains(Attribute.StudyDescription))
                .isFalse();
    }

    @Test
    void letsNothingButAnotherCorrectionReplaceACorrection() {
        correct(header(1, 1, 1).add(Attribute.StudyDescription, "B"));

        assertThat(ledger.record(reception(header(1, 1, 1).add(Attribute.StudyDescription, "A"))))
                .isEqualTo(Recorded.OUTRANKED);
        assertThat(correct(header(1, 1, 1).add(Attribute.StudyDescription, "B")))
                .isEqualTo(Recorded.UNCHANGED);
        assertThat(correct(header(1, 1, 1).add(Attribute.StudyDescription, "C")))
                .isEqualTo(Recorded.CHANGED);
    }

    // ---- a ledger of the first version

    @Test
    void findsTheNotesAndSelectionsOfALedgerOfTheFirstVersion() throws Exception {
        DataSet.Builder document = keyObject(2, 9, SELECTED, study(1), sop(1));
        List<Instance> instances = Stream.of(
                        header(1, 1, 1),
                        header(1, 1, 2),
                        header(1, 1, 3),
                        document,
                        keyObject(1, 10, QUALITY, study(1), sop(2)),
                        keyObject(1, 11, EXPIRED, study(1), sop(3)))
                .map(TestInstances::instance)
                .toList();
        FirstVersion.write(directory.resolve("old.db"), instances);
        ledger.close();
        ledger = open("old.db");

        assertThat(settleAll()).contains(study(1), study(2), selectionOf(document));
        for (Gathered expected : Gathered.all(instances)) {
            assertThat(Study.of(ledger.gathered(expected.uid()), SharingOptions.DEFAULTS))
                    .isEqualTo(Study.of(expected, SharingOptions.DEFAULTS));
        }
        clock.pass(Duration.ofSeconds(1));
        ledger.record(reception(1, 1, 3));
        assertThat(settleAll()).as("it knows what has expired").contains(study(1));
    }

    // ---- any order

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void gathersTheSameInAnyOrderThoughItIsStoppedAfterEveryWrite(long seed) {
        Uid copy = sop(20);
        List<DataSet.Builder> arrivals = new ArrayList<>(List.of(
                header(1, 1, 1),
                header(1, 1, 2),
                header(1, 2, 3),
                header(2, 1, 4),
                keyObject(1, 19, SELECTED, study(1), sop(1), sop(3), copy),
                keyObject(2, 20, SELECTED, study(1), sop(1), sop(3), sop(19)),
                keyObject(3, 21, QUALITY, study(1), sop(3)),
                keyObject(2, 22, "113037", study(2), sop(4), sop(20)),
                keyObject(2, 23, "113030", study(1), sop(1))));
        List<Instance> instances =
                arrivals.stream().map(TestInstances::instance).toList();
        Collections.shuffle(arrivals, new Random(seed));
        ledger.close();
        for (DataSet.Builder arrival : arrivals) {
            ledger = open("any.db");
            ledger.record(reception(arrival));
            ledger.close();
        }
        ledger = open("any.db");

        List<Gathered> all = Gathered.all(instances);
        assertThat(all).hasSize(4);
        for (Gathered expected : all) {
            assertThat(Study.of(ledger.gathered(expected.uid()), SharingOptions.DEFAULTS))
                    .isEqualTo(Study.of(expected, SharingOptions.DEFAULTS));
        }
        assertThat(settleAll()).contains(all.stream().map(Gathered::uid).toArray(Uid[]::new));
    }
}
