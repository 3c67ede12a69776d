package io.portolan.gateway.ledger;

import static io.portolan.gateway.ledger.TestInstances.header;
import static io.portolan.gateway.ledger.TestInstances.instance;
import static io.portolan.gateway.ledger.TestInstances.reception;
import static io.portolan.gateway.ledger.TestInstances.sop;
import static io.portolan.gateway.ledger.TestInstances.study;
import static io.portolan.gateway.ledger.TestInstances.studyOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portolan.dicom.Attribute;
import io.portolan.gateway.Category;
import io.portolan.gateway.ledger.Claim.Publication;
import io.portolan.mapping.study.Study;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the ledger promises to the receiver and the publisher, one promise a test. */
class LedgerTest implements LedgerInFile {

    private static final Duration LEASE = Duration.ofMinutes(5);
    private static final Duration QUIET = Duration.ofSeconds(60);
    private static final Duration MAX_DELAY = Duration.ofMinutes(10);
    private static final Publication PUBLISHED =
            new Publication(null, "study-1", "1", "{\"resourceType\":\"ImagingStudy\"}");

    @TempDir
    Path directory;

    private final SettableClock clock = new SettableClock();
    private Ledger ledger;

    @BeforeEach
    void open() {
        ledger = open(100, 0, "v1");
    }

    private Ledger open(int backlogMaxStudies, long sizeMaxBytes, String fingerprint) {
        return Ledger.open(
                new LedgerOptions(
                        place(directory.resolve("made/ledger.db")),
                        QUIET,
                        MAX_DELAY,
                        backlogMaxStudies,
                        sizeMaxBytes,
                        fingerprint),
                clock);
    }

