package io.portolan.gateway.commit;

import static io.portolan.gateway.forward.ForwardRoom.CT;
import static io.portolan.gateway.forward.ForwardRoom.await;
import static io.portolan.gateway.forward.ForwardRoom.sop;
import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.CommitmentReport;
import io.portolan.dicom.engine.CommitmentReport.Failure;
import io.portolan.dicom.engine.CommitmentReport.Reason;
import io.portolan.dicom.engine.CommitmentRequest;
import io.portolan.dicom.engine.DicomNetworkException.Kind;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.SopReference;
import io.portolan.dicom.engine.Status;
import io.portolan.gateway.Category;
import io.portolan.gateway.FreeSpace;
import io.portolan.gateway.RetryDelay;
import io.portolan.gateway.commit.CommitOptions.Peer;
import io.portolan.gateway.forward.ForwardRoom;
import io.portolan.gateway.forward.ScriptedPacs;
import io.portolan.gateway.ledger.CommitmentCounts;
import io.portolan.gateway.ledger.LedgerInFile;
import io.portolan.gateway.ledger.ParkedReport;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From the request to the report, whatever is kept and whatever the requestor does. */
class StorageCommitmentTest implements LedgerInFile {

    private static final String AE = "MODALITY";
    private static final Uid TRANSACTION = new Uid("1.2.3.99");
    private static final Uid MR = new Uid("1.2.840.10008.5.1.4.1.1.4");

    @TempDir
    private Path directory;

    private ForwardRoom room;
    private final ScriptedPacs pacs = new ScriptedPacs();
    private final ScriptedRequestor requestor = new ScriptedRequestor();
    private final List<StorageCommitment> running = new ArrayList<>();
    private Optional<Peer> peer = Optional.of(new Peer("ct1", 104, Optional.empty()));
    private long freeSpaceMin;
    private Duration decideWithin = Duration.ofHours(1);

    private RetryDelay retryDelay = new RetryDelay(Duration.ofMillis(2), Duration.ofMillis(20));

    @BeforeEach
    void open() throws Exception {
        room = new ForwardRoom(directory, place(directory.resolve("ledger.db")));
        room.reopen(false);
    }

    @AfterEach
    void close() throws Exception {
        for (StorageCommitment one : running) {
            one.stop(Duration.ofSeconds(20));
        }
        room.close();
        pacs.close();
    }

    private StorageCommitment commitment(boolean drops) {
        CommitOptions options = new CommitOptions(
                decideWithin,
                Duration.ofMillis(20),
                10_000,
                2,
                retryDelay,
                Duration.ofSeconds(20),
                Duration.ofDays(7),
                ae -> ae.equals(AE) ? peer : Optional.empty());
        return new StorageCommitment(
                options,
                requestor,
                room.ledger,
                room.storage,
                drops,
                new FreeSpace(List.of(directory), freeSpaceMin),
                new Random(1));
    }

    private StorageCommitment started(boolean drops) {
        StorageCommitment commitment = commitment(drops);
        start(commitment);
        return commitment;
    }

    private void start(StorageCommitment commitment) {
        commitment.start();
        running.add(commitment);
    }

    private static CommitmentRequest request(SopReference... instances) {
        return new CommitmentRequest(
                AE,
                "PORTOLAN",
                InetSocketAddress.createUnresolved("peer", 104),
                1,
                TRANSACTION,
                Arrays.asList(instances));
    }

    private static SopReference ct(int number) {
        return new SopReference(CT, sop(number));
    }

    private static CommitmentReport failed(SopReference instance, Reason reason) {
        return new CommitmentReport(TRANSACTION, List.of(), List.of(new Failure(instance, reason)));
    }

    private CommitmentCounts counts() {
        return room.ledger.commitments().counts();
    }

    /** Taken, and the association of the request is over. */
    private void asked(StorageCommitment commitment, SopReference... instances) {
        assertThat(commitment.scp().request(request(instances))).isEqualTo(Status.SUCCESS);
    }

    private void awaitReported(int reports) {
        await("it is reported", () -> requestor.reports.size() == reports && counts().waiting() == 0);
    }

