package io.portolan.dicom.net;

import static io.portolan.dicom.net.ScriptedPeer.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portolan.dicom.SopClass;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.AssociateLimits;
import io.portolan.dicom.engine.AssociationRules;
import io.portolan.dicom.engine.AssociationServer;
import io.portolan.dicom.engine.DicomEngine;
import io.portolan.dicom.engine.DicomNetworkException;
import io.portolan.dicom.engine.DicomNetworkException.Kind;
import io.portolan.dicom.engine.Hosts;
import io.portolan.dicom.engine.NetworkLimits;
import io.portolan.dicom.engine.ServerOptions;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.engine.StoreRequest;
import io.portolan.dicom.engine.StoreScp;
import io.portolan.dicom.net.Pdu.Abort;
import io.portolan.dicom.net.Pdu.AnsweredContext;
import io.portolan.dicom.net.Pdu.AssociateAc;
import io.portolan.dicom.net.Pdu.AssociateRj;
import io.portolan.dicom.net.Pdu.AssociateRq;
import io.portolan.dicom.net.Pdu.ProposedContext;
import io.portolan.dicom.net.Pdu.ReleaseRp;
import io.portolan.dicom.net.Pdu.ReleaseRq;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The acceptor, byte by byte, against a peer that does what it likes. */
class AcceptorTest {

    private static final Uid CT = new Uid("1.2.840.10008.5.1.4.1.1.2");
    private static final Uid INSTANCE = new Uid("1.2.3.7");
    private static final String IMPLICIT =
            TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN.uid().value();
    private static final String EXPLICIT =
            TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN.uid().value();
    private static final String JPEG_LS = "1.2.840.10008.1.2.4.80";
    private static final String UNKNOWN_SYNTAX = "1.2.840.10008.1.2.4.999";

    private static final int COMMAND = 1;
    private static final int LAST = 2;

    private static final byte[] USER_ABORT = PduWriter.bytes(new Abort(0, 0));
    private static final byte[] UNEXPECTED_PDU = PduWriter.bytes(new Abort(2, 2));
    private static final byte[] INVALID_PARAMETER = PduWriter.bytes(new Abort(2, 6));

    private final BlockingQueue<Kind> lost = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> stored = new LinkedBlockingQueue<>();
    private ServerOptions options = ServerOptions.of("PORTOLAN", 0);
    private @Nullable AssociationServer started;

    @AfterEach
    void stop() {
        if (started != null) {
            started.close();
        }
    }

    @Test
    void takesTheFirstSyntaxProposedThatItKnows() throws Exception {
        serve(this::keep);
        try (ScriptedPeer peer = connect()) {
            peer.send(request(
                    new ProposedContext(1, CT.value(), List.of(UNKNOWN_SYNTAX, JPEG_LS, EXPLICIT)),
                    new ProposedContext(3, "1.2.840.10008.5.1.4.31", List.of(IMPLICIT)), // Modality Worklist
                    new ProposedContext(5, CT.value(), List.of(UNKNOWN_SYNTAX)),
                    new ProposedContext(7, "1.3.12.2.1107.5.9.1", List.of(EXPLICIT)), // private
                    new ProposedContext(9, "no UID", List.of(EXPLICIT)),
                    new ProposedContext(255, SopClass.VERIFICATION.value(), List.of(IMPLICIT))));
            peer.expect(new AssociateAc(
                    1,
                    "PORTOLAN",
                    "MODALITY",
                    "1.2.840.10008.3.1.1.1",
                    List.of(
                            new AnsweredContext(1, 0, JPEG_LS),
                            new AnsweredContext(3, 3, IMPLICIT),
                            new AnsweredContext(5, 4, UNKNOWN_SYNTAX),
                            new AnsweredContext(7, 0, EXPLICIT),
                            new AnsweredContext(9, 3, EXPLICIT),
                            new AnsweredContext(255, 0, IMPLICIT)),
                    UserInformation.ours(128 * 1024)));
            peer.send(new ReleaseRq()).expect(new ReleaseRp());
        }
    }

