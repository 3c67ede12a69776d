package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code ./dev bench crash}. */
class CrashIT {

    @TempDir
    private Path directory;

    @Test
    void whatWasAcknowledgedStandsOnTheServerOnceHoweverOftenTheGatewayIsKilled() throws Exception {
        CrashRun.Summary summary = CrashRun.of(directory, 5, 20_260_914);

        assertThat(summary.differences()).as("%s", summary).isEmpty();
        assertThat(summary.acknowledged()).as("%s", summary).isGreaterThan(100);
    }

    @Test
    void whatWasAcknowledgedStandsOnTheServerOnceHoweverOftenOneOfTwoGatewaysIsKilled() throws Exception {
        CrashRun.Summary summary = CrashRun.ofTwo(directory, 5, 20_261_127);

        assertThat(summary.differences()).as("%s", summary).isEmpty();
        assertThat(summary.acknowledged()).as("%s", summary).isGreaterThan(100);
    }
}
