package io.portolan.dicom;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * One data element: its tag, its value representation, and either raw bytes or items.
 *
 * <p>Bytes are as they were written, but little endian; they are decoded by the data set, which knows the character set.
 */
public final class Element {

    private final int tag;
    private final Vr vr;
    private final byte[] bytes;
    private final List<DataSet> items;

    private Element(int tag, Vr vr, byte[] bytes, List<DataSet> items) {
        this.tag = tag;
        this.vr = vr;
        this.bytes = bytes;
        this.items = items;
    }

    /** An element with a value; the array is taken over and must not be changed afterwards. */
    public static Element of(int tag, Vr vr, byte[] bytes) {
        if (vr == Vr.SQ && bytes.length > 0) {
            throw new IllegalArgumentException("a sequence has items, not bytes");
        }
        return new Element(tag, vr, bytes, List.of());
    }

    /** A sequence. */
    public static Element of(int tag, List<DataSet> items) {
        return new Element(tag, Vr.SQ, new byte[0], List.copyOf(items));
    }

    public int tag() {
        return tag;
    }

    public Vr vr() {
        return vr;
    }

    /** The value field; callers must not change it. */
    public byte[] bytes() {
        return bytes;
    }

    public List<DataSet> items() {
        return items;
    }

    public boolean isEmpty() {
        return bytes.length == 0 && items.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Element that
                && tag == that.tag
                && vr == that.vr
                && Arrays.equals(bytes, that.bytes)
                && items.equals(that.items);
    }

    @Override
    public int hashCode() {
        return Objects.hash(tag, vr, Arrays.hashCode(bytes), items);
    }

    /** Tag, value representation and size; never the value, which may be a patient's. */
    @Override
    public String toString() {
        return Tag.format(tag) + " " + vr + (vr == Vr.SQ ? " items " + items.size() : " bytes " + bytes.length);
    }
}
