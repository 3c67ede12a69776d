package io.portolan.dicom;

import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A date with a time as given, with the precision as given (PS3.5 6.2 DT): {@code YYYYMMDDHHMMSS.FFFFFF&ZZXX}.
 *
 * @param time only with a complete date
 * @param offset from UTC; empty: that of the data set (0008,0201), if it has one
 */
public record DicomDateTime(DicomDate date, Optional<DicomTime> time, Optional<ZoneOffset> offset) {

    private static final Pattern FORM =
            Pattern.compile("(\\d{4}(?:\\d{2}){0,2})((?:\\d{2}){1,3}(?:\\.\\d{1,6})?)?(?:([+-])(\\d{2})(\\d{2}))?");

    /** The moment, or nothing when the text is none. */
    public static Optional<DicomDateTime> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Optional<DicomDate> date = DicomDate.parse(matcher.group(1));
        Optional<DicomTime> time = Optional.ofNullable(matcher.group(2)).flatMap(DicomTime::parse);
        Optional<ZoneOffset> offset = offset(matcher);
        boolean wrong = date.isEmpty()
                || matcher.group(2) != null && time.isEmpty()
                || matcher.group(3) != null && offset.isEmpty();
        return wrong ? Optional.empty() : Optional.of(new DicomDateTime(date.get(), time, offset));
    }

    /** PS3.5 6.2 DT: from -1200 to +1400; -0000 means nothing and is none. */
    private static Optional<ZoneOffset> offset(Matcher matcher) {
        if (matcher.group(3) == null) {
            return Optional.empty();
        }
        int minutes = Integer.parseInt(matcher.group(4)) * 60 + Integer.parseInt(matcher.group(5));
        boolean west = matcher.group(3).equals("-");
        boolean known =
                Integer.parseInt(matcher.group(5)) < 60 && (west ? minutes > 0 && minutes <= 720 : minutes <= 840);
        return known ? Optional.of(ZoneOffset.ofTotalSeconds((west ? -minutes : minutes) * 60)) : Optional.empty();
    }
}
