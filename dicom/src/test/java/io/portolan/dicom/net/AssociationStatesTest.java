package io.portolan.dicom.net;

import static io.portolan.dicom.net.ScriptedPeer.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portolan.dicom.engine.DicomNetworkException;
import io.portolan.dicom.engine.DicomNetworkException.Kind;
import io.portolan.dicom.engine.NetworkLimits;
import io.portolan.dicom.net.Pdu.Abort;
import io.portolan.dicom.net.Pdu.AssociateAc;
import io.portolan.dicom.net.Pdu.AssociateRj;
import io.portolan.dicom.net.Pdu.AssociateRq;
import io.portolan.dicom.net.Pdu.ReleaseRp;
import io.portolan.dicom.net.Pdu.ReleaseRq;
import io.portolan.dicom.net.StateTable.Action;
import io.portolan.dicom.net.StateTable.Event;
import io.portolan.dicom.net.StateTable.State;
import io.portolan.dicom.net.StateTable.Transition;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every event of PS3.8 table 9-10 in every state, on a real association over a real connection: as acceptor and as requestor,
 * where both can come into the state. What each action does is written down here once more, from PS3.8 tables 9-6 to 9-9.
 */
class AssociationStatesTest {

    private enum Side {
        ACCEPTOR,
        REQUESTOR
    }

    private static final Map<Side, Set<State>> STATES = Map.of(
            Side.ACCEPTOR,
                    EnumSet.of(
                            State.STA_1,
                            State.STA_2,
                            State.STA_3,
                            State.STA_6,
                            State.STA_7,
                            State.STA_8,
                            State.STA_10,
                            State.STA_12,
                            State.STA_13),
            Side.REQUESTOR,
                    EnumSet.of(
                            State.STA_1,
                            State.STA_4,
                            State.STA_5,
                            State.STA_6,
                            State.STA_7,
                            State.STA_8,
                            State.STA_9,
                            State.STA_11,
                            State.STA_13));

    private static final UserInformation USER = UserInformation.ours(16384);
    private static final AssociateRq RQ =
            new AssociateRq(1, "A", "B", Negotiation.APPLICATION_CONTEXT, List.of(), USER);
    private static final AssociateAc AC =
            new AssociateAc(1, "A", "B", Negotiation.APPLICATION_CONTEXT, List.of(), USER);
    private static final byte[] P_DATA = ScriptedPeer.pData(1, 3, new byte[] {1, 2});

    private static final Set<Action> SENDING = EnumSet.of(
            Action.AE_2, Action.AE_7, Action.AE_8, Action.DT_1, Action.AR_1, Action.AR_4, Action.AR_7, Action.AR_9);
    private static final Set<Action> ABORTING = EnumSet.of(Action.AA_1, Action.AA_7, Action.AA_8);
    private static final Set<Action> CLOSING =
            EnumSet.of(Action.AE_4, Action.AR_3, Action.AR_5, Action.AA_2, Action.AA_3, Action.AA_4, Action.AA_5);
    private static final Set<Action> STARTING_ARTIM =
            EnumSet.of(Action.AE_5, Action.AE_8, Action.AR_4, Action.AA_1, Action.AA_8);

    /** ARTIM runs already, and goes on. */
    private static final Set<Action> LEAVING_ARTIM = EnumSet.of(Action.AA_6, Action.AA_7);

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration ARTIM = Duration.ofMillis(300);

    private final ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    private NetworkLimits limits = NetworkLimits.DEFAULT.withTimeouts(LONG, LONG, LONG, LONG);

    AssociationStatesTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        listening.close();
    }

    /** An association, and whom it is with. */
    private record Pair(Association association, ScriptedPeer peer) {

        /** One that sends what is given. */
        Pair fire(Event event) throws IOException {
            association.fire(event, given(event));
            peer.expect(given(event));
            return this;
        }

        Pair receive(Event event) throws IOException {
            peer.send(sent(event));
            association.step();
            return this;
        }
    }

    private static Set<State> states(Side side) {
        return STATES.getOrDefault(side, Set.of());
    }

    /** What a peer sends to make an event happen. */
    private static byte[] sent(Event event) {
        return switch (event) {
            case EVT_3 -> PduWriter.bytes(AC);
            case EVT_4 -> PduWriter.bytes(AssociateRj.CALLED_AE);
            case EVT_6 -> PduWriter.bytes(RQ);
            case EVT_10 -> P_DATA;
            case EVT_12 -> PduWriter.bytes(new ReleaseRq());
            case EVT_13 -> PduWriter.bytes(new ReleaseRp());
            case EVT_16 -> PduWriter.bytes(new Abort(0, 0));
            case EVT_19 -> hex("08 00 00000002 0102");
            default -> throw new IllegalArgumentException("no PDU makes " + event);
        };
    }

    /** What the service user gives with its primitive. */
    private static byte[] given(Event event) {
        return switch (event) {
            case EVT_2 -> PduWriter.bytes(RQ);
            case EVT_7 -> PduWriter.bytes(AC);
            case EVT_8 -> PduWriter.bytes(AssociateRj.CALLED_AE);
            case EVT_9 -> P_DATA;
            case EVT_11 -> PduWriter.bytes(new ReleaseRq());
            case EVT_14 -> PduWriter.bytes(new ReleaseRp());
            default -> new byte[0];
        };
    }

    private static Stream<Arguments> everyEventInEveryState() {
        return Stream.of(Side.values())
                .flatMap(side -> states(side).stream()
                        .flatMap(state -> Stream.of(Event.values()).map(event -> Arguments.of(side, state, event))));
    }

    @Test
    void reachesEveryState() {
        assertThat(STATES.values().stream().flatMap(Set::stream)).contains(State.values());
    }

    @ParameterizedTest(name = "{2} in {1}, {0}")
    @MethodSource("everyEventInEveryState")
    void doesWhatTheTableSays(Side side, State state, Event event) throws Exception {
        Optional<Transition> cell = StateTable.find(event, state);
        if (state == State.STA_1 && cell.isPresent()) {
            begins(event, cell.get());
            return;
        }
        if (event == Event.EVT_18 && cell.isPresent()) {
            limits = NetworkLimits.DEFAULT.withTimeouts(LONG, ARTIM, LONG, LONG);
        }
        Pair pair = in(state, side);
        try (pair.association;
                ScriptedPeer peer = pair.peer) {
            assertThat(pair.association.state()).isEqualTo(state);
            assertThat(pair.association.isArtimRunning()).isEqualTo(state == State.STA_2 || state == State.STA_13);
            if (cell.isEmpty()) {
                assertThatThrownBy(() -> pair.association.fire(event, given(event)))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining(event + " in " + state);
                assertThat(pair.association.state()).isEqualTo(state);
                peer.expectNothing(state != State.STA_1);
                return;
            }
            makeHappen(event, pair);
            Transition transition = cell.get();
            State next = event == Event.EVT_12 && state == State.STA_7 && side == Side.ACCEPTOR
                    ? State.STA_10
                    : transition.next();
            check(pair, transition.action(), next, event);
        }
    }

    // Evt1 and Evt5 make an association.
    private void begins(Event event, Transition cell) throws IOException {
        Pair pair = event == Event.EVT_1 ? connected() : accepted();
        try (pair.association;
                ScriptedPeer peer = pair.peer) {
            check(new Pair(pair.association, peer), cell.action(), cell.next(), event);
        }
    }

    private static void makeHappen(Event event, Pair pair) throws IOException {
        switch (event) {
            case EVT_3, EVT_4, EVT_6, EVT_10, EVT_12, EVT_13, EVT_16, EVT_19 -> {
                pair.peer.send(sent(event));
                pair.association.step();
            }
            case EVT_17 -> {
                pair.peer.shutDown();
                assertThatThrownBy(pair.association::step).satisfies(e -> isOfKind(Kind.DISCONNECTED, e));
            }
            case EVT_18 -> assertThatThrownBy(pair.association::step).satisfies(e -> isOfKind(Kind.TIMEOUT, e));
            default -> pair.association.fire(event, given(event));
        }
    }

    private static void check(Pair pair, Action action, State next, Event event) throws IOException {
        assertThat(pair.association.state()).isEqualTo(next);
        if (SENDING.contains(action)) {
            pair.peer.expect(given(event));
        } else if (action == Action.AA_1) {
            pair.peer.expect(hex("07 00 00000004 0000 00 00")); // service-user
        } else if (ABORTING.contains(action)) {
            int reason = event == Event.EVT_19 ? 1 : 2; // unrecognized-PDU, unexpected-PDU
            pair.peer.expect(hex("07 00 00000004 0000 02 0" + reason)); // service-provider
        }
        assertThat(pair.association.isArtimRunning())
                .as("ARTIM after %s", action)
                .isEqualTo(STARTING_ARTIM.contains(action) || LEAVING_ARTIM.contains(action));
        pair.peer.expectNothing(!CLOSING.contains(action));
    }

    private static void isOfKind(Kind kind, Throwable e) {
        assertThat(e)
                .isInstanceOfSatisfying(
                        DicomNetworkException.class,
                        lost -> assertThat(lost.kind()).isEqualTo(kind));
    }

    /** Over the states of tables 9-1 to 9-5. */
    private Pair in(State state, Side side) throws IOException {
        return switch (state) {
            case STA_1 -> in(State.STA_6, side).receive(Event.EVT_16);
            case STA_2 -> accepted();
            case STA_3 -> accepted().receive(Event.EVT_6);
            case STA_4 -> connected();
            case STA_5 -> connected().fire(Event.EVT_2);
            case STA_6 ->
                side == Side.ACCEPTOR
                        ? in(State.STA_3, side).fire(Event.EVT_7)
                        : in(State.STA_5, side).receive(Event.EVT_3);
            case STA_7 -> in(State.STA_6, side).fire(Event.EVT_11);
            case STA_8 -> in(State.STA_6, side).receive(Event.EVT_12);
            case STA_9, STA_10 -> in(State.STA_7, side).receive(Event.EVT_12);
            case STA_11 -> in(State.STA_9, side).fire(Event.EVT_14);
            case STA_12 -> in(State.STA_10, side).receive(Event.EVT_13);
            case STA_13 -> in(State.STA_8, side).fire(Event.EVT_14);
        };
    }

    private Pair accepted() throws IOException {
        ScriptedPeer peer = ScriptedPeer.connect(listening.getLocalPort());
        return new Pair(Association.accepted(listening.accept(), limits), peer);
    }

    private Pair connected() throws IOException {
        Association association = Association.connect(
                new InetSocketAddress(listening.getInetAddress(), listening.getLocalPort()), limits, Optional.empty());
        return new Pair(association, ScriptedPeer.accept(listening));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("invalidPdus")
    void saysWhyItAborts(String bytes, int reason) throws Exception {
        Pair pair = in(State.STA_6, Side.ACCEPTOR);
        try (pair.association;
                ScriptedPeer peer = pair.peer) {
            peer.send(hex(bytes));
            assertThat(pair.association.step().action()).isEqualTo(Action.AA_8);
            peer.expect(new Abort(2, reason));
        }
    }

    /** PS3.8 table 9-26. Reason 4 has no case: what is unrecognized within a PDU is skipped, as PS3.8 9.3.1 wants. */
    private static Stream<Arguments> invalidPdus() {
        // spotless:off
        return Stream.of(
                Arguments.of("00 00 00000000                        # no such PDU", 1),
                Arguments.of("ff 00 00000000                        # no such PDU", 1),
                Arguments.of("05 00 00000005 0000000000             # A-RELEASE-RQ is too long", 6),
                Arguments.of("06 00 00000000                        # A-RELEASE-RP is too short", 6),
                Arguments.of("03 00 00000003 000000                 # A-ASSOCIATE-RJ is too short", 6),
                Arguments.of("07 00 00000000                        # A-ABORT is too short", 6),
                Arguments.of("01 00 00000002 0001                   # A-ASSOCIATE-RQ is too short", 6),
                Arguments.of("02 00 00100001                        # A-ASSOCIATE-AC is too long", 6),
                Arguments.of("04 00 00020001                        # P-DATA-TF is too long", 6),
                Arguments.of(associate(1, "21 00 0004 01000000"), 5),
                Arguments.of(associate(2, "20 00 0004 01000000"), 5),
                Arguments.of(associate(1, "30 00 0003 312e32"), 5),
                Arguments.of(associate(1, "10 00 0003 312e32  10 00 0003 312e32"), 5),
                Arguments.of(associate(1, "50 00 0000         50 00 0000"), 5),
                Arguments.of(associate(1, "50 00 0006 59 00 0002 0000"), 5),
                Arguments.of(associate(2, "50 00 000a 58 00 0006 0100 0000 0000"), 5),
                Arguments.of(associate(1, "20 00 0004 02000000"), 6),
                Arguments.of(associate(1, "20 00 0005 01000000 30"), 6));
        // spotless:on
    }

    private static String associate(int type, String items) {
        byte[] bytes = hex(items);
        return "%02x 00 %08x 0001 0000 %s %s"
                .formatted(type, 68 + bytes.length, "20".repeat(32) + "00".repeat(32), items);
    }
}
