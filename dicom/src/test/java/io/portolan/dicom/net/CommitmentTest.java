package io.portolan.dicom.net;

import static io.portolan.dicom.net.ScriptedPeer.hex;
import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.SopClass;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.Vr;
import io.portolan.dicom.engine.AssociateLimits;
import io.portolan.dicom.engine.AssociationServer;
import io.portolan.dicom.engine.CommitmentReport;
import io.portolan.dicom.engine.CommitmentReport.Failure;
import io.portolan.dicom.engine.CommitmentReport.Reason;
import io.portolan.dicom.engine.CommitmentRequest;
import io.portolan.dicom.engine.CommitmentScp;
import io.portolan.dicom.engine.NetworkLimits;
import io.portolan.dicom.engine.ServerOptions;
import io.portolan.dicom.engine.SopReference;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.io.DataSetWriter;
import io.portolan.dicom.net.Pdu.Abort;
import io.portolan.dicom.net.Pdu.AnsweredContext;
import io.portolan.dicom.net.Pdu.AssociateAc;
import io.portolan.dicom.net.Pdu.AssociateRq;
import io.portolan.dicom.net.Pdu.ProposedContext;
import io.portolan.dicom.net.Pdu.ReleaseRp;
import io.portolan.dicom.net.Pdu.ReleaseRq;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Storage Commitment Push Model as SCP, byte by byte, against a peer that does what it likes. */
class CommitmentTest {

    private static final String PUSH = SopClass.STORAGE_COMMITMENT_PUSH.value();
    private static final String PUSH_INSTANCE = SopClass.STORAGE_COMMITMENT_PUSH_INSTANCE.value();
    private static final String IMPLICIT =
            TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN.uid().value();
    private static final String EXPLICIT =
            TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN.uid().value();
    private static final Uid CT = new Uid("1.2.840.10008.5.1.4.1.1.2");
    private static final Uid TRANSACTION = new Uid("1.2.3.99");
    private static final SopReference FIRST = new SopReference(CT, new Uid("1.2.3.1"));
    private static final SopReference SECOND = new SopReference(CT, new Uid("1.2.3.2"));

    private static final int COMMAND = 3;
    private static final int DATA = 2;
    private static final int FRAGMENT_BYTES = 100_000;
    private static final int TRANSACTION_UID = 0x0008_1195;

    private final Script script = new Script();
    private ServerOptions options = ServerOptions.of("PORTOLAN", 0);
    private @Nullable AssociationServer started;

    /** Says what a test says. */
    private static final class Script implements CommitmentScp {

        final BlockingQueue<CommitmentRequest> requests = new LinkedBlockingQueue<>();
        final BlockingQueue<Optional<Status>> settled = new LinkedBlockingQueue<>();
        volatile Status answer = Status.SUCCESS;
        volatile @Nullable RuntimeException fault;
        volatile @Nullable CommitmentReport report;
        final BlockingQueue<Uid> looks = new LinkedBlockingQueue<>();

        @Override
        public int instancesMax() {
            return 10_000;
        }

        @Override
        public Status request(CommitmentRequest request) {
            RuntimeException wrong = fault;
            if (wrong != null) {
                throw wrong;
            }
            requests.add(request);
            return answer;
        }

        @Override
        public Optional<CommitmentReport> report(CommitmentRequest.Id request) {
            looks.add(request.transaction());
            return Optional.ofNullable(report)
                    .filter(known -> known.transaction().equals(request.transaction()));
        }

        @Override
        public void settle(CommitmentRequest.Id request, Optional<Status> status) {
            settled.add(status);
        }

        Optional<Status> settled() throws InterruptedException {
            return settled.poll(20, TimeUnit.SECONDS);
        }
    }

    @AfterEach
    void stop() {
        if (started != null) {
            started.close();
        }
    }

    private ScriptedPeer connected(boolean offered) throws IOException {
        AssociationServer server = new PortolanEngine()
                .serve(options, (request, dataSet) -> Status.SUCCESS, offered ? Optional.of(script) : Optional.empty());
        started = server;
        return ScriptedPeer.connect(server.port());
    }

    /** Context 1 is of storage commitment, 3 of verification. */
    private ScriptedPeer associated(String syntax) throws IOException {
        ScriptedPeer peer = connected(true);
        peer.send(request(
                new ProposedContext(1, PUSH, List.of(syntax)),
                new ProposedContext(3, SopClass.VERIFICATION.value(), List.of(IMPLICIT))));
        return peer.expectType(AssociateAc.TYPE);
    }

