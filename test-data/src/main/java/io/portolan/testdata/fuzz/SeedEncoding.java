package io.portolan.testdata.fuzz;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.Tag;
import io.portolan.dicom.Vr;
import java.io.ByteArrayOutputStream;

/**
 * Writes data sets as our own writer never does: big endian (PS3.5 7.3), sequences and items of undefined length with
 * their delimiters (PS3.5 7.5), and pixels in fragments (PS3.5 A.4).
 */
record SeedEncoding(boolean explicit, boolean bigEndian, boolean undefinedLengths) {

    private static final int UNDEFINED = -1;

    byte[] encode(DataSet dataSet) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Element element : dataSet) {
            write(element, out);
        }
        return out.toByteArray();
    }

    /** Two fragments behind an empty offset table. */
    byte[] encapsulatedPixels() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        writeHeader(Tag.PIXEL_DATA, Vr.OB, UNDEFINED, out);
        writeDelimiter(Tag.ITEM, 0, out);
        for (int fragment = 0; fragment < 2; fragment++) {
            writeDelimiter(Tag.ITEM, 4, out);
            out.writeBytes(new byte[4]);
        }
        writeDelimiter(Tag.SEQUENCE_DELIMITATION_ITEM, 0, out);
        return out.toByteArray();
    }

    private void write(Element element, ByteArrayOutputStream out) {
        byte[] value = element.vr() == Vr.SQ ? items(element) : value(element);
        boolean open = element.vr() == Vr.SQ && undefinedLengths;
        writeHeader(element.tag(), element.vr(), open ? UNDEFINED : value.length, out);
        out.writeBytes(value);
        if (open) {
            writeDelimiter(Tag.SEQUENCE_DELIMITATION_ITEM, 0, out);
        }
    }

    private byte[] items(Element sequence) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (DataSet item : sequence.items()) {
            byte[] content = encode(item);
            writeDelimiter(Tag.ITEM, undefinedLengths ? UNDEFINED : content.length, out);
            out.writeBytes(content);
            if (undefinedLengths) {
                writeDelimiter(Tag.ITEM_DELIMITATION_ITEM, 0, out);
            }
        }
        return out.toByteArray();
    }

    /** Of even length, and in the byte order of the whole; nothing here is wider than four bytes. */
    private byte[] value(Element element) {
        int length = element.bytes().length;
        byte[] value = new byte[length + length % 2];
        System.arraycopy(element.bytes(), 0, value, 0, length);
        int size = switch (element.vr()) {
            case US, SS, OW, AT -> 2;
            case UL, SL, FL -> 4;
            default -> 1;
        };
        for (int i = 0; bigEndian && i < value.length; i++) {
            int mirrored = i - i % size + size - 1 - i % size;
            value[i] = mirrored < length ? element.bytes()[mirrored] : 0;
        }
        return value;
    }

    private void writeHeader(int tag, Vr vr, int length, ByteArrayOutputStream out) {
        writeU16(Tag.group(tag), out);
        writeU16(tag, out);
        if (explicit) {
            out.write(vr.name().charAt(0));
            out.write(vr.name().charAt(1));
            if (!vr.longLength()) {
                writeU16(length, out);
                return;
            }
            writeU16(0, out);
        }
        writeU32(length, out);
    }

    private void writeDelimiter(int tag, int length, ByteArrayOutputStream out) {
        writeU16(Tag.group(tag), out);
        writeU16(tag, out);
        writeU32(length, out);
    }

    private void writeU16(int value, ByteArrayOutputStream out) {
        out.write(bigEndian ? value >>> 8 : value);
        out.write(bigEndian ? value : value >>> 8);
    }

    private void writeU32(int value, ByteArrayOutputStream out) {
        writeU16(bigEndian ? value >>> 16 : value, out);
        writeU16(bigEndian ? value : value >>> 16, out);
    }
}
