package io.portolan.dicom.net;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.SopClass;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.AeTitles;
import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.CommitmentReport;
import io.portolan.dicom.engine.DicomNetworkException;
import io.portolan.dicom.engine.DicomNetworkException.Kind;
import io.portolan.dicom.engine.FindMatches;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.Retrieved;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.engine.StoreScp;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.dicom.net.MessageReader.Message;
import io.portolan.dicom.net.Negotiation.PresentationContext;
import io.portolan.dicom.net.Pdu.AssociateAc;
import io.portolan.dicom.net.Pdu.AssociateRq;
import io.portolan.dicom.net.Pdu.ProposedContext;
import io.portolan.dicom.net.UserInformation.RoleSelection;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * SCU of Verification, Storage and Query/Retrieve on one association: C-ECHO (PS3.7 9.3.5), C-STORE (PS3.7 9.3.1), and by
 * {@link QueryRetrieve} C-FIND, C-GET and C-MOVE; SCP of Storage Commitment that reports: N-EVENT-REPORT (PS3.7 10.3.1). Used by
 * one thread at a time.
 */
final class Scu implements AssociationClient {

    /** Associations that this side requests are not counted. */
    private static final long UNNUMBERED = 0;

    private final Association association;
    private final RequestOptions options;
    private final InetSocketAddress peer;

    /** The presentation contexts in which this side is the SCU. */
    private final Map<Integer, PresentationContext> contexts = new LinkedHashMap<>();

    /** Those in which it is the SCP. */
    private final Map<Integer, PresentationContext> scpContexts = new LinkedHashMap<>();

    private final MessageReader reader;
    private final MessageWriter writer;
    private final QueryRetrieve queryRetrieve;
    private int messageId;

    /** Connects and negotiates. */
    static Scu request(RequestOptions options) throws IOException {
        InetSocketAddress peer = new InetSocketAddress(options.host(), options.port());
        return request(options, peer, Association.connect(peer, options.limits(), options.tls()));
    }

    /** Negotiates over a connection that stands. */
    static Scu request(RequestOptions options, InetSocketAddress peer, Association association) throws IOException {
        try {
            List<ProposedContext> proposed = proposed(options);
            AssociateAc acceptance = association.request(new AssociateRq(
                    Negotiation.PROTOCOL_VERSION,
                    options.calledAe(),
                    options.callingAe(),
                    Negotiation.APPLICATION_CONTEXT,
                    proposed,
                    UserInformation.ours(options.limits().pduLengthMaxBytes(), roles(options))));
            return new Scu(association, options, peer, proposed, acceptance);
        } catch (IOException | RuntimeException e) {
            association.close();
            throw e;
        }
    }

    private Scu(
            Association association,
            RequestOptions options,
            InetSocketAddress peer,
            List<ProposedContext> proposed,
            AssociateAc acceptance)
            throws IOException {
        this.association = association;
        this.options = options;
        this.peer = peer;
        List<Uid> asScp = scpClasses(options);
        Negotiation.agreed(proposed, acceptance.contexts()).forEach((id, context) -> {
            if (!asScp.contains(context.abstractSyntax())) {
                contexts.put(id, context);
            } else if (acceptance.user().acceptsScp(context.abstractSyntax())
                    // Deviation from PS3.7 D.3.3.4: many who ask for storage commitment answer no role, yet take
                    // reports.
                    || context.abstractSyntax().equals(SopClass.STORAGE_COMMITMENT_PUSH)
                            && acceptance.user().answersNoRole(context.abstractSyntax())) {
                scpContexts.put(id, context);
            }
        });
        this.reader = new MessageReader(association, options.limits().commandSetMaxBytes());
        this.writer = new MessageWriter(
                association, acceptance.user().maximumLength(), options.limits().pduLengthMaxBytes());
        this.queryRetrieve = new QueryRetrieve(association, reader, writer);
    }

    @Override
    public List<TransferSyntax> accepted(Uid sopClass) {
        return Stream.concat(contexts.values().stream(), scpContexts.values().stream())
                .filter(context -> context.abstractSyntax().equals(sopClass))
                .map(PresentationContext::transferSyntax)
                .distinct()
                .toList();
    }

    @Override
    public Status echo() throws IOException {
        PresentationContext context = context(SopClass.VERIFICATION, any -> true);
        return perform(() -> {
            CommandSet request = CommandSet.echoRequest(nextMessageId());
            writer.writeCommand(context.id(), request);
            return response(request);
        });
    }

