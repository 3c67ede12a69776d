package io.portolan.gateway.forward;

import static io.portolan.gateway.forward.ForwardRoom.CT;
import static io.portolan.gateway.forward.ForwardRoom.STUDY;
import static io.portolan.gateway.forward.ForwardRoom.SYNTAX;
import static io.portolan.gateway.forward.ForwardRoom.await;
import static io.portolan.gateway.forward.ForwardRoom.dataSet;
import static io.portolan.gateway.forward.ForwardRoom.sop;
import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.Status;
import io.portolan.gateway.Category;
import io.portolan.gateway.forward.ScriptedPacs.Got;
import io.portolan.gateway.ledger.LedgerInFile;
import io.portolan.gateway.ledger.ParkedFiles;
import io.portolan.gateway.ledger.WaitingFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From the kept file to the PACS, whatever that answers. */
class ForwarderTest implements LedgerInFile {

    private static final Uid MR = new Uid("1.2.840.10008.5.1.4.1.1.4");
    private static final Uid PRIVATE = new Uid("1.2.3.4.5.6");

    @TempDir
    private Path directory;

    private ForwardRoom room;
    private final ScriptedPacs pacs = new ScriptedPacs();

    @BeforeEach
    void open() throws Exception {
        room = new ForwardRoom(directory, place(directory.resolve("ledger.db")));
    }

    @AfterEach
    void close() throws Exception {
        room.close();
        pacs.close();
    }

    @Test
    void sendsEachDataSetAsItCameAndDropsFileRowAndFolder() throws Exception {
        pacs.come();
        ByteBuffer explicit = room.receive(1);
        ByteBuffer implicit = room.receive(CT, 2, 0, TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN);
        ByteBuffer other = room.receive(MR, 3, 0, SYNTAX);
        assertThat(room.files()).hasSize(3);
        room.start(pacs);
        room.awaitEmpty();

        assertThat(pacs.stored()).containsExactly(sop(1), sop(2), sop(3));
        assertThat(pacs.got()).extracting(Got::dataSet).containsExactly(explicit, implicit, other);
        assertThat(pacs.got())
                .extracting(Got::transferSyntax)
                .containsExactly("1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.1");
        assertThat(pacs.got()).extracting(Got::callingAe).containsOnly("GATEWAY");
        assertThat(room.ledger.files().of(STUDY)).isEmpty();
        assertThat(room.ledger.counts().instances()).as("known all the same").isEqualTo(3);
        await("folders are gone", () -> !room.hasFolder());
        assertThat(room.files()).isEmpty();

        room.receive(4);
        room.awaitEmpty();
        assertThat(pacs.associations()).as("the association was still there").isEqualTo(1);
    }

    @Test
    void requestsAnotherAssociationForWhatTheFirstOneHasNoContextFor() throws Exception {
        pacs.come();
        room.receive(1);
        room.start(pacs);
        room.awaitEmpty();
        room.receive(MR, 2, 0, SYNTAX);
        room.awaitEmpty();

        assertThat(pacs.stored()).containsExactly(sop(1), sop(2));
        assertThat(pacs.associations()).isEqualTo(2);
    }

    @Test
    void spreadsMoreContextsThanAnAssociationHasOverSeveral() throws Exception {
        pacs.come();
        for (int i = 1; i <= 130; i++) {
            room.receive(new Uid("1.2.3.9." + i), i, 0, SYNTAX);
        }
        room.start(pacs, 1, Duration.ZERO);
        room.awaitEmpty();

        assertThat(pacs.stored()).hasSize(130).doesNotHaveDuplicates();
        assertThat(pacs.associations()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0xA700, 0xA7FF, 0x0110, 0x0122, 0x0211})
    void keepsWhatIsRefusedForNowAndSendsItAgain(int status) throws Exception {
        AtomicInteger asked = new AtomicInteger();
        pacs.answer(request -> asked.incrementAndGet() < 5 ? new Status(status) : Status.SUCCESS)
                .come();
        room.receive(1);
        Forwarder forwarder = room.start(pacs);
        room.awaitEmpty();

        assertThat(pacs.stored()).containsExactly(sop(1));
        assertThat(pacs.got()).hasSize(5);
        assertThat(forwarder.counters().failed(Category.PACS_UNAVAILABLE)).isEqualTo(4);
        assertThat(forwarder.state()).isEqualTo("up");
    }

