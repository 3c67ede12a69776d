package io.portolan.dicom.net;

import static io.portolan.dicom.net.AssociateReader.ABSTRACT_SYNTAX;
import static io.portolan.dicom.net.AssociateReader.ANSWERED_CONTEXT;
import static io.portolan.dicom.net.AssociateReader.APPLICATION_CONTEXT;
import static io.portolan.dicom.net.AssociateReader.ASYNCHRONOUS_OPERATIONS_WINDOW;
import static io.portolan.dicom.net.AssociateReader.COMMON_EXTENDED_NEGOTIATION;
import static io.portolan.dicom.net.AssociateReader.EXTENDED_NEGOTIATION;
import static io.portolan.dicom.net.AssociateReader.IMPLEMENTATION_CLASS_UID;
import static io.portolan.dicom.net.AssociateReader.IMPLEMENTATION_VERSION_NAME;
import static io.portolan.dicom.net.AssociateReader.MAXIMUM_LENGTH;
import static io.portolan.dicom.net.AssociateReader.PROPOSED_CONTEXT;
import static io.portolan.dicom.net.AssociateReader.ROLE_SELECTION;
import static io.portolan.dicom.net.AssociateReader.TRANSFER_SYNTAX;
import static io.portolan.dicom.net.AssociateReader.USER_IDENTITY;
import static io.portolan.dicom.net.AssociateReader.USER_IDENTITY_RESPONSE;
import static io.portolan.dicom.net.AssociateReader.USER_INFORMATION;

import io.portolan.dicom.net.Pdu.Abort;
import io.portolan.dicom.net.Pdu.AnsweredContext;
import io.portolan.dicom.net.Pdu.AssociateAc;
import io.portolan.dicom.net.Pdu.AssociateRj;
import io.portolan.dicom.net.Pdu.AssociateRq;
import io.portolan.dicom.net.Pdu.PDataTf;
import io.portolan.dicom.net.Pdu.ProposedContext;
import io.portolan.dicom.net.UserInformation.RoleSelection;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Writes PDUs as bytes, the mirror of {@link PduReader}: the diagrams stand there. Of P-DATA-TF it writes the header. */
final class PduWriter {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);

    static byte[] bytes(Pdu pdu) {
        PduWriter body = new PduWriter();
        if (pdu instanceof AssociateRq rq) {
            body.fixed(rq.protocolVersion(), rq.calledAe(), rq.callingAe());
            body.item(APPLICATION_CONTEXT, rq.applicationContext());
            rq.contexts().forEach(body::proposed);
            body.item(USER_INFORMATION, userInformation(rq.user()));
        } else if (pdu instanceof AssociateAc ac) {
            body.fixed(ac.protocolVersion(), ac.calledAe(), ac.callingAe());
            body.item(APPLICATION_CONTEXT, ac.applicationContext());
            ac.contexts().forEach(body::answered);
            body.item(USER_INFORMATION, userInformation(ac.user()));
        } else if (pdu instanceof AssociateRj rj) {
            body.uint8(0).uint8(rj.result()).uint8(rj.source()).uint8(rj.reason());
        } else if (pdu instanceof Abort abort) {
            body.uint16(0).uint8(abort.source()).uint8(abort.reason());
        } else if (!(pdu instanceof PDataTf)) {
            body.uint32(0);
        }
        long length = pdu instanceof PDataTf pData ? pData.length() : body.out.size();
        PduWriter whole = new PduWriter();
        whole.uint8(pdu.type()).uint8(0).uint32(length).raw(body.out.toByteArray());
        return whole.out.toByteArray();
    }

    private void fixed(int protocolVersion, String calledAe, String callingAe) {
        uint16(protocolVersion).uint16(0).aeTitle(calledAe).aeTitle(callingAe).raw(new byte[32]);
    }

    private void proposed(ProposedContext context) {
        PduWriter content = new PduWriter();
        content.uint8(context.id()).uint8(0).uint16(0).item(ABSTRACT_SYNTAX, context.abstractSyntax());
        context.transferSyntaxes().forEach(syntax -> content.item(TRANSFER_SYNTAX, syntax));
        item(PROPOSED_CONTEXT, content);
    }

    private void answered(AnsweredContext context) {
        PduWriter content = new PduWriter();
        content.uint8(context.id()).uint8(0).uint8(context.result()).uint8(0);
        content.item(TRANSFER_SYNTAX, context.transferSyntax());
        item(ANSWERED_CONTEXT, content);
    }

    private static PduWriter userInformation(UserInformation user) {
        PduWriter content = new PduWriter();
        content.item(MAXIMUM_LENGTH, new PduWriter().uint32(user.maximumLength()));
        content.item(IMPLEMENTATION_CLASS_UID, user.implementationClassUid());
        user.asynchronousOperations()
                .ifPresent(window -> content.item(
                        ASYNCHRONOUS_OPERATIONS_WINDOW,
                        new PduWriter().uint16(window.invoked()).uint16(window.performed())));
        for (RoleSelection role : user.roleSelections()) {
            PduWriter roles = new PduWriter().counted(role.sopClass());
            content.item(ROLE_SELECTION, roles.uint8(role.scu() ? 1 : 0).uint8(role.scp() ? 1 : 0));
        }
        content.item(IMPLEMENTATION_VERSION_NAME, user.implementationVersionName());
        user.extendedNegotiations()
                .forEach(extended -> content.item(
                        EXTENDED_NEGOTIATION,
                        new PduWriter()
                                .counted(extended.sopClass())
                                .raw(extended.information().bytes())));
        user.commonExtendedNegotiations()
                .forEach(common -> content.item(
                        COMMON_EXTENDED_NEGOTIATION,
                        new PduWriter()
                                .counted(common.sopClass())
                                .counted(common.serviceClass())
                                .counted(list(common.relatedSopClasses()))));
        user.userIdentity()
                .ifPresent(identity -> content.item(
                        USER_IDENTITY,
                        new PduWriter()
                                .uint8(identity.type())
                                .uint8(identity.responseRequested() ? 1 : 0)
                                .counted(identity.primary().bytes())
                                .counted(identity.secondary().bytes())));
        user.userIdentityResponse()
                .ifPresent(response -> content.item(USER_IDENTITY_RESPONSE, new PduWriter().counted(response.bytes())));
        return content;
    }

    private static byte[] list(List<String> texts) {
        PduWriter list = new PduWriter();
        texts.forEach(list::counted);
        return list.out.toByteArray();
    }

    private PduWriter item(int type, String text) {
        return uint8(type).uint8(0).counted(text);
    }

    private PduWriter item(int type, PduWriter content) {
        return uint8(type).uint8(0).counted(content.out.toByteArray());
    }

    private PduWriter counted(String text) {
        return counted(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** @throws IllegalArgumentException when the content does not fit a 16-bit length */
    private PduWriter counted(byte[] content) {
        if (content.length > 0xFFFF) {
            throw new IllegalArgumentException("an item of " + content.length + " bytes does not fit");
        }
        return uint16(content.length).raw(content);
    }

    private PduWriter aeTitle(String title) {
        byte[] padded = new byte[16];
        Arrays.fill(padded, (byte) ' ');
        byte[] bytes = title.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, padded, 0, Math.min(bytes.length, padded.length));
        return raw(padded);
    }

    private PduWriter uint8(int value) {
        out.write(value);
        return this;
    }

    private PduWriter uint16(int value) {
        return uint8(value >>> 8).uint8(value);
    }

    private PduWriter uint32(long value) {
        return uint16((int) (value >>> 16)).uint16((int) value);
    }

    private PduWriter raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }
}
