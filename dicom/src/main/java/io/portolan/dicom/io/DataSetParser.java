package io.portolan.dicom.io;

import static io.portolan.dicom.io.MalformedDataException.Kind.INVALID;
import static io.portolan.dicom.io.MalformedDataException.Kind.LIMIT;
import static io.portolan.dicom.io.MalformedDataException.Kind.TRUNCATED;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.SopClass;
import io.portolan.dicom.Tag;
import io.portolan.dicom.Uid;
import io.portolan.dicom.Vr;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Data elements in sequence (PS3.5 7): keeps what is selected, moves over the rest, stops behind the last of interest.
 *
 * <pre>
 * Explicit VR, short (7.1.2)     | tag 4 | VR 2 | length 2 | value
 * Explicit VR, long  (7.1.2)     | tag 4 | VR 2 | 0 0 | length 4 | value
 * Implicit VR        (7.1.3)     | tag 4 | length 4 | value
 * Item and delimiter (7.5)       | tag 4 | length 4 | value         in every syntax
 * </pre>
 *
 * Length 0xFFFFFFFF is undefined: up to the delimiter. One parser reads one data set, in one thread.
 */
final class DataSetParser {

    private static final int UNDEFINED = 0xFFFF_FFFF;
    private static final long NO_END = Long.MAX_VALUE;
    /** What an element that is kept takes beside its value, roughly; an empty one is not free. */
    static final int ELEMENT_BYTES = 32;

    private final ByteSource source;
    private final Selection selection;
    private final ReadLimits limits;
    private final Deque<Integer> path = new ArrayDeque<>();
    private boolean explicit;
    private long headerBytes;
    private int items;

    // The header of the element at which the source stands, once readElementHeader() has moved over it.
    private int tag;
    private Vr vr = Vr.UN;
    /** The VR stands in the element, rather than in the dictionary alone. */
    private boolean vrWritten;

    private int length;
    /** A header has been read whose value is still to come. */
    private boolean pending;

    private boolean ended;
    private boolean behindPixelData;
    private boolean keyObject;

    DataSetParser(ByteSource source, boolean explicit, Selection selection, ReadLimits limits) {
        this.source = source;
        this.explicit = explicit;
        this.selection = selection;
        this.limits = limits;
    }

    /** The selected elements of the top level, up to the last that can be of interest. */
    DataSet readHeader() throws IOException {
        DataSet.Builder builder = DataSet.builder();
        while (readElementHeader()) {
            if (Integer.compareUnsigned(tag, selection.last()) > 0) {
                pending = true;
                break;
            }
            readInto(builder, 0, NO_END);
        }
        return builder.build();
    }

    /** Moves over all that is left, to be sure that the lengths fit and nothing is cut off. */
    void verifyToEnd() throws IOException {
        while (pending || readElementHeader()) {
            pending = false;
            skipValue(0, NO_END);
        }
    }

    /** The next element of the top level. @return false at its end */
    private boolean readElementHeader() throws IOException {
        while (!ended && source.has(8)) {
            readTagVrLength();
            if (behindPixelData && Tag.group(tag) < 0x7FE0) {
                // Deviation from PS3.5 7: rubbish of some writer behind the pixels.
                ended = true;
            } else if (Tag.group(tag) != 0xFFFE) {
                return true;
            } else if (tag == Tag.ITEM || length != 0) {
                throw malformed(INVALID, "an item outside a sequence");
            }
            // Deviation from PS3.5 7.5: a delimiter that delimits nothing, as behind a sequence of defined length.
        }
        if (!ended && !behindPixelData && !onlyZerosLeft()) {
            throw truncated("an element header", 8, source.buffered());
        }
        ended = true;
        return false;
    }

    /** Deviation from PS3.5 7: some writers fill up the last block of a file. No data set begins with group 0000. */
    private boolean onlyZerosLeft() {
        int zeros = 0;
        while (zeros < source.buffered() && source.peek(zeros) == 0) {
            zeros++;
        }
        return zeros == source.buffered();
    }

    /** An element inside an item. @return false at the delimiter of an item that has no length */
    private boolean readNestedHeader(boolean delimited) throws IOException {
        if (!source.has(8)) {
            throw truncated("an element header", 8, source.buffered());
        }
        readTagVrLength();
        if (tag == Tag.ITEM || delimited && tag == Tag.SEQUENCE_DELIMITATION_ITEM) {
            throw malformed(INVALID, "this where an element has to be");
        }
        return !delimited || tag != Tag.ITEM_DELIMITATION_ITEM;
    }

