package io.portolan.dicom.net;

import io.portolan.dicom.engine.AssociateLimits;
import io.portolan.dicom.net.Pdu.AnsweredContext;
import io.portolan.dicom.net.Pdu.AssociateAc;
import io.portolan.dicom.net.Pdu.AssociateRq;
import io.portolan.dicom.net.Pdu.ProposedContext;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the bodies of A-ASSOCIATE-RQ (PS3.8 9.3.2) and A-ASSOCIATE-AC (PS3.8 9.3.3) with their items and sub-items. Unknown
 * items are ignored, as PS3.8 9.3.1 wants, and so are known ones in another's place; one of the other PDU, or one that comes twice
 * where one is meant, is an error.
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
    static final int USER_IDENTITY_RESPONSE = 0x59;

    private static final int FIXED_BYTES = 68;
    private static final int AE_TITLE_BYTES = 16;

    private final boolean isRequest;
    private final ByteBuffer body;
    private final AssociateLimits limits;
    private final ItemReader items;
    private final Set<Integer> once = new HashSet<>();

    private int protocolVersion;
    private String calledAe = "";
    private String callingAe = "";
    private String applicationContext = "";
    private final List<ProposedContext> proposed = new ArrayList<>();
    private final List<AnsweredContext> answered = new ArrayList<>();
    private final Set<Integer> contextIds = new HashSet<>();
    private UserInformation user = UserInformation.none();

    static AssociateRq request(byte[] body, AssociateLimits limits) throws InvalidPduException {
        AssociateReader reader = new AssociateReader(true, body, limits);
        reader.read();
        return new AssociateRq(
                reader.protocolVersion,
                reader.calledAe,
                reader.callingAe,
                reader.applicationContext,
                reader.proposed,
                reader.user);
    }

    static AssociateAc acceptance(byte[] body, AssociateLimits limits) throws InvalidPduException {
        AssociateReader reader = new AssociateReader(false, body, limits);
        reader.read();
        return new AssociateAc(
                reader.protocolVersion,
                reader.calledAe,
                reader.callingAe,
                reader.applicationContext,
                reader.answered,
                reader.user);
    }

    private AssociateReader(boolean isRequest, byte[] body, AssociateLimits limits) {
        this.isRequest = isRequest;
        this.body = ByteBuffer.wrap(body);
        this.limits = limits;
        this.items = new ItemReader(isRequest ? "A-ASSOCIATE-RQ" : "A-ASSOCIATE-AC", limits.itemsMax());
    }

    private void read() throws InvalidPduException {
        if (body.remaining() < FIXED_BYTES) {
            throw PduReader.invalid("A-ASSOCIATE PDU-length " + body.remaining() + " is below " + FIXED_BYTES);
        }
        protocolVersion = ItemReader.uint16(body);
        body.getShort();
        calledAe = aeTitle(body);
        callingAe = aeTitle(body);
        body.position(FIXED_BYTES);
        while (body.hasRemaining()) {
            int type = body.get() & 0xFF;
            ByteBuffer item = items.item(type, body);
            switch (type) {
                case APPLICATION_CONTEXT -> {
                    items.expect(type, once.add(type));
                    applicationContext = ItemReader.text(item);
                }
                case PROPOSED_CONTEXT -> {
                    items.expect(type, isRequest);
                    proposed.add(proposedContext(item));
                }
                case ANSWERED_CONTEXT -> {
                    items.expect(type, !isRequest);
                    answered.add(answeredContext(item));
                }
                case USER_INFORMATION -> {
                    items.expect(type, once.add(type));
                    user = new UserInformationReader(items, isRequest).read(item);
                }
                case ABSTRACT_SYNTAX, TRANSFER_SYNTAX -> items.expect(type, false);
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
            ByteBuffer subItem = items.item(type, item);
            if (type == ABSTRACT_SYNTAX) {
                items.expect(type, abstractSyntax.isEmpty());
                abstractSyntax = ItemReader.text(subItem);
            } else if (type == TRANSFER_SYNTAX) {
                if (transferSyntaxes.size() == limits.transferSyntaxesMax()) {
                    throw items.invalid(
                            PROPOSED_CONTEXT, "has more than " + limits.transferSyntaxesMax() + " transfer syntaxes");
                }
                transferSyntaxes.add(ItemReader.text(subItem));
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
            ByteBuffer subItem = items.item(type, item);
            if (type == TRANSFER_SYNTAX) {
                items.expect(type, transferSyntax.isEmpty());
                transferSyntax = ItemReader.text(subItem);
            }
        }
        return new AnsweredContext(id, result, transferSyntax);
    }

    private int contextId(int itemType, ByteBuffer item) throws InvalidPduException {
        items.need(itemType, item, 4);
        int id = item.get() & 0xFF;
        if (id % 2 == 0) {
            throw items.invalid(itemType, "has the even presentation-context-ID " + id);
        }
        if (!contextIds.add(id)) {
            throw items.invalid(itemType, "repeats the presentation-context-ID " + id);
        }
        return id;
    }

    private static String aeTitle(ByteBuffer from) {
        ByteBuffer title = from.slice(from.position(), AE_TITLE_BYTES);
        from.position(from.position() + AE_TITLE_BYTES);
        return ItemReader.text(title);
    }
}