    @ParameterizedTest
    @CsvSource({"true, true, 0, 0", "false, true, 3, 0", "true, false, 0, 4", "false, false, 3, 4"})
    void takesUnknownClassesAndSyntaxesOnlyWhenToldTo(boolean classes, boolean syntaxes, int ofClass, int ofSyntax)
            throws Exception {
        options = options.withAcceptUnknown(classes, syntaxes);
        serve(this::keep);
        try (ScriptedPeer peer = connect()) {
            peer.send(request(
                    new ProposedContext(1, "1.3.12.2.1107.5.9.1", List.of(EXPLICIT)),
                    new ProposedContext(3, CT.value(), List.of(UNKNOWN_SYNTAX))));
            AssociateAc answer = AssociateReader.acceptance(body(peer.receive()), AssociateLimits.DEFAULT);
            assertThat(answer.contexts())
                    .containsExactly(
                            new AnsweredContext(1, ofClass, EXPLICIT),
                            new AnsweredContext(3, ofSyntax, UNKNOWN_SYNTAX));
        }
    }

    @Test
    void acceptsEveryStorageClassInEverySyntax() {
        Negotiation negotiation = new Negotiation(options, false);
        List<ProposedContext> contexts = SopClass.allStorage().stream()
                .flatMap(sopClass -> TransferSyntax.all().stream()
                        .map(syntax -> new ProposedContext(
                                1, sopClass.uid().value(), List.of(syntax.uid().value()))))
                .toList();
        assertThat(negotiation
                        .acceptance(request(contexts.toArray(ProposedContext[]::new)))
                        .contexts())
                .allMatch(answer -> answer.result() == 0);
    }

    @Test
    void rejectsInTheOrderOfTheStandard() throws Exception {
        AssociationRules.Peer friend = new AssociationRules.Peer(Hosts.ANY, Set.of(), OptionalInt.empty());
        options = options.withRules(options.rules().withPeersOnly(Map.of("FRIEND", friend)));
        serve(this::keep);
        UserInformation user = UserInformation.ours(16384);
        String context = Negotiation.APPLICATION_CONTEXT;
        expectRejection(
                new AssociateRq(2, "PORTOLAN", "FRIEND", context, List.of(), user), AssociateRj.PROTOCOL_VERSION);
        expectRejection(
                new AssociateRq(1, "PORTOLAN", "FRIEND", "1.2.3", List.of(), user), AssociateRj.APPLICATION_CONTEXT);
        expectRejection(new AssociateRq(1, "OTHER", "FRIEND", context, List.of(), user), AssociateRj.CALLED_AE);
        expectRejection(new AssociateRq(1, "PORTOLAN", "FOE", context, List.of(), user), AssociateRj.CALLING_AE);
        assertThat(server().totalAssociations()).isZero();
    }

    @Test
    void rejectsAKnownAeTitleFromAnotherHost() throws Exception {
        AssociationRules.Peer ct =
                new AssociationRules.Peer(Hosts.of(List.of("192.0.2.1")), Set.of(), OptionalInt.empty());
        options = options.withRules(new AssociationRules(Set.of(), Hosts.ANY, false, Map.of("MODALITY", ct)));
        serve(this::keep);
        expectRejection(request(), AssociateRj.CALLING_AE);
    }

    @Test
    void hangsUpOnAHostThatMayNotConnect() throws Exception {
        options = options.withRules(new AssociationRules(Set.of(), Hosts.of(List.of("192.0.2.0/24")), false, Map.of()));
        // so that it is not ARTIM that closes
        options = options.withLimits(timeouts(Duration.ofMinutes(5), Duration.ofMinutes(5)));
        serve(this::keep);
        try (ScriptedPeer peer = ScriptedPeer.connect(server().port())) {
            peer.expectEnd();
        }
    }

    @Test
    void answersAnyCalledAeWhenToldTo() throws Exception {
        options = options.withRules(AssociationRules.ANY);
        serve(this::keep);
        try (ScriptedPeer peer = connect()) {
            peer.send(new AssociateRq(
                    1, "OTHER", "X", Negotiation.APPLICATION_CONTEXT, List.of(), UserInformation.none()));
            peer.expectType(AssociateAc.TYPE);
        }
    }