    private void readTagVrLength() throws IOException {
        tag = source.peekTag(0);
        vrWritten = false;
        Vr written = explicit && Tag.group(tag) != 0xFFFE ? Vr.find(source.peek(4), source.peek(5)) : null;
        if (written != null) {
            vr = written;
            vrWritten = true;
            readExplicitLength(vr.longLength());
            return;
        }
        // Deviation from PS3.5 7.1.2: an element without a VR inside an explicit data set is read as an implicit one.
        vr = selection.vrOf(tag, Vr.UN);
        if (explicit && Tag.group(tag) != 0xFFFE && looksLikeUnknownVr()) {
            // PS3.5 6.2: any VR to come has a length of 32 bits, behind two zeros. Deviation: ?? and
            // two spaces, as seen in the field, have one of 16 bits.
            readExplicitLength(!isVrOfQuestion(source.peek(4), source.peek(5)) && source.peekU16(6) == 0);
            return;
        }
        length = source.peekU32(4);
        source.advance(8);
    }

    private boolean looksLikeUnknownVr() {
        int first = source.peek(4);
        int second = source.peek(5);
        return first >= 'A' && first <= 'Z' && second >= 'A' && second <= 'Z' || isVrOfQuestion(first, second);
    }

    private static boolean isVrOfQuestion(int first, int second) {
        return first == second && (first == '?' || first == ' ');
    }

    private void readExplicitLength(boolean longLength) throws IOException {
        if (!longLength) {
            length = source.peekU16(6);
            source.advance(8);
            return;
        }
        if (!source.has(12)) {
            throw truncated("an element header", 12, source.buffered());
        }
        length = source.peekU32(8);
        source.advance(12);
    }

    private void readInto(DataSet.Builder builder, int depth, long outerEnd) throws IOException {
        Vr known = selection.vrOf(tag, vr);
        boolean sequence = vr == Vr.SQ && vrWritten
                || vr == Vr.UN && length == UNDEFINED
                || known == Vr.SQ && (vr == Vr.SQ || vr == Vr.UN) && beginsWithItem();
        if (!selection.keeps(tag, depth, keyObject) || tag == Tag.PIXEL_DATA || length == UNDEFINED && !sequence) {
            skipValue(depth, outerEnd);
            return;
        }
        if (sequence) {
            builder.add(readSequence(builder.characterSet(), depth, outerEnd));
            return;
        }
        endOfValue(outerEnd);
        // PS3.5 6.2.2: UN of an attribute that we know has the VR of the dictionary, and is little endian.
        // Deviation from PS3.5 7.5: what the dictionary takes for a sequence and has no item stays the bytes that it
        // is.
        Vr effective = vrWritten && vr != Vr.UN ? vr : known == Vr.SQ ? Vr.UN : known;
        boolean swapped = source.bigEndian && vr != Vr.UN;
        byte[] bytes = readValue(effective);
        if (swapped) {
            swap(bytes, effective);
        }
        Element element = Element.of(tag, effective, bytes);
        keyObject |= depth == 0 && isKeyObjectSelection(element);
        builder.add(element);
    }

    private static boolean isKeyObjectSelection(Element element) {
        return element.tag() == Attribute.SOPClassUID.tag()
                && Uid.parse(new String(element.bytes(), StandardCharsets.US_ASCII))
                        .equals(Optional.of(SopClass.KEY_OBJECT_SELECTION));
    }

    /** Whether the value can be that of a sequence: empty, of undefined length, or an item in either byte order. */
    private boolean beginsWithItem() throws IOException {
        if (length == 0 || length == UNDEFINED) {
            return true;
        }
        return Integer.compareUnsigned(length, 8) >= 0
                && source.has(4)
                && (source.peek(0) == 0xFE && source.peek(1) == 0xFF
                        || source.peek(0) == 0xFF && source.peek(1) == 0xFE);
    }

    private byte[] readValue(Vr effective) throws IOException {
        long size = Integer.toUnsignedLong(length);
        int max = effective.isText()
                ? Math.min(limits.elementBytesMax(), limits.textBytesMax())
                : limits.elementBytesMax();
        if (size > max) {
            throw malformed(LIMIT, "value of " + size + " bytes; the limit is " + max);
        }
        headerBytes += size + ELEMENT_BYTES;
        if (headerBytes > limits.headerBytesMax()) {
            throw malformed(LIMIT, "header of more than " + limits.headerBytesMax() + " bytes");
        }
        byte[] bytes = source.read((int) size);
        if (bytes.length < size) {
            throw truncated("a value", size, bytes.length);
        }
        return bytes;
    }

    /**
     * Where the value ends whose header was read last, or at the latest has to end.
     *
     * @throws MalformedDataException when it runs over the end of the item or sequence that it is in
     */
    private long endOfValue(long outerEnd) throws MalformedDataException {
        long end = source.position() + (length == UNDEFINED ? 0 : Integer.toUnsignedLong(length));
        if (end > outerEnd) {
            throw malformed(INVALID, "runs over the end of what it is in, at byte " + outerEnd);
        }
        return length == UNDEFINED ? outerEnd : end;
    }