    @Test
    void reportsWhatIsKeptOverTheAssociationOfTheRequest() throws Exception {
        room.receive(1);
        room.receive(2);
        StorageCommitment commitment = commitment(false);
        asked(commitment, ct(1), ct(2));
        assertThat(counts().waiting()).isEqualTo(1);
        assertThat(commitment.scp().report(request(ct(1), ct(2)).id()))
                .contains(new CommitmentReport(TRANSACTION, List.of(ct(1), ct(2)), List.of()));
        assertThat(commitment.scp().report(request(ct(1), ct(2)).id()))
                .as("it is being reported")
                .isEmpty();
        commitment.scp().settle(request(ct(1), ct(2)).id(), Optional.of(Status.SUCCESS));
        assertThat(counts()).returns(0L, CommitmentCounts::waiting).returns(0L, CommitmentCounts::parked);
        assertThat(commitment.counters())
                .returns(1L, CommitCounters::requests)
                .returns(1L, CommitCounters::reports)
                .returns(2L, CommitCounters::committed)
                .returns(0L, CommitCounters::notCommitted);
        assertThat(requestor.attempts).isZero();
    }

    @Test
    void saysOfEachInstanceWhyItIsNotCommitted() throws Exception {
        for (int sop = 1; sop <= 4; sop++) {
            room.receive(sop);
        }
        Files.delete(file(2));
        Files.write(file(3), new byte[0]);
        StorageCommitment commitment = commitment(false);
        SopReference[] all = {ct(1), ct(2), ct(3), new SopReference(MR, sop(4)), ct(5)};
        asked(commitment, all);
        assertThat(commitment.scp().report(request(all).id()))
                .contains(new CommitmentReport(
                        TRANSACTION,
                        List.of(ct(1)),
                        List.of(
                                new Failure(ct(2), Reason.NO_SUCH_OBJECT_INSTANCE),
                                new Failure(ct(3), Reason.NO_SUCH_OBJECT_INSTANCE),
                                new Failure(all[3], Reason.CLASS_INSTANCE_CONFLICT),
                                new Failure(ct(5), Reason.NO_SUCH_OBJECT_INSTANCE))));
    }