    private void reopen(int backlogMaxStudies, long sizeMaxBytes, String fingerprint) {
        ledger.close();
        ledger = open(backlogMaxStudies, sizeMaxBytes, fingerprint);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private Claim claimDue() {
        return ledger.claim(LEASE).orElseThrow();
    }

    private Claim recordAndClaim() {
        ledger.record(reception(1, 1, 1));
        clock.pass(QUIET);
        return claimDue();
    }

    // ---- receiving

    @Test
    void keepsWhatItRecorded() {
        assertThat(ledger.record(reception(1, 1, 1))).isEqualTo(Recorded.NEW);
        reopen(100, 0, "v1");

        assertThat(studyOf(ledger, 1)).isEqualTo(Study.of(List.of(instance(header(1, 1, 1)))));
    }

    @Test
    void leavesAStudyAsItIsWhenAnInstanceComesAgain() {
        Claim claim = recordAndClaim();
        ledger.published(claim, PUBLISHED);

        assertThat(ledger.record(reception(1, 1, 1))).isEqualTo(Recorded.UNCHANGED);
        assertThat(ledger.untilDue()).isEmpty();
    }

    @Test
    void letsTheSmallerHeaderStandWhicheverComesFirst() {
        Reception small = reception(header(1, 1, 1).add(Attribute.StudyDescription, "A"));
        Reception large = reception(header(1, 1, 1).add(Attribute.StudyDescription, "B"));

        assertThat(ledger.record(large)).isEqualTo(Recorded.NEW);
        assertThat(ledger.record(small)).isEqualTo(Recorded.CHANGED);
        assertThat(ledger.record(large)).isEqualTo(Recorded.OUTRANKED);
        assertThat(studyOf(ledger, 1)).isEqualTo(Study.of(List.of(small.instance(), large.instance())));
    }

    @Test
    void movesAnInstanceThatNamesAnotherSeriesByTheSameRule() {
        Reception first = reception(header(1, 2, 1));
        Reception second = reception(header(1, 1, 1));
        ledger.record(first);
        ledger.record(reception(1, 2, 2));

        assertThat(ledger.record(second)).isEqualTo(Recorded.CHANGED);
        assertThat(studyOf(ledger, 1))
                .isEqualTo(Study.of(List.of(first.instance(), second.instance(), instance(header(1, 2, 2)))));
        assertThat(ledger.counts().instances()).isEqualTo(2);
    }

    @Test
    void keepsAnInstanceInEveryStudyThatItNamed() {
        ledger.record(reception(1, 1, 1));
        ledger.record(reception(2, 1, 1));

        assertThat(studyOf(ledger, 1).numberOfInstances()).isEqualTo(1);
        assertThat(studyOf(ledger, 2).numberOfInstances()).isEqualTo(1);
    }

    @Test
    void remembersEveryFileOfAnInstance() {
        ledger.record(reception(header(1, 1, 1), "a.dcm"));
        ledger.record(reception(header(1, 1, 1), "b.dcm"));
        ledger.record(reception(header(1, 1, 1).add(Attribute.StudyDescription, "other"), "c.dcm"));
        ledger.record(reception(header(1, 1, 2), "d.dcm"));

        assertThat(ledger.files().of(study(1), sop(1))).containsExactly("a.dcm", "b.dcm", "c.dcm");
        assertThat(ledger.files().of(study(1))).containsExactlyInAnyOrder("a.dcm", "b.dcm", "c.dcm", "d.dcm");
        assertThat(ledger.files().of(study(2))).isEmpty();
    }

    @Test
    void refusesTheStudyThatWouldOverfillTheBacklogAndTakesMoreOfThoseInIt() {
        reopen(2, 0, "v1");
        ledger.record(reception(1, 1, 1));
        ledger.record(reception(2, 1, 1));

        assertThatThrownBy(() -> ledger.record(reception(3, 1, 1)))
                .isInstanceOfSatisfying(
                        LedgerException.class, e -> assertThat(e.category()).isEqualTo(Category.OUT_OF_RESOURCES));
        assertThat(ledger.record(reception(2, 1, 2))).isEqualTo(Recorded.NEW);
        assertThat(ledger.counts().studies()).isEqualTo(2);

        clock.pass(QUIET);
        ledger.published(claimDue(), PUBLISHED);
        assertThat(ledger.record(reception(3, 1, 1))).isEqualTo(Recorded.NEW);
    }

    @Test
    void refusesWhenItIsFullAndKeepsWhatItAcknowledged() {
        reopen(100_000, 60 * 4096, "v1");
        int[] recorded = {0};

        assertThatThrownBy(() -> {
                    while (true) {
                        ledger.record(reception(1, 1, recorded[0] + 1));
                        recorded[0]++;
                    }
                })
                .isInstanceOfSatisfying(
                        LedgerException.class, e -> assertThat(e.category()).isEqualTo(Category.OUT_OF_RESOURCES))
                .hasMessageContaining("SQLITE_FULL");
        assertThat(recorded[0]).isPositive();
        assertThat(studyOf(ledger, 1).numberOfInstances()).isEqualTo(recorded[0]);

        reopen(100, 0, "v1");
        assertThat(studyOf(ledger, 1).numberOfInstances()).isEqualTo(recorded[0]);
        assertThat(ledger.record(reception(1, 1, recorded[0] + 1))).isEqualTo(Recorded.NEW);
    }

    // ---- when a study is due

    @Test
    void isDueWhenNothingHasArrivedForTheQuietTime() {
        ledger.record(reception(1, 1, 1));
        clock.pass(QUIET.dividedBy(2));
        ledger.record(reception(1, 1, 2));
        clock.pass(QUIET.minusMillis(1));

        assertThat(ledger.claim(LEASE)).isEmpty();
        assertThat(ledger.untilDue()).contains(Duration.ofMillis(1));
        clock.pass(Duration.ofMillis(1));
        Claim claim = claimDue();
        assertThat(claim)
                .isEqualTo(new Claim(study(1), 2, claim.token(), 0, claim.dueAt(), claim.lastArrival(), null, false));
    }

    /** Whoever had a claim may have written, and been stopped before it was recorded. */
    @Test
    void saysOfAStudyThatWasClaimedSinceItsPublicationThatItIsUncertain() {
        ledger.record(reception(1, 1, 1));
        clock.pass(QUIET);
        ledger.release(claimDue());
        Claim released = claimDue();
        assertThat(released.uncertain()).isTrue();
        ledger.published(released, new Publication(null, "1", null, "{}"));

        ledger.record(reception(1, 1, 2));
        clock.pass(QUIET);
        Claim next = claimDue();
        assertThat(next.uncertain()).isFalse();
        ledger.park(next, Category.FHIR_REJECTED, "no");
        ledger.record(reception(1, 1, 3));
        clock.pass(QUIET);
        assertThat(claimDue().uncertain())
                .as("parked, and another chance by an arrival")
                .isTrue();
    }

    @Test
    void forgetsInstancesAndWhatWasToBeDoneAndNotWhatWasPublished() {
        ledger.record(reception(1, 1, 1));
        clock.pass(QUIET);
        ledger.published(claimDue(), new Publication(null, "7", null, "{}"));
        ledger.record(reception(1, 1, 2));
        ledger.record(reception(2, 1, 1));
        ledger.forgetInstances();
        clock.pass(QUIET);
        assertThat(ledger.claim(LEASE)).isEmpty();

        assertThat(ledger.record(reception(1, 1, 2))).isEqualTo(Recorded.NEW);
        clock.pass(QUIET);
        Claim claim = claimDue();
        assertThat(claim.last()).isNotNull();
        assertThat(ledger.gathered(claim.study()).instances()).hasSize(1);
    }

    @Test
    void claimsTheStudyThatHasBeenDueForLongest() {
        ledger.record(reception(2, 1, 1));
        clock.pass(Duration.ofSeconds(1));
        ledger.record(reception(1, 1, 1));
        clock.pass(QUIET);

        assertThat(claimDue().study()).isEqualTo(study(2));
        assertThat(claimDue().study()).isEqualTo(study(1));
        assertThat(ledger.claim(LEASE)).isEmpty();
    }

    @Test
    void publishesAStudyThatNeverPausesAsOftenAsTheLogarithmOfItsSize() {
        int instances = 2000;
        int publications = 0;
        for (int i = 1; i <= instances; i++) {
            ledger.record(reception(1, 1, i));
            clock.pass(QUIET.minusSeconds(1));
            if (ledger.claim(LEASE).map(c -> ledger.published(c, PUBLISHED)).orElse(false)) {
                publications++;
            }
        }

        assertThat(publications).isBetween(7, 9); // the first after 11, then at every doubling
    }

    @Test
    void staysDirtyWhenMoreArrivesWhileItIsPublished() {
        Claim claim = recordAndClaim();
        ledger.record(reception(1, 1, 2));

        assertThat(ledger.published(claim, PUBLISHED)).isTrue();
        assertThat(ledger.counts().dirty()).isEqualTo(1);
        clock.pass(QUIET);
        assertThat(claimDue().last()).isEqualTo(PUBLISHED);
    }

    // ---- claims

    @Test
    void isCleanOncePublished() {
        Claim claim = recordAndClaim();

        assertThat(ledger.published(claim, PUBLISHED)).isTrue();
        assertThat(ledger.untilDue()).isEmpty();
        clock.pass(MAX_DELAY.multipliedBy(10));
        assertThat(ledger.claim(LEASE)).isEmpty();
    }

    @Test
    void givesAStudyToSomebodyElseWhenALeaseRunsOutAndRefusesTheFirst() {
        Claim stale = recordAndClaim();
        clock.pass(LEASE.minusMillis(1));
        assertThat(ledger.claim(LEASE)).isEmpty();
        assertThat(ledger.untilDue()).contains(Duration.ofMillis(1));
        clock.pass(Duration.ofMillis(1));
        Claim current = claimDue();

        assertThat(ledger.published(stale, PUBLISHED)).isFalse();
        assertThat(ledger.retryLater(stale, Category.FHIR_UNAVAILABLE, "down", LEASE))
                .isFalse();
        assertThat(ledger.park(stale, Category.FHIR_REJECTED, "no")).isFalse();
        assertThat(ledger.release(stale)).isFalse();
        assertThat(ledger.renew(stale, LEASE)).isFalse();
        assertThat(ledger.published(current, PUBLISHED)).isTrue();
    }

    @Test
    void refusesAHolderWhoseLeaseHasEndedAlsoWhenNobodyElseHasTheStudy() {
        Claim claim = recordAndClaim();
        clock.pass(LEASE);

        assertThat(ledger.renew(claim, LEASE)).isFalse();
        assertThat(ledger.published(claim, PUBLISHED)).isFalse();
        assertThat(claimDue().uncertain()).isTrue();
    }

    @Test
    void keepsAClaimThatIsRenewed() {
        Claim claim = recordAndClaim();
        clock.pass(LEASE.minusMillis(1));
        assertThat(ledger.renew(claim, LEASE)).isTrue();
        clock.pass(LEASE.minusMillis(1));

        assertThat(ledger.claim(LEASE)).isEmpty();
    }

    @Test
    void offersAtOnceWhatSomebodyHeldWhoIsKnownToBeGone() {
        recordAndClaim();
        ledger.shares().claim(KEY, LEASE);
        assertThat(ledger.claim(LEASE)).isEmpty();
        ledger.endLeases();
        assertThat(claimDue().uncertain()).as("it may have written something").isTrue();
        assertThat(ledger.shares().claim(KEY, LEASE)).isPresent();
    }

    @Test
    void offersAReleasedStudyAtOnce() {
        Claim claim = recordAndClaim();

        assertThat(ledger.release(claim)).isTrue();
        assertThat(claimDue().attempts()).isZero();
    }

    @Test
    void waitsBeforeItRetriesEvenWhenMoreArrives() {
        Claim claim = recordAndClaim();
        Duration delay = MAX_DELAY.multipliedBy(6);

        assertThat(ledger.retryLater(claim, Category.FHIR_UNAVAILABLE, "down", delay))
                .isTrue();
        ledger.record(reception(1, 1, 2));
        assertThat(ledger.untilDue()).contains(delay);
        assertThat(ledger.counts().failed()).isEqualTo(Map.of(Category.FHIR_UNAVAILABLE, 1L));
        clock.pass(delay);
        assertThat(claimDue().attempts()).isEqualTo(1);
    }

    @Test
    void forgetsFailuresOncePublished() {
        ledger.retryLater(recordAndClaim(), Category.FHIR_UNAVAILABLE, "down", Duration.ZERO);
        ledger.published(claimDue(), PUBLISHED);

        assertThat(ledger.counts()).isEqualTo(new LedgerCounts(1, 1, 0, 0, Map.of()));
    }

    // ---- parked studies

    @Test
    void parksAStudyUntilItIsReplayed() {
        Claim claim = recordAndClaim();
        assertThat(ledger.park(claim, Category.FHIR_REJECTED, "no such code")).isTrue();
        assertThat(ledger.untilDue()).isEmpty();
        assertThat(ledger.counts()).isEqualTo(new LedgerCounts(1, 1, 1, 1, Map.of(Category.FHIR_REJECTED, 1L)));
        assertThat(ledger.parked(10))
                .containsExactly(new ParkedStudy(
                        study(1),
                        Category.FHIR_REJECTED,
                        "no such code",
                        1,
                        1,
                        clock.instant().minus(QUIET)));

        assertThat(ledger.replays().replayParked(Optional.empty())).isEqualTo(1);
        assertThat(ledger.parked(10)).isEmpty();
        assertThat(claimDue().revision()).isEqualTo(1);
    }

    @Test
    void givesAParkedStudyAnotherChanceWhenMoreArrives() {
        ledger.park(recordAndClaim(), Category.FHIR_REJECTED, "no");
        clock.pass(MAX_DELAY.multipliedBy(10));
        ledger.record(reception(1, 1, 2));

        assertThat(ledger.parked(10)).isEmpty();
        assertThat(ledger.untilDue()).contains(QUIET);
    }

    @Test
    void doesNotParkWhatChangedSinceItWasClaimed() {
        Claim claim = recordAndClaim();
        ledger.record(reception(1, 1, 2));

        assertThat(ledger.park(claim, Category.UNMAPPABLE, "two patients")).isTrue();
        assertThat(ledger.parked(10)).isEmpty();
        assertThat(ledger.untilDue()).contains(QUIET);
    }

    @Test
    void replaysACleanStudyAndSaysHowManyThereWere() {
        ledger.published(recordAndClaim(), PUBLISHED);

        assertThat(ledger.replays().replay(List.of(study(1), study(2)))).isEqualTo(1);
        assertThat(claimDue().revision()).isEqualTo(2);
    }

    @Test
    void replaysWhatWasPublishedWithAnotherFingerprint() {
        ledger.published(recordAndClaim(), PUBLISHED);
        assertThat(ledger.replays().republishOutdated()).isZero();
        reopen(100, 0, "v2");

        assertThat(ledger.replays().republishOutdated()).isEqualTo(1);
        ledger.published(claimDue(), PUBLISHED);
        assertThat(ledger.replays().republishOutdated()).isZero();
    }

    // ---- shared resources

    private static final SharedKey KEY = new SharedKey("http://fhir", "Patient", "urn:hospital", "SECRET");

    @Test
    void letsOneAtATimeCreateASharedResource() {
        SharedClaim claim = ledger.shares().claim(KEY, LEASE).orElseThrow();
        assertThat(claim.row()).isEqualTo(new SharedRow(null, false, null, null));
        assertThat(ledger.shares().claim(KEY, LEASE)).isEmpty();
        SharedRow row = new SharedRow("p1", true, "1", "{}");

        assertThat(ledger.shares().written(claim, row, List.of())).isTrue();
        assertThat(ledger.shares().find(KEY)).contains(row);
        assertThat(ledger.shares().claim(KEY, LEASE)).map(SharedClaim::row).contains(row);
    }

    @Test
    void refusesAStaleHolderOfASharedResource() {
        SharedClaim stale = ledger.shares().claim(KEY, LEASE).orElseThrow();
        clock.pass(LEASE);
        SharedClaim current = ledger.shares().claim(KEY, LEASE).orElseThrow();

        assertThat(ledger.shares().written(stale, new SharedRow("p1", true, "1", "{}"), List.of()))
                .isFalse();
        assertThat(ledger.shares().release(stale)).isFalse();
        assertThat(ledger.shares().release(current)).isTrue();
        assertThat(ledger.shares().find(KEY)).contains(new SharedRow(null, false, null, null));
        assertThat(ledger.shares().claim(KEY, LEASE)).isPresent();
    }

    @Test
    void tellsSharedResourcesApartByEachPartOfTheirKey() {
        ledger.shares().claim(KEY, LEASE);

        assertThat(ledger.shares().find(new SharedKey("http://other", "Patient", "urn:hospital", "SECRET")))
                .isEmpty();
        assertThat(ledger.shares().claim(new SharedKey("http://fhir", "Device", "urn:hospital", "SECRET"), LEASE))
                .isPresent();
        assertThat(KEY.toString()).doesNotContain("SECRET");
    }

    // ---- opening and closing

    @Test
    void saysWhatToDoWhenItCannotBeOpened() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        LedgerOptions options = LedgerOptions.of(file.resolve("ledger.db"));

        assertThatThrownBy(() -> Ledger.open(options, clock))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining(options.place().toString())
                .hasMessageContaining("Name a file in a directory that the gateway may write to");
    }

    @Test
    void refusesAFileThatIsNoLedger() throws IOException {
        Path file = Files.writeString(
                directory.resolve("ledger.db"), "not a database, however long one reads it".repeat(99));

        assertThatThrownBy(() -> Ledger.open(LedgerOptions.of(file), clock))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("cannot be opened");
    }

    @Test
    void refusesReceptionsOnceClosed() {
        ledger.close();

        assertThatThrownBy(() -> ledger.record(reception(1, 1, 1)))
                .isInstanceOfSatisfying(
                        LedgerException.class, e -> assertThat(e.category()).isEqualTo(Category.INTERRUPTED));
    }

    @Test
    void wakesWhoeverWaitsWhenAStudyBecomesDirtyAndForgetsNoWakeUp() throws InterruptedException {
        long seen = ledger.changes().count();
        ledger.record(reception(1, 1, 1));

        ledger.changes().await(seen, Duration.ofDays(1)); // returns at once
        long later = ledger.changes().count();
        ledger.record(reception(1, 1, 2));
        assertThat(later).isGreaterThan(seen).isEqualTo(ledger.changes().count());
        ledger.changes().await(later, Duration.ofMillis(1));
    }
}