    @Test
    void joinsCommandsAndDataSetsHoweverTheyAreCut() throws Exception {
        serve(this::keep);
        try (ScriptedPeer peer = associated()) {
            byte[] command = CommandSet.storeRequest(9, CT, INSTANCE).bytes();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (int i = 0; i < command.length; i++) {
                int last = i == command.length - 1 ? LAST : 0;
                bytes.writeBytes(ScriptedPeer.pData(1, COMMAND | last, new byte[] {command[i]}));
            }
            // two values in one PDU, an empty fragment, an empty last one
            bytes.writeBytes(hex("04 00 0000000f  00000003 01 00 61  00000004 01 00 6263"));
            bytes.writeBytes(ScriptedPeer.pData(1, 0, new byte[0]));
            bytes.writeBytes(ScriptedPeer.pData(1, 0, hex("64")));
            bytes.writeBytes(ScriptedPeer.pData(1, LAST, new byte[0]));
            // a byte at a time
            for (byte one : bytes.toByteArray()) {
                peer.send(new byte[] {one});
            }
            CommandSet response = peer.expectCommand();
            assertThat(response.status()).isEqualTo(Status.SUCCESS);
            assertThat(response.messageIdBeingRespondedTo()).isEqualTo(9);
            assertThat(response.commandField()).isEqualTo(0x8001);
            assertThat(response.affectedSopInstance()).contains(INSTANCE);
            assertThat(stored).containsExactly("abcd");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1.2.840.10008.5.1.4.1.1.2, 1.2.3.x, 0x0117", // the instance is no UID
        "1.2.840.10008.5.1.4.1.1.4, 1.2.3.7, 0x0122", // MR on a context for CT
        "not-a-class,               1.2.3.7, 0x0118",
    })
    void answersAMalformedStoreWithoutAskingItsHandler(String sopClass, String instance, String status)
            throws Exception {
        serve(this::keep);
        try (ScriptedPeer peer = associated()) {
            byte[] command = new String(CommandSet.storeRequest(1, CT, INSTANCE).bytes(), StandardCharsets.ISO_8859_1)
                    .replace(
                            CT.value(),
                            (sopClass + "\0".repeat(64)).substring(0, CT.value().length()))
                    .replace(INSTANCE.value(), instance)
                    .getBytes(StandardCharsets.ISO_8859_1);
            peer.sendValue(1, COMMAND | LAST, command).sendValue(1, LAST, hex("6162"));
            assertThat(peer.expectCommand().status().code()).isEqualTo(Integer.decode(status));
            assertThat(stored).isEmpty();
            peer.send(new ReleaseRq()).expect(new ReleaseRp());
        }
    }

    @Test
    void answersAnOperationThatItDoesNotKnow() throws Exception {
        serve(this::keep);
        try (ScriptedPeer peer = associated()) {
            // C-FIND-RQ, message 1, with a data set
            byte[] find = hex("""
                    0000 0001 02000000 2000     # command field C-FIND-RQ
                    0000 1001 02000000 0100     # message ID
                    0000 0008 02000000 0000     # data set type: there is one
                    """);
            peer.sendValue(1, COMMAND | LAST, find).sendValue(1, LAST, hex("6162"));
            CommandSet response = peer.expectCommand();
            assertThat(response.status()).isEqualTo(Status.UNRECOGNIZED_OPERATION);
            assertThat(response.commandField()).isEqualTo(0x8020);
            peer.send(new ReleaseRq()).expect(new ReleaseRp());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "04 00 00000005  00000001 01               # no room for the header of a value",
                "04 00 00000006  00000001 01 03            # item-length below 2",
                "04 00 00000006  00000003 01 03            # item-length above the PDU",
                "04 00 00000006  ffffffff 01 03            # item-length of 4 GB",
                "04 00 00020001                            # PDU-length above 128 KB",
                "05 00 00000008  0000000000000000          # A-RELEASE-RQ too long"
            })
    void abortsOnAnInvalidPdu(String bytes) throws Exception {
        serve(this::keep);
        try (ScriptedPeer peer = associated()) {
            peer.send(hex(bytes)).expect(INVALID_PARAMETER);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "04 00 00000008  00000004 01 02 6162       # a data set without a command",
                "04 00 00000008  00000004 01 03 6162       # a command set that ends within an element",
                "04 00 0000000e  0000000a 01 03 0800 0500 00000000  # a command set of group 0008 alone",
                "04 00 0000000e  0000000a 01 03 0000 0001 ff000000  # an element beyond the command set",
                "04 00 0000000e  0000000a 01 03 0000 0008 00000000  # no command field",
            })
    void abortsOnAMessageThatIsNone(String bytes) throws Exception {
        serve(this::keep);
        try (ScriptedPeer peer = associated()) {
            peer.send(hex(bytes)).expect(USER_ABORT);
        }
    }

