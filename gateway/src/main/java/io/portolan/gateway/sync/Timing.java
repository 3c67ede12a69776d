package io.portolan.gateway.sync;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When runs begin, and within which hours they may work.
 *
 * @param cron five fields (minute, hour, day of month, month, day of week); null: every so often
 * @param every between the beginnings of two runs; null exactly when there is a cron expression
 * @param zone of the cron expression and of the hours
 * @param hours when the source may be asked; null: always
 */
public record Timing(
        @Nullable Cron cron,
        @Nullable Duration every,
        ZoneId zone,
        @Nullable Hours hours) {

    /**
     * Hours of each day; from the evening to the morning when the end is before the beginning.
     *
     * @param to the first minute that is not in it
     */
    public record Hours(LocalTime from, LocalTime to) {

        boolean include(LocalTime time) {
            boolean fromOn = !time.isBefore(from);
            boolean beforeTo = time.isBefore(to);
            return from.isBefore(to) ? fromOn && beforeTo : fromOn || beforeTo;
        }
    }

    /**
     * Reads a cron expression as Unix writes it.
     *
     * @throws IllegalArgumentException with what is wrong
     */
    public static Cron parseCron(String text) {
        CronParser parser = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
        return parser.parse(text).validate();
    }

    /** The first time after a moment at which a run is to begin; empty: there is none, as on the 31st of February. */
    public Optional<Instant> next(Instant after) {
        if (every != null) {
            return Optional.of(after.plus(every));
        }
        return cron == null
                ? Optional.empty()
                : ExecutionTime.forCron(cron)
                        .nextExecution(ZonedDateTime.ofInstant(after, zone))
                        .map(ZonedDateTime::toInstant);
    }

    /** Whether the source may be asked at a moment. */
    public boolean allows(Instant moment) {
        return hours == null || hours.include(LocalTime.ofInstant(moment, zone));
    }

    /** The moment itself, or the next at which the source may be asked. */
    public Instant allowed(Instant moment) {
        if (hours == null || allows(moment)) {
            return moment;
        }
        ZonedDateTime at = ZonedDateTime.ofInstant(moment, zone);
        ZonedDateTime opening = at.with(hours.from());
        return (opening.isBefore(at) ? opening.plusDays(1) : opening).toInstant();
    }
}