    private Path file(int sop) throws Exception {
        return room.files().stream()
                .filter(file -> file.getFileName().toString().startsWith(sop(sop) + "-"))
                .map(room.storage::resolve)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void saysNothingWhileTheFolderIsNotMounted() throws Exception {
        room.receive(1);
        Path elsewhere = Files.move(room.storage, directory.resolve("elsewhere"));
        StorageCommitment commitment = commitment(false);
        asked(commitment, ct(1));
        assertThat(commitment.scp().report(request(ct(1)).id())).isEmpty();
        Files.move(elsewhere, room.storage);
        assertThat(commitment.scp().report(request(ct(1)).id())).isPresent();
    }

    @Test
    void waitsUntilThePacsHasConfirmedWhatIsForwarded() throws Exception {
        room.reopen(true);
        room.receive(1);
        StorageCommitment commitment = started(true);
        asked(commitment, ct(1));
        assertThat(commitment.scp().report(request(ct(1)).id())).isEmpty();
        room.start(pacs.come());
        room.awaitEmpty();
        assertThat(room.ledger.files().of(ForwardRoom.STUDY)).as("dropped").isEmpty();
        awaitReported(1);
        assertThat(requestor.reports).containsExactly(new CommitmentReport(TRANSACTION, List.of(ct(1)), List.of()));
        await("it is counted", () -> commitment.counters().committed() == 1);
    }

    @Test
    void failsWhatThePacsHasNotConfirmedInTime() throws Exception {
        decideWithin = Duration.ZERO;
        room.reopen(true);
        room.receive(1);
        StorageCommitment commitment = commitment(true);
        asked(commitment, ct(1));
        assertThat(commitment.scp().report(request(ct(1)).id())).contains(failed(ct(1), Reason.PROCESSING_FAILURE));
    }

    /** In mode keep what waits is kept too. */
    @Test
    void commitsWhatIsForwardedAndKept() throws Exception {
        room.reopen(true);
        room.receive(1);
        StorageCommitment commitment = commitment(false);
        asked(commitment, ct(1));
        assertThat(commitment.scp().report(request(ct(1)).id())).isPresent();
    }

    @Test
    void reportsOverAnAssociationOfItsOwnAsScpWhenTheRequestsIsOver() throws Exception {
        room.receive(1);
        started(false);
        asked(running.get(0), ct(1));
        awaitReported(1);
        assertThat(requestor.associations)
                .singleElement()
                .returns("ct1", RequestOptions::host)
                .returns(104, RequestOptions::port)
                .returns(AE, RequestOptions::calledAe)
                .returns("PORTOLAN", RequestOptions::callingAe)
                .returns(true, options -> options.contexts().get(0).asScp());
    }

    @Test
    void reportsAgainWhatWasNotAnsweredBeforeTheAssociationEnded() throws Exception {
        room.receive(1);
        StorageCommitment commitment = commitment(false);
        asked(commitment, ct(1));
        assertThat(commitment.scp().report(request(ct(1)).id())).isPresent();
        commitment.scp().settle(request(ct(1)).id(), Optional.empty());
        start(commitment);
        awaitReported(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"UNREACHABLE", "REJECTED_TRANSIENT", "REJECTED_PERMANENT", "ABORTED", "TIMEOUT", "DISCONNECTED"})
    void goesOnTryingWhileTheRequestorIsAway(Kind kind) throws Exception {
        room.receive(1);
        requestor.away = kind;
        StorageCommitment commitment = started(false);
        asked(commitment, ct(1));
        await("it was tried", () -> requestor.attempts > 2);
        assertThat(counts().failed()).containsOnlyKeys(Category.PEER_UNAVAILABLE);
        requestor.away = null;
        requestor.lost = kind;
        await("it is there", () -> !requestor.associations.isEmpty());
        requestor.lost = null;
        awaitReported(1);
        assertThat(counts().failed()).isEmpty();
        assertThat(commitment.counters().failed(Category.PEER_UNAVAILABLE)).isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0110, 0x0213, 0xC001})
    void goesOnTryingWhatTheRequestorCannotTakeNow(int status) throws Exception {
        room.receive(1);
        requestor.answer = new Status(status);
        asked(started(false), ct(1));
        await("it was tried", () -> requestor.reports.size() > 2);
        requestor.answer = Status.SUCCESS;
        await("it is reported", () -> counts().waiting() == 0);
    }

    @Test
    void refusesWhatTheDiskMayNotHold() throws Exception {
        room.receive(1);
        freeSpaceMin = Long.MAX_VALUE;
        assertThat(commitment(false).scp().request(request(ct(1)))).isEqualTo(Status.RESOURCE_LIMITATION);
        assertThat(counts().waiting()).isZero();
    }

    @Test
    void restsBetweenAttemptsHoweverTheRequestorAnswers() throws Exception {
        room.receive(1);
        retryDelay = new RetryDelay(Duration.ofHours(1), Duration.ofHours(1));
        requestor.answer = new Status(0x0213);
        StorageCommitment commitment = started(false);
        asked(commitment, ct(1));
        await("it was tried", () -> commitment.counters().failed(Category.PEER_UNAVAILABLE) == 1);
        room.ledger.commitments().hurry();
        await("it was tried again", () -> commitment.counters().failed(Category.PEER_UNAVAILABLE) > 1);
        requestor.answer = Status.SUCCESS;
        Uid other = new Uid("2.25.7");
        assertThat(commitment
                        .scp()
                        .request(new CommitmentRequest(
                                AE,
                                "PORTOLAN",
                                InetSocketAddress.createUnresolved("peer", 104),
                                2,
                                other,
                                List.of(ct(1)))))
                .isEqualTo(Status.SUCCESS);
        await("the other is reported", () -> counts().waiting() == 1);
        assertThat(requestor.reports)
                .extracting(CommitmentReport::transaction)
                .containsExactly(TRANSACTION, TRANSACTION, other);
    }

