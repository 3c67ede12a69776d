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
import io.portolan.dicom.net.UserInformation.AsynchronousOperations;
import io.portolan.dicom.net.UserInformation.ExtendedNegotiation;
import io.portolan.dicom.net.UserInformation.Opaque;
import io.portolan.dicom.net.UserInformation.RoleSelection;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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

    /** PS3.6 table A-1. */
    private static final String STORAGE_SERVICE_CLASS = "1.2.840.10008.4.2";

    /** PS3.7 D.3.3.3: one operation after the other, whatever was proposed. */
    private static final AsynchronousOperations ONE_OPERATION = new AsynchronousOperations(1, 1);

    // PS3.4 table B.3-1
    private static final int LEVEL_0_LOCAL = 0;
    private static final int LEVEL_2_FULL = 2;
    private static final int SIGNATURE_LEVEL_UNSPECIFIED = 0;
    private static final int SIGNATURE_LEVEL_3 = 3;
    private static final byte NO_COERCION = 0;

    /** PS3.7 table D.3-14: a user name, and one with a passcode. */
    private static final Set<Integer> USER_NAMES = Set.of(1, 2);

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
                request.contexts().stream()
                        .map(context -> answer(context, request.user()))
                        .toList(),
                userInformation(request));
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

    private AnsweredContext answer(ProposedContext context, UserInformation user) {
        // Table 9-18: the syntax of a refused context is not significant, but some requestors want one to be there.
        String first = context.transferSyntaxes().stream()
                .filter(Uid::isValid)
                .findFirst()
                .orElse(TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN.uid().value());
        if (!accepts(context.abstractSyntax(), user)) {
            return new AnsweredContext(context.id(), AnsweredContext.ABSTRACT_SYNTAX_NOT_SUPPORTED, first);
        }
        if (!role(context.abstractSyntax(), user).map(RoleSelection::scu).orElse(true)) {
            return new AnsweredContext(context.id(), AnsweredContext.USER_REJECTION, first);
        }
        return context.transferSyntaxes().stream()
                .filter(syntax -> acceptsSyntax(context.abstractSyntax(), syntax))
                .findFirst()
                .map(syntax -> new AnsweredContext(context.id(), AnsweredContext.ACCEPTANCE, syntax))
                .orElse(new AnsweredContext(context.id(), AnsweredContext.TRANSFER_SYNTAXES_NOT_SUPPORTED, first));
    }

    private boolean accepts(String abstractSyntax, UserInformation user) {
        return abstractSyntax.equals(SopClass.VERIFICATION.value())
                || commitment && abstractSyntax.equals(SopClass.STORAGE_COMMITMENT_PUSH.value())
                || isStorage(abstractSyntax, user);
    }

    // PS3.7 D.3.3.6: of a class that the table lacks, the peer may have said what it is.
    private boolean isStorage(String abstractSyntax, UserInformation user) {
        if (!Uid.isValid(abstractSyntax)) {
            return false;
        }
        Optional<Boolean> told = user.commonExtendedNegotiations().stream()
                .filter(common -> common.sopClass().equals(abstractSyntax))
                .findFirst()
                .map(common -> common.serviceClass().equals(STORAGE_SERVICE_CLASS)
                        || common.relatedSopClasses().stream().anyMatch(Negotiation::isKnownStorage));
        return SopClass.find(new Uid(abstractSyntax))
                .map(SopClass::storage)
                .or(() -> told)
                .orElse(options.acceptUnknownSopClasses());
    }

    private static boolean isKnownStorage(String sopClass) {
        return Uid.isValid(sopClass)
                && SopClass.find(new Uid(sopClass)).map(SopClass::storage).orElse(false);
    }

    private UserInformation userInformation(AssociateRq request) {
        UserInformation user = request.user();
        List<String> classes = request.contexts().stream()
                .map(ProposedContext::abstractSyntax)
                .filter(sopClass -> accepts(sopClass, user))
                .distinct()
                .toList();
        return UserInformation.ours(
                options.limits().pduLengthMaxBytes(),
                user.asynchronousOperations().map(proposed -> ONE_OPERATION),
                classes.stream()
                        .flatMap(sopClass -> role(sopClass, user).stream())
                        .toList(),
                classes.stream()
                        .filter(sopClass -> isStorage(sopClass, user)
                                && user.extendedNegotiations().stream()
                                        .anyMatch(
                                                extended -> extended.sopClass().equals(sopClass)))
                        .map(sopClass -> new ExtendedNegotiation(sopClass, new Opaque(storageSupport())))
                        .toList(),
                identityResponse(user));
    }

    /**
     * PS3.7 D.3.3.4: what is answered to the proposal for a class, if there is one. The requestor is the SCU, as without a
     * proposal; of two proposals the first counts.
     */
    private static Optional<RoleSelection> role(String sopClass, UserInformation user) {
        return user.roleSelections().stream()
                .filter(role -> role.sopClass().equals(sopClass))
                .findFirst()
                .map(role -> new RoleSelection(sopClass, role.scu(), false));
    }

    // PS3.4 table B.3-1: level of support, reserved, level of digital signature support, reserved, element coercion,
    // reserved.
    // What is kept is kept bit by bit, so that signatures in it stay valid.
    private byte[] storageSupport() {
        int level = options.keepsWhole() ? LEVEL_2_FULL : LEVEL_0_LOCAL;
        int signatures = options.keepsWhole() ? SIGNATURE_LEVEL_3 : SIGNATURE_LEVEL_UNSPECIFIED;
        return new byte[] {(byte) level, 0, (byte) signatures, 0, NO_COERCION, 0};
    }

    // PS3.7 table D.3-15. Who wants to know that the identity was accepted is told so, where that is no more than this.
    // A ticket (type 3), an assertion (4) or a token (5) that would prove who we are we do not have.
    private static Optional<Opaque> identityResponse(UserInformation user) {
        return user.userIdentity()
                .filter(identity -> identity.responseRequested() && USER_NAMES.contains(identity.type()))
                .map(identity -> new Opaque(new byte[0]));
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