    private static AssociateRq request(ProposedContext... contexts) {
        return new AssociateRq(
                1,
                "PORTOLAN",
                "MODALITY",
                Negotiation.APPLICATION_CONTEXT,
                List.of(contexts),
                UserInformation.ours(128 * 1024));
    }

    private static byte[] us(int element, int value) {
        return hex("0000 %02x%02x 02000000 %02x%02x".formatted(element & 0xFF, element >> 8, value & 0xFF, value >> 8));
    }

    private static byte[] ui(int element, String uid) {
        String even = uid.length() % 2 == 0 ? uid : uid + '\0';
        return joined(
                hex("0000 %02x%02x %02x000000".formatted(element & 0xFF, element >> 8, even.length())),
                even.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Arrays.stream(parts).forEach(all::writeBytes);
        return all.toByteArray();
    }

    /** PS3.7 table 10.3-7. */
    static byte[] action(String sopClass, String sopInstance, int type, int dataSetType) {
        return joined(
                ui(0x0003, sopClass),
                us(0x0100, 0x0130),
                us(0x0110, 7),
                us(0x0800, dataSetType),
                ui(0x1001, sopInstance),
                us(0x1008, type));
    }

    static byte[] action() {
        return action(PUSH, PUSH_INSTANCE, 1, 0);
    }

    static DataSet information(SopReference... instances) {
        return information(TRANSACTION, instances);
    }

    private static DataSet information(Uid transaction, SopReference... instances) {
        return DataSet.builder()
                .add(uid(TRANSACTION_UID, transaction))
                .add(
                        Attribute.ReferencedSOPSequence,
                        Arrays.stream(instances).map(CommitmentTest::item).toList())
                .build();
    }

    private static DataSet item(SopReference instance) {
        return DataSet.builder()
                .add(uid(Attribute.ReferencedSOPClassUID.tag(), instance.sopClass()))
                .add(uid(Attribute.ReferencedSOPInstanceUID.tag(), instance.sopInstance()))
                .build();
    }

    private static Element uid(int tag, Uid uid) {
        return Element.of(tag, Vr.UI, uid.value().getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] explicit(DataSet dataSet) {
        return DataSetWriter.toBytes(dataSet, TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN);
    }

    private static byte[] dataSet(ScriptedPeer peer) throws IOException {
        byte[] pdu = peer.receive();
        assertThat(pdu[11]).as("the last fragment of a data set").isEqualTo((byte) DATA);
        return Arrays.copyOfRange(pdu, 12, pdu.length);
    }

    private static Status asked(ScriptedPeer peer, SopReference... instances) throws IOException {
        return asked(peer, TRANSACTION, instances);
    }

    private static Status asked(ScriptedPeer peer, Uid transaction, SopReference... instances) throws IOException {
        peer.sendValue(1, COMMAND, action());
        byte[] information = explicit(information(transaction, instances));
        for (int from = 0; from < information.length; from += FRAGMENT_BYTES) {
            int to = Math.min(information.length, from + FRAGMENT_BYTES);
            peer.sendValue(1, to == information.length ? DATA : 0, Arrays.copyOfRange(information, from, to));
        }
        return peer.expectCommand().status();
    }

    private static CommitmentReport success(SopReference... instances) {
        return new CommitmentReport(TRANSACTION, List.of(instances), List.of());
    }

    private static void answer(ScriptedPeer peer, CommandSet report, Status status) throws IOException {
        peer.sendValue(1, COMMAND, report.response(status).bytes());
    }

    private static void released(ScriptedPeer peer) throws IOException {
        peer.send(new ReleaseRq()).expect(new ReleaseRp());
    }

    @Test
    void isAcceptedOnlyWhereItIsOfferedAndInWhatReportsAreWrittenIn() throws Exception {
        ProposedContext[] contexts = {
            new ProposedContext(1, PUSH, List.of(IMPLICIT)),
            new ProposedContext(3, PUSH, List.of("1.2.840.10008.1.2.2", EXPLICIT)), // Big Endian
            new ProposedContext(5, PUSH, List.of("1.2.840.10008.1.2.1.99")), // deflated
            new ProposedContext(7, PUSH, List.of("1.2.840.10008.1.2.4.999"))
        };
        options = options.withAcceptUnknown(true, true);
        try (ScriptedPeer peer = connected(true)) {
            peer.send(request(contexts));
            assertThat(answered(peer)).containsExactly(0, 0, 4, 4);
            released(peer);
        }
        stop();
        try (ScriptedPeer peer = connected(false)) {
            peer.send(request(contexts));
            assertThat(answered(peer)).containsExactly(3, 3, 3, 3);
        }
    }

    private static List<Integer> answered(ScriptedPeer peer) throws IOException {
        byte[] pdu = peer.receive();
        return AssociateReader.acceptance(Arrays.copyOfRange(pdu, 6, pdu.length), AssociateLimits.DEFAULT)
                .contexts()
                .stream()
                .map(AnsweredContext::result)
                .toList();
    }

    @Test
    void answersARequestAndReportsOverTheSameAssociationWhileThePeerIsSilent() throws Exception {
        script.report = success(FIRST);
        try (ScriptedPeer peer = associated(EXPLICIT)) {
            peer.sendValue(1, COMMAND, action());
            peer.sendValue(1, DATA, explicit(information(FIRST, FIRST)));
            byte[] response = joined(
                    ui(0x0002, PUSH),
                    us(0x0100, 0x8130),
                    us(0x0120, 7),
                    us(0x0800, 0x0101),
                    us(0x0900, 0),
                    ui(0x1000, PUSH_INSTANCE),
                    us(0x1008, 1));
            peer.expect(ScriptedPeer.pData(1, COMMAND, withLength(response)));
            byte[] report = joined(
                    ui(0x0002, PUSH),
                    us(0x0100, 0x0100),
                    us(0x0110, 1),
                    us(0x0800, 0),
                    ui(0x1000, PUSH_INSTANCE),
                    us(0x1002, 1));
            peer.expect(ScriptedPeer.pData(1, COMMAND, withLength(report)));
            assertThat(dataSet(peer)).isEqualTo(hex("""
                    0800 9511 5549 0800 312e322e332e3939                          # (0008,1195) UI 1.2.3.99
                    0800 9911 5351 0000 3a000000                                  # (0008,1199) SQ
                    feff 00e0 32000000
                    0800 5011 5549 1a00 312e322e3834302e31303030382e352e312e342e312e312e3200
                    0800 5511 5549 0800 312e322e332e3100
                    """));
            assertThat(script.requests.remove())
                    .returns("MODALITY", CommitmentRequest::callingAe)
                    .returns("PORTOLAN", CommitmentRequest::calledAe)
                    .returns(TRANSACTION, CommitmentRequest::transaction)
                    .returns(List.of(FIRST), CommitmentRequest::instances);
            answer(peer, CommandSet.parse(report, report.length), Status.SUCCESS);
            assertThat(script.settled()).contains(Status.SUCCESS);
            released(peer);
        }
    }

    private static byte[] withLength(byte[] elements) {
        return joined(
                hex("0000 0000 04000000 %02x%02x0000".formatted(elements.length & 0xFF, elements.length >> 8)),
                elements);
    }

    @Test
    void saysWhyInstancesFailedInImplicitVrToo() throws Exception {
        script.report = new CommitmentReport(
                TRANSACTION, List.of(), List.of(new Failure(SECOND, Reason.NO_SUCH_OBJECT_INSTANCE)));
        try (ScriptedPeer peer = associated(IMPLICIT)) {
            peer.sendValue(1, COMMAND, action());
            peer.sendValue(
                    1, DATA, DataSetWriter.toBytes(information(SECOND), TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN));
            assertThat(peer.expectCommand().status()).isEqualTo(Status.SUCCESS);
            byte[] pdu = peer.receive();
            assertThat(Arrays.copyOfRange(pdu, pdu.length - 10, pdu.length))
                    .as("event type 2")
                    .isEqualTo(us(0x1002, 2));
            assertThat(dataSet(peer)).isEqualTo(hex("""
                    0800 9511 08000000 312e322e332e3939
                    0800 9811 44000000                                            # (0008,1198) FailedSOPSequence
                    feff 00e0 3c000000
                    0800 5011 1a000000 312e322e3834302e31303030382e352e312e342e312e312e3200
                    0800 5511 08000000 312e322e332e3200
                    0800 9711 02000000 1201                                       # (0008,1197) US 0112
                    """));
        }
        assertThat(script.settled()).as("the peer has gone without an answer").isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "1.2.840.10008.1.20.2, 1.2.840.10008.1.20.1.1, 1, 0000, 0118", // the pull model
        "1.2.840.10008.1.20.1, 1.2.840.10008.1.20.1.2, 1, 0000, 0112",
        "1.2.840.10008.1.20.1, 1.2.840.10008.1.20.1.1, 2, 0000, 0123",
        "1.2.840.10008.1.20.1, 1.2.840.10008.1.20.1.1, 1, 0101, 0212"
    })
    void refusesWhatIsNoRequest(String sopClass, String sopInstance, int type, String dataSetType, String status)
            throws Exception {
        int dataSet = Integer.parseInt(dataSetType, 16);
        try (ScriptedPeer peer = associated(EXPLICIT)) {
            peer.sendValue(1, COMMAND, action(sopClass, sopInstance, type, dataSet));
            if (dataSet == 0) {
                peer.sendValue(1, DATA, explicit(information(FIRST)));
            }
            assertThat(peer.expectCommand().status()).isEqualTo(new Status(Integer.parseInt(status, 16)));
            assertThat(script.requests).isEmpty();
            released(peer);
        }
    }

    @Test
    void refusesActionsOnOtherPresentationContexts() throws Exception {
        try (ScriptedPeer peer = associated(EXPLICIT)) {
            peer.sendValue(3, COMMAND, action()).sendValue(3, DATA, explicit(information(FIRST)));
            assertThat(peer.expectCommand().status()).isEqualTo(Status.SOP_CLASS_NOT_SUPPORTED);
            released(peer);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // no TransactionUID
                "0800 9511 5549 0600 312e322e3361 0800 9911 5351 0000 00000000", // no UID
                "0800 9511 5549 0600 312e322e3300", // no sequence
                "0800 9511 5549 0600 312e322e3300 0800 9911 5351 0000 00000000", // no item
                "0800 9511 5549 0600 312e322e3300 0800 9911 5351 0000 08000000 feff00e0 00000000", // an empty item
                "0800 9511 5549 0600 312e322e3300 0800 9911 5351 0000 ffffff00 feff00e0", // cut off
                "0800 9511 5549 0600"
            })
    void refusesActionInformationThatLacksSomething(String information) throws Exception {
        try (ScriptedPeer peer = associated(EXPLICIT)) {
            peer.sendValue(1, COMMAND, action()).sendValue(1, DATA, hex(information));
            assertThat(peer.expectCommand().status()).isEqualTo(Status.INVALID_ARGUMENT_VALUE);
            assertThat(script.requests).isEmpty();
            released(peer);
        }
    }

    private static SopReference[] many(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> new SopReference(
                        CT, new Uid("1.2.826.0.1.3680043.8.1055.1.20111103111148288.98361414." + (10_000_000 + i))))
                .toArray(SopReference[]::new);
    }

