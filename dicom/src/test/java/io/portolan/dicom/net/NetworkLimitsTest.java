package io.portolan.dicom.net;

import static io.portolan.dicom.net.ScriptedPeer.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portolan.dicom.SopClass;
import io.portolan.dicom.engine.AssociateLimits;
import io.portolan.dicom.engine.AssociationRules;
import io.portolan.dicom.engine.AssociationServer;
import io.portolan.dicom.engine.ConnectionLimits;
import io.portolan.dicom.engine.Hosts;
import io.portolan.dicom.engine.NetworkLimits;
import io.portolan.dicom.engine.ServerOptions;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.net.Pdu.Abort;
import io.portolan.dicom.net.Pdu.AssociateAc;
import io.portolan.dicom.net.Pdu.AssociateRj;
import io.portolan.dicom.net.Pdu.AssociateRq;
import io.portolan.dicom.net.Pdu.ProposedContext;
import io.portolan.dicom.net.Pdu.ReleaseRp;
import io.portolan.dicom.net.Pdu.ReleaseRq;
import io.portolan.dicom.net.UserInformation.ExtendedNegotiation;
import io.portolan.dicom.net.UserInformation.Opaque;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each limit of the acceptor, reached. Those of one PDU and of a command set are in {@link AcceptorTest}. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a write that blocks cannot be interrupted
class NetworkLimitsTest {

    private static final String VERIFICATION = "1.2.840.10008.1.1";
    private static final String IMPLICIT = "1.2.840.10008.1.2";
    private static final Abort USER_ABORT = new Abort(0, 0);
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int COMMAND = 1;
    private static final int LAST = 2;

