package io.portolan.dicom;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * From the bytes of a value field to its values (PS3.5 6.2, 6.4), and to UTF-8.
 *
 * <p>Nothing here throws on bad input: a text that cannot be decoded comes with replacement characters, a binary value
 * with a wrong length loses its incomplete last number.
 */
final class Values {

    private Values() {}

    static List<String> strings(Element element, CharacterSet characterSet) {
        Vr vr = element.vr();
        return switch (vr.kind()) {
            case ASCII -> split(ascii(element.bytes(), characterSet));
            case TEXT -> split(characterSet.decode(element.bytes()));
            case NAME -> split(characterSet.decodeName(element.bytes()));
            case LONG_ASCII -> List.of(withoutPadding(ascii(element.bytes(), characterSet)));
            case LONG_TEXT -> List.of(withoutTrailingPadding(characterSet.decode(element.bytes())));
            case NUMBER, TAG -> numbers(vr, element.bytes());
            case BYTES, ITEMS -> List.of();
        };
    }

    /** The element with its texts, and those of its items, in UTF-8; binary values stay as they are. */
    static Element inUtf8(Element element, CharacterSet characterSet) {
        Vr vr = element.vr();
        if (vr == Vr.SQ) {
            return Element.of(
                    element.tag(), element.items().stream().map(DataSet::inUtf8).toList());
        }
        if (!vr.isText() || isPlain(element.bytes())) {
            return element;
        }
        String text = String.join("\\", strings(element, characterSet));
        return Element.of(element.tag(), vr, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Whether a text is one value, without padding, that says the same in every character set: most are. Left out are the
     * bytes that ISO_IR 13 has other characters for, one of which separates values, and what an escape sequence may begin.
     */
    static boolean isPlain(byte[] bytes) {
        int length = bytes.length;
        if (length == 0 || bytes[0] <= ' ' || bytes[length - 1] <= ' ') {
            return false;
        }
        for (byte b : bytes) {
            if (b < ' ' || b == '\\' || b == '~') {
                return false;
            }
        }
        return true;
    }

    /**
     * Deviation from PS3.5 6.1.2.3: bytes above 127, which a text of the default repertoire must not have, are read in
     * the character set of the data set, so that such a text survives the way into UTF-8 and back.
     */
    private static String ascii(byte[] bytes, CharacterSet characterSet) {
        for (byte b : bytes) {
            if (b < 0) {
                return characterSet.decode(bytes);
            }
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static List<String> split(String text) {
        int backslash = text.indexOf('\\');
        if (backslash < 0) {
            return List.of(withoutPadding(text));
        }
        List<String> values = new ArrayList<>();
        int start = 0;
        while (backslash >= 0) {
            values.add(withoutPadding(text.substring(start, backslash)));
            start = backslash + 1;
            backslash = text.indexOf('\\', start);
        }
        values.add(withoutPadding(text.substring(start)));
        return values;
    }

    private static List<String> numbers(Vr vr, byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int size = switch (vr) {
            case US, SS -> 2;
            case UL, SL, FL, AT -> 4;
            default -> 8;
        };
        List<String> values = new ArrayList<>();
        while (buffer.remaining() >= size) {
            values.add(
                    switch (vr) {
                        case US -> Integer.toString(Short.toUnsignedInt(buffer.getShort()));
                        case SS -> Short.toString(buffer.getShort());
                        case UL -> Integer.toUnsignedString(buffer.getInt());
                        case SL -> Integer.toString(buffer.getInt());
                        case FL -> Float.toString(buffer.getFloat());
                        case FD -> Double.toString(buffer.getDouble());
                        case UV -> Long.toUnsignedString(buffer.getLong());
                        case AT -> String.format(Locale.ROOT, "%04X%04X", buffer.getShort(), buffer.getShort());
                        default -> Long.toString(buffer.getLong());
                    });
        }
        return values;
    }

    /** PS3.5 6.2: leading and trailing spaces are padding, as is the NUL of a UID. */
    private static String withoutPadding(String text) {
        int start = 0;
        while (start < text.length() && isPadding(text.charAt(start))) {
            start++;
        }
        return withoutTrailingPadding(text.substring(start));
    }

    /** PS3.5 6.2 for ST, LT and UT: leading spaces may be significant. */
    private static String withoutTrailingPadding(String text) {
        int end = text.length();
        while (end > 0 && isPadding(text.charAt(end - 1))) {
            end--;
        }
        return end == text.length() ? text : text.substring(0, end);
    }

    // Deviation from PS3.5 6.2: NUL pads any text, and tabs and line ends count as spaces at the ends of a value.
    private static boolean isPadding(char c) {
        return c <= ' ';
    }
}
