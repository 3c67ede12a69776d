package io.portolan.dicom.net;

import io.portolan.dicom.SopClass;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.DicomNetworkException;
import io.portolan.dicom.engine.DicomNetworkException.Kind;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.net.MessageReader.Message;
import io.portolan.dicom.net.Negotiation.PresentationContext;
import io.portolan.dicom.net.Pdu.AssociateAc;
import io.portolan.dicom.net.Pdu.AssociateRq;
import io.portolan.dicom.net.Pdu.ProposedContext;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** SCU of Verification and Storage on one association: C-ECHO (PS3.7 9.3.5), C-STORE (PS3.7 9.3.1). Used by one thread at a time. */
final class Scu implements AssociationClient {

    private static final int MESSAGE_ID_MAX = 0xFFFF;

    private final Association association;
    private final Map<Integer, PresentationContext> contexts;
    private final MessageReader reader;
    private final MessageWriter writer;
    private int messageId;

    /** Connects and negotiates. */
    static Scu request(RequestOptions options) throws IOException {
        Association association =
                Association.connect(new InetSocketAddress(options.host(), options.port()), options.limits());
        try {
            List<ProposedContext> proposed = proposed(options);
            AssociateAc acceptance = association.request(new AssociateRq(
                    Negotiation.PROTOCOL_VERSION,
                    options.calledAe(),
                    options.callingAe(),
                    Negotiation.APPLICATION_CONTEXT,
                    proposed,
                    UserInformation.ours(options.limits().pduLengthMaxBytes())));
            return new Scu(association, options, proposed, acceptance);
        } catch (IOException | RuntimeException e) {
            association.close();
            throw e;
        }
    }

    private Scu(Association association, RequestOptions options, List<ProposedContext> proposed, AssociateAc acceptance)
            throws IOException {
        this.association = association;
        this.contexts = Negotiation.agreed(proposed, acceptance.contexts());
        this.reader = new MessageReader(association, options.limits().commandSetMaxBytes());
        this.writer = new MessageWriter(
                association, acceptance.user().maximumLength(), options.limits().pduLengthMaxBytes());
    }

    @Override
    public List<TransferSyntax> accepted(Uid sopClass) {
        return contexts.values().stream()
                .filter(context -> context.abstractSyntax().equals(sopClass))
                .map(PresentationContext::transferSyntax)
                .distinct()
                .toList();
    }

    @Override
    public Status echo() throws IOException {
        PresentationContext context =
                context(SopClass.VERIFICATION, any -> true).orElseThrow(() -> notNegotiated(SopClass.VERIFICATION));
        CommandSet request = CommandSet.echoRequest(nextMessageId());
        writer.writeCommand(context.id(), request);
        return response(request);
    }

    @Override
    public Status store(Uid sopClass, Uid sopInstance, TransferSyntax transferSyntax, InputStream dataSet)
            throws IOException {
        PresentationContext context =
                context(sopClass, transferSyntax::equals).orElseThrow(() -> notNegotiated(sopClass));
        CommandSet request = CommandSet.storeRequest(nextMessageId(), sopClass, sopInstance);
        writer.writeCommand(context.id(), request);
        writer.writeDataSet(context.id(), dataSet);
        return response(request);
    }

    @Override
    public void release() throws IOException {
        requireEstablished();
        association.release();
    }

    @Override
    public void close() {
        association.abort();
    }

    private Status response(CommandSet request) throws IOException {
        Optional<Message> message = reader.next();
        if (message.isEmpty()) {
            association.confirmRelease();
            throw new DicomNetworkException(
                    Kind.DISCONNECTED, "the peer released the association instead of answering");
        }
        CommandSet response = message.get().command();
        try {
            boolean answers = response.commandField() == (request.commandField() | CommandSet.RESPONSE)
                    && response.messageIdBeingRespondedTo() == request.messageId();
            if (!answers) {
                throw association.aborting(Kind.PROTOCOL_VIOLATION, "the peer answers what was not asked");
            }
            if (response.hasDataSet()) {
                reader.dataSet(message.get()).drain();
            }
            return response.status();
        } catch (InvalidPduException e) {
            throw association.aborting(Kind.PROTOCOL_VIOLATION, String.valueOf(e.getMessage()));
        }
    }

    private Optional<PresentationContext> context(Uid sopClass, Predicate<TransferSyntax> transferSyntax)
            throws DicomNetworkException {
        requireEstablished();
        return contexts.values().stream()
                .filter(context -> context.abstractSyntax().equals(sopClass))
                .filter(context -> transferSyntax.test(context.transferSyntax()))
                .findFirst();
    }

    private void requireEstablished() throws DicomNetworkException {
        if (!association.isEstablished()) {
            throw new DicomNetworkException(Kind.STOPPED, "the association is over");
        }
    }

    private static DicomNetworkException notNegotiated(Uid sopClass) {
        return new DicomNetworkException(Kind.NOT_NEGOTIATED, "no presentation context accepted for " + sopClass);
    }

    private int nextMessageId() {
        messageId = messageId % MESSAGE_ID_MAX + 1;
        return messageId;
    }

    // PS3.8 9.3.2.2: presentation-context-IDs are the odd numbers up to 255.
    private static List<ProposedContext> proposed(RequestOptions options) {
        List<ProposedContext> proposed = new ArrayList<>();
        for (RequestOptions.Proposal proposal : options.contexts()) {
            List<String> syntaxes = proposal.transferSyntaxes().stream()
                    .map(syntax -> syntax.uid().value())
                    .toList();
            proposed.add(new ProposedContext(
                    2 * proposed.size() + 1, proposal.sopClass().value(), syntaxes));
        }
        return proposed;
    }
}
