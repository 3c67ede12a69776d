package io.portolan.dicom.io;

import static io.portolan.dicom.io.MalformedDataException.Kind.INVALID;
import static io.portolan.dicom.io.MalformedDataException.Kind.LIMIT;
import static io.portolan.dicom.io.MalformedDataException.Kind.TRUNCATED;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.Tag;
import io.portolan.dicom.Vr;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

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
    private int length;
    /** A header has been read whose value is still to come. */
    private boolean pending;

    private boolean ended;
    private boolean behindPixelData;

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
            readInto(builder, 0);
        }
        return builder.build();
    }

    /** Moves over all that is left, to be sure that the lengths fit and nothing is cut off. */
    void verifyToEnd() throws IOException {
        while (pending || readElementHeader()) {
            pending = false;
            skipValue(0);
            behindPixelData |= tag == Tag.PIXEL_DATA;
        }
    }

    /** @return false at the end of the top level */
    private boolean readElementHeader() throws IOException {
        if (ended || !source.has(8)) {
            if (!ended && source.buffered() > 0 && !behindPixelData) {
                throw truncated("an element header", 8, source.buffered());
            }
            // Deviation from PS3.5 7: a few bytes behind the pixels are padding of some writer.
            ended = true;
            return false;
        }
        readTagVrLength();
        if (behindPixelData && Tag.group(tag) < 0x7FE0 || Tag.group(tag) == 0xFFFE) {
            // Deviation from PS3.5 7.5: rubbish behind the pixels, or a delimiter that delimits nothing, ends the data
            // set.
            if (!behindPixelData && tag != Tag.ITEM_DELIMITATION_ITEM && tag != Tag.SEQUENCE_DELIMITATION_ITEM) {
                throw malformed(INVALID, "an item outside a sequence");
            }
            ended = true;
            return false;
        }
        return true;
    }

    private void readTagVrLength() throws IOException {
        tag = source.peekTag(0);
        if (Tag.group(tag) == 0xFFFE) {
            vr = Vr.UN;
            length = source.peekU32(4);
            source.advance(8);
            return;
        }
        Vr written = explicit ? Vr.find(source.peek(4), source.peek(5)) : null;
        if (written == null) {
            // Deviation from PS3.5 7.1.2: an element without a VR inside an explicit data set is read as an implicit
            // one,
            // and a VR that PS3.5 does not have (or ??) as UN.
            boolean unknownVr = explicit && looksLikeUnknownVr();
            vr = Attribute.find(tag).map(Attribute::vr).orElse(Vr.UN);
            if (unknownVr) {
                readExplicitLength(false);
            } else {
                length = source.peekU32(4);
                source.advance(8);
            }
            return;
        }
        vr = written;
        readExplicitLength(vr.longLength());
    }

    private boolean looksLikeUnknownVr() {
        int first = source.peek(4);
        int second = source.peek(5);
        return first >= 'A' && first <= 'Z' && second >= 'A' && second <= 'Z' || first == '?' && second == '?';
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

    private void readInto(DataSet.Builder builder, int depth) throws IOException {
        if (!selection.keeps(tag, depth) || tag == Tag.PIXEL_DATA) {
            skipValue(depth);
            return;
        }
        Vr known = Attribute.find(tag).map(Attribute::vr).orElse(vr);
        if (vr == Vr.SQ || length == UNDEFINED || vr == Vr.UN && known == Vr.SQ) {
            builder.add(readSequence(builder.characterSet(), depth));
            return;
        }
        // PS3.5 6.2.2: UN of an attribute that we know has the VR of the dictionary, its bytes being implicit anyway.
        Vr effective = vr == Vr.UN ? known : vr;
        builder.add(Element.of(tag, effective, readValue(effective)));
    }

    private byte[] readValue(Vr effective) throws IOException {
        long size = Integer.toUnsignedLong(length);
        if (size > limits.elementBytesMax()) {
            throw malformed(LIMIT, "value of " + size + " bytes; the limit is " + limits.elementBytesMax());
        }
        headerBytes += size;
        if (headerBytes > limits.headerBytesMax()) {
            throw malformed(LIMIT, "header of more than " + limits.headerBytesMax() + " bytes");
        }
        byte[] bytes = source.read((int) size);
        if (bytes.length < size) {
            throw truncated("a value", size, bytes.length);
        }
        if (source.bigEndian) {
            swap(bytes, effective);
        }
        return bytes;
    }

    /** Sequences (PS3.5 7.5), and UN of undefined length, which is an implicit sequence (PS3.5 6.2.2, CP-246). */
    private Element readSequence(CharacterSet inherited, int depth) throws IOException {
        int sequenceTag = tag;
        boolean outerExplicit = explicit;
        explicit = explicit && vr == Vr.SQ;
        enter(depth);
        long end = length == UNDEFINED ? NO_END : source.position() + Integer.toUnsignedLong(length);
        List<DataSet> found = new ArrayList<>();
        while (source.position() < end) {
            if (!nextItem()) {
                break;
            }
            found.add(readItem(inherited, depth + 1));
        }
        path.removeLast();
        explicit = outerExplicit;
        return Element.of(sequenceTag, found);
    }

    /** @return false at a sequence delimiter */
    private boolean nextItem() throws IOException {
        if (!source.has(8)) {
            throw truncated("an item header", 8, source.buffered());
        }
        readTagVrLength();
        if (tag == Tag.SEQUENCE_DELIMITATION_ITEM) {
            return false;
        }
        if (tag != Tag.ITEM) {
            throw malformed(INVALID, Tag.format(tag) + " where an item has to be");
        }
        if (++items > limits.sequenceItemsMax()) {
            throw malformed(LIMIT, "more than " + limits.sequenceItemsMax() + " items");
        }
        return true;
    }

    private DataSet readItem(CharacterSet inherited, int depth) throws IOException {
        long end = length == UNDEFINED ? NO_END : source.position() + Integer.toUnsignedLong(length);
        DataSet.Builder builder = DataSet.builder(inherited);
        while (source.position() < end) {
            if (!source.has(8)) {
                throw truncated("an element header", 8, source.buffered());
            }
            readTagVrLength();
            if (tag == Tag.ITEM_DELIMITATION_ITEM) {
                break;
            }
            readInto(builder, depth);
        }
        return builder.build();
    }

    /** Moves over the value of the element whose header was read last. */
    private void skipValue(int depth) throws IOException {
        if (length != UNDEFINED) {
            long size = Integer.toUnsignedLong(length);
            long skipped = source.skip(size);
            if (skipped < size) {
                throw truncated("a value", size, skipped);
            }
            return;
        }
        boolean outerExplicit = explicit;
        explicit = explicit && vr != Vr.UN;
        int outerTag = tag;
        enter(depth);
        // Encapsulated pixels (PS3.5 A.4) have items of bytes, sequences have items of elements.
        boolean fragments = vr != Vr.SQ && vr != Vr.UN;
        while (nextItem()) {
            if (length != UNDEFINED || fragments) {
                skipValue(depth + 1);
            } else {
                skipItem(depth + 1);
            }
        }
        path.removeLast();
        tag = outerTag;
        explicit = outerExplicit;
    }

    private void skipItem(int depth) throws IOException {
        while (true) {
            if (!source.has(8)) {
                throw truncated("an element header", 8, source.buffered());
            }
            readTagVrLength();
            if (tag == Tag.ITEM_DELIMITATION_ITEM) {
                return;
            }
            skipValue(depth);
        }
    }

    private void enter(int depth) throws MalformedDataException {
        if (depth >= limits.sequenceDepthMax()) {
            throw malformed(LIMIT, "sequences nested deeper than " + limits.sequenceDepthMax());
        }
        path.addLast(tag);
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
        StringBuilder text = new StringBuilder();
        for (Iterator<Integer> tags = path.iterator(); tags.hasNext(); ) {
            text.append(Tag.format(tags.next())).append(" > ");
        }
        return new MalformedDataException(kind, source.position(), text + Tag.format(tag), reason);
    }
}
