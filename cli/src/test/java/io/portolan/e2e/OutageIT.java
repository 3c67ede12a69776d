package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code ./dev bench outage}. */
class OutageIT {

    @TempDir
    private Path directory;

    @Test
    void everythingIsTakenInDuringEveryKindOfOutageAndPublishedAfterwards() throws Exception {
        OutageRun.Summary summary = OutageRun.of(directory, Duration.ofMillis(700), 400);

        assertThat(summary.differences()).as("%s", summary.table()).isEmpty();
    }
}
