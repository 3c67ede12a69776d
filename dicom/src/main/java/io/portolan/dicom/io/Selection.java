package io.portolan.dicom.io;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Dictionary;
import io.portolan.dicom.Element;
import io.portolan.dicom.Level;
import io.portolan.dicom.SopClass;
import io.portolan.dicom.Tag;
import io.portolan.dicom.Vr;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Which attributes a reader keeps, and behind which tag it need not look any more. */
public final class Selection {

    /** What the mapping reads. */
    public static final Selection MAPPED = mappedAnd(List.of());

    /** FloatPixelData, the first of those that can hold the pixels (PS3.3 C.7.6.24). */
    private static final int FLOAT_PIXEL_DATA = 0x7FE0_0008;

    /** Every element before the pixels. */
    public static final Selection ALL = new Selection(new int[0], new int[0], Map.of(), true, FLOAT_PIXEL_DATA - 1);

    private final int[] top;
    private final int[] nested;
    private final Map<Integer, Vr> vrs;
    private final boolean all;
    private final int last;

    private Selection(int[] top, int[] nested, Map<Integer, Vr> vrs, boolean all, int last) {
        this.top = top;
        this.nested = nested;
        this.vrs = vrs;
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
        return of(top, Map.of());
    }

    /**
     * What the identifier of a query asks for (PS3.4 C.2.2.1), and its character set. An element that an answer has without
     * a value representation is read in the one that the identifier has for it.
     */
    public static Selection keysOf(DataSet identifier) {
        int[] top = IntStream.concat(
                        IntStream.of(Attribute.SpecificCharacterSet.tag()),
                        identifier.elements().stream().mapToInt(Element::tag))
                .sorted()
                .distinct()
                .toArray();
        Map<Integer, Vr> vrs = new HashMap<>();
        gather(identifier, vrs);
        return of(top, vrs);
    }

    private static void gather(DataSet identifier, Map<Integer, Vr> vrs) {
        for (Element element : identifier) {
            vrs.put(element.tag(), element.vr());
            element.items().forEach(item -> gather(item, vrs));
        }
    }

    private static Selection of(int[] top, Map<Integer, Vr> vrs) {
        int[] nested = IntStream.concat(
                        Arrays.stream(Attribute.values()).mapToInt(Attribute::tag),
                        vrs.keySet().stream().mapToInt(Integer::intValue))
                .sorted()
                .distinct()
                .toArray();
        int last = Arrays.stream(top).reduce(0, (a, b) -> Integer.compareUnsigned(a, b) > 0 ? a : b);
        return new Selection(top, nested, Map.copyOf(vrs), false, last);
    }

    /** The same selection, but only what stands before a top-level tag. */
    public Selection before(int tag) {
        boolean earlier = Integer.compareUnsigned(tag, last) <= 0;
        return earlier && tag != 0 ? new Selection(top, nested, vrs, all, tag - 1) : this;
    }

    /** What a reader keeps of this data set, which came whole and not through a reader: as the DICOM JSON model, say. */
    public DataSet of(DataSet whole) {
        return of(whole, 0, isKeyObject(whole));
    }

    private DataSet of(DataSet whole, int depth, boolean keyObject) {
        DataSet.Builder kept = DataSet.builder(whole.characterSet());
        for (Element element : whole) {
            int tag = element.tag();
            if (depth == 0 ? keepsOfTop(tag, keyObject) : keeps(tag, depth, keyObject) && tag != Tag.PIXEL_DATA) {
                kept.add(element.vr() == Vr.SQ ? ofItems(element, depth + 1, keyObject) : known(element));
            }
        }
        return kept.build();
    }

    private Element ofItems(Element sequence, int depth, boolean keyObject) {
        return Element.of(
                sequence.tag(),
                sequence.items().stream()
                        .map(item -> of(item, depth, keyObject))
                        .toList());
    }

    /** PS3.5 6.2.2: UN of an attribute that we know has the VR of the dictionary. */
    private Element known(Element element) {
        Vr known = element.vr() == Vr.UN ? vrOf(element.tag(), Vr.UN) : element.vr();
        return known == element.vr() || known == Vr.SQ ? element : Element.of(element.tag(), known, element.bytes());
    }

    /**
     * Whether a top-level element is kept, for those who wish to pass over it before it is read.
     *
     * @param keyObject whether the data set is a Key Object Selection; true as long as that is not known
     */
    public boolean keepsOfTop(int tag, boolean keyObject) {
        return Integer.compareUnsigned(tag, last) <= 0 && tag != Tag.PIXEL_DATA && keeps(tag, 0, keyObject);
    }

    /** Whether it is one of those documents whose content is kept. */
    public static boolean isKeyObject(DataSet dataSet) {
        return dataSet.uid(Attribute.SOPClassUID)
                .filter(SopClass.KEY_OBJECT_SELECTION::equals)
                .isPresent();
    }

    /** The value representation of an element that is written without one, or the other one where it is not known. */
    Vr vrOf(int tag, Vr otherwise) {
        if (all) {
            return Dictionary.vrOf(tag, otherwise);
        }
        Vr asked = vrs.get(tag);
        return asked == null ? Attribute.vrOf(tag, otherwise) : asked;
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