    @Override
    public Status store(Uid sopClass, Uid sopInstance, TransferSyntax transferSyntax, InputStream dataSet)
            throws IOException {
        PresentationContext context = context(sopClass, transferSyntax::equals);
        return perform(() -> {
            CommandSet request = CommandSet.storeRequest(nextMessageId(), sopClass, sopInstance);
            writer.writeCommand(context.id(), request);
            writer.writeDataSet(context.id(), dataSet);
            return response(request);
        });
    }

    @Override
    public Status find(Uid sopClass, DataSet identifier, Selection selection, ReadLimits limits, FindMatches matches)
            throws IOException {
        PresentationContext context = context(sopClass, MessageWriter::isWritable);
        CommandSet request = CommandSet.findRequest(nextMessageId(), sopClass);
        return perform(() -> queryRetrieve.find(context, request, identifier, selection, limits, matches));
    }

    @Override
    public Retrieved get(Uid sopClass, DataSet identifier, StoreScp store) throws IOException {
        PresentationContext context = context(sopClass, MessageWriter::isWritable);
        CommandSet request = CommandSet.getRequest(nextMessageId(), sopClass);
        StorageScp storage = new StorageScp(
                association,
                peer,
                UNNUMBERED,
                options.calledAe().strip(),
                options.callingAe().strip(),
                store);
        return perform(() -> queryRetrieve.get(context, request, identifier, scpContexts, storage));
    }

    @Override
    public Retrieved move(Uid sopClass, DataSet identifier, String destinationAe) throws IOException {
        if (!AeTitles.isValid(destinationAe)) {
            throw new IllegalArgumentException("the destination of C-MOVE is no AE title");
        }
        PresentationContext context = context(sopClass, MessageWriter::isWritable);
        CommandSet request = CommandSet.moveRequest(nextMessageId(), sopClass, destinationAe);
        return perform(() -> queryRetrieve.move(context, request, identifier));
    }

    @Override
    public Status report(CommitmentReport report) throws IOException {
        PresentationContext context = context(scpContexts, SopClass.STORAGE_COMMITMENT_PUSH, MessageWriter::isWritable);
        return perform(() -> {
            CommandSet request = CommitmentInformation.eventReportRequest(nextMessageId(), report);
            writer.write(context, request, CommitmentInformation.of(report));
            return response(request);
        });
    }

    @Override
    public void release() throws IOException {
        requireEstablished();
        association.release();
    }

    @Override
    public void stop() {
        association.stop();
    }

    @Override
    public void close() {
        association.abort();
    }

    @FunctionalInterface
    private interface Operation<T> {
        T perform() throws IOException;
    }

    private <T> T perform(Operation<T> operation) throws IOException {
        try {
            return operation.perform();
        } catch (InvalidPduException e) {
            throw association.aborting(Kind.PROTOCOL_VIOLATION, String.valueOf(e.getMessage()));
        }
    }

    private Status response(CommandSet request) throws IOException {
        Message message = reader.answer();
        if (!message.command().answers(request)) {
            throw association.aborting(Kind.PROTOCOL_VIOLATION, "the peer answers what was not asked");
        }
        reader.skipDataSet(message);
        return message.command().status();
    }

    private PresentationContext context(Uid sopClass, Predicate<TransferSyntax> transferSyntax)
            throws DicomNetworkException {
        return context(contexts, sopClass, transferSyntax);
    }

    private PresentationContext context(
            Map<Integer, PresentationContext> among, Uid sopClass, Predicate<TransferSyntax> transferSyntax)
            throws DicomNetworkException {
        requireEstablished();
        Optional<PresentationContext> found = among.values().stream()
                .filter(context -> context.abstractSyntax().equals(sopClass))
                .filter(context -> transferSyntax.test(context.transferSyntax()))
                .findFirst();
        return found.orElseThrow(() ->
                new DicomNetworkException(Kind.NOT_NEGOTIATED, "no presentation context accepted for " + sopClass));
    }

    private void requireEstablished() throws DicomNetworkException {
        if (!association.isEstablished()) {
            throw new DicomNetworkException(Kind.STOPPED, "the association is over");
        }
    }

    private int nextMessageId() {
        messageId = CommandSet.messageIdAfter(messageId);
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

    // PS3.7 D.3.3.4: one item for each SOP class; without one, the requestor is the SCU.
    private static List<RoleSelection> roles(RequestOptions options) {
        return scpClasses(options).stream()
                .map(sopClass -> new RoleSelection(sopClass.value(), false, true))
                .toList();
    }

    private static List<Uid> scpClasses(RequestOptions options) {
        return options.contexts().stream()
                .filter(RequestOptions.Proposal::asScp)
                .map(RequestOptions.Proposal::sopClass)
                .distinct()
                .toList();
    }
}
