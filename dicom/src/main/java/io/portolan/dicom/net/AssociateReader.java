package io.portolan.dicom.net;

import io.portolan.dicom.net.Pdu.AnsweredContext;
import io.portolan.dicom.net.Pdu.AssociateAc;
import io.portolan.dicom.net.Pdu.AssociateRq;
import io.portolan.dicom.net.Pdu.ProposedContext;
import io.portolan.dicom.net.UserInformation.AsynchronousOperations;
import io.portolan.dicom.net.UserInformation.CommonExtendedNegotiation;
import io.portolan.dicom.net.UserInformation.ExtendedNegotiation;
import io.portolan.dicom.net.UserInformation.Opaque;
import io.portolan.dicom.net.UserInformation.RoleSelection;
import io.portolan.dicom.net.UserInformation.UserIdentity;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the bodies of A-ASSOCIATE-RQ (PS3.8 9.3.2) and A-ASSOCIATE-AC (PS3.8 9.3.3) with their items and sub-items. Unknown
 * items are ignored, as PS3.8 9.3.1 wants; an item that is longer than what holds it is an error.
 *
 * <pre>
 * | protocol-version (2) | reserved (2) | called AE (16) | calling AE (16) | reserved (32) | items ...
 * item: | type (1) | reserved (1) | item-length (2, BE) | ...
 * </pre>
 */
final class AssociateReader {

    static final int APPLICATION_CONTEXT = 0x10;
    static final int PROPOSED_CONTEXT = 0x20;
    static final int ANSWERED_CONTEXT = 0x21;
    static final int ABSTRACT_SYNTAX = 0x30;
    static final int TRANSFER_SYNTAX = 0x40;
    static final int USER_INFORMATION = 0x50;
    static final int MAXIMUM_LENGTH = 0x51;
    static final int IMPLEMENTATION_CLASS_UID = 0x52;
    static final int ASYNCHRONOUS_OPERATIONS_WINDOW = 0x53;
    static final int ROLE_SELECTION = 0x54;
    static final int IMPLEMENTATION_VERSION_NAME = 0x55;
    static final int EXTENDED_NEGOTIATION = 0x56;
    static final int COMMON_EXTENDED_NEGOTIATION = 0x57;
    static final int USER_IDENTITY = 0x58;

    private static final int FIXED_BYTES = 68;
    private static final int AE_TITLE_BYTES = 16;

    private final String pdu;
    private final ByteBuffer body;

    private int protocolVersion;
    private String calledAe = "";
    private String callingAe = "";
    private String applicationContext = "";
    private final List<ProposedContext> proposed = new ArrayList<>();
    private final List<AnsweredContext> answered = new ArrayList<>();
    private final Set<Integer> contextIds = new HashSet<>();
    private UserInformation user = UserInformation.none();

    static AssociateRq request(byte[] body) throws InvalidPduException {
        AssociateReader reader = new AssociateReader("A-ASSOCIATE-RQ", body);
        reader.read();
        return new AssociateRq(
                reader.protocolVersion,
                reader.calledAe,
                reader.callingAe,
                reader.applicationContext,
                reader.proposed,
                reader.user);
    }

    static AssociateAc acceptance(byte[] body) throws InvalidPduException {
        AssociateReader reader = new AssociateReader("A-ASSOCIATE-AC", body);
        reader.read();
        return new AssociateAc(
                reader.protocolVersion,
                reader.calledAe,
                reader.callingAe,
                reader.applicationContext,
                reader.answered,
                reader.user);
    }

    private AssociateReader(String pdu, byte[] body) {
        this.pdu = pdu;
        this.body = ByteBuffer.wrap(body);
    }