    @ParameterizedTest
    @ValueSource(ints = {0xB000, 0xB006, 0xB007})
    void takesWarningsForConfirmations(int status) throws Exception {
        pacs.answer(request -> new Status(status)).come();
        room.receive(1);
        room.start(pacs);
        room.awaitEmpty();

        assertThat(pacs.got()).hasSize(1);
        assertThat(room.files()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0xA900, 0xC000, 0xC123, 0x0124, 0x0111})
    void parksWhatIsRefusedForGoodAndGoesOn(int status) throws Exception {
        AtomicBoolean mended = new AtomicBoolean();
        pacs.answer(request ->
                        request.sopInstance().equals(sop(1)) && !mended.get() ? new Status(status) : Status.SUCCESS)
                .come();
        ByteBuffer first = room.receive(1);
        room.receive(2);
        room.start(pacs);
        await("one is parked", () -> room.counts().parked() == 1);
        room.awaitEmpty();

        assertThat(pacs.stored()).containsExactly(sop(2));
        assertThat(room.files()).hasSize(1);
        assertThat(room.rows().parked(10))
                .singleElement()
                .returns(STUDY, ParkedFiles::study)
                .returns(Category.PACS_REJECTED, ParkedFiles::category)
                .returns("the PACS answered " + new Status(status), ParkedFiles::error)
                .returns(1L, ParkedFiles::files);
        mended.set(true);
        assertThat(room.rows().replayParked(Optional.of(Category.FHIR_REJECTED)))
                .isZero();
        assertThat(room.rows().replayParked(Optional.of(Category.PACS_REJECTED)))
                .isEqualTo(1);
        await("it is sent", () -> pacs.stored().contains(sop(1)));
        room.awaitEmpty();
        assertThat(pacs.got()).last().extracting(Got::dataSet).isEqualTo(first);
        assertThat(room.files()).isEmpty();
    }

    @Test
    void parksWhatThePacsAcceptsNoContextFor() throws Exception {
        pacs.onlyKnown().come();
        room.receive(PRIVATE, 1, 0, SYNTAX);
        room.receive(2);
        room.start(pacs);
        await("one is parked", () -> room.counts().parked() == 1);
        room.awaitEmpty();

        assertThat(pacs.stored()).containsExactly(sop(2));
        assertThat(room.rows().parked(10))
                .singleElement()
                .returns("the PACS accepts no 1.2.3.4.5.6 in Explicit VR Little Endian", ParkedFiles::error);
        assertThat(room.rows().giveUp(List.of(STUDY))).isEqualTo(1);
        assertThat(room.counts().parked()).isZero();
        assertThat(room.files()).as("it stays kept").hasSize(1);
        assertThat(room.ledger.files().of(STUDY)).hasSize(1);
    }

    @Test
    void triesAtLongIntervalsWithOneProbeWhileThePacsIsAway() throws Exception {
        pacs.come();
        pacs.go();
        for (int i = 1; i <= 20; i++) {
            room.receive(i);
        }
        Forwarder forwarder = room.start(pacs, 3, Duration.ofSeconds(20));
        await("it was looked for again", () -> forwarder.counters().failed(Category.PACS_UNAVAILABLE) > 6);
        assertThat(forwarder.state()).startsWith("down since ");
        assertThat(room.counts()).returns(20L, counts -> counts.waiting()).returns(Map.of(), counts -> counts.failed());
        pacs.come();
        room.awaitEmpty();

        assertThat(pacs.stored()).hasSize(20).doesNotHaveDuplicates();
        await("it is up", () -> forwarder.state().equals("up"));
    }

    /** One that breaks the PACS must not stand in the way of the others. */
    @Test
    void goesRoundWhatNeverWorks() throws Exception {
        pacs.answer(request -> request.sopInstance().equals(sop(1)) ? Status.PROCESSING_FAILURE : Status.SUCCESS)
                .come();
        for (int i = 1; i <= 10; i++) {
            room.receive(i);
        }
        room.start(pacs);
        await("the others are there", () -> pacs.stored().size() == 9);
        await("and one is left", () -> room.counts().waiting() == 1);

        assertThat(room.counts().failed()).isEqualTo(Map.of(Category.PACS_UNAVAILABLE, 1L));
        await(
                "it is still tried",
                () -> pacs.got().stream()
                                .filter(one -> one.sopInstance().equals(sop(1)))
                                .count()
                        > 3);
    }

    @Test
    void losesNothingWhenThePacsGoesInTheMiddle() throws Exception {
        pacs.come();
        room.start(pacs, 2, Duration.ofMillis(50));
        for (int i = 1; i <= 120; i++) {
            room.receive(i);
            if (i % 30 == 0) {
                pacs.go();
                pacs.come();
            }
        }
        room.awaitEmpty();

        assertThat(pacs.stored().stream().distinct()).hasSize(120);
        assertThat(room.files()).isEmpty();
    }

    @Test
    void sendsOnceWhatCameTwiceWhileItWaited() throws Exception {
        room.receive(1);
        room.receive(1);
        assertThat(room.files()).hasSize(1);
        room.start(pacs.come());
        room.awaitEmpty();
        assertThat(pacs.stored()).hasSize(1);

        room.receive(1);
        room.awaitEmpty();
        assertThat(pacs.stored()).as("came again when it was gone here").hasSize(2);
    }

    @Test
    void sendsOtherBytesOfAnInstanceInTheOrderInWhichTheyCame() throws Exception {
        room.receive(CT, 1, 1, SYNTAX);
        room.receive(CT, 1, 2, SYNTAX);
        room.receive(CT, 1, 1, SYNTAX);
        room.receive(CT, 1, 1, SYNTAX);
        assertThat(room.files()).hasSize(3);
        room.start(pacs.come(), 4, Duration.ofMillis(1));
        room.awaitEmpty();

        assertThat(pacs.got())
                .extracting(Got::dataSet)
                .containsExactly(dataSet(CT, 1, 1, SYNTAX), dataSet(CT, 1, 2, SYNTAX), dataSet(CT, 1, 1, SYNTAX));
    }