    @Test
    void saysWhatIsSoWhenItIsReportedAtLast() throws Exception {
        room.receive(1);
        Optional<Peer> known = peer;
        peer = Optional.empty();
        asked(started(false), ct(1));
        await("it is parked", () -> counts().parked() == 1);
        Files.delete(file(1));
        peer = known;
        assertThat(room.ledger.commitments().replayParked(Optional.empty())).isEqualTo(1);
        awaitReported(1);
        assertThat(requestor.reports).containsExactly(failed(ct(1), Reason.NO_SUCH_OBJECT_INSTANCE));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0112, 0x0113, 0x0115, 0x0118, 0x0122, 0x0211})
    void parksWhatTheRequestorRefusesUntilItIsReplayed(int status) throws Exception {
        room.receive(1);
        requestor.answer = new Status(status);
        asked(started(false), ct(1));
        await("it is parked", () -> counts().parked() == 1);
        assertThat(room.ledger.commitments().parked(10))
                .singleElement()
                .returns(AE, ParkedReport::requestorAe)
                .returns(TRANSACTION, ParkedReport::transaction)
                .returns(1L, ParkedReport::instances)
                .returns(Category.PEER_REJECTED, ParkedReport::category)
                .returns("it answered " + new Status(status), ParkedReport::error);
        assertThat(room.ledger.commitments().replayParked(Optional.of(Category.PACS_REJECTED)))
                .isZero();
        requestor.answer = Status.SUCCESS;
        assertThat(room.ledger.commitments().replayParked(Optional.empty())).isEqualTo(1);
        awaitReported(2);
    }

    @Test
    void parksWhatNoPresentationContextIsAcceptedFor() throws Exception {
        room.receive(1);
        requestor.lost = Kind.NOT_NEGOTIATED;
        asked(started(false), ct(1));
        await("it is parked", () -> counts().parked() == 1);
    }

    @Test
    void parksWhatNobodyKnowsWhereToReportToUntilAStartThatKnows() throws Exception {
        room.receive(1);
        peer = Optional.empty();
        StorageCommitment before = started(false);
        asked(before, ct(1));
        await("it is parked", () -> counts().parked() == 1);
        assertThat(room.ledger.commitments().parked(10))
                .singleElement()
                .extracting(ParkedReport::error)
                .asString()
                .contains("dicom.peers");
        before.stop(Duration.ofSeconds(20));
        running.clear();
        peer = Optional.of(new Peer("ct1", 104, Optional.empty()));
        started(false);
        awaitReported(1);
    }

    /** Its association went on sending while the other way was tried. */
    @Test
    void reportsWhatIsParkedOverTheAssociationOfTheRequest() throws Exception {
        room.receive(1);
        peer = Optional.empty();
        StorageCommitment commitment = started(false);
        asked(commitment, ct(1));
        await("it is parked", () -> counts().parked() == 1);
        assertThat(commitment.scp().report(request(ct(1)).id())).isPresent();
        commitment.scp().settle(request(ct(1)).id(), Optional.of(Status.SUCCESS));
        assertThat(counts().parked()).isZero();
    }

    @Test
    void reportsAgainWhenTheSameIsAskedAgainAndRefusesAnotherListOfTheSameTransaction() throws Exception {
        StorageCommitment commitment = commitment(false);
        asked(commitment, ct(1));
        assertThat(commitment.scp().report(request(ct(1)).id()))
                .contains(failed(ct(1), Reason.NO_SUCH_OBJECT_INSTANCE));
        commitment.scp().settle(request(ct(1)).id(), Optional.of(Status.SUCCESS));
        assertThat(commitment.scp().report(request(ct(1)).id())).isEmpty();
        room.receive(1);
        asked(commitment, ct(1));
        assertThat(commitment.scp().report(request(ct(1)).id()))
                .as("what is so now")
                .contains(new CommitmentReport(TRANSACTION, List.of(ct(1)), List.of()));
        assertThat(commitment.scp().request(request(ct(1), ct(2)))).isEqualTo(Status.INVALID_ARGUMENT_VALUE);
    }

    @Test
    void refusesMoreThanMayWait() {
        StorageCommitment commitment = commitment(false);
        List<Status> answers = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            CommitmentRequest one = request(ct(1));
            answers.add(commitment
                    .scp()
                    .request(new CommitmentRequest(
                            AE, "PORTOLAN", one.peer(), 1, new Uid("1.2.3.9." + i), one.instances())));
        }
        assertThat(answers).containsExactly(Status.SUCCESS, Status.SUCCESS, Status.RESOURCE_LIMITATION);
    }
}