    /** Sequences (PS3.5 7.5), and UN of undefined length, which is an implicit sequence (PS3.5 6.2.2, CP-246). */
    private Element readSequence(CharacterSet inherited, int depth, long outerEnd) throws IOException {
        int sequenceTag = tag;
        long end = endOfValue(outerEnd);
        boolean outerExplicit = explicit;
        boolean outerBigEndian = source.bigEndian;
        enter(depth);
        List<DataSet> found = new ArrayList<>();
        while (source.position() < end && nextItem()) {
            if (++items > limits.sequenceItemsMax()) {
                throw malformed(LIMIT, "more than " + limits.sequenceItemsMax() + " items");
            }
            found.add(readItem(inherited, depth + 1, end));
        }
        path.removeLast();
        explicit = outerExplicit;
        source.bigEndian = outerBigEndian;
        return Element.of(sequenceTag, found);
    }

    /** @return false at a sequence delimiter */
    private boolean nextItem() throws IOException {
        if (!source.has(8)) {
            throw truncated("an item header", 8, source.buffered());
        }
        readTagVrLength();
        if (tag != Tag.ITEM && tag != Tag.SEQUENCE_DELIMITATION_ITEM) {
            throw malformed(INVALID, "this where an item has to be");
        }
        return tag == Tag.ITEM;
    }

    private DataSet readItem(CharacterSet inherited, int depth, long outerEnd) throws IOException {
        boolean delimited = length == UNDEFINED;
        long end = endOfValue(outerEnd);
        DataSet.Builder builder = DataSet.builder(inherited);
        while (source.position() < end && readNestedHeader(delimited)) {
            readInto(builder, depth, end);
        }
        return builder.build();
    }

    /** Moves over the value of the element whose header was read last. */
    private void skipValue(int depth, long outerEnd) throws IOException {
        behindPixelData |= depth == 0 && tag == Tag.PIXEL_DATA;
        long end = endOfValue(outerEnd);
        if (length != UNDEFINED) {
            skipBytes();
            return;
        }
        boolean outerExplicit = explicit;
        boolean outerBigEndian = source.bigEndian;
        // Encapsulated pixels (PS3.5 A.4) have items of bytes, sequences have items of elements.
        boolean fragments = tag == Tag.PIXEL_DATA || vr != Vr.SQ && vr != Vr.UN;
        enter(depth);
        while (source.position() < end && nextItem()) {
            if (length != UNDEFINED) {
                endOfValue(end);
                skipBytes();
            } else if (fragments) {
                throw malformed(INVALID, "a fragment of undefined length");
            } else {
                skipItem(depth + 1, end);
            }
        }
        path.removeLast();
        explicit = outerExplicit;
        source.bigEndian = outerBigEndian;
    }

    /** An item of undefined length. */
    private void skipItem(int depth, long end) throws IOException {
        while (source.position() < end && readNestedHeader(true)) {
            skipValue(depth, end);
        }
    }

    private void skipBytes() throws IOException {
        long start = source.position();
        long size = Integer.toUnsignedLong(length);
        if (!source.skip(size)) {
            throw malformed(TRUNCATED, start, "a value of " + size + " bytes is cut off");
        }
    }

    /** Into the value of a sequence or of encapsulated pixels. */
    private void enter(int depth) throws MalformedDataException {
        if (depth >= limits.sequenceDepthMax()) {
            throw malformed(LIMIT, "sequences nested deeper than " + limits.sequenceDepthMax());
        }
        path.addLast(tag);
        if (vr == Vr.UN) {
            // PS3.5 6.2.2: what is inside UN is Implicit VR Little Endian, irrespective of the transfer syntax.
            explicit = false;
            source.bigEndian = false;
        }
    }

    private static void swap(byte[] bytes, Vr vr) {
        int size = switch (vr) {
            case US, SS, OW, AT -> 2;
            case UL, SL, FL, OF, OL -> 4;
            case FD, SV, UV, OD, OV -> 8;
            default -> 1;
        };
        for (int start = 0; start + size <= bytes.length; start += size) {
            for (int i = 0; i < size / 2; i++) {
                byte first = bytes[start + i];
                bytes[start + i] = bytes[start + size - 1 - i];
                bytes[start + size - 1 - i] = first;
            }
        }
    }

    private MalformedDataException truncated(String what, long wanted, long there) {
        return malformed(TRUNCATED, what + " of " + wanted + " bytes is cut off after " + there);
    }

    private MalformedDataException malformed(MalformedDataException.Kind kind, String reason) {
        return malformed(kind, source.position(), reason);
    }

    private MalformedDataException malformed(MalformedDataException.Kind kind, long position, String reason) {
        StringBuilder text = new StringBuilder();
        for (Iterator<Integer> tags = path.iterator(); tags.hasNext(); ) {
            text.append(Tag.format(tags.next())).append(" > ");
        }
        return new MalformedDataException(kind, position, text + Tag.format(tag), reason);
    }
}
