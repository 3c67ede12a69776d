package io.portolan.dicom.net;

import io.portolan.dicom.net.Pdu.Abort;
import io.portolan.dicom.net.UserInformation.Opaque;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Cuts the items and sub-items of one A-ASSOCIATE PDU (PS3.8 9.3.1) out of its bytes, and counts them. An item that is longer
 * than what holds it is an error.
 *
 * <pre>
 * | type (1) | reserved (1) | item-length (2, BE) | ...
 * </pre>
 */
final class ItemReader {

    private final String pdu;
    private final int itemsMax;
    private int items;

    ItemReader(String pdu, int itemsMax) {
        this.pdu = pdu;
        this.itemsMax = itemsMax;
    }

    /** The content of an item whose type has been read. */
    ByteBuffer item(int type, ByteBuffer from) throws InvalidPduException {
        need(type, from, 3);
        from.get();
        return counted(type, from);
    }

    /** What a 16-bit length announces. */
    ByteBuffer counted(int type, ByteBuffer from) throws InvalidPduException {
        if (++items > itemsMax) {
            throw invalid(type, "is one more than the " + itemsMax + " items that are taken");
        }
        need(type, from, 2);
        int length = uint16(from);
        need(type, from, length);
        ByteBuffer content = from.slice(from.position(), length);
        from.position(from.position() + length);
        return content;
    }

    void need(int type, ByteBuffer from, int bytes) throws InvalidPduException {
        if (from.remaining() < bytes) {
            throw invalid(type, "needs " + bytes + " bytes where " + from.remaining() + " are left");
        }
    }

    /** @throws InvalidPduException when the standard has this item elsewhere, or once only */
    void expect(int type, boolean expected) throws InvalidPduException {
        if (!expected) {
            throw new InvalidPduException(Abort.UNEXPECTED_PDU_PARAMETER, message(type, "must not be there"));
        }
    }

    InvalidPduException invalid(int type, String what) {
        return PduReader.invalid(message(type, what));
    }

    private String message(int type, String what) {
        return "%s item 0x%02X %s".formatted(pdu, type, what);
    }

    static int uint16(ByteBuffer from) {
        return from.getShort() & 0xFFFF;
    }

    static Opaque opaque(ByteBuffer from) {
        byte[] bytes = new byte[from.remaining()];
        from.get(bytes);
        return new Opaque(bytes);
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
