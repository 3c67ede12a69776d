package io.portolan.dicom;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A specific character set (PS3.3 C.12.1.1.2): one repertoire, or several switched by escape sequences (ISO 2022).
 *
 * <p>Decoding never fails: bytes that mean nothing become U+FFFD, a misspelt defined term is taken for the right one, an
 * unknown one is read as ISO 8859-1; {@link #misspeltTerms()} and {@link #unknownTerms()} say so.
 */
public final class CharacterSet {

    // spotless:off
    // PS3.3 tables C.12-2 (single byte, no code extensions) and C.12-5 (multi-byte, no code extensions).
    private static final Map<String, String> WITHOUT_EXTENSIONS = Map.ofEntries(
            Map.entry("",           "US-ASCII"),
            Map.entry("ISO_IR 6",   "US-ASCII"),
            Map.entry("ISO_IR 100", "ISO-8859-1"),
            Map.entry("ISO_IR 101", "ISO-8859-2"),
            Map.entry("ISO_IR 109", "ISO-8859-3"),
            Map.entry("ISO_IR 110", "ISO-8859-4"),
            Map.entry("ISO_IR 144", "ISO-8859-5"),
            Map.entry("ISO_IR 127", "ISO-8859-6"),
            Map.entry("ISO_IR 126", "ISO-8859-7"),
            Map.entry("ISO_IR 138", "ISO-8859-8"),
            Map.entry("ISO_IR 148", "ISO-8859-9"),
            Map.entry("ISO_IR 203", "ISO-8859-15"),
            Map.entry("ISO_IR 13",  "JIS_X0201"),
            Map.entry("ISO_IR 166", "TIS-620"),
            Map.entry("ISO_IR 192", "UTF-8"),
            Map.entry("GB18030",    "GB18030"),
            Map.entry("GBK",        "GBK"));

    // PS3.3 tables C.12-3 and C.12-4: escape sequence (without ESC) -> code element and repertoire. A two-byte
    // repertoire is decoded through its EUC form, which is the same codes with the high bits set.
    private static final List<Escape> ESCAPES = List.of(
            new Escape("(B",  false, 1, "US-ASCII"),
            new Escape("-A",  true,  1, "ISO-8859-1"),
            new Escape("-B",  true,  1, "ISO-8859-2"),
            new Escape("-C",  true,  1, "ISO-8859-3"),
            new Escape("-D",  true,  1, "ISO-8859-4"),
            new Escape("-L",  true,  1, "ISO-8859-5"),
            new Escape("-G",  true,  1, "ISO-8859-6"),
            new Escape("-F",  true,  1, "ISO-8859-7"),
            new Escape("-H",  true,  1, "ISO-8859-8"),
            new Escape("-M",  true,  1, "ISO-8859-9"),
            new Escape("-b",  true,  1, "ISO-8859-15"),
            new Escape("-T",  true,  1, "TIS-620"),
            new Escape(")I",  true,  1, "JIS_X0201"),
            new Escape("(J",  false, 1, "JIS_X0201"),
            new Escape("$B",  false, 2, "EUC-JP"),
            new Escape("$@",  false, 2, "EUC-JP"),
            new Escape("$(D", false, 3, "EUC-JP"),
            new Escape("$)C", true,  2, "EUC-KR"),
            new Escape("$)A", true,  2, "GB2312"));
    // spotless:on

    /** PS3.3 tables C.12-3 and C.12-4. */
    private static final Pattern DEFINED_TERM =
            Pattern.compile("ISO 2022 IR (6|13|58|87|100|101|109|110|126|127|138|144|148|149|159|166|203)");

    private static final Pattern NUMBERED = Pattern.compile("(?:ISO|IR).*?(\\d+)");
    private static final Set<String> MULTI_BYTE = Set.of("ISO_IR 87", "ISO_IR 159", "ISO_IR 149", "ISO_IR 58");

    /** PS3.5 6.2: a CS has 16; misspelt ones are a little longer. */
    private static final int TERM_CHARACTERS_MAX = 64;

    private static final char ESC = 0x1B;
    /** EUC-JP announces a character of JIS X 0212 with this byte. */
    private static final byte SS3 = (byte) 0x8F;

    private record Escape(String sequence, boolean upperHalf, int bytesPerCharacter, String charset) {}

    public static final CharacterSet DEFAULT = new CharacterSet("", false, List.of(), List.of());
    public static final CharacterSet UTF_8 = new CharacterSet("ISO_IR 192", false, List.of(), List.of());

    private final Charset initial;
    private final boolean extensions;
    private final List<String> misspeltTerms;
    private final List<String> unknownTerms;

    private CharacterSet(String term, boolean extensions, List<String> misspeltTerms, List<String> unknownTerms) {
        String name = WITHOUT_EXTENSIONS.get(term);
        // Deviation from PS3.3 C.12.1.1.2: bytes above 127 without a declared set are ISO 8859-1, the likeliest.
        this.initial = name == null || name.equals("US-ASCII") ? StandardCharsets.ISO_8859_1 : Charset.forName(name);
        this.extensions = extensions;
        this.misspeltTerms = List.copyOf(misspeltTerms);
        this.unknownTerms = List.copyOf(unknownTerms);
    }

    /** The character set for the values of SpecificCharacterSet (0008,0005). */
    public static CharacterSet of(List<String> terms) {
        if (terms.size() == 1 && WITHOUT_EXTENSIONS.containsKey(terms.get(0))) {
            return new CharacterSet(terms.get(0), !isFixed(terms.get(0)), List.of(), List.of());
        }
        List<String> misspelt = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        List<String> sets = new ArrayList<>();
        for (String term : terms) {
            Optional<String> set = find(term);
            if (set.isEmpty()) {
                unknown.add(term);
            } else if (!WITHOUT_EXTENSIONS.containsKey(term)
                    && !DEFINED_TERM.matcher(term).matches()) {
                misspelt.add(term);
            }
            sets.add(set.orElse(""));
        }
        String first = sets.isEmpty() ? "" : sets.get(0);
        // Deviation from PS3.3 C.12.1.1.2: code extensions are honoured wherever they occur in a set that can have
        // them,
        // declared or not.
        return new CharacterSet(first, !isFixed(first), misspelt, unknown);
    }

    private static boolean isFixed(String set) {
        return set.equals("ISO_IR 192") || set.equals("GB18030") || set.equals("GBK");
    }

    /**
     * The set that a term begins with. Deviation from PS3.3 C.12.1.1.2: misspelt terms as seen in the field (ISO-IR 100,
     * ISO_IR 6, iso_ir_192) are taken for the right ones.
     */
    private static Optional<String> find(String term) {
        if (term.length() > TERM_CHARACTERS_MAX) {
            return Optional.empty(); // a pattern that looks for digits costs the square of what it looks at
        }
        String plain = term.toUpperCase(Locale.ROOT).strip();
        Matcher numbered = NUMBERED.matcher(plain);
        String set = numbered.matches()
                ? "ISO_IR " + numbered.group(1)
                : plain.equals("UTF-8") || plain.equals("UTF8") ? "ISO_IR 192" : plain;
        if (WITHOUT_EXTENSIONS.containsKey(set)) {
            return Optional.of(set);
        }
        // PS3.3 table C.12-4: these begin with ASCII and switch by escape sequences only.
        return MULTI_BYTE.contains(set) ? Optional.of("") : Optional.empty();
    }

    /** Terms that PS3.3 does not have, and that were understood all the same. */
    public List<String> misspeltTerms() {
        return misspeltTerms;
    }

    /** Terms that PS3.3 does not have and that mean nothing; texts were read as ISO 8859-1. */
    public List<String> unknownTerms() {
        return unknownTerms;
    }

    String decode(byte[] bytes) {
        return decode(bytes, "\r\n\f\t\\");
    }

    /** PS3.5 6.1.2.5.3: in person names the component delimiters return to the initial set as well. */
    String decodeName(byte[] bytes) {
        return decode(bytes, "\r\n\f\t\\^=");
    }

    private String decode(byte[] bytes, String delimiters) {
        if (!extensions) {
            return new String(bytes, initial);
        }
        boolean escaped = false;
        for (byte b : bytes) {
            escaped |= b == ESC;
        }
        return escaped ? decodeExtended(bytes, delimiters) : decodeSingle(bytes, 0, bytes.length, initial);
    }

    /** PS3.5 6.1.2.5: the lower and the upper half of the code table are switched apart, and fall back at a delimiter. */
    private String decodeExtended(byte[] bytes, String delimiters) {
        StringBuilder text = new StringBuilder(bytes.length);
        Escape lower = null;
        Escape upper = null;
        int i = 0;
        while (i < bytes.length) {
            if (bytes[i] == ESC) {
                Escape escape = escapeAt(bytes, i + 1);
                if (escape == null) {
                    text.append('\uFFFD');
                    i++;
                    continue;
                }
                if (escape.upperHalf) {
                    upper = escape;
                } else {
                    lower = escape.charset.equals("US-ASCII") ? null : escape;
                }
                i += 1 + escape.sequence.length();
                continue;
            }
            boolean high = bytes[i] < 0;
            Escape active = high ? upper : lower;
            if (active != null && active.bytesPerCharacter > 1 && (high || bytes[i] > ' ')) {
                // The second byte is of the same half; what is not belongs to something else and is not swallowed.
                boolean whole = i + 1 < bytes.length && bytes[i + 1] < 0 == high && (high || bytes[i + 1] > ' ');
                text.append(whole ? decodeWide(bytes, i, active) : "\uFFFD");
                i += whole ? 2 : 1;
                continue;
            }
            if (!high && delimiters.indexOf(bytes[i]) >= 0) {
                lower = null;
                upper = null;
            }
            Charset charset = active == null ? initial : Charset.forName(active.charset);
            text.append(decodeSingle(bytes, i, i + 1, charset));
            i++;
        }
        return text.toString();
    }

    private static @Nullable Escape escapeAt(byte[] bytes, int offset) {
        for (Escape escape : ESCAPES) {
            int length = escape.sequence.length();
            if (offset + length <= bytes.length
                    && new String(bytes, offset, length, StandardCharsets.ISO_8859_1).equals(escape.sequence)) {
                return escape;
            }
        }
        return null;
    }

    private static String decodeWide(byte[] bytes, int start, Escape escape) {
        byte[] euc = new byte[escape.bytesPerCharacter];
        int at = 0;
        if (escape.bytesPerCharacter == 3) {
            euc[at++] = SS3;
        }
        for (int i = start; i < start + 2; i++) {
            euc[at++] = (byte) (bytes[i] | 0x80);
        }
        return new String(euc, 0, at, Charset.forName(escape.charset));
    }

    private static String decodeSingle(byte[] bytes, int start, int end, Charset charset) {
        String text = new String(bytes, start, end - start, charset);
        // ISO-IR 14 prints 0x5C as a yen sign and 0x7E as an overline; in DICOM 0x5C is the delimiter (PS3.5 6.1.2.4).
        return charset.name().equals("JIS_X0201") ? text.replace('¥', '\\') : text;
    }
}
