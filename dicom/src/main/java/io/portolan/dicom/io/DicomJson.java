package io.portolan.dicom.io;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.Tag;
import io.portolan.dicom.Vr;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The DICOM JSON model (PS3.18 annex F), both ways.
 *
 * <pre>
 * {"00100010":{"vr":"PN","Value":[{"Alphabetic":"..."}]},"00080020":{"vr":"DA","Value":["20261123"]}}
 * </pre>
 *
 * Attributes ascend by tag and nothing is indented, so equal data sets give equal text. IS and DS are written as strings
 * (PS3.18 F.2.3 allows both), so that a value which is no number survives. What is written is in UTF-8; therefore
 * SpecificCharacterSet is left out (PS3.18 F.2), and passed over when reading, since servers leave the one that the
 * instance once had. Group lengths are not written either (PS3.18 F.2.2). BulkDataURI is read as an empty value: a
 * gateway fetches no bulk data.
 */
public final class DicomJson {

    private static final Pattern TAG = Pattern.compile("[0-9A-Fa-f]{8}");
    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/]*={0,2}");
    private static final HexFormat UPPERCASE = HexFormat.of().withUpperCase();

    private DicomJson() {}

    public static String format(DataSet dataSet) {
        StringBuilder out = new StringBuilder(256);
        writeDataSet(dataSet.inUtf8(), out);
        return out.toString();
    }

    /**
     * Reads one data set.
     *
     * @throws MalformedDataException when the text is no JSON, the position then being in characters; or not this
     *     model, the path then saying where, and the position being 0
     */
    public static DataSet parse(String json) throws MalformedDataException {
        return dataSet(object(Json.parse(json), ""), "");
    }

    private static void writeDataSet(DataSet dataSet, StringBuilder out) {
        out.append('{');
        String separator = "\"";
        for (Element element : dataSet) {
            if ((element.tag() & 0xFFFF) == 0) {
                continue; // a group length
            }
            out.append(separator)
                    .append(hex(element.tag()))
                    .append("\":{\"vr\":\"")
                    .append(element.vr())
                    .append('"');
            writeValue(element, dataSet, out);
            out.append('}');
            separator = ",\"";
        }
        out.append('}');
    }

    private static void writeValue(Element element, DataSet owner, StringBuilder out) {
        if (element.isEmpty()) {
            return;
        }
        if (element.vr().kind() == Vr.Kind.BYTES) {
            String base64 = Base64.getEncoder().encodeToString(element.bytes());
            out.append(",\"InlineBinary\":\"").append(base64).append('"');
            return;
        }
        boolean number = element.vr().kind() == Vr.Kind.NUMBER || element.vr().kind() == Vr.Kind.TAG;
        if (number && owner.strings(element.tag()).isEmpty()) {
            return;
        }
        out.append(",\"Value\":[");
        String separator = "";
        if (element.vr() == Vr.SQ) {
            for (DataSet item : element.items()) {
                out.append(separator);
                writeDataSet(item, out);
                separator = ",";
            }
        } else {
            for (String value : owner.strings(element.tag())) {
                out.append(separator);
                writeScalar(element.vr(), value, out);
                separator = ",";
            }
        }
        out.append(']');
    }

    private static void writeScalar(Vr vr, String value, StringBuilder out) {
        if (value.isEmpty()) {
            out.append("null");
        } else if (vr == Vr.PN) {
            writeName(value, out);
            // JSON has no NaN and no Infinity, and its readers lose digits of 64 bit integers: those are strings.
        } else if (vr.kind() == Vr.Kind.NUMBER
                && vr != Vr.UV
                && vr != Vr.SV
                && !value.endsWith("y")
                && !value.endsWith("N")) {
            out.append(value);
        } else {
            Json.quote(value, out);
        }
    }

    private static void writeName(String value, StringBuilder out) {
        int end = value.length();
        while (end > 0 && (value.charAt(end - 1) == '=' || value.charAt(end - 1) <= ' ')) {
            end--;
        }
        String[] groups = value.substring(0, end).split("=", 3);
        String[] keys = {"Alphabetic", "Ideographic", "Phonetic"};
        out.append('{');
        String separator = "";
        for (int i = 0; i < groups.length; i++) {
            String group = groups[i].trim();
            if (!group.isEmpty()) {
                out.append(separator).append('"').append(keys[i]).append("\":");
                Json.quote(group, out);
                separator = ",";
            }
        }
        out.append('}');
    }

    private static DataSet dataSet(Map<?, ?> json, String path) throws MalformedDataException {
        DataSet.Builder builder = DataSet.builder(CharacterSet.UTF_8);
        for (Map.Entry<?, ?> entry : json.entrySet()) {
            String key = String.valueOf(entry.getKey());
            if (!TAG.matcher(key).matches()) {
                throw invalid(path, "a key that is not a tag of eight hexadecimal digits");
            }
            int tag = Integer.parseUnsignedInt(key, 16);
            if (tag != Attribute.SpecificCharacterSet.tag()) {
                String here = path + Tag.format(tag);
                builder.add(element(tag, object(entry.getValue(), here), here));
            }
        }
        return builder.build();
    }

    private static Element element(int tag, Map<?, ?> json, String path) throws MalformedDataException {
        Vr vr = Vr.parse(String.valueOf(json.get("vr"))).orElseThrow(() -> invalid(path, "no or an unknown vr"));
        Object value = json.get("Value");
        if (value != null && !(value instanceof List<?>)) {
            throw invalid(path, "Value is not an array");
        }
        List<?> values = value == null ? List.of() : (List<?>) value;
        if (vr == Vr.SQ) {
            List<DataSet> items = new ArrayList<>();
            for (Object item : values) {
                items.add(item == null ? DataSet.EMPTY : dataSet(object(item, path), path + " > "));
            }
            return Element.of(tag, items);
        }
        return Element.of(tag, vr, bytes(vr, values, json.get("InlineBinary"), path));
    }

    private static byte[] bytes(Vr vr, List<?> values, @Nullable Object inline, String path)
            throws MalformedDataException {
        if (vr.kind() == Vr.Kind.BYTES) {
            return base64(text(inline, path), path);
        }
        if (vr.kind() == Vr.Kind.NUMBER || vr.kind() == Vr.Kind.TAG) {
            return numbers(vr, values, path);
        }
        List<String> texts = new ArrayList<>();
        for (Object value : values) {
            texts.add(vr == Vr.PN && value instanceof Map<?, ?> groups ? name(groups, path) : text(value, path));
        }
        return String.join("\\", texts).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] base64(String text, String path) throws MalformedDataException {
        if (!BASE64.matcher(text).matches() || text.length() % 4 != 0) {
            throw invalid(path, "InlineBinary is not base64");
        }
        return Base64.getDecoder().decode(text);
    }

    private static String name(Map<?, ?> groups, String path) throws MalformedDataException {
        String text = text(groups.get("Alphabetic"), path) + "=" + text(groups.get("Ideographic"), path) + "="
                + text(groups.get("Phonetic"), path);
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '=') {
            end--;
        }
        return text.substring(0, end);
    }

    /** A string, or the digits of a number; null is an empty value. */
    private static String text(@Nullable Object value, String path) throws MalformedDataException {
        if (value instanceof String text) {
            return text;
        }
        if (value == null) {
            return "";
        }
        throw invalid(path, "neither a string nor a number");
    }

    /** Little endian numbers from their digits; AT from eight hexadecimal digits. An empty value is left out. */
    private static byte[] numbers(Vr vr, List<?> values, String path) throws MalformedDataException {
        List<String> texts = new ArrayList<>();
        for (Object value : values) {
            String text = text(value, path);
            if (!text.isEmpty()) {
                texts.add(text);
            }
        }
        return numbers(vr, texts).orElseThrow(() -> invalid(path, "not a number of " + vr));
    }

    /** Little endian numbers from their digits; AT from eight hexadecimal digits. Empty when one is not in the range. */
    static Optional<byte[]> numbers(Vr vr, List<String> texts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        try {
            for (String text : texts) {
                buffer.clear();
                switch (vr) {
                    case US -> buffer.putShort((short) inRange(text, 0, 0xFFFF));
                    case SS -> buffer.putShort((short) inRange(text, Short.MIN_VALUE, Short.MAX_VALUE));
                    case UL -> buffer.putInt((int) inRange(text, 0, 0xFFFF_FFFFL));
                    case SL -> buffer.putInt((int) inRange(text, Integer.MIN_VALUE, Integer.MAX_VALUE));
                    case FL -> buffer.putFloat(Float.parseFloat(text));
                    case FD -> buffer.putDouble(Double.parseDouble(text));
                    case UV -> buffer.putLong(Long.parseUnsignedLong(text));
                    case AT -> putTag(text, buffer);
                    default -> buffer.putLong(inRange(text, Long.MIN_VALUE, Long.MAX_VALUE));
                }
                out.write(buffer.array(), 0, buffer.position());
            }
        } catch (ArithmeticException | NumberFormatException e) {
            return Optional.empty();
        }
        return Optional.of(out.toByteArray());
    }

    /** RFC 8259 knows one kind of number: 1, 1.0 and 1e0 are the same. */
    private static long inRange(String text, long min, long max) {
        long number = new BigDecimal(text).longValueExact();
        if (number < min || number > max) {
            throw new NumberFormatException();
        }
        return number;
    }

    private static void putTag(String text, ByteBuffer buffer) {
        if (text.length() != 8) {
            throw new NumberFormatException();
        }
        int tag = Integer.parseUnsignedInt(text, 16);
        buffer.putShort((short) Tag.group(tag)).putShort((short) tag);
    }

    private static Map<?, ?> object(@Nullable Object value, String path) throws MalformedDataException {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw invalid(path, "not an object");
    }

    private static MalformedDataException invalid(String path, String reason) {
        return new MalformedDataException(MalformedDataException.Kind.INVALID, 0, path, reason);
    }

    private static String hex(int tag) {
        return UPPERCASE.toHexDigits(tag);
    }
}
