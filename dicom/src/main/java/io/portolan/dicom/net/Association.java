package io.portolan.dicom.net;

import static io.portolan.dicom.net.StateTable.Event.EVT_1;
import static io.portolan.dicom.net.StateTable.Event.EVT_10;
import static io.portolan.dicom.net.StateTable.Event.EVT_11;
import static io.portolan.dicom.net.StateTable.Event.EVT_12;
import static io.portolan.dicom.net.StateTable.Event.EVT_13;
import static io.portolan.dicom.net.StateTable.Event.EVT_14;
import static io.portolan.dicom.net.StateTable.Event.EVT_15;
import static io.portolan.dicom.net.StateTable.Event.EVT_16;
import static io.portolan.dicom.net.StateTable.Event.EVT_17;
import static io.portolan.dicom.net.StateTable.Event.EVT_18;
import static io.portolan.dicom.net.StateTable.Event.EVT_19;
import static io.portolan.dicom.net.StateTable.Event.EVT_2;
import static io.portolan.dicom.net.StateTable.Event.EVT_3;
import static io.portolan.dicom.net.StateTable.Event.EVT_4;
import static io.portolan.dicom.net.StateTable.Event.EVT_5;
import static io.portolan.dicom.net.StateTable.Event.EVT_6;
import static io.portolan.dicom.net.StateTable.Event.EVT_7;
import static io.portolan.dicom.net.StateTable.Event.EVT_8;
import static io.portolan.dicom.net.StateTable.Event.EVT_9;

