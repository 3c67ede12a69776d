package io.portolan.dicom.io;

import io.portolan.dicom.Dcmtk;
import io.portolan.dicom.Tag;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What dcmdump prints of files, as path to value, for the attributes that the mapping reads.
 *
 * <pre>
 * (0010,0024) SQ (Sequence with explicit length #=1)      #  52, 1 IssuerOfPatientIDQualifiersSequence
 *   (fffe,e000) na (Item with explicit length #=2)          #  44, 1 Item
 *     (0040,0033) CS [URI]                                    #   4, 1 UniversalEntityIDType
 * </pre>
 *
 * gives {@code 0010,0024[0]>0040,0033} = {@code URI}. Values are bytes, not characters: what is not printable ASCII stands
 * as three octal digits.
 */
final class Dcmdump {

    private static final Pattern FILE = Pattern.compile("# dcmdump \\(\\d+/\\d+\\): (.*)");
    private static final Pattern LINE =
            Pattern.compile("( *)\\((\\p{XDigit}{4},\\p{XDigit}{4})\\) (\\w\\w|\\?\\?|  ) (.*?) +# +[\\d(u].*");

    /** A sequence on the way to the element that is being read. */
    private static final class Open {

        final String key;
        final int indent;
        int item = -1;

        Open(String key, int indent) {
            this.key = key;
            this.indent = indent;
        }
    }

    private final Map<String, String> values = new TreeMap<>();
    private final Deque<Open> open = new ArrayDeque<>();

    private Dcmdump() {}

    /** Those that dcmdump reads without an error, by their path. */
    static Map<String, Map<String, String>> read(List<Path> files) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("-M", "+L", "-Un", "+F", "+uc", "+Qo"));
        files.forEach(file -> arguments.add(file.toString()));
        Map<String, Map<String, String>> read = new TreeMap<>();
        String current = "";
        Dcmdump dump = new Dcmdump();
        for (String line :
                Dcmtk.run(StandardCharsets.ISO_8859_1, "dcmdump", arguments).split("\n", -1)) {
            Matcher file = FILE.matcher(line);
            if (file.matches()) {
                current = file.group(1);
                dump = new Dcmdump();
                read.put(current, dump.values);
            } else if (line.startsWith("E: ")) {
                read.remove(current);
            } else {
                dump.line(line);
            }
        }
        return read;
    }

    private void line(String line) {
        Matcher element = LINE.matcher(line);
        if (!element.matches() || element.group(2).startsWith("0002")) {
            return;
        }
        int indent = element.group(1).length();
        String key = element.group(2);
        while (!open.isEmpty() && open.getLast().indent >= indent) {
            open.removeLast();
        }
        if (key.equals("fffe,e000")) {
            // A fragment of pixels is an item, too, in no sequence.
            if (!open.isEmpty()) {
                open.getLast().item++;
            }
        } else if (element.group(3).equals("SQ")) {
            open.addLast(new Open(key, indent));
        } else if (!key.startsWith("fffe") && isMapped(key)) {
            values.putIfAbsent(path() + key, value(element.group(3), element.group(4)));
        }
    }

    private boolean isMapped(String key) {
        int depth = 0;
        for (Open sequence : open) {
            if (!CorpusTest.isMapped(tag(sequence.key), depth++)) {
                return false;
            }
        }
        return CorpusTest.isMapped(tag(key), depth);
    }

    private String path() {
        StringBuilder path = new StringBuilder();
        open.forEach(sequence -> path.append(sequence.key + "[" + sequence.item + "]>"));
        return path.toString();
    }

    private static String value(String vr, String printed) {
        if (printed.equals("(no value available)")) {
            return "";
        }
        if (vr.equals("AT")) {
            return printed.replaceAll("[(),]", "").toUpperCase(Locale.ROOT);
        }
        boolean bracketed = printed.startsWith("[") && printed.endsWith("]");
        return trimmed(bracketed ? printed.substring(1, printed.length() - 1) : printed);
    }

    /** As dcmdump prints it with {@code +Qo}; padding at the ends does not count. */
    static String quoted(String latin1) {
        StringBuilder out = new StringBuilder();
        for (char c : trimmed(latin1).toCharArray()) {
            out.append(c >= ' ' && c < 0x7F ? String.valueOf(c) : String.format(Locale.ROOT, "\\%03o", (int) c));
        }
        return out.toString();
    }

    private static String trimmed(String text) {
        return text.replaceAll("^ +|[\0 ]+$", "").replaceAll("(\\\\000| )+$", "");
    }

    static String key(int tag) {
        return Tag.format(tag).substring(1, 10).toLowerCase(Locale.ROOT);
    }

    private static int tag(String key) {
        return Integer.parseUnsignedInt(key.replace(",", ""), 16);
    }
}