    @Test
    void takesAStudyOfTenThousandInstancesAndRefusesALargerOne() throws Exception {
        script.report = success(many(10_000));
        try (ScriptedPeer peer = associated(EXPLICIT)) {
            assertThat(asked(peer, many(10_001))).isEqualTo(Status.RESOURCE_LIMITATION);
            assertThat(asked(peer, many(10_000))).isEqualTo(Status.SUCCESS);
            assertThat(script.requests.remove().instances()).containsExactly(many(10_000));
            CommandSet report = peer.expectCommand();
            ByteArrayOutputStream information = new ByteArrayOutputStream();
            byte[] pdu = peer.receive();
            while (pdu[11] != DATA) {
                information.write(pdu, 12, pdu.length - 12);
                pdu = peer.receive();
            }
            information.write(pdu, 12, pdu.length - 12);
            assertThat(information.toByteArray()).isEqualTo(explicit(information(many(10_000))));
            answer(peer, report, Status.SUCCESS);
            assertThat(script.settled()).contains(Status.SUCCESS);
        }
    }

    @Test
    void saysWhatTheHandlerSaysAndFailsWithIt() throws Exception {
        try (ScriptedPeer peer = associated(EXPLICIT)) {
            script.answer = Status.RESOURCE_LIMITATION;
            script.report = success(FIRST);
            assertThat(asked(peer, FIRST)).isEqualTo(Status.RESOURCE_LIMITATION);
            script.fault = new IllegalStateException("a fault of the handler");
            assertThat(asked(peer, FIRST)).isEqualTo(Status.PROCESSING_FAILURE);
            peer.send(new ReleaseRq()).expect(new ReleaseRp()); // and nothing is reported
        }
    }