import io.portolan.dicom.engine.DicomNetworkException;
import io.portolan.dicom.engine.DicomNetworkException.Kind;
import io.portolan.dicom.engine.NetworkLimits;
import io.portolan.dicom.engine.Tls;
import io.portolan.dicom.net.Pdu.Abort;
import io.portolan.dicom.net.Pdu.AssociateAc;
import io.portolan.dicom.net.Pdu.AssociateRj;
import io.portolan.dicom.net.Pdu.AssociateRq;
import io.portolan.dicom.net.Pdu.PDataTf;
import io.portolan.dicom.net.Pdu.ReleaseRp;
import io.portolan.dicom.net.Pdu.ReleaseRq;
import io.portolan.dicom.net.StateTable.Action;
import io.portolan.dicom.net.StateTable.Event;
import io.portolan.dicom.net.StateTable.State;
import io.portolan.dicom.net.StateTable.Transition;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The upper layer protocol machine of one association (PS3.8 9.2): every event goes through {@link StateTable}, and what the
 * table says is done in {@link #perform}, here alone.
 *
 * <p>I/O blocks. Owned by one thread, except {@link #stop} and {@link #close}, which any thread may call. Indications and
 * confirmations to the service user are return values and exceptions.
 */
final class Association implements Closeable {

    private enum Side {
        REQUESTOR,
        ACCEPTOR
    }

    private static final byte[] RELEASE_RQ = PduWriter.bytes(new ReleaseRq());
    private static final byte[] RELEASE_RP = PduWriter.bytes(new ReleaseRp());
    private static final byte[] NOTHING = {};

    private final Side side;
    private final Transport transport;
    private final PduReader reader;
    private final NetworkLimits limits;
    private volatile boolean stopping;
    private State state = State.STA_1;

    /** A TCP connection that a peer has opened. */
    static Association accepted(Socket socket, NetworkLimits limits) throws IOException {
        Transport transport = transport(socket, limits, limits.idleTimeout());
        Association association = new Association(Side.ACCEPTOR, transport, limits);
        association.fire(EVT_5);
        return association;
    }

    /** Opens a TCP connection to a peer, and secures it where it is to be; {@link #request} comes next. */
    static Association connect(InetSocketAddress address, NetworkLimits limits, Optional<Tls> tls) throws IOException {
        // Sta4 lasts no longer than this call.
        return opened(Connect.to(address, limits, tls), limits);
    }

    /** A TCP connection that this side has opened. */
    static Association opened(Socket socket, NetworkLimits limits) throws IOException {
        try {
            Transport transport = transport(socket, limits, limits.answerTimeout());
            Association association = new Association(Side.REQUESTOR, transport, limits);
            association.fire(EVT_1);
            return association;
        } catch (IOException e) {
            socket.close();
            throw new DicomNetworkException(Kind.DISCONNECTED, "the peer closed the connection at once", e);
        }
    }

    private Association(Side side, Transport transport, NetworkLimits limits) {
        this.side = side;
        this.transport = transport;
        this.limits = limits;
        this.reader = new PduReader(transport, limits.pduLengthMaxBytes(), limits.associate());
    }

    private static Transport transport(Socket socket, NetworkLimits limits, Duration idle) throws IOException {
        return new Transport(
                socket, limits.readBufferBytes(), limits.bytesPerSecondMin(), idle, limits.answerTimeout());
    }

    State state() {
        return state;
    }

    PduReader reader() {
        return reader;
    }

    /** Whether the ARTIM timer (PS3.8 9.1.4) runs. */
    boolean isArtimRunning() {
        return transport.hasDeadline();
    }

    boolean isEstablished() {
        return state == State.STA_6;
    }

    /** A-ASSOCIATE request and confirmation (PS3.8 7.1). */
    AssociateAc request(AssociateRq request) throws IOException {
        fire(EVT_2, PduWriter.bytes(request));
        Pdu answer = receive();
        if (answer instanceof AssociateAc acceptance) {
            return acceptance;
        }
        AssociateRj rejection = (AssociateRj) answer;
        throw new DicomNetworkException(
                rejection.isTransient() ? Kind.REJECTED_TRANSIENT : Kind.REJECTED_PERMANENT, rejection.words());
    }

    /** A-ASSOCIATE indication; the whole request must arrive within the ARTIM timeout. */
    AssociateRq awaitRequest() throws IOException {
        return (AssociateRq) receive();
    }

    /** A-ASSOCIATE response, accept. */
    void accept(AssociateAc acceptance) throws IOException {
        fire(EVT_7, PduWriter.bytes(acceptance));
    }

    /** A-ASSOCIATE response, reject; returns when the connection is closed. */
    void reject(AssociateRj rejection) throws IOException {
        fire(EVT_8, PduWriter.bytes(rejection));
        awaitTransportClose();
    }

    /** P-DATA request: a whole P-DATA-TF PDU. */
    void sendPData(byte[] pdu, int length) throws IOException {
        fire(EVT_9, pdu, length, 0);
    }

    /** A-RELEASE request and confirmation (PS3.8 7.2), with the collision of PS3.8 7.2.2. */
    void release() throws IOException {
        fire(EVT_11, RELEASE_RQ);
        while (state != State.STA_1) {
            receive();
            if (state == State.STA_9 || state == State.STA_12) {
                fire(EVT_14, RELEASE_RP);
            }
            awaitTransportClose();
        }
    }

    /** A-RELEASE response; returns when the connection is closed. */
    void confirmRelease() throws IOException {
        fire(EVT_14, RELEASE_RP);
        awaitTransportClose();
    }

    /** A-ABORT request (PS3.8 7.3), where there is something to abort; returns when the connection is closed. */
    void abort() {
        if (state != State.STA_1 && state != State.STA_2 && state != State.STA_13) {
            fireQuietly(EVT_15, 0);
        }
        awaitTransportClose();
        close();
    }

    /** Aborts as service user; the exception is for the caller to throw. */
    DicomNetworkException aborting(Kind kind, String why) {
        abort();
        return new DicomNetworkException(kind, why);
    }

    /** Aborts as service provider on an invalid P-DATA-TF; the exception is for the caller to throw. */
    DicomNetworkException invalid(String why) {
        fireQuietly(EVT_19, Abort.INVALID_PDU_PARAMETER_VALUE);
        awaitTransportClose();
        return new DicomNetworkException(Kind.PROTOCOL_VIOLATION, why);
    }

    /** Ends what cannot be read any further; the exception is for the caller to throw. */
    DicomNetworkException lost(IOException cause) {
        if (stopping && state != State.STA_1 && state != State.STA_13) {
            return aborting(Kind.STOPPED, "this side is stopping");
        }
        State before = state;
        if (cause instanceof SocketTimeoutException) {
            boolean artim = state == State.STA_2 || state == State.STA_13;
            fireQuietly(artim ? EVT_18 : EVT_15, 0);
            awaitTransportClose();
            String what =
                    cause instanceof SlowPeerException ? "the peer sends too slowly in " : "the peer is silent in ";
            return new DicomNetworkException(Kind.TIMEOUT, what + before, cause);
        }
        fireQuietly(EVT_17, 0);
        if (cause instanceof SSLException) { // RFC 8446 4.4.2.4: also what a server thinks of our certificate
            String what = side == Side.REQUESTOR ? TlsFailure.ofCalled(cause) : TlsFailure.ofCaller(cause);
            return new DicomNetworkException(Kind.NO_TLS, "no TLS any more in " + before + ": " + what, cause);
        }
        return new DicomNetworkException(Kind.DISCONNECTED, "the peer closed the connection in " + before, cause);
    }

    /**
     * The next indication or confirmation.
     *
     * @throws DicomNetworkException when the association ends instead
     */
    Pdu receive() throws IOException {
        while (true) {
            State before = state;
            Step step = step();
            Pdu pdu = step.pdu;
            switch (step.action) {
                case AA_6, AA_7 -> {
                    // Sta13: nothing counts any more but the end of the connection
                }
                case AA_1, AA_8 -> {
                    awaitTransportClose();
                    String what = pdu == null ? step.detail : "unexpected " + pdu.name() + " in " + before;
                    throw new DicomNetworkException(Kind.PROTOCOL_VIOLATION, what);
                }
                default -> {
                    if (pdu instanceof Abort abort) {
                        throw new DicomNetworkException(Kind.ABORTED, abort.words());
                    }
                    if (pdu != null) {
                        return pdu;
                    }
                }
            }
        }
    }

    /** Whether the peer has sent something, or does within this time; the end of the connection counts. */
    boolean isReadable(Duration within) {
        return reader.remaining() > 0 || transport.isReadable(within);
    }

    /** Makes the owner's next read fail, and abort. For any thread. */
    void stop() {
        stopping = true;
        transport.wake();
    }

    /** Closes the connection without a word. For any thread. */
    @Override
    public void close() {
        transport.close();
    }

    // Sta13
    private void awaitTransportClose() {
        while (state == State.STA_13) {
            try {
                step();
            } catch (IOException e) {
                // The end was all that was waited for; step() has made the transition.
            }
        }
    }

    /** What a PDU made happen. */
    record Step(Action action, @Nullable Pdu pdu, String detail) {}

    /** Reads one PDU, and does what the table says. */
    Step step() throws IOException {
        try {
            Pdu pdu = reader.read();
            return new Step(fire(event(pdu), NOTHING, 0, Abort.UNEXPECTED_PDU), pdu, "");
        } catch (InvalidPduException e) {
            String detail = String.valueOf(e.getMessage());
            return new Step(fire(EVT_19, NOTHING, 0, e.abortReason()), null, detail);
        } catch (DicomNetworkException e) {
            throw e;
        } catch (IOException e) {
            throw lost(e);
        }
    }

    private static Event event(Pdu pdu) {
        return switch (pdu.type()) {
            case AssociateRq.TYPE -> EVT_6;
            case AssociateAc.TYPE -> EVT_3;
            case AssociateRj.TYPE -> EVT_4;
            case PDataTf.TYPE -> EVT_10;
            case ReleaseRq.TYPE -> EVT_12;
            case ReleaseRp.TYPE -> EVT_13;
            case Abort.TYPE -> EVT_16;
            default -> throw new IllegalStateException("no event for " + pdu.name());
        };
    }

    private void fire(Event event) throws IOException {
        fire(event, NOTHING, 0, 0);
    }

    /**
     * A primitive of the service user, or an event of the connection.
     *
     * @param pdu what the action sends, if it sends one
     * @throws IllegalStateException in a state in which it cannot happen; then nothing is done
     */
    void fire(Event event, byte[] pdu) throws IOException {
        fire(event, pdu, pdu.length, 0);
    }

    private void fireQuietly(Event event, int abortReason) {
        if (state == State.STA_1) {
            return;
        }
        try {
            fire(event, NOTHING, 0, abortReason);
        } catch (IOException e) {
            throw new IllegalStateException(event + " must not send", e);
        }
    }

    private Action fire(Event event, byte[] pdu, int length, int abortReason) throws IOException {
        Transition transition = StateTable.transition(event, state);
        perform(transition.action(), pdu, length, abortReason);
        // AE-6 always issues the indication: whether the request is acceptable is for its receiver to say, by Evt7 or
        // Evt8.
        boolean otherwise = transition.action() == Action.AR_8 && side == Side.ACCEPTOR;
        state = otherwise ? transition.otherwise() : transition.next();
        return transition.action();
    }

    // PS3.8 tables 9-6 to 9-9. An indication or confirmation is what the caller returns or throws.
    private void perform(Action action, byte[] pdu, int length, int abortReason) throws IOException {
        switch (action) {
            case AE_1, AE_3, DT_2, AR_2, AR_6, AR_8, AR_10, AA_6 -> {}
            case AE_2, AE_7, DT_1, AR_1, AR_7, AR_9 -> send(pdu, length);
            case AE_8, AR_4 -> {
                send(pdu, length);
                startArtim();
            }
            case AE_5 -> startArtim();
            case AE_6 -> transport.stopDeadline();
            case AE_4, AR_3, AR_5, AA_2, AA_3, AA_4, AA_5 -> {
                transport.stopDeadline();
                transport.close();
            }
            case AA_1 -> {
                sendAbort(new Abort(Abort.SERVICE_USER, 0));
                startArtim();
            }
            case AA_7 -> sendAbort(new Abort(Abort.SERVICE_PROVIDER, abortReason));
            case AA_8 -> {
                sendAbort(new Abort(Abort.SERVICE_PROVIDER, abortReason));
                startArtim();
            }
        }
    }

    private void startArtim() {
        transport.startDeadline(limits.artimTimeout());
    }

    private void send(byte[] pdu, int length) throws IOException {
        try {
            transport.write(pdu, 0, length);
        } catch (IOException e) {
            boolean late = e instanceof SocketTimeoutException;
            String what = late ? "the peer does not read in " : "the peer closed the connection in ";
            String message = what + state;
            fire(EVT_17);
            throw new DicomNetworkException(late ? Kind.TIMEOUT : Kind.DISCONNECTED, message, e);
        }
    }

    private void sendAbort(Abort abort) {
        byte[] pdu = PduWriter.bytes(abort);
        try {
            transport.write(pdu, 0, pdu.length);
        } catch (IOException e) {
            // Whom it was for has gone; the next read ends the connection.
        }
    }
}
