package io.portolan.dicom;

import java.util.Optional;
import java.util.function.Function;

/**
 * A range as queries have it, of dates, times or both (PS3.4 C.2.2.2.5): {@code a-b}, {@code -b}, {@code a-}. A single value
 * is the range from it to it.
 *
 * @param from empty: whatever is before
 * @param to empty: whatever comes
 */
public record DicomRange<T>(Optional<T> from, Optional<T> to) {

    /** PS3.5 6.2: two DT of 26 characters and a hyphen; padding may be a little more. */
    private static final int CHARACTERS_MAX = 64;

    /**
     * The range, or nothing when the text is none.
     *
     * @param one how one of its ends is read, for example {@link DicomDate#parse}
     */
    public static <T> Optional<DicomRange<T>> parse(String text, Function<String, Optional<T>> one) {
        if (text.length() > CHARACTERS_MAX) {
            return Optional.empty();
        }
        Optional<T> single = one.apply(text);
        if (single.isPresent()) {
            return Optional.of(new DicomRange<>(single, single));
        }
        // The hyphen of an offset from UTC looks like that of the range: the first that leaves two ends is it.
        for (int hyphen = text.indexOf('-'); hyphen >= 0; hyphen = text.indexOf('-', hyphen + 1)) {
            String before = text.substring(0, hyphen).strip();
            String after = text.substring(hyphen + 1).strip();
            Optional<T> from = one.apply(before);
            Optional<T> to = one.apply(after);
            boolean ends = (before.isEmpty() || from.isPresent()) && (after.isEmpty() || to.isPresent());
            if (ends && (from.isPresent() || to.isPresent())) {
                return Optional.of(new DicomRange<>(from, to));
            }
        }
        return Optional.empty();
    }
}
