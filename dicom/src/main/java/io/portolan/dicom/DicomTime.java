package io.portolan.dicom;

import java.time.LocalTime;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A time as given, with the precision as given (PS3.5 6.2 TM): {@code HHMMSS.FFFFFF}.
 *
 * @param time what is not given is 0
 * @param precision the last component that is given
 */
public record DicomTime(LocalTime time, Precision precision) {

    public enum Precision {
        HOUR,
        MINUTE,
        SECOND,
        FRACTION
    }

    // Deviation from PS3.5 6.2: the colons of ACR-NEMA (hh:mm:ss).
    private static final Pattern FORM = Pattern.compile("(\\d{2})(?:(:?)(\\d{2})(?:\\2(\\d{2})(?:\\.(\\d{1,6}))?)?)?");

    /** The time, or nothing when the text is none. A leap second (60) is not a time that ISO 8601 in Java has. */
    public static Optional<DicomTime> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int hour = Integer.parseInt(matcher.group(1));
        int minute = number(matcher.group(3));
        int second = number(matcher.group(4));
        if (hour > 23 || minute > 59 || second > 59) {
            return Optional.empty();
        }
        String fraction = matcher.group(5);
        int nanos = fraction == null ? 0 : Integer.parseInt((fraction + "000000000").substring(0, 9));
        Precision precision = matcher.group(3) == null
                ? Precision.HOUR
                : matcher.group(4) == null
                        ? Precision.MINUTE
                        : fraction == null ? Precision.SECOND : Precision.FRACTION;
        return Optional.of(new DicomTime(LocalTime.of(hour, minute, second, nanos), precision));
    }

    private static int number(@Nullable String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }
}