    @Test
    void theNewerFileWaitsForTheOlderOneUnlessThatIsParked() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        pacs.answer(request -> switch (asked.incrementAndGet()) {
                    case 1, 2 -> Status.OUT_OF_RESOURCES;
                    case 3 -> Status.CANNOT_UNDERSTAND;
                    default -> Status.SUCCESS;
                })
                .come();
        room.receive(CT, 1, 1, SYNTAX);
        room.receive(CT, 1, 2, SYNTAX);
        room.start(pacs);
        room.awaitEmpty();

        ByteBuffer older = dataSet(CT, 1, 1, SYNTAX);
        ByteBuffer newer = dataSet(CT, 1, 2, SYNTAX);
        assertThat(pacs.got()).extracting(Got::dataSet).containsExactly(older, older, older, newer);
        assertThat(room.rows().parked(10)).singleElement().returns(1L, ParkedFiles::overtaken);
        assertThat(room.rows().replayParked(Optional.empty()))
                .as("it would go over what is newer")
                .isZero();
        assertThat(room.rows().replay(List.of(STUDY))).isEqualTo(1);
        await("who names it has it sent", () -> pacs.got().size() == 5);
    }

    @Test
    void whatIsParkedGetsAnotherChanceWhenItsSenderSendsItAgain() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        pacs.answer(request -> asked.incrementAndGet() == 1 ? Status.CANNOT_UNDERSTAND : Status.SUCCESS)
                .come();
        room.receive(1);
        room.start(pacs);
        await("it is parked", () -> room.counts().parked() == 1);
        room.receive(1);
        await("it is not", () -> room.counts().parked() == 0);
        room.awaitEmpty();

        assertThat(pacs.stored()).containsExactly(sop(1));
    }

    @Test
    void aStartDropsWhatWasConfirmedBeforeACrashInsteadOfSettingItAside() throws Exception {
        room.receive(1);
        room.receive(2);
        List<WaitingFile> due = room.rows().due(1);
        room.rows().confirmed(due, true);
        assertThat(room.files()).as("killed before it was deleted").hasSize(2);
        assertThat(room.reopen(true).setAside()).isZero();

        assertThat(room.files()).singleElement().asString().contains(sop(2) + "-");
        assertThat(room.ledger.files().dropped().some(1)).isEmpty();
    }

    @Test
    void whatWasSentAndNotRecordedIsSentAgain() throws Exception {
        room.receive(1);
        pacs.answer(request -> {
                    pacs.answer(again -> Status.SUCCESS);
                    throw new IllegalStateException("the answer is lost");
                })
                .come();
        room.start(pacs);
        room.awaitEmpty();
        assertThat(pacs.stored()).containsExactly(sop(1));
    }

    @Test
    void parksWhatIsNotInItsFolderAnyMore() throws Exception {
        room.receive(1);
        room.receive(2);
        Files.delete(room.storage.resolve(room.rows().due(1).get(0).path()));
        room.start(pacs.come());
        await("one is parked", () -> room.counts().parked() == 1);
        room.awaitEmpty();

        assertThat(pacs.stored()).containsExactly(sop(2));
        assertThat(room.rows().parked(1)).singleElement().returns("the file is not there", ParkedFiles::error);
    }

    @Test
    void waitsForAFolderThatIsNotMounted() throws Exception {
        room.receive(1);
        Files.move(room.storage, directory.resolve("elsewhere"));
        Forwarder forwarder = room.start(pacs.come());
        await("it says so", () -> forwarder.state().contains("is it mounted?"));
        assertThat(room.counts().parked()).isZero();
        Files.move(directory.resolve("elsewhere"), room.storage);
        room.awaitEmpty();

        assertThat(pacs.stored()).containsExactly(sop(1));
    }

    @Test
    void oldKeptFilesStayKeptWhenTheModeBecomesForward() throws Exception {
        room.reopen(false);
        room.receive(1);
        room.reopen(true);
        room.receive(2);
        room.start(pacs.come());
        room.awaitEmpty();
        assertThat(pacs.stored()).containsExactly(sop(2));
        assertThat(room.files()).singleElement().asString().contains(sop(1) + "-");

        room.receive(1);
        room.awaitEmpty();
        assertThat(pacs.stored()).as("the PACS has not got it").containsExactly(sop(2), sop(1));
        assertThat(room.files()).as("and it stays kept").hasSize(1);
    }

    @Test
    void whatWaitsIsStillForwardedAndKeptWhenTheModeBecomesKeep() throws Exception {
        room.receive(1);
        room.reopen(false);
        room.receive(2);
        room.start(pacs.come());
        room.awaitEmpty();

        assertThat(pacs.stored()).containsExactly(sop(1));
        assertThat(room.files()).hasSize(2);
        assertThat(room.ledger.files().of(STUDY)).hasSize(2);
    }
}
