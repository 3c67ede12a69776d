package io.portolan.dicom.io;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.Tag;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.Vr;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes data sets in Explicit or Implicit VR Little Endian (PS3.5 7, A.1, A.2) and the head of a PS3.10 file.
 *
 * <p>Sequences and items get defined lengths. Values are written as they are, padded to even length (PS3.5 6.2).
 */
public final class DataSetWriter {

    /** PS3.7 annex D.3.3.2: a UUID-derived UID (PS3.5 B.2), the same that the network announces. */
    public static final Uid IMPLEMENTATION_CLASS_UID = new Uid("2.25.268512427512317394372114374519512315237");

    /** PS3.7 D.3.3.2.3: at most 16 characters. */
    public static final String IMPLEMENTATION_VERSION_NAME = "PORTOLAN";

    private static final int SHORT_LENGTH_MAX = 0xFFFE;

    private DataSetWriter() {}

    /**
     * The bytes of a data set.
     *
     * @throws IllegalArgumentException for a transfer syntax in another byte order, or deflated
     */
    public static byte[] toBytes(DataSet dataSet, TransferSyntax syntax) {
        if (syntax.bigEndian() || syntax.deflated()) {
            throw new IllegalArgumentException("cannot write " + syntax.name());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(dataSet, syntax.explicitVr(), out);
        return out.toByteArray();
    }

    /** Preamble, prefix and file meta information (PS3.10 7.1), of nobody; the data set follows. */
    public static void writeFileMeta(OutputStream out, Uid sopClass, Uid sopInstance, TransferSyntax syntax)
            throws IOException {
        writeFileMeta(out, sopClass, sopInstance, syntax, "");
    }

    /**
     * Preamble, prefix and file meta information (PS3.10 7.1); the data set follows.
     *
     * @param sourceAe the AE title that it came from, for (0002,0016); blank: not said
     */
    public static void writeFileMeta(
            OutputStream out, Uid sopClass, Uid sopInstance, TransferSyntax syntax, String sourceAe)
            throws IOException {
        DataSet.Builder meta = DataSet.builder()
                .add(Element.of(Tag.FILE_META_INFORMATION_VERSION, Vr.OB, new byte[] {0, 1}))
                .add(ascii(Tag.MEDIA_STORAGE_SOP_CLASS_UID, Vr.UI, sopClass.value()))
                .add(ascii(Tag.MEDIA_STORAGE_SOP_INSTANCE_UID, Vr.UI, sopInstance.value()))
                .add(ascii(Tag.TRANSFER_SYNTAX_UID, Vr.UI, syntax.uid().value()))
                .add(ascii(Tag.IMPLEMENTATION_CLASS_UID, Vr.UI, IMPLEMENTATION_CLASS_UID.value()))
                .add(ascii(Tag.IMPLEMENTATION_VERSION_NAME, Vr.SH, IMPLEMENTATION_VERSION_NAME));
        if (!sourceAe.isBlank()) {
            meta.add(ascii(Tag.SOURCE_APPLICATION_ENTITY_TITLE, Vr.AE, sourceAe));
        }
        byte[] group = toBytes(meta.build(), TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN);
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.writeBytes(new byte[128]);
        head.writeBytes("DICM".getBytes(StandardCharsets.US_ASCII));
        byte[] groupLength = new byte[4];
        for (int i = 0; i < 4; i++) {
            groupLength[i] = (byte) (group.length >>> 8 * i);
        }
        writeElement(Element.of(Tag.FILE_META_INFORMATION_GROUP_LENGTH, Vr.UL, groupLength), true, head);
        head.writeBytes(group);
        head.writeTo(out);
    }

    private static Element ascii(int tag, Vr vr, String value) {
        return Element.of(tag, vr, value.getBytes(StandardCharsets.US_ASCII));
    }

    private static void write(DataSet dataSet, boolean explicit, ByteArrayOutputStream out) {
        for (Element element : dataSet) {
            writeElement(element, explicit, out);
        }
    }

    private static void writeElement(Element element, boolean explicit, ByteArrayOutputStream out) {
        byte[] value = element.vr() == Vr.SQ ? items(element, explicit) : padded(element);
        writeTag(element.tag(), out);
        // PS3.5 6.2.2: a value too long for its VR, as implicit data sets can have it, is written as UN.
        Vr vr = !element.vr().longLength() && value.length > SHORT_LENGTH_MAX ? Vr.UN : element.vr();
        if (!explicit) {
            writeU32(value.length, out);
        } else {
            out.write(vr.name().charAt(0));
            out.write(vr.name().charAt(1));
            if (vr.longLength()) {
                writeU16(0, out);
                writeU32(value.length, out);
            } else {
                writeU16(value.length, out);
            }
        }
        out.writeBytes(value);
    }

    private static byte[] items(Element sequence, boolean explicit) {
        ByteArrayOutputStream items = new ByteArrayOutputStream();
        for (DataSet item : sequence.items()) {
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            write(item, explicit, content);
            writeTag(Tag.ITEM, items);
            writeU32(content.size(), items);
            items.writeBytes(content.toByteArray());
        }
        return items.toByteArray();
    }

    private static byte[] padded(Element element) {
        byte[] bytes = element.bytes();
        if (bytes.length % 2 == 0) {
            return bytes;
        }
        byte[] even = new byte[bytes.length + 1];
        System.arraycopy(bytes, 0, even, 0, bytes.length);
        even[bytes.length] = (byte) (element.vr().isText() && element.vr() != Vr.UI ? ' ' : 0);
        return even;
    }

    private static void writeTag(int tag, ByteArrayOutputStream out) {
        writeU16(Tag.group(tag), out);
        writeU16(tag & 0xFFFF, out);
    }

    private static void writeU16(int value, ByteArrayOutputStream out) {
        out.write(value);
        out.write(value >>> 8);
    }

    private static void writeU32(int value, ByteArrayOutputStream out) {
        writeU16(value, out);
        writeU16(value >>> 16, out);
    }
}
