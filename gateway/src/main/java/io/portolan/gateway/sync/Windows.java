package io.portolan.gateway.sync;

import java.time.LocalDate;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * In which pieces an archive is asked for its studies: newest first, each of about as many as one answer may have, by what it
 * listed the last time.
 */
final class Windows {

    /** What DA can say (PS3.5 6.2). */
    static final LocalDate FIRST_DAY = LocalDate.of(1, 1, 1);

    static final LocalDate LAST_DAY = LocalDate.of(9999, 12, 31);

    private static final LocalDate EARLIEST_LIKELY = LocalDate.of(1970, 1, 1);

    private static final LocalTime LAST_MINUTE = LocalTime.of(23, 59);

    /** So much of an answer is planned to be used: there may be more studies than the last time. */
    private static final double FILLED = 0.7;

    private Windows() {}

    /**
     * The days from one to another, in pieces without a gap.
     *
     * @param known how many studies of each day there were
     * @param studiesMax of one answer
     */
    static List<StudyQuery> of(LocalDate from, LocalDate to, Map<LocalDate, Integer> known, int studiesMax) {
        NavigableMap<LocalDate, Integer> days = new TreeMap<>(known).subMap(from, true, to, true);
        int enough = Math.max(1, (int) (studiesMax * FILLED));
        List<StudyQuery> windows = new ArrayList<>();
        LocalDate last = to;
        int studies = 0;
        for (Map.Entry<LocalDate, Integer> day : days.descendingMap().entrySet()) {
            if (studies > 0 && studies + day.getValue() > enough) {
                windows.add(StudyQuery.ofDays(day.getKey().plusDays(1), last));
                last = day.getKey();
                studies = 0;
            }
            studies += day.getValue();
        }
        windows.add(StudyQuery.ofDays(from, last));
        return windows;
    }

    /** Whether all that is known fits into one answer. */
    static boolean isOne(long known, int studiesMax) {
        return known <= Math.max(1, (long) (studiesMax * FILLED));
    }

    /**
     * Two halves of a window, the newer first. What is wide open is cut at today and at {@link #EARLIEST_LIKELY}: beyond there
     * are few studies, and those by mistake.
     *
     * @return empty: it is one day
     */
    static List<StudyQuery> halves(StudyQuery window, LocalDate today) {
        LocalDate from = window.from() == null ? FIRST_DAY : window.from();
        LocalDate to = window.to() == null ? LAST_DAY : window.to();
        if (from.equals(to)) {
            return List.of();
        }
        LocalDate cut = from.plusDays((to.toEpochDay() - from.toEpochDay()) / 2);
        if (to.equals(LAST_DAY) && !today.isBefore(from) && today.isBefore(to)) {
            cut = today;
        } else if (from.equals(FIRST_DAY) && EARLIEST_LIKELY.isBefore(to)) {
            cut = EARLIEST_LIKELY.minusDays(1);
        }
        return Stream.of(StudyQuery.ofDays(cut.plusDays(1), to), StudyQuery.ofDays(from, cut))
                .map(half -> half.updatedSince(window.updated()))
                .toList();
    }

    /** The same of one day. Empty: it is one minute. */
    static List<StudyQuery> halvesOfDay(StudyQuery window) {
        LocalDate day = Objects.requireNonNull(window.from());
        LocalTime from = window.fromTime() == null ? LocalTime.MIN : window.fromTime();
        LocalTime to = window.toTime() == null ? LAST_MINUTE : window.toTime();
        if (from.equals(to)) {
            return List.of();
        }
        LocalTime cut = from.plusMinutes(from.until(to, ChronoUnit.MINUTES) / 2);
        return Stream.of(StudyQuery.ofMinutes(day, cut.plusMinutes(1), to), StudyQuery.ofMinutes(day, from, cut))
                .map(half -> half.updatedSince(window.updated()))
                .toList();
    }
}
