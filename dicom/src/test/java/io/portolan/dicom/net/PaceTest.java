package io.portolan.dicom.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaceTest {

    private static final long SECOND = 1_000_000_000;

    @ParameterizedTest
    // spotless:off
    @CsvSource({
        // bytes, each after seconds, ended after so many of them; 0: never
        "1,       10,                 7", // the first one, then a window of 60 s
        "1460,    1,                  0",
        "1024,    1,                  0",
        "1023,    1,                  121", // the first window has the first one as well
        "8192,    8,                  0", // 2 GB at 1 KB/s are three weeks: let it
        "131072,  59,                 0", // a PDU now and then
        "4096,    59,                 3",
    })
    // spotless:on
    void endsWhoStaysBelowIt(int bytes, int seconds, int endedAfter) {
        Pace pace = new Pace(1024, Duration.ofSeconds(60));
        int ended = 0;
        for (int i = 1; i <= 1000 && ended == 0; i++) {
            ended = pace.isTooSlow(seconds * SECOND, bytes) ? i : 0;
        }
        assertThat(ended).isEqualTo(endedAfter);
    }

    @Test
    void doesNotCountWhatThisSideTakes() {
        Pace pace = new Pace(1024, Duration.ofSeconds(60));
        for (int i = 0; i < 100_000; i++) {
            assertThat(pace.isTooSlow(0, 1)).isFalse();
        }
    }

    @Test
    void letsAPeerRestBetweenMessages() {
        Pace pace = new Pace(1024, Duration.ofSeconds(60));
        for (int i = 0; i < 100; i++) {
            pace.rest();
            assertThat(pace.isTooSlow(59 * SECOND, 80)).as("echo %d", i).isFalse();
            assertThat(pace.isTooSlow(59 * SECOND, 1)).isFalse();
        }
    }

    @Test
    void takesItsTimeWhenToldTo() {
        Pace pace = new Pace(0, Duration.ofSeconds(60));
        for (int i = 0; i < 1000; i++) {
            assertThat(pace.isTooSlow(59 * SECOND, 1)).isFalse();
        }
    }
}
