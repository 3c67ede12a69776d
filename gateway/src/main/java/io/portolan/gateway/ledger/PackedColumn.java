package io.portolan.gateway.ledger;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A column of numbers or of texts, so that what is the same in every row, or counts up, takes next to nothing.
 *
 * <pre>
 * numbers    kind; EQUAL: the number; DELTAS: the difference of each to the one before; SOME: a 0 or 1 for each, and the
 *            differences of those that are there
 * texts      the patterns; which pattern each row has; for each gap of each pattern, what stands in it row by row
 * pattern    a text with gaps: the runs of digits in which its rows differ
 * gap        a column of numbers, or where one has a leading zero or too many digits, of what differs from the row before
 * </pre>
 */
final class PackedColumn {

    private static final int EQUAL = 0;
    private static final int DELTAS = 1;
    private static final int SOME = 2;

    /** Stands for a gap; no text of the ledger has it, see {@link PackedNames}. */
    static final char GAP = 1;

    /** As many digits as always fit. */
    private static final int DIGITS_MAX = 18;

    private PackedColumn() {}

    // ---- numbers

    static void writeNumbers(PackedBytes.Writer out, List<@Nullable Long> values) {
        boolean all = values.stream().allMatch(Objects::nonNull);
        boolean equal = all && values.stream().distinct().count() == 1;
        if (equal) {
            out.count(EQUAL);
            out.number(Objects.requireNonNull(values.get(0)));
            return;
        }
        out.count(all ? DELTAS : SOME);
        if (!all) {
            values.forEach(value -> out.count(value == null ? 0 : 1));
        }
        long before = 0;
        for (Long value : values) {
            if (value != null) {
                out.number(value - before);
                before = value;
            }
        }
    }

    static List<@Nullable Long> readNumbers(PackedBytes.Reader in, int size) {
        int kind = in.size();
        if (kind == EQUAL) {
            return Collections.nCopies(size, in.number());
        }
        boolean[] there = new boolean[size];
        for (int i = 0; i < size; i++) {
            there[i] = kind == DELTAS || in.count() == 1;
        }
        List<@Nullable Long> values = new ArrayList<>();
        long before = 0;
        for (int i = 0; i < size; i++) {
            if (there[i]) {
                before += in.number();
            }
            values.add(there[i] ? (Long) before : null);
        }
        return values;
    }

    // ---- texts

    /** The rows whose texts differ in nothing but runs of digits. */
    private static final class Alike {

        final int place;
        final List<List<String>> rows = new ArrayList<>(); // what is between digits, and digits, in turns

        Alike(int place) {
            this.place = place;
        }

        /** Whether the rows differ there; only digits ever do. */
        boolean isGap(int part) {
            String first = rows.get(0).get(part);
            return rows.stream().anyMatch(row -> !row.get(part).equals(first));
        }

        List<String> column(int part) {
            return rows.stream().map(row -> row.get(part)).toList();
        }
    }

    static void writeTexts(PackedBytes.Writer out, List<String> texts) {
        Map<List<String>, Alike> patterns = new LinkedHashMap<>();
        List<@Nullable Long> places = new ArrayList<>();
        for (String text : texts) {
            List<String> parts = parts(text);
            Alike alike = patterns.computeIfAbsent(between(parts), key -> new Alike(patterns.size()));
            alike.rows.add(parts);
            places.add((long) alike.place);
        }
        out.count(patterns.size());
        patterns.values().forEach(alike -> writePattern(out, alike));
        writeNumbers(out, places);
        for (Alike alike : patterns.values()) {
            for (int part = 1; part < alike.rows.get(0).size(); part += 2) {
                if (alike.isGap(part)) {
                    writeGap(out, alike.column(part));
                }
            }
        }
    }

    /** {@code a12b} is a, 12, b; the first and the last may be empty. */
    private static List<String> parts(String text) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        boolean digits = false;
        for (int i = 0; i < text.length(); i++) {
            boolean digit = text.charAt(i) >= '0' && text.charAt(i) <= '9';
            if (digit != digits) {
                parts.add(text.substring(start, i));
                start = i;
                digits = digit;
            }
        }
        parts.add(text.substring(start));
        if (digits) {
            parts.add("");
        }
        return parts;
    }

    private static List<String> between(List<String> parts) {
        List<String> between = new ArrayList<>();
        for (int i = 0; i < parts.size(); i += 2) {
            between.add(parts.get(i));
        }
        return between;
    }

    private static void writePattern(PackedBytes.Writer out, Alike alike) {
        StringBuilder pattern = new StringBuilder();
        List<String> first = alike.rows.get(0);
        for (int part = 0; part < first.size(); part++) {
            pattern.append(part % 2 == 1 && alike.isGap(part) ? String.valueOf(GAP) : first.get(part));
        }
        out.text(pattern.toString());
    }

    private static void writeGap(PackedBytes.Writer out, List<String> digits) {
        boolean numbers = digits.stream()
                .allMatch(one -> one.length() <= DIGITS_MAX && (one.equals("0") || one.charAt(0) != '0'));
        out.count(numbers ? 1 : 0);
        if (numbers) {
            writeNumbers(
                    out,
                    new ArrayList<@Nullable Long>(
                            digits.stream().map(Long::parseLong).toList()));
            return;
        }
        String before = "";
        for (String one : digits) {
            int same = same(before, one);
            out.count(same);
            out.text(one.substring(same));
            before = one;
        }
    }

    private static int same(String one, String other) {
        int length = Math.min(one.length(), other.length());
        int same = 0;
        while (same < length && one.charAt(same) == other.charAt(same)) {
            same++;
        }
        return same;
    }

    static List<String> readTexts(PackedBytes.Reader in, int size) {
        int count = in.size();
        List<String> patterns = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            patterns.add(in.text());
        }
        List<@Nullable Long> places = readNumbers(in, size);
        int[] rows = new int[count];
        places.forEach(place -> rows[Math.toIntExact(Objects.requireNonNull(place))]++);
        List<List<List<String>>> gaps = new ArrayList<>(); // by pattern, gap, row
        for (int i = 0; i < count; i++) {
            gaps.add(readGaps(in, patterns.get(i), rows[i]));
        }
        List<String> texts = new ArrayList<>();
        int[] next = new int[count];
        for (Long place : places) {
            int pattern = Math.toIntExact(Objects.requireNonNull(place));
            texts.add(fill(patterns.get(pattern), gaps.get(pattern), next[pattern]++));
        }
        return texts;
    }

    private static List<List<String>> readGaps(PackedBytes.Reader in, String pattern, int rows) {
        long count = pattern.chars().filter(sign -> sign == GAP).count();
        List<List<String>> gaps = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            gaps.add(readGap(in, rows));
        }
        return gaps;
    }

    private static List<String> readGap(PackedBytes.Reader in, int rows) {
        if (in.count() == 1) {
            return readNumbers(in, rows).stream().map(String::valueOf).toList();
        }
        List<String> digits = new ArrayList<>();
        String before = "";
        for (int i = 0; i < rows; i++) {
            int same = in.size();
            before = before.substring(0, same) + in.text();
            digits.add(before);
        }
        return digits;
    }

    private static String fill(String pattern, List<List<String>> gaps, int row) {
        if (gaps.isEmpty()) {
            return pattern;
        }
        StringBuilder text = new StringBuilder();
        int gap = 0;
        for (int i = 0; i < pattern.length(); i++) {
            char sign = pattern.charAt(i);
            if (sign == GAP) {
                text.append(gaps.get(gap++).get(row));
            } else {
                text.append(sign);
            }
        }
        return text.toString();
    }
}
