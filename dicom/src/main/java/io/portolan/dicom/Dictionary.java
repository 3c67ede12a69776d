package io.portolan.dicom;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Every data element of the standard (PS3.6 chapters 6 to 9), for showing a whole header and for reading it.
 *
 * <p>The table is {@code dictionary.tsv} beside this class, whose header names its source. It is loaded when a method is
 * called for the first time: {@link Attribute} has what the mapping reads, so receiving never pays for this one. Of
 * private elements (PS3.5 7.8.1) only those are known that every group has.
 */
public final class Dictionary {

    private static final String TABLE_RESOURCE = "dictionary.tsv";
    private static final int DIGITS = 8;

    private static final Map<Integer, Entry> BY_TAG = new HashMap<>();
    private static final List<Repeating> REPEATING = new ArrayList<>();

    static {
        read();
    }

    private Dictionary() {}

    private record Entry(Vr vr, String keyword) {}

    /** An element of a repeating group (PS3.5 7.6): the digits under the mask are those of the tag. */
    private record Repeating(int mask, int tag, Entry entry) {}

    /** The keyword of an element of the standard; empty for a private one, or one that is younger than the table. */
    public static Optional<String> keyword(int tag) {
        return Optional.ofNullable(find(tag)).map(Entry::keyword);
    }

    /** The value representation of this tag, or the other one for a tag that is not known. */
    public static Vr vrOf(int tag, Vr otherwise) {
        int element = tag & 0xFFFF;
        if (element == 0) {
            return Vr.UL; // group length, PS3.5 7.2
        }
        if (Tag.isPrivate(tag)) {
            boolean creator = element >= 0x0010 && element <= 0x00FF; // PS3.5 7.8.1
            return creator ? Vr.LO : otherwise;
        }
        Entry entry = find(tag);
        return entry == null ? otherwise : entry.vr;
    }

    private static @Nullable Entry find(int tag) {
        Entry entry = BY_TAG.get(tag);
        if (entry != null || Tag.isPrivate(tag)) {
            return entry;
        }
        for (Repeating repeating : REPEATING) {
            if ((tag & repeating.mask) == repeating.tag) {
                return repeating.entry;
            }
        }
        return null;
    }

    private static void read() {
        try (InputStream resource = Dictionary.class.getResourceAsStream(TABLE_RESOURCE)) {
            if (resource == null) {
                throw new IllegalStateException(TABLE_RESOURCE + " is missing from the jar");
            }
            new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(Dictionary::add);
        } catch (IOException e) {
            throw new UncheckedIOException(TABLE_RESOURCE, e);
        }
    }

    private static void add(String line) {
        String[] columns = line.split("\t", -1);
        if (columns.length != 3 || columns[0].length() != DIGITS) {
            throw new IllegalStateException(TABLE_RESOURCE + " has a line that is not tag, VR and keyword: " + line);
        }
        Vr vr = Vr.parse(columns[1])
                .orElseThrow(() -> new IllegalStateException(TABLE_RESOURCE + " has an unknown VR: " + line));
        Entry entry = new Entry(vr, columns[2]);
        int tag = Integer.parseUnsignedInt(columns[0].replace('x', '0'), 16);
        if (columns[0].indexOf('x') < 0) {
            BY_TAG.put(tag, entry);
        } else {
            int mask =
                    Integer.parseUnsignedInt(columns[0].replaceAll("[^x]", "F").replace('x', '0'), 16);
            REPEATING.add(new Repeating(mask, tag, entry));
        }
    }
}
