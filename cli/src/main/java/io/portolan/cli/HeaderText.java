package io.portolan.cli;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.io.Dump;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;

/**
 * A header for people: the lines of {@link Dump}, with long values cut and, on a terminal, colours.
 *
 * <pre>
 * (0008,2111) ST DerivationDescription = Lossy compression with ... # 64 of 312 characters
 * (0029,1010) OB = hex 53 56 31 30 ... # 16 of 10528 bytes
 * </pre>
 *
 * @param full every value whole: only then is the text what {@link Dump#parse} reads back
 */
record HeaderText(boolean full, Ansi ansi) {

    /** About so many characters fit a line. */
    private static final int LINE_MAX = 100;
    /** A value of so many characters is never cut: the longest UID (PS3.5 9.1), and an LO (PS3.5 6.2). */
    private static final int ALWAYS_WHOLE = 64;

    private static final int WHOLE_BYTES_MAX = 32;
    private static final int CUT_BYTES = 16;
    /** What the comment behind a cut value takes of its line. */
    private static final int COMMENT = 28;

    private static final int HEX_BYTE = 3;
    private static final Pattern LINE =
            Pattern.compile("( *)(\\(\\S{9}\\)) ([A-Z]{2})( \\w+)?( = ?)?(.*)", Pattern.DOTALL);
    private static final Pattern PART_OF_ESCAPE = Pattern.compile("\\\\(x[0-9a-f]?)?$");

    String format(DataSet dataSet) {
        StringBuilder out = new StringBuilder();
        Dump.format(dataSet).lines().forEach(line -> append(line, out));
        return out.toString();
    }

    private void append(String line, StringBuilder out) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            out.append(line).append('\n'); // an item
            return;
        }
        String equals = parts.group(5) == null ? "" : parts.group(5);
        String value = parts.group(6);
        out.append(parts.group(1))
                .append(styled(parts.group(2), Style.fg_cyan))
                .append(' ')
                .append(styled(parts.group(3), Style.fg_yellow));
        if (parts.group(4) != null) {
            out.append(styled(parts.group(4), Style.fg_green));
        }
        out.append(equals)
                .append(full ? value : shortened(value, LINE_MAX - parts.start(6)))
                .append('\n');
    }

    /** @param room characters that the line has left for the value */
    private static String shortened(String value, int room) {
        if (value.startsWith("hex ")) {
            int bytes = (value.length() - "hex".length()) / HEX_BYTE;
            return bytes <= WHOLE_BYTES_MAX
                    ? value
                    : value.substring(0, "hex".length() + CUT_BYTES * HEX_BYTE) + " ... # " + CUT_BYTES + " of " + bytes
                            + " bytes";
        }
        int whole = Math.max(room, ALWAYS_WHOLE);
        if (value.length() <= whole) {
            return value;
        }
        String shown = start(value, whole - COMMENT);
        return shown + " ... # " + shown.length() + " of " + value.length() + " characters";
    }

    /** The first characters, none of them, and no escape, in half. */
    private static String start(String value, int length) {
        int end = Character.isHighSurrogate(value.charAt(length - 1)) ? length - 1 : length;
        return PART_OF_ESCAPE.matcher(value.substring(0, end)).replaceFirst("");
    }

    private String styled(String text, Style style) {
        return ansi.enabled() ? style.on() + text + style.off() : text;
    }
}
