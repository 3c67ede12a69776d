package io.portolan.gateway.sync;

import io.portolan.dicom.Uid;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which studies are asked for: all, one, or those of some days, or of some hours of a day.
 *
 * @param study only this one; null: any
 * @param from first StudyDate; null: any, also none
 * @param to last StudyDate; null exactly when {@code from} is
 * @param fromTime first StudyTime, of one day only; null: any, also none
 * @param toTime last minute of StudyTime; null exactly when {@code fromTime} is
 * @param updated only what was changed in the archive since; null: whenever
 */
public record StudyQuery(
        @Nullable Uid study,
        @Nullable LocalDate from,
        @Nullable LocalDate to,
        @Nullable LocalTime fromTime,
        @Nullable LocalTime toTime,
        @Nullable Instant updated) {

    /** Every study of the source, those without a date too. */
    public static final StudyQuery ALL = new StudyQuery(null, null, null, null, null, null);

    private static final DateTimeFormatter DA = DateTimeFormatter.BASIC_ISO_DATE;
    private static final DateTimeFormatter DT =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'+0000'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MINUTES = DateTimeFormatter.ofPattern("HHmm");

    public static StudyQuery of(Uid study) {
        return new StudyQuery(study, null, null, null, null, null);
    }

    /** Of some days, first and last included. */
    public static StudyQuery ofDays(LocalDate from, LocalDate to) {
        return new StudyQuery(null, from, to, null, null, null);
    }

    /** Of some minutes of a day, first and last included. */
    public static StudyQuery ofMinutes(LocalDate day, LocalTime from, LocalTime to) {
        return new StudyQuery(null, day, day, from, to, null);
    }

    /** The same of what was changed in the archive since. */
    StudyQuery updatedSince(@Nullable Instant since) {
        return new StudyQuery(study, from, to, fromTime, toTime, since);
    }

    /** The value to match StudyUpdateDateTime with: a range of DT without an end (PS3.4 C.2.2.2.5); empty: universal matching. */
    public Optional<String> studyUpdateDateTime() {
        return Optional.ofNullable(updated).map(since -> DT.format(since) + "-");
    }

    /** The value to match StudyDate with: a range of DA (PS3.4 C.2.2.2.5); empty: universal matching. */
    public Optional<String> studyDate() {
        return from == null || to == null
                ? Optional.empty()
                : Optional.of(from.equals(to) ? DA.format(from) : DA.format(from) + "-" + DA.format(to));
    }

    /** The value to match StudyTime with: a range of TM, to the end of its last minute; empty: universal matching. */
    public Optional<String> studyTime() {
        return fromTime == null || toTime == null
                ? Optional.empty()
                : Optional.of(MINUTES.format(fromTime) + "00-" + MINUTES.format(toTime) + "59.999999");
    }
}
