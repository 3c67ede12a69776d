package io.portolan.dicom.io;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Just as much JSON (RFC 8259) as the DICOM JSON model needs, so that this module stands alone: text into maps, lists,
 * strings, numbers as their text, booleans and null. Nesting is limited.
 */
final class Json {

    private static final int DEPTH_MAX = 128;
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?");

    private final String text;
    private int next;

    private Json(String text) {
        this.text = text;
    }

    static @Nullable Object parse(String text) throws MalformedDataException {
        Json json = new Json(text);
        Object value = json.value(0);
        json.skipSpace();
        if (json.next < text.length()) {
            throw json.invalid("something behind the end");
        }
        return value;
    }

    static void quote(String value, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ') {
                        out.append("\\u00").append(c < 16 ? "0" : "").append(Integer.toHexString(c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private @Nullable Object value(int depth) throws MalformedDataException {
        if (depth > DEPTH_MAX) {
            throw invalid("nested deeper than " + DEPTH_MAX);
        }
        skipSpace();
        char c = peek();
        return switch (c) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private Map<String, @Nullable Object> object(int depth) throws MalformedDataException {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        next++;
        skipSpace();
        if (peek() == '}') {
            next++;
            return members;
        }
        while (true) {
            skipSpace();
            if (peek() != '"') {
                throw invalid("a key has to be a string");
            }
            String key = string();
            skipSpace();
            expect(':');
            members.put(key, value(depth + 1));
            skipSpace();
            if (peek() == '}') {
                next++;
                return members;
            }
            expect(',');
        }
    }

    private List<@Nullable Object> array(int depth) throws MalformedDataException {
        List<@Nullable Object> values = new ArrayList<>();
        next++;
        skipSpace();
        if (peek() == ']') {
            next++;
            return values;
        }
        while (true) {
            values.add(value(depth + 1));
            skipSpace();
            if (peek() == ']') {
                next++;
                return values;
            }
            expect(',');
        }
    }

    private String string() throws MalformedDataException {
        next++;
        int start = next;
        while (next < text.length() && text.charAt(next) != '"' && text.charAt(next) != '\\') {
            next++;
        }
        if (peek() == '"') {
            return text.substring(start, next++);
        }
        StringBuilder value = new StringBuilder(text.substring(start, next));
        while (peek() != '"') {
            char c = text.charAt(next++);
            value.append(c == '\\' ? escaped() : c);
        }
        next++;
        return value.toString();
    }

    private char escaped() throws MalformedDataException {
        char c = peek();
        next++;
        return switch (c) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'u' -> unicode();
            case '"', '\\', '/' -> c;
            default -> throw invalid("an escape that JSON does not have");
        };
    }

    private char unicode() throws MalformedDataException {
        if (next + 4 > text.length() || !text.substring(next, next + 4).matches("[0-9A-Fa-f]{4}")) {
            throw invalid("\\u without four hexadecimal digits");
        }
        char c = (char) Integer.parseInt(text.substring(next, next + 4), 16);
        next += 4;
        return c;
    }

    private @Nullable Object word(String word, @Nullable Object value) throws MalformedDataException {
        if (!text.startsWith(word, next)) {
            throw invalid("neither a value nor a word of JSON");
        }
        next += word.length();
        return value;
    }

    private String number() throws MalformedDataException {
        int start = next;
        while (next < text.length() && "+-.eE0123456789".indexOf(text.charAt(next)) >= 0) {
            next++;
        }
        String number = text.substring(start, next);
        if (!NUMBER.matcher(number).matches()) {
            throw invalid("neither a value nor a word of JSON");
        }
        return number;
    }

    private void expect(char c) throws MalformedDataException {
        if (peek() != c) {
            throw invalid("'" + c + "' is missing");
        }
        next++;
    }

    private char peek() throws MalformedDataException {
        if (next >= text.length()) {
            throw new MalformedDataException(MalformedDataException.Kind.TRUNCATED, next, "", "JSON is cut off");
        }
        return text.charAt(next);
    }

    private void skipSpace() {
        while (next < text.length() && " \t\r\n".indexOf(text.charAt(next)) >= 0) {
            next++;
        }
    }

    private MalformedDataException invalid(String reason) {
        return new MalformedDataException(MalformedDataException.Kind.INVALID, next, "", "JSON: " + reason);
    }
}