    @Test
    void abortsOnACommandSetThatNeverEnds() throws Exception {
        serve(this::keep);
        try (ScriptedPeer peer = associated()) {
            for (int sent = 0; sent <= options.limits().commandSetMaxBytes(); sent += 1024) {
                peer.sendValue(1, COMMAND, new byte[1024]);
            }
            peer.expect(USER_ABORT);
        }
    }

    @Test
    void abortsOnAContextThatWasNotAccepted() throws Exception {
        serve(this::keep);
        try (ScriptedPeer peer = associated()) {
            peer.sendValue(99, COMMAND | LAST, CommandSet.echoRequest(1).bytes())
                    .expect(USER_ABORT);
        }
    }

    @Test
    void abortsOnASecondRequest() throws Exception {
        serve(this::keep);
        try (ScriptedPeer peer = associated()) {
            peer.send(request()).expect(UNEXPECTED_PDU);
            // Sta13: AA-6 ignores most, AA-7 aborts again on a request, AA-2 ends on A-ABORT
            peer.send(new ReleaseRq()).send(request()).expect(UNEXPECTED_PDU).send(new Abort(0, 0));
            peer.expectEnd();
        }
    }

    @Test
    void abortsAsUserOnWhatComesBeforeTheRequest() throws Exception {
        serve(this::keep);
        try (ScriptedPeer peer = connect()) {
            peer.send(new ReleaseRq()).expect(USER_ABORT); // AA-1
        }
    }

    @Test
    void hangsUpOnAPeerThatTricklesItsRequest() throws Exception {
        options = options.withLimits(timeouts(Duration.ofMillis(200), Duration.ofSeconds(20)));
        serve(this::keep);
        try (ScriptedPeer peer = connect()) {
            peer.send(Arrays.copyOf(PduWriter.bytes(request()), 70)).expectEnd(); // AA-2, without a word
        }
    }

    @Test
    void abortsAPeerThatFallsSilentWithinADataSet() throws Exception {
        options = options.withLimits(timeouts(Duration.ofSeconds(5), Duration.ofMillis(200)));
        serve(this::keep);
        try (ScriptedPeer peer = associated()) {
            sendStoreCommand(peer).sendValue(1, 0, hex("6162")).expect(USER_ABORT);
        }
        assertThat(lost.poll(20, TimeUnit.SECONDS)).isEqualTo(Kind.TIMEOUT);
    }

    @Test
    void tellsTheHandlerThatThePeerHungUpWithinADataSet() throws Exception {
        serve(this::keep);
        try (ScriptedPeer peer = associated()) {
            byte[] half = Arrays.copyOf(ScriptedPeer.pData(1, LAST, new byte[100]), 50);
            sendStoreCommand(peer).sendValue(1, 0, hex("6162")).send(half);
        }
        assertThat(lost.poll(20, TimeUnit.SECONDS)).isEqualTo(Kind.DISCONNECTED);
        assertThat(stored).isEmpty();
    }

    @Test
    void tellsTheHandlerThatThePeerAbortedWithinADataSet() throws Exception {
        serve(this::keep);
        try (ScriptedPeer peer = associated()) {
            sendStoreCommand(peer)
                    .sendValue(1, 0, hex("6162"))
                    .send(new Abort(0, 0))
                    .expectEnd();
        }
        assertThat(lost.poll(20, TimeUnit.SECONDS)).isEqualTo(Kind.ABORTED);
        assertThat(stored).isEmpty();
    }

    @Test
    void tellsTheHandlerThatThePeerBrokeTheProtocolWithinADataSet() throws Exception {
        serve(this::keep);
        try (ScriptedPeer peer = associated()) {
            sendStoreCommand(peer)
                    .sendValue(1, 0, hex("6162"))
                    .send(new ReleaseRq())
                    .expect(USER_ABORT);
        }
        assertThat(lost.poll(20, TimeUnit.SECONDS)).isEqualTo(Kind.PROTOCOL_VIOLATION);
    }

