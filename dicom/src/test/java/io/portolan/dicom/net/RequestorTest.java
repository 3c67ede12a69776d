package io.portolan.dicom.net;

import static io.portolan.dicom.net.ScriptedPeer.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portolan.dicom.SopClass;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.DicomEngine;
import io.portolan.dicom.engine.DicomNetworkException;
import io.portolan.dicom.engine.DicomNetworkException.Kind;
import io.portolan.dicom.engine.NetworkLimits;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.net.Pdu.Abort;
import io.portolan.dicom.net.Pdu.AnsweredContext;
import io.portolan.dicom.net.Pdu.AssociateAc;
import io.portolan.dicom.net.Pdu.AssociateRj;
import io.portolan.dicom.net.Pdu.AssociateRq;
import io.portolan.dicom.net.Pdu.ProposedContext;
import io.portolan.dicom.net.Pdu.ReleaseRp;
import io.portolan.dicom.net.Pdu.ReleaseRq;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The requestor, byte by byte, against a peer that does what it likes. */
class RequestorTest {

    private static final Uid CT = new Uid("1.2.840.10008.5.1.4.1.1.2");
    private static final Uid INSTANCE = new Uid("1.2.3.7");
    private static final TransferSyntax EXPLICIT = TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN;
    private static final String IMPLICIT =
            TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN.uid().value();

    final ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    private final ExecutorService clients = Executors.newSingleThreadExecutor();

    RequestorTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        clients.shutdownNow();
        listening.close();
    }

    @Test
    void proposesWhatItIsToldTo() throws Exception {
        Future<Kind> kind = clients.submit(() -> kindOf(() -> engine().request(options())));
        try (ScriptedPeer peer = accept()) {
            peer.expect(new AssociateRq(
                            1,
                            "PEER",
                            "PORTOLAN",
                            "1.2.840.10008.3.1.1.1",
                            List.of(
                                    new ProposedContext(1, SopClass.VERIFICATION.value(), List.of(IMPLICIT)),
                                    new ProposedContext(
                                            3,
                                            CT.value(),
                                            List.of(EXPLICIT.uid().value()))),
                            UserInformation.ours(128 * 1024)))
                    .send(AssociateRj.LOCAL_LIMIT_EXCEEDED)
                    .expectEnd();
        }
        assertThat(kind.get(20, TimeUnit.SECONDS)).isEqualTo(Kind.REJECTED_TRANSIENT);
    }

    @Test
    void saysInWordsWhyItWasRejected() throws Exception {
        Future<DicomNetworkException> thrown = clients.submit(
                () -> catchThrowableOfType(DicomNetworkException.class, () -> engine().request(options())));
        try (ScriptedPeer peer = accept()) {
            peer.expectType(AssociateRq.TYPE).send(AssociateRj.CALLED_AE).expectEnd();
        }
        assertThat(thrown.get(20, TimeUnit.SECONDS))
                .hasMessage("REJECTED_PERMANENT: rejected-permanent, service-user, called-AE-title-not-recognized");
    }

    @Test
    void cutsADataSetToThePdusThatThePeerTakes() throws Exception {
        Future<Status> status = client(client -> store(client, "abcdefghij"));
        try (ScriptedPeer peer = accepted(106)) { // 106 bytes of PDU-length leave 100 for a fragment
            byte[] command = CommandSet.storeRequest(1, CT, INSTANCE).bytes();
            assertThat(command).hasSize(102);
            peer.expect(ScriptedPeer.pData(3, 1, java.util.Arrays.copyOf(command, 100)));
            peer.expect(ScriptedPeer.pData(3, 3, java.util.Arrays.copyOfRange(command, 100, 102)));
            peer.expect(ScriptedPeer.pData(3, 2, "abcdefghij".getBytes(StandardCharsets.US_ASCII)));
            respond(peer, CommandSet.storeRequest(1, CT, INSTANCE), Status.OUT_OF_RESOURCES);
            peer.expect(new ReleaseRq()).send(new ReleaseRp()).expectEnd();
        }
        assertThat(status.get(20, TimeUnit.SECONDS)).isEqualTo(Status.OUT_OF_RESOURCES);
    }

    @Test
    void marksTheLastFragmentWhereverTheDataSetEnds() throws Exception {
        for (int length : new int[] {0, 1, 101, 102, 103, 204, 205}) {
            String text = "x".repeat(length);
            Future<Status> status = client(client -> store(client, text));
            try (ScriptedPeer peer = accepted(109)) { // odd: fragments stay even
                peer.expectType(4);
                int left = length;
                do {
                    int fragment = Math.min(left, 102);
                    left -= fragment;
                    byte[] bytes = "x".repeat(fragment).getBytes(StandardCharsets.US_ASCII);
                    peer.expect(ScriptedPeer.pData(3, left == 0 ? 2 : 0, bytes));
                } while (left > 0);
                respond(peer, CommandSet.storeRequest(1, CT, INSTANCE), Status.SUCCESS);
                peer.expect(new ReleaseRq()).send(new ReleaseRp());
            }
            assertThat(status.get(20, TimeUnit.SECONDS)).isEqualTo(Status.SUCCESS);
        }
    }

    @Test
    void sendsPdusOfItsOwnLimitToAPeerWithoutOne() throws Exception {
        Future<Status> status = client(client -> store(client, "x".repeat(200_000)));
        try (ScriptedPeer peer = accepted(0)) {
            peer.expectType(4);
            assertThat(peer.receive()).hasSize(128 * 1024 + 6);
            peer.expectType(4);
            respond(peer, CommandSet.storeRequest(1, CT, INSTANCE), Status.SUCCESS);
            peer.expect(new ReleaseRq()).send(new ReleaseRp());
        }
        assertThat(status.get(20, TimeUnit.SECONDS)).isEqualTo(Status.SUCCESS);
    }

    @Test
    void abortsWhenTheSourceOfADataSetFails() throws Exception {
        InputStream broken = new PipedInputStream(); // "Pipe not connected"
        Future<Status> status = client(client -> {
            assertThatThrownBy(() -> client.store(CT, INSTANCE, EXPLICIT, broken))
                    .hasMessage("Pipe not connected");
            return Status.SUCCESS;
        });
        try (ScriptedPeer peer = accepted(0)) {
            peer.expectType(4).expect(new Abort(0, 0));
        }
        assertThatThrownBy(() -> status.get(20, TimeUnit.SECONDS)).hasMessageContaining("the association is over");
    }

    @Test
    void refusesAMaximumLengthWithoutRoom() throws Exception {
        Future<Kind> kind = clients.submit(() -> kindOf(() -> engine().request(options())));
        try (ScriptedPeer peer = accept()) {
            peer.expectType(1).send(acceptance(7)).expect(new Abort(0, 0));
        }
        assertThat(kind.get(20, TimeUnit.SECONDS)).isEqualTo(Kind.PROTOCOL_VIOLATION);
    }

    @Test
    void takesAnAbortForAnAnswer() throws Exception {
        assertThat(echoAgainst(peer -> peer.send(new Abort(2, 1)).expectEnd())).isEqualTo(Kind.ABORTED);
    }

    @Test
    void noticesThatThePeerHungUp() throws Exception {
        assertThat(echoAgainst(ScriptedPeer::hangUp)).isEqualTo(Kind.DISCONNECTED);
    }

    @Test
    void noticesThatThePeerReleasedInsteadOfAnswering() throws Exception {
        assertThat(echoAgainst(peer -> peer.send(new ReleaseRq()).expect(new ReleaseRp())))
                .isEqualTo(Kind.DISCONNECTED);
    }

    @Test
    void abortsOnAnAnswerToAnotherMessage() throws Exception {
        assertThat(echoAgainst(peer -> {
                    respond(peer, CommandSet.echoRequest(2), Status.SUCCESS);
                    peer.expect(new Abort(0, 0));
                }))
                .isEqualTo(Kind.PROTOCOL_VIOLATION);
    }

    @Test
    void abortsAPeerThatDoesNotAnswer() throws Exception {
        assertThat(echoAgainst(peer -> peer.expect(new Abort(0, 0)))).isEqualTo(Kind.TIMEOUT);
    }

    @Test
    void survivesAReleaseCollision() throws Exception {
        Future<Status> status = client(AssociationClient::echo);
        try (ScriptedPeer peer = accepted(0)) {
            peer.expectType(4);
            respond(peer, CommandSet.echoRequest(1), Status.SUCCESS);
            // AR-8, AR-9, then AR-3; a late P-DATA-TF before that is AR-6
            peer.expect(new ReleaseRq()).sendValue(1, 3, hex("0000")).send(new ReleaseRq());
            peer.expect(new ReleaseRp()).send(new ReleaseRp()).expectEnd();
        }
        assertThat(status.get(20, TimeUnit.SECONDS)).isEqualTo(Status.SUCCESS);
    }

    @Test
    void closesATransportThatThePeerDoesNotRead() throws Exception {
        Future<Kind> kind = clients.submit(() -> {
            try (AssociationClient client = engine().request(options())) {
                return kindOf(() -> client.store(CT, INSTANCE, EXPLICIT, new Endless()));
            }
        });
        try (ScriptedPeer peer = accepted(0)) {
            assertThat(kind.get(20, TimeUnit.SECONDS)).isEqualTo(Kind.TIMEOUT);
            peer.hangUp();
        }
    }

    @Test
    void saysThatNobodyListens() throws Exception {
        listening.close();
        assertThat(kindOf(() -> engine().request(options()))).isEqualTo(Kind.UNREACHABLE);
    }

    @Test
    void saysThatAHostIsUnknown() {
        RequestOptions nowhere = RequestOptions.echo("nowhere.invalid", 104, "PEER", "PORTOLAN");
        assertThat(kindOf(() -> engine().request(nowhere))).isEqualTo(Kind.UNREACHABLE);
    }

    /** Never ends. */
    private static final class Endless extends InputStream {
        @Override
        public int read() {
            return 0;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            return length;
        }
    }

    private interface Script {
        void play(ScriptedPeer peer) throws Exception;
    }

    private interface Use {
        Status of(AssociationClient client) throws Exception;
    }

    private Kind echoAgainst(Script script) throws Exception {
        Callable<Kind> echo = () -> {
            try (AssociationClient client = engine().request(options())) {
                return kindOf(client::echo);
            }
        };
        Future<Kind> kind = clients.submit(echo);
        try (ScriptedPeer peer = accepted(0)) {
            peer.expectType(4);
            script.play(peer);
        }
        return kind.get(20, TimeUnit.SECONDS);
    }

    private Future<Status> client(Use use) {
        return clients.submit(() -> {
            try (AssociationClient client = engine().request(options())) {
                Status status = use.of(client);
                client.release();
                return status;
            }
        });
    }

    private static Status store(AssociationClient client, String dataSet) throws IOException {
        return client.store(
                CT, INSTANCE, EXPLICIT, new ByteArrayInputStream(dataSet.getBytes(StandardCharsets.US_ASCII)));
    }

    private RequestOptions options() {
        Duration enough = Duration.ofSeconds(20);
        return RequestOptions.echo("localhost", listening.getLocalPort(), "PEER", "PORTOLAN")
                .propose(CT, EXPLICIT)
                .withLimits(NetworkLimits.DEFAULT.withTimeouts(enough, enough, Duration.ofSeconds(1), enough));
    }

    private ScriptedPeer accepted(int maximumLength) throws IOException {
        return accept().expectType(AssociateRq.TYPE).send(acceptance(maximumLength));
    }

    private static AssociateAc acceptance(int maximumLength) {
        return new AssociateAc(
                1,
                "PEER",
                "PORTOLAN",
                Negotiation.APPLICATION_CONTEXT,
                List.of(
                        new AnsweredContext(1, 0, IMPLICIT),
                        new AnsweredContext(3, 0, EXPLICIT.uid().value())),
                UserInformation.ours(maximumLength));
    }

    private static void respond(ScriptedPeer peer, CommandSet request, Status status) throws IOException {
        peer.sendValue(1, 3, request.response(status).bytes());
    }

    private static Kind kindOf(ThrowingCallable call) {
        return catchThrowableOfType(DicomNetworkException.class, call).kind();
    }

    /** What is tested. */
    DicomEngine engine() {
        return new PortolanEngine();
    }

    /** A connection from it. */
    ScriptedPeer accept() throws IOException {
        return ScriptedPeer.accept(listening);
    }
}
