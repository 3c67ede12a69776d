package io.portolan.dicom.io;

import static io.portolan.dicom.io.MalformedDataException.Kind.INVALID;
import static io.portolan.dicom.io.MalformedDataException.Kind.LIMIT;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Dictionary;
import io.portolan.dicom.Element;
import io.portolan.dicom.Tag;
import io.portolan.dicom.Vr;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text form of a data set, for people and golden files: one element per line, both ways.
 *
 * <pre>
 * (0008,0060) CS Modality = CT
 * (0008,1032) SQ ProcedureCodeSequence
 *   item
 *     (0008,0100) SH CodeValue = 77477000
 * (0029,1010) OB = hex 01 02 ff
 * </pre>
 *
 * The keyword is for people: parsing passes over it, and a private element has none. Values stand in UTF-8 as decoded. A
 * backslash stands between values; control characters, and a backslash that is part of a text, are written {@code \xNN},
 * and so is an x that would make a separator look like one of these. Lines that start with {@code #}, indented or not,
 * are comments.
 */
public final class Dump {

    private static final int INDENT = 2;
    private static final Pattern LINE = Pattern.compile(
            "\\(([0-9A-Fa-f]{4}),([0-9A-Fa-f]{4})\\) ([A-Z]{2})(?: (\\w+))?(?: =(?: (.*))?)?", Pattern.DOTALL);
    private static final Pattern HEX_PAIR = Pattern.compile("x[0-9a-f]{2}.*", Pattern.DOTALL);
    private static final Pattern ESCAPE = Pattern.compile("\\\\x([0-9a-f]{2})");

    private final List<String> lines;
    private int next;

    private Dump(List<String> lines) {
        this.lines = lines;
    }

    public static String format(DataSet dataSet) {
        StringBuilder out = new StringBuilder();
        write(dataSet, 0, out);
        return out.toString();
    }

    /**
     * Reads what {@link #format} writes. The texts become UTF-8, and a SpecificCharacterSet then says so.
     *
     * @throws MalformedDataException the position is the line, counted from 1; sequences may be as deep as
     *     {@link ReadLimits#DEFAULT} has it
     */
    public static DataSet parse(String text) throws MalformedDataException {
        List<String> lines = text.lines().toList();
        return new Dump(lines).readDataSet(0, CharacterSet.UTF_8);
    }

    private static void write(DataSet dataSet, int depth, StringBuilder out) {
        for (Element element : dataSet) {
            out.append(" ".repeat(depth * INDENT))
                    .append(Tag.format(element.tag()))
                    .append(' ')
                    .append(element.vr());
            Dictionary.keyword(element.tag())
                    .ifPresent(keyword -> out.append(' ').append(keyword));
            if (element.vr() == Vr.SQ) {
                out.append('\n');
                for (DataSet item : element.items()) {
                    out.append(" ".repeat((depth + 1) * INDENT)).append("item\n");
                    write(item, depth + 2, out);
                }
            } else {
                String value = value(element, dataSet);
                out.append(value.isEmpty() ? " =" : " = " + value).append('\n');
            }
        }
    }

    private static String value(Element element, DataSet owner) {
        if (element.vr().kind() == Vr.Kind.BYTES) {
            return element.isEmpty() ? "" : "hex " + HexFormat.ofDelimiter(" ").formatHex(element.bytes());
        }
        List<String> values = owner.strings(element.tag());
        List<String> escaped = new ArrayList<>(values.size());
        for (String value : values) {
            boolean misread = !escaped.isEmpty() && HEX_PAIR.matcher(value).matches();
            escaped.add(misread ? "\\x78" + escape(value.substring(1)) : escape(value));
        }
        return String.join("\\", escaped);
    }

    private static String escape(String value) {
        StringBuilder out = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c >= 0x7F && c < 0xA0 || c == '\\') {
                out.append("\\x").append(HexFormat.of().toHexDigits((byte) c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private DataSet readDataSet(int depth, CharacterSet inherited) throws MalformedDataException {
        DataSet.Builder builder = DataSet.builder(inherited);
        while (skipComments()) {
            String line = lines.get(next);
            int indent = indentOf(line);
            if (indent < depth) {
                break;
            }
            Matcher matcher = LINE.matcher(line.substring(indent));
            if (indent != depth || !matcher.matches()) {
                throw invalid("not an element at this indentation");
            }
            builder.add(element(matcher, depth, builder.characterSet()));
        }
        return builder.build();
    }

    private Element element(Matcher line, int depth, CharacterSet characterSet) throws MalformedDataException {
        int tag = Integer.parseUnsignedInt(line.group(1) + line.group(2), 16);
        Vr vr = Vr.parse(line.group(3)).orElseThrow(() -> invalid("an unknown VR"));
        if (vr == Vr.SQ) {
            if (line.group(5) != null) {
                throw invalid("a sequence has items in the lines below, not a value");
            }
            next++;
            return Element.of(tag, readItems(depth + INDENT, characterSet));
        }
        String value = line.group(5) == null ? "" : line.group(5);
        // The lines are in UTF-8 whatever the data set was written in.
        boolean characterSetItself = tag == Attribute.SpecificCharacterSet.tag() && vr.isText();
        Element element = Element.of(tag, vr, bytes(vr, characterSetItself ? "ISO_IR 192" : value));
        next++;
        return element;
    }

    private List<DataSet> readItems(int depth, CharacterSet characterSet) throws MalformedDataException {
        List<DataSet> items = new ArrayList<>();
        if (depth > INDENT * 2 * ReadLimits.DEFAULT.sequenceDepthMax()) {
            throw new MalformedDataException(LIMIT, next, "", "dump: sequences nested too deep");
        }
        while (skipComments()
                && indentOf(lines.get(next)) == depth
                && lines.get(next).strip().equals("item")) {
            next++;
            items.add(readDataSet(depth + INDENT, characterSet));
        }
        return items;
    }

    /** @return false at the end */
    private boolean skipComments() {
        while (next < lines.size()
                && (lines.get(next).isBlank() || lines.get(next).strip().startsWith("#"))) {
            next++;
        }
        return next < lines.size();
    }

    private byte[] bytes(Vr vr, String value) throws MalformedDataException {
        return switch (vr.kind()) {
            case BYTES -> hex(value);
            case NUMBER, TAG ->
                DicomJson.numbers(vr, value.isEmpty() ? List.of() : List.of(value.split("\\\\", -1)))
                        .orElseThrow(() -> invalid("not a number of " + vr));
            default ->
                ESCAPE.matcher(value)
                        .replaceAll(
                                m -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(m.group(1), 16))))
                        .getBytes(StandardCharsets.UTF_8);
        };
    }

    private byte[] hex(String value) throws MalformedDataException {
        if (value.isEmpty()) {
            return new byte[0];
        }
        try {
            return HexFormat.ofDelimiter(" ").parseHex(value.startsWith("hex ") ? value.substring(4) : "?");
        } catch (IllegalArgumentException e) {
            throw invalid("bytes are written as: hex 01 02 ff");
        }
    }

    private static int indentOf(String line) {
        int indent = 0;
        while (indent < line.length() && line.charAt(indent) == ' ') {
            indent++;
        }
        return indent;
    }

    private MalformedDataException invalid(String reason) {
        return new MalformedDataException(INVALID, next + 1L, "", "dump: " + reason);
    }
}
