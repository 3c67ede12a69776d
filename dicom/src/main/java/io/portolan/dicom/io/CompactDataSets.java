package io.portolan.dicom.io;

import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.Vr;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Data sets in UTF-8 to bytes and back, each element as it is: a form of our own for files that only the same version
 * reads, several times as fast as any of DICOM's.
 *
 * <pre>
 *   data set   number of elements u32, elements
 *   element    tag u32, the two letters of the VR, then bytes: length u32, value; of SQ: number of items u32, data sets
 * </pre>
 */
public final class CompactDataSets {

    private static final int ELEMENT_BYTES = 10;

    private CompactDataSets() {}

    /** How many bytes {@link #write} takes. */
    public static int size(DataSet dataSet) {
        int size = Integer.BYTES;
        for (Element element : dataSet) {
            size += ELEMENT_BYTES + element.bytes().length;
            for (DataSet item : element.items()) {
                size += size(item);
            }
        }
        return size;
    }

    /**
     * Writes a data set.
     *
     * @throws java.nio.BufferOverflowException when there is less room than {@link #size}
     */
    public static void write(DataSet dataSet, ByteBuffer to) {
        to.putInt(dataSet.size());
        for (Element element : dataSet) {
            String vr = element.vr().name();
            to.putInt(element.tag()).put((byte) vr.charAt(0)).put((byte) vr.charAt(1));
            if (element.vr() == Vr.SQ) {
                to.putInt(element.items().size());
                element.items().forEach(item -> write(item, to));
            } else {
                to.putInt(element.bytes().length).put(element.bytes());
            }
        }
    }

    /** What {@link #write} wrote; anything else ends in an unchecked exception, or in nonsense. */
    public static DataSet read(ByteBuffer from) {
        DataSet.Builder builder = DataSet.builder(CharacterSet.UTF_8);
        for (int left = from.getInt(); left > 0; left--) {
            builder.add(element(from));
        }
        return builder.build();
    }

    /** Goes behind a data set without reading it; says how many bytes it takes. */
    public static int skip(ByteBuffer from) {
        int start = from.position();
        for (int left = from.getInt(); left > 0; left--) {
            from.position(from.position() + Integer.BYTES);
            boolean sequence = vr(from) == Vr.SQ;
            int length = from.getInt();
            if (!sequence) {
                from.position(from.position() + length);
            }
            for (int i = 0; sequence && i < length; i++) {
                skip(from);
            }
        }
        return from.position() - start;
    }

    private static Vr vr(ByteBuffer from) {
        return Objects.requireNonNull(Vr.find(from.get(), from.get()));
    }

    private static Element element(ByteBuffer from) {
        int tag = from.getInt();
        Vr vr = vr(from);
        int length = from.getInt();
        if (vr != Vr.SQ) {
            byte[] bytes = new byte[length];
            from.get(bytes);
            return Element.of(tag, vr, bytes);
        }
        List<DataSet> items = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            items.add(read(from));
        }
        return Element.of(tag, items);
    }
}
