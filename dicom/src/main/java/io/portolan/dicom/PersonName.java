package io.portolan.dicom;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A person name (PS3.5 6.2.1): up to three component groups, each with up to five components.
 *
 * @param alphabetic the first group, which a name of one group has
 * @param ideographic for example in kanji
 * @param phonetic for example in hiragana
 */
public record PersonName(Group alphabetic, Group ideographic, Group phonetic) {

    /**
     * One component group. A component may hold several words, separated by spaces.
     *
     * @param prefix for example an academic title before the name
     * @param suffix for example a degree after the name
     */
    public record Group(String family, String given, String middle, String prefix, String suffix) {

        public static final Group EMPTY = new Group("", "", "", "", "");

        private static Group parse(String text) {
            List<String> parts = split(text, '^', 5);
            return new Group(parts.get(0), parts.get(1), parts.get(2), parts.get(3), parts.get(4));
        }

        public boolean isEmpty() {
            return Stream.of(family, given, middle, prefix, suffix).allMatch(String::isEmpty);
        }

        /** Reads well in a line: prefix, given, middle, family, suffix. */
        public String text() {
            return Stream.of(prefix, given, middle, family, suffix)
                    .filter(s -> !s.isEmpty())
                    .reduce((a, b) -> a + " " + b)
                    .orElse("");
        }
    }

    public static PersonName parse(String text) {
        List<String> groups = split(text, '=', 3);
        return new PersonName(Group.parse(groups.get(0)), Group.parse(groups.get(1)), Group.parse(groups.get(2)));
    }

    public boolean isEmpty() {
        return alphabetic.isEmpty() && ideographic.isEmpty() && phonetic.isEmpty();
    }

    /** The first group that is not empty, as a line. */
    public String text() {
        return Stream.of(alphabetic, ideographic, phonetic)
                .filter(g -> !g.isEmpty())
                .map(Group::text)
                .findFirst()
                .orElse("");
    }

    /** No patient's name in a log. */
    @Override
    public String toString() {
        return "PersonName";
    }

    /** Just so many parts; what lies beyond the last separator is part of the last one. */
    private static List<String> split(String text, char separator, int count) {
        List<String> parts = new ArrayList<>(count);
        int start = 0;
        while (parts.size() < count - 1) {
            int end = text.indexOf(separator, start);
            if (end < 0) {
                break;
            }
            parts.add(text.substring(start, end).strip());
            start = end + 1;
        }
        parts.add(text.substring(start).strip());
        while (parts.size() < count) {
            parts.add("");
        }
        return parts;
    }
}