    private NetworkLimits limits = NetworkLimits.DEFAULT.withTimeouts(LONG, LONG, LONG, LONG);
    private AssociationRules rules = AssociationRules.ANY;
    private @Nullable AssociationServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"0, true", "1, false"})
    void takesARequestUpToItsLength(int more, boolean taken) throws Exception {
        limits = limits.withAssociate(new AssociateLimits(2048, 1000, 10));
        int plain = PduWriter.bytes(request("A")).length - 6;
        // an item that nobody knows fills it up
        byte[] item = new byte[2048 - plain + more - 4];
        byte[] request = PduWriter.bytes(request("A"));
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(hex("01 00 %08x".formatted(2048 + more)));
        whole.write(request, 6, plain);
        whole.writeBytes(hex("77 00 %04x".formatted(item.length)));
        whole.writeBytes(item);
        expectTaken(whole.toByteArray(), taken);
    }

    // A request without anything has 7 items: the application context, the context, its two, user information, its
    // three.
    @ParameterizedTest
    @CsvSource({"0, true", "1, false"})
    void takesSoManyItems(int more, boolean taken) throws Exception {
        limits = limits.withAssociate(new AssociateLimits(64 * 1024, 100, 100));
        List<ExtendedNegotiation> extended =
                Collections.nCopies((100 - 8) / 2, new ExtendedNegotiation("1.2", new Opaque(new byte[0])));
        UserInformation user = new UserInformation(
                0, "1.2", "X", Optional.empty(), List.of(), extended, List.of(), Optional.empty(), Optional.empty());
        List<String> syntaxes = Collections.nCopies(1 + more, IMPLICIT);
        expectTaken(PduWriter.bytes(request("A", user, new ProposedContext(1, VERIFICATION, syntaxes))), taken);
    }

    @ParameterizedTest
    @CsvSource({"10, true", "11, false"})
    void takesSoManyTransferSyntaxesOfAContext(int count, boolean taken) throws Exception {
        limits = limits.withAssociate(new AssociateLimits(64 * 1024, 1000, 10));
        ProposedContext context = new ProposedContext(1, VERIFICATION, Collections.nCopies(count, IMPLICIT));
        expectTaken(PduWriter.bytes(request("A", UserInformation.none(), context)), taken);
    }

    @Test
    void takes128ContextsEachWith64Syntaxes() throws Exception {
        List<String> syntaxes = IntStream.range(0, 64)
                .mapToObj(i -> i == 63 ? IMPLICIT : "1.2.840.10008.1.2.4." + (200 + i))
                .toList();
        ProposedContext[] contexts = IntStream.range(0, 128)
                .mapToObj(i -> new ProposedContext(2 * i + 1, VERIFICATION, syntaxes))
                .toArray(ProposedContext[]::new);
        expectTaken(PduWriter.bytes(request("A", UserInformation.ours(16384), contexts)), true);
    }

    @Test
    void takesSoManyAssociationsOfOneHost() throws Exception {
        limits = limits.withConnections(new ConnectionLimits(10, 2, 10));
        try (ScriptedPeer one = associated("A");
                ScriptedPeer two = associated("B")) {
            try (ScriptedPeer three = connect()) {
                three.send(request("C")).expect(AssociateRj.LOCAL_LIMIT_EXCEEDED);
            }
            one.send(new ReleaseRq()).expect(new ReleaseRp()).expectNothing(true);
            one.hangUp();
            awaitOpen(1);
            try (ScriptedPeer four = associated("D")) {
                two.expectNothing(true);
                four.expectNothing(true);
            }
        }
    }

    @Test
    void countsAPeerWithALimitOfItsOwnByItsAeTitle() throws Exception {
        limits = limits.withConnections(new ConnectionLimits(10, 1, 10));
        rules = rules(Map.of("BUSY", 2, "CALM", 1));
        try (ScriptedPeer one = associated("BUSY");
                ScriptedPeer two = associated("BUSY");
                ScriptedPeer calm = associated("CALM");
                ScriptedPeer other = associated("OTHER")) {
            for (String full : List.of("BUSY", "CALM", "OTHER")) {
                try (ScriptedPeer more = connect()) {
                    more.send(request(full)).expect(AssociateRj.LOCAL_LIMIT_EXCEEDED);
                }
            }
            for (ScriptedPeer peer : List.of(one, two, calm, other)) {
                peer.expectNothing(true);
            }
        }
    }

    @Test
    void closesTheOldestOfTooManyThatDoNotAsk() throws Exception {
        limits = limits.withConnections(new ConnectionLimits(10, 10, 3));
        List<ScriptedPeer> silent = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            silent.add(connect().send(hex("01 00")));
            awaitThreads(i + 1);
        }
        try (ScriptedPeer good = associated("A")) {
            silent.get(0).expectEnd();
            good.sendValue(1, COMMAND | LAST, CommandSet.echoRequest(1).bytes());
            assertThat(good.expectCommand().status()).isEqualTo(Status.SUCCESS);
            // an association does not count among those that wait
            try (ScriptedPeer next = connect().send(hex("01 00"))) {
                awaitThreads(4);
                silent.get(1).expectNothing(true);
                silent.get(2).expectNothing(true);
                next.expectNothing(true);
            }
        }
        for (ScriptedPeer peer : silent) {
            peer.hangUp();
        }
    }

    @Test
    void abortsAPeerThatTricklesADataSet() throws Exception {
        limits = limits.withTimeouts(LONG, LONG, LONG, Duration.ofMillis(300));
        try (ScriptedPeer peer = associated("A")) {
            // of no class that could be stored, yet its data set is read to the end
            byte[] command = CommandSet.storeRequest(1, SopClass.VERIFICATION, SopClass.VERIFICATION)
                    .bytes();
            peer.sendValue(1, COMMAND | LAST, command);
            peer.sendUntilAnswered(ScriptedPeer.pData(1, 0, new byte[2])).expect(USER_ABORT);
        }
    }

    @Test
    void abortsAPeerThatTricklesTheHeaderOfAMessage() throws Exception {
        limits = limits.withTimeouts(LONG, LONG, LONG, Duration.ofMillis(300));
        try (ScriptedPeer peer = associated("A")) {
            peer.send(hex("04 00 00001006 00001002 01 01"));
            peer.sendUntilAnswered(new byte[1]).expect(USER_ABORT);
        }
    }

    @Test
    void letsAPeerRestBetweenMessages() throws Exception {
        limits = limits.withTimeouts(LONG, LONG, LONG, Duration.ofSeconds(2));
        try (ScriptedPeer peer = associated("A")) {
            // a message each time, yet far fewer bytes a second than within one
            for (int i = 0; i < 8; i++) {
                peer.pause(500);
                peer.sendValue(1, COMMAND | LAST, CommandSet.echoRequest(1).bytes());
                assertThat(peer.expectCommand().status()).isEqualTo(Status.SUCCESS);
            }
        }
    }

    @Test
    void letsAPeerTrickleWhenToldTo() throws Exception {
        limits = limits.withTimeouts(LONG, LONG, LONG, Duration.ofMillis(1500)).withBytesPerSecondMin(0);
        try (ScriptedPeer peer = associated("A")) {
            byte[] echo = ScriptedPeer.pData(
                    1, COMMAND | LAST, CommandSet.echoRequest(1).bytes());
            for (byte one : echo) {
                peer.pause(40).send(new byte[] {one});
            }
            assertThat(peer.expectCommand().status()).isEqualTo(Status.SUCCESS);
        }
    }

    @Test
    void hangsUpOnAPeerThatDoesNotReadItsAnswers() throws Exception {
        limits = limits.withTimeouts(LONG, LONG, Duration.ofMillis(300), LONG);
        try (ScriptedPeer peer = associated("A")) {
            byte[] echo = ScriptedPeer.pData(
                    1, COMMAND | LAST, CommandSet.echoRequest(1).bytes());
            ByteArrayOutputStream echoes = new ByteArrayOutputStream();
            for (int i = 0; i < 1000; i++) {
                echoes.writeBytes(echo);
            }
            assertThatThrownBy(() -> {
                        while (true) {
                            peer.send(echoes.toByteArray());
                        }
                    })
                    .isInstanceOf(IOException.class);
            awaitOpen(0);
        }
    }

    private void expectTaken(byte[] request, boolean taken) throws Exception {
        try (ScriptedPeer peer = connect()) {
            peer.send(request);
            if (taken) {
                peer.expectType(AssociateAc.TYPE);
            } else {
                peer.expect(USER_ABORT); // PS3.8 table 9-10: Evt19 in Sta2 is AA-1
            }
        }
    }

    private AssociationServer server() throws IOException {
        if (server == null) {
            ServerOptions options = ServerOptions.of("PORTOLAN", 0)
                    .withBind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .withRules(rules)
                    .withLimits(limits);
            server = new PortolanEngine().serve(options, (request, dataSet) -> {
                dataSet.transferTo(OutputStream.nullOutputStream());
                return Status.SUCCESS;
            });
        }
        return Objects.requireNonNull(server);
    }

    private ScriptedPeer connect() throws IOException {
        return ScriptedPeer.connect(server().port());
    }

    private ScriptedPeer associated(String callingAe) throws IOException {
        return connect().send(request(callingAe)).expectType(AssociateAc.TYPE);
    }

    private void awaitOpen(int associations) throws IOException {
        AssociationServer running = server();
        await(() -> running.openAssociations() == associations);
    }

    // Each connection that was accepted has a thread that waits for it.
    private static void awaitThreads(int connections) {
        await(() -> Thread.getAllStackTraces().entrySet().stream()
                        .filter(thread -> thread.getKey().getName().equals("dicom-association"))
                        .filter(thread -> List.of(thread.getValue()).toString().contains("Scp.run"))
                        .count()
                >= connections);
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("it takes too long").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private static AssociationRules rules(Map<String, Integer> limits) {
        Map<String, AssociationRules.Peer> peers = new HashMap<>();
        limits.forEach(
                (title, max) -> peers.put(title, new AssociationRules.Peer(Hosts.ANY, Set.of(), OptionalInt.of(max))));
        return new AssociationRules(Set.of(), Hosts.ANY, false, peers);
    }

    private static AssociateRq request(String callingAe) {
        return request(callingAe, UserInformation.ours(16384), new ProposedContext(1, VERIFICATION, List.of(IMPLICIT)));
    }

    private static AssociateRq request(String callingAe, UserInformation user, ProposedContext... contexts) {
        return new AssociateRq(1, "PORTOLAN", callingAe, Negotiation.APPLICATION_CONTEXT, List.of(contexts), user);
    }
}