    @Test
    void sendsNoResponseWhenAHandlerSwallowsTheLoss() throws Exception {
        serve((request, dataSet) -> {
            lost.add(loss(dataSet));
            return Status.SUCCESS;
        });
        try (ScriptedPeer peer = associated()) {
            sendStoreCommand(peer).send(hex("08 00 00000000")); // an unknown PDU
            peer.expect(new Abort(2, 1)).send(new Abort(0, 0)).expectEnd();
        }
        assertThat(lost.poll(20, TimeUnit.SECONDS)).isEqualTo(Kind.PROTOCOL_VIOLATION);
    }

    @Test
    void letsARunningOperationEndWhenItStops() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        Semaphore go = new Semaphore(0);
        serve((request, dataSet) -> {
            running.countDown();
            dataSet.transferTo(java.io.OutputStream.nullOutputStream());
            go.acquireUninterruptibly();
            return Status.SUCCESS;
        });
        try (ScriptedPeer busy = associated();
                ScriptedPeer idle = associated()) {
            sendStoreCommand(busy).sendValue(1, LAST, hex("6162"));
            running.await();
            Thread stopping = new Thread(() -> server().stop(Duration.ofSeconds(20)));
            stopping.start();
            idle.expect(USER_ABORT).expectEnd();
            go.release();
            assertThat(busy.expectCommand().status()).isEqualTo(Status.SUCCESS);
            busy.expect(USER_ABORT);
            busy.hangUp();
            stopping.join();
            assertThat(server().openAssociations()).isZero();
        }
    }

    @Test
    void abortsARunningOperationAtTheEndOfTheLimit() throws Exception {
        serve(this::keep);
        try (ScriptedPeer peer = associated()) {
            sendStoreCommand(peer).sendValue(1, 0, hex("6162"));
            server().stop(Duration.ofMillis(50));
            peer.expect(USER_ABORT);
            assertThat(server().openAssociations()).isZero();
        }
    }

    final AssociationServer server() {
        return Objects.requireNonNull(started);
    }

    private void serve(StoreScp store) throws IOException {
        started = engine().serve(options, store);
    }

    // Keeps what arrives whole; notes how it was lost, and passes the loss on.
    private Status keep(StoreRequest request, InputStream dataSet) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DicomNetworkException loss = catchThrowableOfType(DicomNetworkException.class, () -> dataSet.transferTo(bytes));
        if (loss != null) {
            lost.add(loss.kind());
            throw loss;
        }
        stored.add(bytes.toString(StandardCharsets.US_ASCII));
        return Status.SUCCESS;
    }

    private static Kind loss(InputStream dataSet) {
        return catchThrowableOfType(DicomNetworkException.class, dataSet::readAllBytes)
                .kind();
    }

    private void expectRejection(AssociateRq request, AssociateRj rejection) throws IOException {
        try (ScriptedPeer peer = connect()) {
            peer.send(request).expect(rejection);
        }
    }

    private ScriptedPeer associated() throws IOException {
        ScriptedPeer peer = connect();
        peer.send(request(new ProposedContext(1, CT.value(), List.of(EXPLICIT))));
        return peer.expectType(AssociateAc.TYPE);
    }

    private static ScriptedPeer sendStoreCommand(ScriptedPeer peer) throws IOException {
        return peer.sendValue(
                1, COMMAND | LAST, CommandSet.storeRequest(1, CT, INSTANCE).bytes());
    }

    private static AssociateRq request(ProposedContext... contexts) {
        return new AssociateRq(
                1,
                "PORTOLAN",
                "MODALITY",
                Negotiation.APPLICATION_CONTEXT,
                List.of(contexts),
                UserInformation.ours(16384));
    }

    private static NetworkLimits timeouts(Duration artim, Duration idle) {
        Duration other = Duration.ofSeconds(20);
        return NetworkLimits.DEFAULT.withTimeouts(other, artim, other, idle);
    }

    private static byte[] body(byte[] pdu) {
        return Arrays.copyOfRange(pdu, 6, pdu.length);
    }

    /** What is tested. */
    DicomEngine engine() {
        return new PortolanEngine();
    }

    /** A connection to it. */
    ScriptedPeer connect() throws IOException {
        return ScriptedPeer.connect(server().port());
    }
}
