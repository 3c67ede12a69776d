package io.portolan.gateway.ledger;

import static io.portolan.gateway.ledger.TestInstances.header;
import static io.portolan.gateway.ledger.TestInstances.instance;
import static io.portolan.gateway.ledger.TestInstances.reception;
import static io.portolan.gateway.ledger.TestInstances.study;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.gateway.Category;
import io.portolan.gateway.ledger.Claim.Publication;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who goes first among the due studies. */
class LedgerLanesTest implements LedgerInFile {

    private static final Duration LEASE = Duration.ofMinutes(5);
    private static final Publication PUBLISHED = new Publication(null, "1", "1", "{}");

    @TempDir
    Path directory;

    private final SettableClock clock = new SettableClock();
    private Ledger ledger;

    @BeforeEach
    void open() {
        open("v1");
    }

    private void open(String fingerprint) {
        ledger = Ledger.open(
                new LedgerOptions(
                        place(directory.resolve("ledger.db")), Duration.ZERO, Duration.ZERO, 12, 0, fingerprint),
                clock);
    }

    private void reopen(String fingerprint) {
        ledger.close();
        open(fingerprint);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private void arrive(int study, int sop, String callingAe) {
        clock.pass(Duration.ofMillis(1));
        ledger.record(new Reception(
                instance(header(study, 1, sop), callingAe), TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN.uid(), null));
    }

    private void arriveAndPublish(int study, int sop) {
        arrive(study, sop, "CT1");
        ledger.published(claim(), PUBLISHED);
    }

    private Claim claim() {
        return ledger.claim(LEASE).orElseThrow();
    }

    /** The numbers of the studies in the order in which they are claimed. */
    private List<Integer> order() {
        List<Integer> studies = new ArrayList<>();
        for (var claim = ledger.claim(LEASE); claim.isPresent(); claim = ledger.claim(LEASE)) {
            studies.add(Integer.parseInt(claim.get().study().value().substring("1.2.3.".length())));
            ledger.published(claim.get(), PUBLISHED);
        }
        return studies;
    }

    @Test
    void aStudyThatNeverWasPublishedGoesBeforeTheUpdateOfAnother() {
        arriveAndPublish(1, 1);
        arrive(1, 2, "CT1");
        arrive(2, 1, "CT1");

        assertThat(order()).containsExactly(2, 1);
    }

    @Test
    void sendersTakeTurnsHoweverManyStudiesOneOfThemSends() {
        for (int study = 1; study <= 4; study++) {
            arrive(study, 1, "ARCHIVE");
        }
        arrive(5, 1, "CT1");
        arrive(6, 1, "MR1");
        arrive(7, 1, "CT1");

        assertThat(order()).containsExactly(1, 5, 6, 2, 7, 3, 4);
    }

    @Test
    void theLongestDueOfOneSenderGoesFirst() {
        arrive(3, 1, "CT1");
        arrive(1, 1, "CT1");
        arrive(2, 1, "CT1");

        assertThat(order()).containsExactly(3, 1, 2);
    }

    @Test
    void anUpdateDoesNotWaitForEverBehindNewStudies() {
        arriveAndPublish(1, 1);
        arrive(1, 2, "CT1");
        int turns = 0;
        boolean came = false;
        for (int study = 2; !came && study < 50; study++) {
            arrive(study, 1, "MR1");
            Claim claim = claim();
            turns++;
            came = claim.study().equals(study(1));
            ledger.published(claim, PUBLISHED);
        }
        assertThat(turns).isLessThanOrEqualTo(Lanes.TURNS_BY_AGE);
    }

    @Test
    void whatIsPublishedAgainGoesLastAndIsNoBacklog() {
        for (int study = 1; study <= 10; study++) {
            arriveAndPublish(study, 1);
        }
        assertThat(ledger.replays().republish(List.of(study(1), study(2), study(3))))
                .isEqualTo(3);
        assertThat(ledger.waiting()).isEqualTo(3);
        assertThat(ledger.backlog()).isZero();
        for (int study = 11; study <= 22; study++) {
            arrive(study, 1, "CT1");
        }
        assertThatThrownBy(() -> ledger.record(reception(23, 1, 1))).hasMessageContaining("backlog is full");
        arrive(2, 2, "CT1");

        assertThat(order())
                .as("the tenth turn is that of the longest due; of equals, of the better lane")
                .containsExactly(11, 12, 13, 14, 15, 16, 17, 18, 19, 2, 20, 21, 22, 1, 3);
    }

    @Test
    void theTurnByAgeTakesNoTurnFromTheSendersThatAreLastInTheAlphabet() {
        for (int study = 1; study <= 9; study++) {
            arriveAndPublish(study, 1);
        }
        ledger.replays()
                .republish(IntStream.range(1, 10).mapToObj(TestInstances::study).toList());
        List<String> senders = List.of("A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L");
        Map<Uid, String> sentBy = new HashMap<>();
        Map<String, Integer> turns = new TreeMap<>();
        int number = 100;
        for (String sender : senders) {
            sentBy.put(study(++number), sender);
            arrive(number, 1, sender);
        }
        for (int turn = 0; turn < 60; turn++) {
            Claim claim = claim();
            ledger.published(claim, PUBLISHED);
            String sender = sentBy.get(claim.study());
            if (sender != null) {
                turns.merge(sender, 1, Integer::sum);
                sentBy.put(study(++number), sender);
                arrive(number, 1, sender);
            }
        }

        assertThat(turns).containsOnlyKeys(senders);
        assertThat(turns.values()).allMatch(count -> count >= 4 && count <= 5);
    }

    @Test
    void parkedStudiesThatAreReplayedTogetherAreNoBacklogOneByNameIsDueNow() {
        for (int study = 1; study <= 3; study++) {
            arrive(study, 1, "CT1");
            ledger.park(claim(), Category.FHIR_REJECTED, "no");
        }
        ledger.replays().replay(List.of(study(3)));
        assertThat(ledger.replays().replayParked(Optional.empty())).isEqualTo(2);

        assertThat(ledger.backlog()).isEqualTo(1);
        arrive(4, 1, "CT1");
        assertThat(order()).containsExactly(3, 4, 1, 2);
    }

    @Test
    void whatIsReplayedWhileItIsPublishedIsPublishedOnceMore() {
        arrive(1, 1, "CT1");
        Claim claim = claim();
        ledger.replays().replay(List.of(study(1)));
        ledger.park(claim, Category.FHIR_REJECTED, "no");

        assertThat(ledger.parkedCount()).isZero();
        assertThat(order()).containsExactly(1);
    }

    @Test
    void whatAnOperatorNamesIsComparedWithTheServer() {
        arriveAndPublish(1, 1);
        arriveAndPublish(2, 1);
        ledger.replays().replay(List.of(study(1)));
        assertThat(claim().uncertain()).isTrue();
        ledger.replays().republishAll();
        assertThat(claim().uncertain()).isTrue();
    }

    @Test
    void whatIsMadeAnewAfterAChangeIsNotReadFromTheServer() {
        arriveAndPublish(1, 1);
        reopen("v2");
        assertThat(ledger.replays().republishOutdated()).isEqualTo(1);
        assertThat(claim().uncertain()).isFalse();
    }

    @Test
    void aStudyThatWaitsForOthersIsStillUncertainAfterwards() {
        arrive(1, 1, "CT1");
        ledger.settled(claim());
        arrive(1, 2, "CT1");

        assertThat(claim().uncertain()).isTrue();
    }

    @Test
    void whatAStaleHolderHasWrittenIsComparedWithTheServer() {
        arriveAndPublish(1, 1);
        ledger.doubt(study(1));

        assertThat(ledger.backlog()).isZero();
        assertThat(claim().uncertain()).isTrue();
    }

    @Test
    void aClaimedStudyIsNobodyElsesTurn() {
        arrive(1, 1, "CT1");
        arrive(2, 1, "CT1");

        assertThat(claim().study()).isEqualTo(study(1));
        assertThat(claim().study()).isEqualTo(study(2));
        assertThat(ledger.claim(LEASE)).isEmpty();
        assertThat(ledger.untilDue()).contains(LEASE);
    }
}
