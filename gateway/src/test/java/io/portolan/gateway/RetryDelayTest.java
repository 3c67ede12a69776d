package io.portolan.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryDelayTest {

    private static final RetryDelay DELAY = new RetryDelay(Duration.ofSeconds(2), Duration.ofMinutes(10));

    @ParameterizedTest
    @CsvSource({
        "0, 1000, 2000",
        "1, 1000, 2000",
        "2, 2000, 4000",
        "5, 16000, 32000",
        "10, 300000, 600000",
        "2000000000, 300000, 600000"
    })
    void doublesUpToItsMaximumAndVariesByHalf(int attempts, long least, long most) {
        Random random = new Random(1);

        assertThat(IntStream.range(0, 1_000)
                        .mapToLong(i -> DELAY.after(attempts, null, random).toMillis()))
                .allMatch(millis -> millis >= least && millis <= most)
                .anyMatch(millis -> millis < least + (most - least) / 10)
                .anyMatch(millis -> millis > most - (most - least) / 10);
    }

    @Test
    void waitsAtLeastAsLongAsTheServerAskedForWithinReason() {
        Random random = new Random(1);

        assertThat(DELAY.after(1, Duration.ofMinutes(3), random)).isEqualTo(Duration.ofMinutes(3));
        assertThat(DELAY.after(1, Duration.ZERO, random)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(DELAY.after(1, Duration.ofDays(365), random)).isEqualTo(RetryDelay.RETRY_AFTER_MAX);
    }

    @Test
    void refusesDelaysThatWouldHammerAServer() {
        assertThatThrownBy(() -> new RetryDelay(Duration.ZERO, Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RetryDelay(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
