package io.portolan.dicom.io;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.Dictionary;
import io.portolan.dicom.Level;
import io.portolan.dicom.Tag;
import io.portolan.dicom.Vr;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/** Which attributes a reader keeps, and behind which tag it need not look any more. */
public final class Selection {

    /** What the mapping reads. */
    public static final Selection MAPPED = mappedAnd(List.of());

    /** FloatPixelData, the first of those that can hold the pixels (PS3.3 C.7.6.24). */
    private static final int FLOAT_PIXEL_DATA = 0x7FE0_0008;

    /** Every element before the pixels. */
    public static final Selection ALL = new Selection(new int[0], new int[0], true, FLOAT_PIXEL_DATA - 1);

    private final int[] top;
    private final int[] nested;
    private final boolean all;
    private final int last;

    private Selection(int[] top, int[] nested, boolean all, int last) {
        this.top = top;
        this.nested = nested;
        this.all = all;
        this.last = last;
    }

    /** What the mapping reads, and further top-level tags that a site has configured. */
    public static Selection mappedAnd(Collection<Integer> tags) {
        int[] top = IntStream.concat(
                        Arrays.stream(Attribute.values())
                                .filter(a -> !a.isAt(Level.NESTED) || a == Attribute.SpecificCharacterSet)
                                .mapToInt(Attribute::tag),
                        tags.stream().mapToInt(Integer::intValue))
                .sorted()
                .distinct()
                .toArray();
        int[] nested = Arrays.stream(Attribute.values())
                .mapToInt(Attribute::tag)
                .sorted()
                .toArray();
        int last = Arrays.stream(top).reduce(0, (a, b) -> Integer.compareUnsigned(a, b) > 0 ? a : b);
        return new Selection(top, nested, false, last);
    }

    /** The same selection, but only what stands before a top-level tag. */
    public Selection before(int tag) {
        boolean earlier = Integer.compareUnsigned(tag, last) <= 0;
        return earlier && tag != 0 ? new Selection(top, nested, all, tag - 1) : this;
    }

    /** The value representation of an element that is written without one, or the other one where it is not known. */
    Vr vrOf(int tag, Vr otherwise) {
        return all ? Dictionary.vrOf(tag, otherwise) : Attribute.vrOf(tag, otherwise);
    }

    /**
     * Whether an element is kept.
     *
     * @param keyObject whether the data set is a Key Object Selection: of any other document the content is not read,
     *     which may be as large as it likes
     */
    boolean keeps(int tag, int depth, boolean keyObject) {
        if (tag == Attribute.ContentSequence.tag() && depth == 0 && !keyObject && !all) {
            return false;
        }
        // PS3.5 7.5: group FFFE has items and delimiters, no attributes.
        return all
                ? Tag.group(tag) != 0 && Tag.group(tag) != 0xFFFE
                : Arrays.binarySearch(depth == 0 ? top : nested, tag) >= 0;
    }

    /** The last tag of the top level that may be kept. */
    int last() {
        return last;
    }
}
