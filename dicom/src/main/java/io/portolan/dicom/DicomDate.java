package io.portolan.dicom;

import java.time.LocalDate;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A date as given, with the precision as given (PS3.5 6.2 DA): {@code YYYYMMDD}.
 *
 * @param month 1 to 12, or 0 where only the year is given
 * @param day 1 to 31, or 0 where only year and month are given
 */
public record DicomDate(int year, int month, int day) {

    // Deviation from PS3.5 6.2: YYYY and YYYYMM, which some writers use for a date that is partly known, and the
    // separators of ACR-NEMA (yyyy.mm.dd) and of careless writers (yyyy-mm-dd).
    private static final Pattern FORM = Pattern.compile("(\\d{4})(?:([.-]?)(\\d{2})(?:\\2(\\d{2}))?)?");

    /** The date, or nothing when the text is none that the calendar has. */
    public static Optional<DicomDate> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int year = Integer.parseInt(matcher.group(1));
        int month = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
        int day = matcher.group(4) == null ? 0 : Integer.parseInt(matcher.group(4));
        boolean monthGiven = matcher.group(3) != null;
        boolean dayGiven = matcher.group(4) != null;
        if (year == 0 || monthGiven && (month < 1 || month > 12)) {
            return Optional.empty();
        }
        if (dayGiven && (day < 1 || day > LocalDate.of(year, month, 1).lengthOfMonth())) {
            return Optional.empty();
        }
        return Optional.of(new DicomDate(year, month, day));
    }

    public boolean isComplete() {
        return day != 0;
    }

    /**
     * The calendar date.
     *
     * @throws java.time.DateTimeException when the date is not complete
     */
    public LocalDate toLocalDate() {
        return LocalDate.of(year, month, day);
    }

    /** ISO 8601 and FHIR: {@code 2026}, {@code 2026-11} or {@code 2026-11-23}. */
    public String toIso() {
        String text = String.format(Locale.ROOT, "%04d", year);
        if (month != 0) {
            text += String.format(Locale.ROOT, "-%02d", month);
        }
        return day == 0 ? text : text + String.format(Locale.ROOT, "-%02d", day);
    }
}