    private void read() throws InvalidPduException {
        if (body.remaining() < FIXED_BYTES) {
            throw PduReader.invalid(pdu + " PDU-length " + body.remaining() + " is below " + FIXED_BYTES);
        }
        protocolVersion = uint16(body);
        body.getShort();
        calledAe = aeTitle(body);
        callingAe = aeTitle(body);
        body.position(FIXED_BYTES);
        while (body.hasRemaining()) {
            int type = body.get() & 0xFF;
            ByteBuffer item = item(type, body);
            switch (type) {
                case APPLICATION_CONTEXT -> applicationContext = text(item);
                case PROPOSED_CONTEXT -> proposed.add(proposedContext(item));
                case ANSWERED_CONTEXT -> answered.add(answeredContext(item));
                case USER_INFORMATION -> user = userInformation(item);
                default -> {}
            }
        }
    }

    // PS3.8 table 9-13: | context-ID (1) | reserved (3) | abstract syntax sub-item | transfer syntax sub-items ... |
    private ProposedContext proposedContext(ByteBuffer item) throws InvalidPduException {
        int id = contextId(PROPOSED_CONTEXT, item);
        item.get();
        item.getShort();
        String abstractSyntax = "";
        List<String> transferSyntaxes = new ArrayList<>();
        while (item.hasRemaining()) {
            int type = item.get() & 0xFF;
            ByteBuffer subItem = item(type, item);
            if (type == ABSTRACT_SYNTAX) {
                abstractSyntax = text(subItem);
            } else if (type == TRANSFER_SYNTAX) {
                transferSyntaxes.add(text(subItem));
            }
        }
        return new ProposedContext(id, abstractSyntax, transferSyntaxes);
    }

    // PS3.8 table 9-18: | context-ID (1) | reserved (1) | result (1) | reserved (1) | transfer syntax sub-item |
    private AnsweredContext answeredContext(ByteBuffer item) throws InvalidPduException {
        int id = contextId(ANSWERED_CONTEXT, item);
        item.get();
        int result = item.get() & 0xFF;
        item.get();
        String transferSyntax = "";
        while (item.hasRemaining()) {
            int type = item.get() & 0xFF;
            ByteBuffer subItem = item(type, item);
            if (type == TRANSFER_SYNTAX) {
                transferSyntax = text(subItem);
            }
        }
        return new AnsweredContext(id, result, transferSyntax);
    }

    private int contextId(int itemType, ByteBuffer item) throws InvalidPduException {
        need(itemType, item, 4);
        int id = item.get() & 0xFF;
        if (id % 2 == 0) {
            throw invalid(itemType, "has the even presentation-context-ID " + id);
        }
        if (!contextIds.add(id)) {
            throw invalid(itemType, "repeats the presentation-context-ID " + id);
        }
        return id;
    }

    private UserInformation userInformation(ByteBuffer item) throws InvalidPduException {
        long maximumLength = 0;
        String classUid = "";
        String versionName = "";
        Optional<AsynchronousOperations> window = Optional.empty();
        List<RoleSelection> roles = new ArrayList<>();
        List<ExtendedNegotiation> extended = new ArrayList<>();
        List<CommonExtendedNegotiation> commonExtended = new ArrayList<>();
        Optional<UserIdentity> identity = Optional.empty();
        while (item.hasRemaining()) {
            int type = item.get() & 0xFF;
            ByteBuffer subItem = item(type, item);
            switch (type) {
                case MAXIMUM_LENGTH -> {
                    // PS3.8 table D.1-1: | maximum-length (4) |
                    need(type, subItem, 4);
                    maximumLength = subItem.getInt() & 0xFFFFFFFFL;
                }
                case IMPLEMENTATION_CLASS_UID -> classUid = text(subItem);
                case IMPLEMENTATION_VERSION_NAME -> versionName = text(subItem);
                case ASYNCHRONOUS_OPERATIONS_WINDOW -> {
                    // PS3.7 table D.3-7: | invoked (2) | performed (2) |
                    need(type, subItem, 4);
                    window = Optional.of(new AsynchronousOperations(uint16(subItem), uint16(subItem)));
                }
                case ROLE_SELECTION -> {
                    // PS3.7 table D.3-9: | UID-length (2) | SOP class UID | SCU-role (1) | SCP-role (1) |
                    String sopClass = text(counted(type, subItem));
                    need(type, subItem, 2);
                    roles.add(new RoleSelection(sopClass, subItem.get() == 1, subItem.get() == 1));
                }
                // PS3.7 table D.3-11: | UID-length (2) | SOP class UID | information ... |
                case EXTENDED_NEGOTIATION ->
                    extended.add(new ExtendedNegotiation(text(counted(type, subItem)), opaque(subItem)));
                case COMMON_EXTENDED_NEGOTIATION -> commonExtended.add(commonExtended(type, subItem));
                case USER_IDENTITY -> {
                    // PS3.7 table D.3-14: | type (1) | response (1) | length (2) | primary | length (2) | secondary |
                    need(type, subItem, 2);
                    identity = Optional.of(new UserIdentity(
                            subItem.get() & 0xFF,
                            subItem.get() == 1,
                            opaque(counted(type, subItem)),
                            opaque(counted(type, subItem))));
                }
                default -> {}
            }
        }
        return new UserInformation(
                maximumLength, classUid, versionName, window, roles, extended, commonExtended, identity);
    }

