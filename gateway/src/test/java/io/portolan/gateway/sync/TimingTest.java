package io.portolan.gateway.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.portolan.gateway.ledger.SourceState;
import io.portolan.gateway.ledger.SourceState.Pass;
import io.portolan.gateway.sync.SyncReport.Outcome;
import io.portolan.gateway.sync.Timing.Hours;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimingTest {

    private static final ZoneId VIENNA = ZoneId.of("Europe/Vienna");
    private static final Timing NIGHTLY = new Timing(Timing.parseCron("0 2 * * *"), null, VIENNA, null);
    private static final Timing EVERY_QUARTER = new Timing(null, Duration.ofMinutes(15), ZoneOffset.UTC, null);
    private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");

    @Test
    void isAtTheWallClockOfItsZoneWinterAndSummer() {
        assertThat(NIGHTLY.next(NOW)).hasValue(Instant.parse("2026-11-27T01:00:00Z"));
        assertThat(NIGHTLY.next(Instant.parse("2026-07-01T12:00:00Z"))).hasValue(Instant.parse("2026-07-02T00:00:00Z"));
    }

    /** On the 28th of March 2027 there is no 02:00 in Vienna; the run is not left out. */
    @Test
    void runsAlsoInTheNightThatHasNoSuchHour() {
        Instant evening = Instant.parse("2027-03-27T20:00:00Z");
        assertThat(NIGHTLY.next(evening))
                .hasValueSatisfying(next -> assertThat(next)
                        .isBetween(Instant.parse("2027-03-28T00:00:00Z"), Instant.parse("2027-03-29T00:00:00Z")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 2 * *", "0 2 * * * *", "61 2 * * *", "nightly at two"})
    void refusesWhatIsNoCronExpression(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Timing.parseCron(text));
    }

    @ParameterizedTest
    @CsvSource({
        "19:00, 06:00, 18:59, false",
        "19:00, 06:00, 19:00, true",
        "19:00, 06:00, 00:30, true",
        "19:00, 06:00, 06:00, false",
        "08:00, 17:00, 07:59, false",
        "08:00, 17:00, 12:00, true",
        "08:00, 17:00, 17:00, false"
    })
    void worksWithinItsHours(LocalTime from, LocalTime to, LocalTime at, boolean allowed) {
        Timing timing = new Timing(null, Duration.ofMinutes(15), ZoneOffset.UTC, new Hours(from, to));
        Instant moment = Instant.parse("2026-11-26T" + at + ":00Z");
        assertThat(timing.allows(moment)).isEqualTo(allowed);
        Instant next = timing.allowed(moment);
        assertThat(timing.allows(next)).isTrue();
        assertThat(next).isBetween(moment, moment.plus(Duration.ofHours(24)));
        assertThat(next.equals(moment)).isEqualTo(allowed);
    }

    @Test
    void beginsAtOnceByIntervalAndAtItsTimeByCron() {
        assertThat(next(EVERY_QUARTER, null, null)).hasValue(NOW);
        assertThat(next(NIGHTLY, null, null)).hasValue(Instant.parse("2026-11-27T01:00:00Z"));
        assertThat(Archive.next(Optional.empty(), Optional.empty(), NOW)).isEmpty();
    }

    @Test
    void catchesUpOnceOnRunsThatWereMissed() {
        Instant longAgo = NOW.minus(Duration.ofDays(9));
        assertThat(next(NIGHTLY, longAgo, Outcome.DONE)).hasValue(NOW);
        assertThat(next(EVERY_QUARTER, longAgo, Outcome.DONE)).hasValue(NOW);
        assertThat(next(NIGHTLY, NOW, Outcome.DONE))
                .as("then by its schedule")
                .hasValue(Instant.parse("2026-11-27T01:00:00Z"));
        assertThat(next(EVERY_QUARTER, NOW.minusSeconds(60), Outcome.INCOMPLETE))
                .hasValue(NOW.plusSeconds(14 * 60));
    }

    @Test
    void goesOnWithWhatWasBrokenOff() {
        Instant started = NOW.minus(Duration.ofHours(3));
        assertThat(next(NIGHTLY, started, Outcome.INTERRUPTED)).hasValue(NOW);
        assertThat(next(NIGHTLY, started, null)).as("killed").hasValue(NOW);
        assertThat(next(NIGHTLY, started, Outcome.UNAVAILABLE)).hasValue(NOW.plus(Archive.AGAIN_AFTER));
        assertThat(next(NIGHTLY, started, Outcome.STOPPED)).hasValue(Instant.parse("2026-11-27T01:00:00Z"));
    }

    @Test
    void goesOnWhenItsHoursBeginAgain() {
        Timing evenings = new Timing(
                Timing.parseCron("0 2 * * *"),
                null,
                ZoneOffset.UTC,
                new Hours(LocalTime.of(20, 0), LocalTime.of(4, 0)));
        assertThat(next(evenings, NOW.minus(Duration.ofHours(10)), Outcome.PAUSED))
                .hasValue(Instant.parse("2026-11-26T20:00:00Z"));
    }

    private static Optional<Instant> next(Timing timing, @Nullable Instant started, @Nullable Outcome last) {
        Optional<SourceState> state = Optional.ofNullable(started)
                .map(begun -> new SourceState(
                        "pacs",
                        "place",
                        begun,
                        null,
                        last == null ? null : last.name(),
                        null,
                        new Pass(null, null, null, null),
                        null,
                        false));
        return Archive.next(Optional.of(timing), state, NOW);
    }
}
