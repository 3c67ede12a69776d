package io.portolan.dicom.net;

import io.portolan.dicom.SopClass;
import io.portolan.dicom.engine.CommitmentScp;
import io.portolan.dicom.engine.DicomNetworkException;
import io.portolan.dicom.engine.DicomNetworkException.Kind;
import io.portolan.dicom.engine.ServerOptions;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.engine.StoreScp;
import io.portolan.dicom.net.MessageReader.Message;
import io.portolan.dicom.net.Negotiation.PresentationContext;
import io.portolan.dicom.net.Pdu.AssociateAc;
import io.portolan.dicom.net.Pdu.AssociateRj;
import io.portolan.dicom.net.Pdu.AssociateRq;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One accepted connection from its A-ASSOCIATE-RQ to its end: SCP of Verification (PS3.4 annex A, C-ECHO), Storage (PS3.4
 * annex B, C-STORE) and, where somebody takes its requests, Storage Commitment (PS3.4 annex J, N-ACTION). Runs in one thread; only
 * {@link #stop}, {@link #stopNow} and {@link #cut} are for others.
 */
final class Scp {

    private static final Logger LOG = LoggerFactory.getLogger(Scp.class);

    private enum Phase {
        BETWEEN_OPERATIONS,
        IN_OPERATION,
        STOPPED
    }

    private final Association association;
    private final Connection connection;
    private final InetSocketAddress peer;
    private final String security;
    private final ServerOptions options;
    private final StoreScp store;
    private final Optional<CommitmentScp> commitment;
    private final Admission<Connection> admission;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.BETWEEN_OPERATIONS);

    /** @param security by what the connection is secured, for people */
    Scp(
            Association association,
            Connection connection,
            String security,
            ServerOptions options,
            StoreScp store,
            Optional<CommitmentScp> commitment,
            Admission<Connection> admission) {
        this.association = association;
        this.connection = connection;
        this.peer = connection.peer();
        this.security = security;
        this.options = options;
        this.store = store;
        this.commitment = commitment;
        this.admission = admission;
    }

    /** Serves until the association ends; how it ended is logged. */
    void run() {
        try {
            Optional<Agreed> agreed = admit();
            if (agreed.isPresent()) {
                try {
                    serve(agreed.get());
                } finally {
                    admission.leave(agreed.get().who);
                }
            }
        } catch (DicomNetworkException e) {
            LOG.info("connection from {} ended: {}", peer, e.getMessage());
        } catch (IOException e) {
            LOG.warn("connection from {} failed: {}", peer, e.getClass().getName());
        } finally {
            association.abort();
        }
    }

    /** Lets a running operation end; then, or at once when there is none, aborts. For any thread. */
    void stop() {
        if (phase.getAndSet(Phase.STOPPED) == Phase.BETWEEN_OPERATIONS) {
            association.stop();
        }
    }

    /** Aborts. For any thread. */
    void stopNow() {
        phase.set(Phase.STOPPED);
        association.stop();
    }

    /** Closes the connection without a word. For any thread. */
    void cut() {
        association.close();
    }

    /** Takes a request, and answers it. */
    private Optional<Agreed> admit() throws IOException {
        AssociateRq request = association.awaitRequest();
        Negotiation negotiation = new Negotiation(options, commitment.isPresent());
        Optional<AssociateRj> refusal = negotiation.refusal(request, peer.getAddress());
        if (refusal.isPresent()) {
            reject(request, refusal.get());
            return Optional.empty();
        }
        // A peer with a limit of its own is told by its AE title, any other by its host.
        OptionalInt own = options.rules().associationsMax(request.callingAe());
        Object who = own.isPresent() ? request.callingAe() : peer.getAddress();
        int ofPeer = own.orElse(options.limits().connections().associationsPerPeerMax());
        long number = admission.admit(connection, who, ofPeer);
        if (number == Admission.FULL) {
            reject(request, AssociateRj.LOCAL_LIMIT_EXCEEDED);
            return Optional.empty();
        }
        try {
            return Optional.of(negotiate(number, who, request, negotiation.acceptance(request)));
        } catch (IOException | RuntimeException e) {
            admission.leave(who);
            throw e;
        }
    }

    private void reject(AssociateRq request, AssociateRj rejection) throws IOException {
        LOG.warn(
                "rejected {} at {}, who calls {}: {}",
                request.callingAe(),
                peer,
                request.calledAe(),
                rejection.words());
        association.reject(rejection);
    }

    /**
     * An association. Of its request, which may be large, nothing else is kept.
     *
     * @param who as the admission knows the peer
     */
    private record Agreed(
            long number,
            Object who,
            String callingAe,
            String calledAe,
            Map<Integer, PresentationContext> contexts,
            long maximumLength) {}

    private Agreed negotiate(long number, Object who, AssociateRq request, AssociateAc acceptance) throws IOException {
        association.accept(acceptance);
        Map<Integer, PresentationContext> contexts = Negotiation.agreed(request.contexts(), acceptance.contexts());
        LOG.info(
                "association {} from {} at {}, {}: {} of {} presentation contexts",
                number,
                request.callingAe(),
                peer,
                security,
                contexts.size(),
                request.contexts().size());
        return new Agreed(
                number,
                who,
                request.callingAe(),
                request.calledAe(),
                contexts,
                request.user().maximumLength());
    }

    private void serve(Agreed agreed) throws IOException {
        long number = agreed.number;
        MessageReader reader = new MessageReader(association, options.limits().commandSetMaxBytes());
        MessageWriter writer = new MessageWriter(
                association, agreed.maximumLength, options.limits().pduLengthMaxBytes());
        StorageScp storage = new StorageScp(association, peer, number, agreed.callingAe, agreed.calledAe, store);
        Optional<CommitmentService> commitments = commitment.map(scp -> new CommitmentService(
                association,
                peer,
                number,
                agreed.callingAe,
                agreed.calledAe,
                scp,
                options.limits().answerTimeout(),
                reader,
                writer));
        try {
            serve(number, agreed.contexts, new Services(storage, commitments), reader, writer);
        } finally {
            commitments.ifPresent(CommitmentService::end);
        }
    }

    /** What is served beside Verification. */
    private record Services(StorageScp storage, Optional<CommitmentService> commitments) {}

    private void serve(
            long number,
            Map<Integer, PresentationContext> contexts,
            Services services,
            MessageReader reader,
            MessageWriter writer)
            throws IOException {
        while (true) {
            if (services.commitments.isPresent()) {
                services.commitments.get().report();
            }
            Optional<Message> message = reader.next();
            if (message.isEmpty()) {
                association.confirmRelease();
                LOG.info("association {} released", number);
                return;
            }
            enter(Phase.BETWEEN_OPERATIONS, Phase.IN_OPERATION);
            PresentationContext context = contexts.get(message.get().contextId());
            if (context == null) {
                throw violation("P-DATA-TF on a presentation context that was not accepted");
            }
            answer(context, message.get(), services, reader, writer);
            enter(Phase.IN_OPERATION, Phase.BETWEEN_OPERATIONS);
        }
    }

    private void enter(Phase from, Phase to) throws IOException {
        if (!phase.compareAndSet(from, to)) {
            throw association.aborting(Kind.STOPPED, "this side is stopping");
        }
    }

    private void answer(
            PresentationContext context, Message message, Services services, MessageReader reader, MessageWriter writer)
            throws IOException {
        CommandSet command = message.command();
        try {
            if (!command.isRequest()) {
                if (services.commitments.isPresent()
                        && services.commitments.get().takes(message)) {
                    return;
                }
                throw violation("a response where nothing was asked");
            }
            if (command.commandField() == CommandSet.C_CANCEL_RQ) {
                return; // PS3.7 9.3.2.3: has no response, and no data set
            }
            if (command.commandField() == CommandSet.C_STORE_RQ) {
                services.storage.serve(context, message, reader, writer);
                return;
            }
            if (command.commandField() == CommandSet.N_ACTION_RQ && services.commitments.isPresent()) {
                services.commitments.get().serve(context, message);
                return;
            }
            boolean echo = command.commandField() == CommandSet.C_ECHO_RQ;
            Status status = echo ? echo(command, context) : Status.UNRECOGNIZED_OPERATION;
            reader.skipDataSet(message);
            writer.writeCommand(context.id(), command.response(status));
        } catch (InvalidPduException e) {
            throw violation(String.valueOf(e.getMessage()));
        }
    }

    private static Status echo(CommandSet command, PresentationContext context) {
        boolean verification = context.abstractSyntax().equals(SopClass.VERIFICATION)
                && command.affectedSopClass().equals(Optional.of(SopClass.VERIFICATION));
        return verification ? Status.SUCCESS : Status.SOP_CLASS_NOT_SUPPORTED;
    }

    private DicomNetworkException violation(String what) {
        return association.aborting(Kind.PROTOCOL_VIOLATION, what);
    }
}
