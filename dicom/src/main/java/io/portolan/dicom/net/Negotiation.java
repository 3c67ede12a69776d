package io.portolan.dicom.net;

import io.portolan.dicom.SopClass;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.AssociationRules;
import io.portolan.dicom.engine.ServerOptions;
import io.portolan.dicom.net.Pdu.AnsweredContext;
import io.portolan.dicom.net.Pdu.AssociateAc;
import io.portolan.dicom.net.Pdu.AssociateRj;
import io.portolan.dicom.net.Pdu.AssociateRq;
import io.portolan.dicom.net.Pdu.ProposedContext;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an acceptor says to an A-ASSOCIATE-RQ: from the request and the options alone, but
 * for names of hosts, of which {@link AssociationRules} may ask a name server.
 *
 * @param commitment whether Storage Commitment Push Model is served
 */
record Negotiation(ServerOptions options, boolean commitment) {

    /** PS3.7 A.2.1: the DICOM application context name. */
    static final String APPLICATION_CONTEXT = "1.2.840.10008.3.1.1.1";

    /** PS3.8 9.3.2: version 1 is bit 0, the only one. */
    static final int PROTOCOL_VERSION = 1;

    /** A presentation context that both sides have agreed on. */
    record PresentationContext(int id, Uid abstractSyntax, TransferSyntax transferSyntax) {}

    /** Why the association is rejected, if it is (PS3.8 table 9-21). */
    Optional<AssociateRj> refusal(AssociateRq request, InetAddress from) {
        if ((request.protocolVersion() & PROTOCOL_VERSION) == 0) {
            return Optional.of(AssociateRj.PROTOCOL_VERSION);
        }
        if (!request.applicationContext().equals(APPLICATION_CONTEXT)) {
            return Optional.of(AssociateRj.APPLICATION_CONTEXT);
        }
        return options.rules()
                .refusal(request.calledAe(), request.callingAe(), from)
                .map(refusal -> switch (refusal) {
                    case CALLED_AE -> AssociateRj.CALLED_AE;
                    case CALLING_AE -> AssociateRj.CALLING_AE;
                });
    }

    /** The acceptance; every proposed context is answered, in order. */
    AssociateAc acceptance(AssociateRq request) {
        return new AssociateAc(
                PROTOCOL_VERSION,
                request.calledAe(),
                request.callingAe(),
                APPLICATION_CONTEXT,
                request.contexts().stream().map(this::answer).toList(),
                UserInformation.ours(options.limits().pduLengthMaxBytes()));
    }

    /** What both sides have agreed on, by presentation-context-ID. */
    static Map<Integer, PresentationContext> agreed(List<ProposedContext> proposed, List<AnsweredContext> answered) {
        Map<Integer, ProposedContext> proposals = new LinkedHashMap<>();
        proposed.forEach(context -> proposals.put(context.id(), context));
        Map<Integer, PresentationContext> agreed = new LinkedHashMap<>();
        for (AnsweredContext answer : answered) {
            ProposedContext proposal = proposals.get(answer.id());
            if (proposal != null
                    && answer.result() == AnsweredContext.ACCEPTANCE
                    && proposal.transferSyntaxes().contains(answer.transferSyntax())) {
                Uid abstractSyntax = new Uid(proposal.abstractSyntax());
                TransferSyntax transferSyntax = TransferSyntax.of(new Uid(answer.transferSyntax()));
                agreed.put(answer.id(), new PresentationContext(answer.id(), abstractSyntax, transferSyntax));
            }
        }
        return agreed;
    }

    private AnsweredContext answer(ProposedContext context) {
        // Table 9-18: the syntax of a refused context is not significant, but some requestors want one to be there.
        String first = context.transferSyntaxes().isEmpty()
                ? TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN.uid().value()
                : context.transferSyntaxes().get(0);
        if (!accepts(context.abstractSyntax())) {
            return new AnsweredContext(context.id(), AnsweredContext.ABSTRACT_SYNTAX_NOT_SUPPORTED, first);
        }
        return context.transferSyntaxes().stream()
                .filter(syntax -> acceptsSyntax(context.abstractSyntax(), syntax))
                .findFirst()
                .map(syntax -> new AnsweredContext(context.id(), AnsweredContext.ACCEPTANCE, syntax))
                .orElse(new AnsweredContext(context.id(), AnsweredContext.TRANSFER_SYNTAXES_NOT_SUPPORTED, first));
    }

    private boolean accepts(String abstractSyntax) {
        if (!Uid.isValid(abstractSyntax)) {
            return false;
        }
        Uid uid = new Uid(abstractSyntax);
        return uid.equals(SopClass.VERIFICATION)
                || commitment && uid.equals(SopClass.STORAGE_COMMITMENT_PUSH)
                || SopClass.find(uid).map(SopClass::storage).orElse(options.acceptUnknownSopClasses());
    }

    private boolean acceptsSyntax(String abstractSyntax, String transferSyntax) {
        if (!Uid.isValid(transferSyntax)) {
            return false;
        }
        if (abstractSyntax.equals(SopClass.STORAGE_COMMITMENT_PUSH.value())) { // reports are to be written
            return MessageWriter.isWritable(TransferSyntax.of(new Uid(transferSyntax)));
        }
        return options.acceptUnknownTransferSyntaxes()
                || TransferSyntax.find(new Uid(transferSyntax)).isPresent();
    }
}
