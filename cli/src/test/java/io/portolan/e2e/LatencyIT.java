package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.gateway.publish.FakeFhirServer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code ./dev bench latency}, without the real FHIR server. */
class LatencyIT {

    @TempDir
    private Path directory;

    @Test
    void tellsTheTimesOfEachStudy() throws Exception {
        try (FakeFhirServer server = new FakeFhirServer().forgetful()) {
            List<LatencyRun.Latency> latencies =
                    LatencyRun.of(directory, server.base().toString(), 1, 3);

            assertThat(latencies).hasSize(3).allSatisfy(one -> {
                assertThat(one.publications()).isPositive();
                assertThat(one.seconds().values()).hasSize(3).allMatch(seconds -> seconds > 0 && seconds < 60);
            });
        }
    }
}
