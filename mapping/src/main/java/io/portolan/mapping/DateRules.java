package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.DicomDate;
import io.portolan.dicom.DicomTime;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.DateType;

/**
 * Dates and times with the precision as given.
 *
 * <p>FHIR R4 dateTime has a time only together with an offset. The offset is TimezoneOffsetFromUTC (0008,0201), else
 * that of the configured zone at that time; without either the date stands alone: never UTC, never midnight.
 */
final class DateRules {

    private static final String STARTED = "date and time with a known offset, else the date; precision as given";

    static final Rule<StudySource, DateTimeType> STUDY_STARTED = Rule.one(
            STARTED, source -> dateTime(source.header(), Attribute.StudyDate, Attribute.StudyTime, source.zone()));

    static final Rule<StudySource.OfSeries, DateTimeType> SERIES_STARTED = Rule.one(
            STARTED, source -> dateTime(source.header(), Attribute.SeriesDate, Attribute.SeriesTime, source.zone()));

    static final Rule<StudySource.OfPatient, DateType> BIRTH_DATE = Rule.one(
            "precision as given; PatientBirthTime as extension patient-birthTime, with a full date and a known offset",
            source -> birthDate(source.merged(), source.zone()));

    private static final String BIRTH_TIME = "http://hl7.org/fhir/StructureDefinition/patient-birthTime";

    /** PS3.3 C.12.1.1: {@code &ZZXX}, from -1200 to +1400; -0000 is none. */
    private static final Pattern OFFSET =
            Pattern.compile("\\+(0\\d|1[0-3])[0-5]\\d|\\+1400|-(0\\d|1[01])[0-5]\\d|-1200");

    private DateRules() {}

    static Value<DateTimeType> dateTime(
            DataSet dataSet, Attribute dateAttribute, Attribute timeAttribute, Optional<ZoneId> zone) {
        List<String> dates = dataSet.values(dateAttribute).stream().distinct().toList();
        if (dates.isEmpty()) {
            return dataSet.hasValue(timeAttribute)
                    ? Value.invalid(timeAttribute, "a time without its date")
                    : Value.absent();
        }
        Optional<DicomDate> date = dates.size() == 1 ? DicomDate.parse(dates.get(0)) : Optional.empty();
        if (date.isEmpty()) {
            return Value.invalid(dateAttribute, dates.size() == 1 ? "not a date" : "more than one value");
        }
        DateTimeType dateOnly = new DateTimeType(date.get().toIso());
        if (!dataSet.hasValue(timeAttribute)) {
            return Value.of(dateOnly);
        }
        Value<String> full = withTime(dataSet, date.get(), timeAttribute, zone);
        return full instanceof Value.Invalid<String> invalid
                ? Value.reduced(dateOnly, invalid.attribute(), invalid.reason())
                : full.map(DateTimeType::new);
    }

    private static Value<DateType> birthDate(DataSet patient, Optional<ZoneId> zone) {
        Value<DateTimeType> dateTime = dateTime(patient, Attribute.PatientBirthDate, Attribute.PatientBirthTime, zone);
        return dateTime.map(value -> {
            String text = value.getValueAsString();
            boolean timeGiven = text.indexOf('T') > 0;
            DateType date = new DateType(timeGiven ? text.substring(0, text.indexOf('T')) : text);
            if (timeGiven) {
                date.addExtension(BIRTH_TIME, value);
            }
            return date;
        });
    }

    /** Date, time and offset in one text, or why not. */
    private static Value<String> withTime(
            DataSet dataSet, DicomDate date, Attribute timeAttribute, Optional<ZoneId> zone) {
        List<String> times = dataSet.values(timeAttribute).stream().distinct().toList();
        Optional<DicomTime> time = times.size() == 1 ? DicomTime.parse(times.get(0)) : Optional.empty();
        if (time.isEmpty()) {
            return Value.invalid(
                    timeAttribute, times.size() == 1 ? "not a time; the date alone" : "more than one value");
        }
        if (time.get().precision() == DicomTime.Precision.HOUR) {
            return Value.invalid(timeAttribute, "hours alone are no time in FHIR; the date alone");
        }
        if (!date.isComplete()) {
            return Value.invalid(timeAttribute, "a time of an incomplete date; the date alone");
        }
        LocalDateTime local = date.toLocalDate().atTime(time.get().time());
        String text = date.toIso() + 'T' + timeText(time.get(), times.get(0));
        Optional<String> stated = dataSet.string(Attribute.TimezoneOffsetFromUTC);
        if (stated.isPresent()) {
            return OFFSET.matcher(stated.get()).matches() && !stated.get().equals("-0000")
                    ? Value.of(text
                            + stated.get().substring(0, 3)
                            + ':'
                            + stated.get().substring(3))
                    : Value.invalid(Attribute.TimezoneOffsetFromUTC, "not an offset; the date alone");
        }
        if (zone.isEmpty()) {
            return Value.invalid(timeAttribute, "the offset from UTC is not known; the date alone");
        }
        List<ZoneOffset> offsets = zone.get().getRules().getValidOffsets(local);
        return offsets.size() == 1
                ? Value.of(text + (offsets.get(0).getTotalSeconds() == 0 ? "+00:00" : minutes(offsets.get(0))))
                : Value.invalid(timeAttribute, "the clock was changed at this time; the date alone");
    }

    /** Offsets of FHIR have no seconds; those of zones had, before standard time. */
    private static String minutes(ZoneOffset offset) {
        return offset.getId().substring(0, 6);
    }

    /** HHMM gets {@code :00}, since FHIR asks for seconds; a fraction stays as it is. */
    private static String timeText(DicomTime time, String given) {
        String seconds = String.format(
                Locale.ROOT,
                "%02d:%02d:%02d",
                time.time().getHour(),
                time.time().getMinute(),
                time.time().getSecond());
        int dot = given.indexOf('.');
        return dot < 0 ? seconds : seconds + given.substring(dot);
    }
}
