package io.portolan.gateway.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.gateway.RetryDelay;
import io.portolan.gateway.publish.Answer.Failure;
import io.portolan.gateway.publish.Answer.Kind;
import io.portolan.gateway.publish.ServerCapabilities.Overrides;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ServerGateTest {

    private static final Failure DOWN = new Failure(503, Kind.DOWN, "PUT ImagingStudy: status 503");

    @Test
    void startsItsPausesAnewAfterAPublicationWentWell() throws IOException, InterruptedException {
        try (FakeFhirServer server = new FakeFhirServer()) {
            ServerGate gate = new ServerGate(
                    new FhirClient(new FhirClient.Settings(server.base()), InstantSource.system()),
                    Overrides.NONE,
                    new RetryDelay(Duration.ofMillis(20), Duration.ofHours(1)),
                    new Random(1));
            long start = System.nanoTime();
            for (int i = 0; i < 12; i++) {
                gate.up(gate.pass());
                gate.down(DOWN);
            }

            // growing pauses would have added up to a minute
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            assertThat(server.log()).hasSize(12).containsOnly("GET metadata");
        }
    }
}