    @Test
    void reportsWhatIsKnownBehindWhatIsNot() throws Exception {
        script.report = success(FIRST);
        try (ScriptedPeer peer = associated(EXPLICIT)) {
            for (int i = 1; i <= 40; i++) { // at one a second, the peer would have gone
                assertThat(asked(peer, new Uid("1.2.3.4." + i), FIRST)).isEqualTo(Status.SUCCESS);
            }
            assertThat(asked(peer, FIRST)).isEqualTo(Status.SUCCESS);
            CommandSet report = peer.expectCommand();
            dataSet(peer);
            answer(peer, report, Status.SUCCESS);
            assertThat(script.settled()).contains(Status.SUCCESS);
        }
    }

    @Test
    void looksOnceAtARequestThatIsRepeated() throws Exception {
        Uid other = new Uid("1.2.3.4.5");
        try (ScriptedPeer peer = associated(EXPLICIT)) {
            for (Uid transaction : List.of(TRANSACTION, TRANSACTION, TRANSACTION, other)) {
                assertThat(asked(peer, transaction, FIRST)).isEqualTo(Status.SUCCESS);
            }
            List<Uid> looks = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                looks.add(Objects.requireNonNull(script.looks.poll(20, TimeUnit.SECONDS)));
            }
            assertThat(looks).contains(other).doesNotContainSequence(TRANSACTION, TRANSACTION);
        }
    }

    @Test
    void confirmsAReleaseInsteadOfAReport() throws Exception {
        try (ScriptedPeer peer = associated(EXPLICIT)) {
            assertThat(asked(peer, FIRST)).isEqualTo(Status.SUCCESS);
            released(peer);
        }
        assertThat(script.settled).isEmpty();
    }

    @Test
    void servesARequestThatCrossesTheReport() throws Exception {
        script.report = success(FIRST);
        try (ScriptedPeer peer = associated(EXPLICIT)) {
            asked(peer, FIRST);
            CommandSet report = peer.expectCommand();
            dataSet(peer);
            peer.sendValue(3, COMMAND, CommandSet.echoRequest(8).bytes());
            assertThat(peer.expectCommand().answers(CommandSet.echoRequest(8))).isTrue();
            assertThat(asked(peer, SECOND)).isEqualTo(Status.SUCCESS);
            answer(peer, report, new Status(0x0110));
            assertThat(script.settled()).contains(Status.PROCESSING_FAILURE);
            CommandSet second = peer.expectCommand();
            assertThat(second.messageId()).as("one report at a time").isEqualTo(2);
            dataSet(peer);
            answer(peer, second, Status.SUCCESS);
            assertThat(script.settled()).contains(Status.SUCCESS);
            released(peer);
        }
    }

    @Test
    void isNotSettledByAReleaseThatCrossesTheReport() throws Exception {
        script.report = success(FIRST);
        try (ScriptedPeer peer = associated(EXPLICIT)) {
            asked(peer, FIRST);
            peer.expectCommand();
            dataSet(peer);
            released(peer);
        }
        assertThat(script.settled()).isEqualTo(Optional.empty());
    }

    @Test
    void abortsOnAnAnswerToWhatWasNotReported() throws Exception {
        try (ScriptedPeer peer = associated(EXPLICIT)) {
            peer.sendValue(
                    1,
                    COMMAND,
                    CommandSet.eventReportRequest(
                                    1, SopClass.STORAGE_COMMITMENT_PUSH, SopClass.STORAGE_COMMITMENT_PUSH_INSTANCE, 1)
                            .response(Status.SUCCESS)
                            .bytes());
            peer.expect(new Abort(0, 0));
        }
    }

    @Test
    void abortsAPeerThatGoesOnAndNeverAnswersTheReport() throws Exception {
        options = options.withLimits(NetworkLimits.DEFAULT.withTimeouts(
                Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMillis(300), Duration.ofSeconds(20)));
        script.report = success(FIRST);
        try (ScriptedPeer peer = associated(EXPLICIT)) {
            asked(peer, FIRST);
            peer.expectCommand();
            dataSet(peer);
            byte[] pdu = {};
            long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while ((pdu.length == 0 || pdu[0] == Pdu.PDataTf.TYPE) && System.nanoTime() < end) {
                peer.sendValue(3, COMMAND, CommandSet.echoRequest(8).bytes());
                pdu = peer.receive();
            }
            assertThat(pdu[0]).isEqualTo((byte) Abort.TYPE);
        }
        assertThat(script.settled()).isEqualTo(Optional.empty());
    }

    @Test
    void waitsForAReportThatIsNotKnownYetAndStopsAllTheSame() throws Exception {
        try (ScriptedPeer peer = associated(EXPLICIT)) {
            asked(peer, FIRST);
            peer.sendValue(3, COMMAND, CommandSet.echoRequest(8).bytes());
            peer.expectCommand();
            script.report = success(FIRST);
            assertThat(peer.expectCommand().commandField()).isEqualTo(CommandSet.N_EVENT_REPORT_RQ);
            dataSet(peer);
            Objects.requireNonNull(started).stop(Duration.ofSeconds(20));
            peer.expect(new Abort(0, 0));
        }
        assertThat(script.settled()).isEqualTo(Optional.empty());
    }
}