    // PS3.7 table D.3-12: | length (2) | SOP class UID | length (2) | service class UID
    //                     | length (2) | related classes: | length (2) | UID | ... | reserved ...
    private CommonExtendedNegotiation commonExtended(int type, ByteBuffer subItem) throws InvalidPduException {
        String sopClass = text(counted(type, subItem));
        String serviceClass = text(counted(type, subItem));
        ByteBuffer list = counted(type, subItem);
        List<String> related = new ArrayList<>();
        while (list.hasRemaining()) {
            related.add(text(counted(type, list)));
        }
        return new CommonExtendedNegotiation(sopClass, serviceClass, related);
    }

    /** The content of an item whose type has been read. */
    private ByteBuffer item(int type, ByteBuffer from) throws InvalidPduException {
        need(type, from, 3);
        from.get();
        return counted(type, from);
    }

    /** What a 16-bit length announces. */
    private ByteBuffer counted(int type, ByteBuffer from) throws InvalidPduException {
        need(type, from, 2);
        int length = uint16(from);
        need(type, from, length);
        ByteBuffer content = from.slice(from.position(), length);
        from.position(from.position() + length);
        return content;
    }

    private void need(int type, ByteBuffer from, int bytes) throws InvalidPduException {
        if (from.remaining() < bytes) {
            throw invalid(type, "needs " + bytes + " bytes where " + from.remaining() + " are left");
        }
    }

    private InvalidPduException invalid(int type, String what) {
        return PduReader.invalid("%s item 0x%02X %s".formatted(pdu, type, what));
    }

    private static int uint16(ByteBuffer from) {
        return from.getShort() & 0xFFFF;
    }

    private static Opaque opaque(ByteBuffer from) {
        byte[] bytes = new byte[from.remaining()];
        from.get(bytes);
        return new Opaque(bytes);
    }

    private static String aeTitle(ByteBuffer from) {
        ByteBuffer title = from.slice(from.position(), AE_TITLE_BYTES);
        from.position(from.position() + AE_TITLE_BYTES);
        return text(title);
    }

    /** Text without padding; what is not printable ASCII becomes a question mark, so that a peer cannot write our log. */
    static String text(ByteBuffer from) {
        byte[] bytes = new byte[from.remaining()];
        from.get(bytes);
        int end = bytes.length;
        while (end > 0 && (bytes[end - 1] == 0 || bytes[end - 1] == ' ')) {
            end--;
        }
        for (int i = 0; i < end; i++) {
            if (bytes[i] < ' ' || bytes[i] == 0x7F) {
                bytes[i] = '?';
            }
        }
        return new String(bytes, 0, end, StandardCharsets.US_ASCII).stripLeading();
    }
}
