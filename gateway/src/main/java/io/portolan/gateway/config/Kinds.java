package io.portolan.gateway.config;

import static java.util.Objects.requireNonNull;

import io.portolan.dicom.Uid;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The kinds of value that the table of keys is made of, addresses apart. Each says its limits in what would be right. */
final class Kinds {

    private static final Pattern AMOUNT = Pattern.compile("([0-9]{1,15})([a-zA-Z]+)");
    private static final Pattern WHOLE = Pattern.compile("[0-9]{1,10}");
    private static final Map<String, Long> MILLIS = Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L);
    private static final Map<String, Long> BYTES =
            Map.of("B", 1L, "KB", 1L << 10, "MB", 1L << 20, "GB", 1L << 30, "TB", 1L << 40);

    /** PS3.5 6.2 AE: the default repertoire without backslash and control characters, 16 bytes, outer spaces mean nothing. */
    private static final Pattern AE_TITLE = Pattern.compile("[ -\\[\\]-~]{1,16}");

    private Kinds() {}

    /** One of the constants, written in small letters with dashes. */
    static <E extends Enum<E>> Kind.Scalar<E> choice(E[] constants) {
        Map<String, E> byText = Arrays.stream(constants).collect(Collectors.toMap(Kinds::text, constant -> constant));
        List<String> texts = Arrays.stream(constants).map(Kinds::text).toList();
        String last = texts.get(texts.size() - 1);
        return new Kind.Scalar<>(
                String.join(", ", texts.subList(0, texts.size() - 1)) + " or " + last, text -> known(byText.get(text)));
    }

    static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Kind.Scalar<Boolean> flag() {
        Map<String, Boolean> byText = Map.of("true", true, "false", false);
        return new Kind.Scalar<>("true or false", text -> known(byText.get(text)));
    }

    private static <V> V known(@Nullable V value) {
        if (value == null) {
            throw new Kind.Wrong();
        }
        return value;
    }

    static Kind.Scalar<Integer> whole(int min, int max) {
        return new Kind.Scalar<>("a whole number from " + min + " to " + max, text -> {
            if (!WHOLE.matcher(text).matches()) {
                throw new Kind.Wrong();
            }
            return (int) within(min, max, Long.parseLong(text));
        });
    }

    static Kind.Scalar<Duration> duration(String min, String max) {
        long minMillis = amount(min, MILLIS);
        long maxMillis = amount(max, MILLIS);
        return new Kind.Scalar<>(
                "a time from " + min + " to " + max + " in ms, s, m or h, such as 5s",
                text -> Duration.ofMillis(within(minMillis, maxMillis, amount(text, MILLIS))));
    }

    /** Binary units: 1KB is 1024 bytes. */
    static Kind.Scalar<Long> size(String min, String max) {
        long minBytes = amount(min, BYTES);
        long maxBytes = amount(max, BYTES);
        return new Kind.Scalar<>(
                "a size from " + min + " to " + max + " in B, KB, MB, GB or TB, such as 16MB",
                text -> within(minBytes, maxBytes, amount(text, BYTES)));
    }

    private static long amount(String text, Map<String, Long> units) {
        Matcher amount = AMOUNT.matcher(text);
        if (!amount.matches()) {
            throw new Kind.Wrong();
        }
        long unit = known(units.get(requireNonNull(amount.group(2))));
        long count = Long.parseLong(amount.group(1));
        if (count > Long.MAX_VALUE / unit) {
            throw new Kind.Wrong();
        }
        return count * unit;
    }

    private static long within(long min, long max, long value) {
        if (value < min || value > max) {
            throw new Kind.Wrong();
        }
        return value;
    }

    static Kind.Scalar<String> aeTitle() {
        return new Kind.Scalar<>("1 to 16 letters, digits or signs of ASCII without backslash", text -> {
            String title = text.strip();
            if (!isAeTitle(title)) {
                throw new Kind.Wrong();
            }
            return title;
        });
    }

    static Kind.Scalar<String> uid() {
        return new Kind.Scalar<>("a UID, such as 1.2.840.10008.5.1.4.1.1.66", text -> {
            if (!Uid.isValid(text)) {
                throw new Kind.Wrong();
            }
            return text;
        });
    }

    static Kind.Scalar<String> word() {
        return new Kind.Scalar<>("a value as instances have it", text -> {
            if (text.isBlank()) {
                throw new Kind.Wrong();
            }
            return text.strip();
        });
    }

    static boolean isAeTitle(String title) {
        return AE_TITLE.matcher(title).matches() && title.equals(title.strip());
    }

    static Kind.Scalar<Path> path() {
        return new Kind.Scalar<>("a path, absolute or from the working directory", Kinds::parsePath);
    }

    static Path parsePath(String text) {
        if (text.isBlank()) {
            throw new Kind.Wrong();
        }
        if (text.startsWith("~")) {
            throw new Kind.Wrong("~ is not expanded");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new Kind.Wrong();
        }
    }

    static Kind.Scalar<ZoneId> zone() {
        return new Kind.Scalar<>("a zone such as Europe/Vienna or an offset such as +01:00", text -> {
            try {
                return ZoneId.of(text);
            } catch (DateTimeException e) {
                throw Nearest.to(
                                text,
                                ZoneId.getAvailableZoneIds().stream().sorted().toList())
                        .map(zone ->
                                new Kind.Wrong("no such zone: " + Yaml.quote(text) + ", did you mean " + zone + "?"))
                        .orElseGet(Kind.Wrong::new);
            }
        });
    }
}
