package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.gateway.publish.FakeFhirServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code ./dev bench growth}. */
class GrowthIT {

    @TempDir
    private Path directory;

    @Test
    void publishesAStudyThatGrowsAFewTimesAndWholeInTheEnd() throws Exception {
        try (FakeFhirServer server = new FakeFhirServer().forgetful()) {
            GrowthRun.Growth growth = GrowthRun.of(directory, server.base().toString(), 1, 600);

            assertThat(growth.left().studies()).isEqualTo(1);
            assertThat(growth.left().versions()).isBetween(1L, 11L); // log2(600) + 1, and what a pause adds
            assertThat(growth.sentBytes()).isEqualTo(server.bytesReceived());
        }
    }
}
