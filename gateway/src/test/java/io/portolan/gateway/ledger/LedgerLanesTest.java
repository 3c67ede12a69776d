package io.portolan.gateway.ledger;

import static io.portolan.gateway.ledger.TestInstances.header;
import static io.portolan.gateway.ledger.TestInstances.instance;
import static io.portolan.gateway.ledger.TestInstances.reception;
import static io.portolan.gateway.ledger.TestInstances.study;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portolan.dicom.TransferSyntax;
import io.portolan.gateway.ledger.Claim.Publication;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who goes first among the due studies. */
class LedgerLanesTest {

    private static final Duration LEASE = Duration.ofMinutes(5);
    private static final Publication PUBLISHED = new Publication("1", "1", "{}");

    @TempDir
    Path directory;

    private final SettableClock clock = new SettableClock();
    private Ledger ledger;

    @BeforeEach
    void open() {
        ledger = Ledger.open(
                new LedgerOptions(
                        "jdbc:sqlite:" + directory.resolve("ledger.db"), Duration.ZERO, Duration.ZERO, 10, 0, "v1"),
                clock);
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
        for (int study = 2; ; study++) {
            arrive(study, 1, "MR1");
            Claim claim = claim();
            turns++;
            if (claim.study().equals(study(1))) {
                break;
            }
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
        for (int study = 11; study <= 20; study++) {
            arrive(study, 1, "CT1");
        }
        assertThatThrownBy(() -> ledger.record(reception(21, 1, 1))).hasMessageContaining("backlog is full");
        arrive(2, 2, "CT1");

        assertThat(order())
                .as("the tenth turn is that of the longest due; of equals, of the better lane")
                .containsExactly(11, 12, 13, 14, 15, 16, 17, 18, 19, 2, 20, 1, 3);
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
