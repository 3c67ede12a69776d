package io.portolan.gateway.publish;

import static io.portolan.gateway.publish.TestStudies.fhirId;
import static io.portolan.gateway.publish.TestStudies.header;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes to a study a month after it was compacted is published as if it never had been. */
class CompactedStudyTest {

    private static final String STUDY = "ImagingStudy/" + fhirId(1);
    private static final Duration MONTH = Duration.ofDays(30);

    /** The time of now, and what has passed beside it. */
    private static final class LaterClock implements InstantSource {

        private volatile Duration passed = Duration.ZERO;

        @Override
        public Instant instant() {
            return Instant.now().plus(passed);
        }
    }

    @TempDir
    Path directory;

    private final LaterClock clock = new LaterClock();
    private TestGateway gateway;
    private FakeFhirServer server;

    @BeforeEach
    void publishAndCompact() throws Exception {
        gateway = new TestGateway(directory, clock);
        server = gateway.server;
        for (int sop = 1; sop <= 40; sop++) {
            gateway.arrive(header(1, sop));
        }
        gateway.publisher.start();
        gateway.awaitClean();
        pass(MONTH);
        server.forgetRequests();
    }

    @AfterEach
    void close() throws Exception {
        gateway.close();
    }

    private void pass(Duration duration) throws InterruptedException {
        clock.passed = clock.passed.plus(duration);
        gateway.ledger.compaction().run(MONTH, commit -> true);
        assertThat(gateway.ledger.compaction().count()).isEqualTo(1);
    }

    private long listed() {
        return StreamSupport.stream(server.get(STUDY).path("series").spliterator(), false)
                .mapToLong(series -> series.path("instance").size())
                .sum();
    }

    private long writes() {
        return server.log().stream()
                .filter(line -> !line.startsWith("GET") && line.endsWith(STUDY))
                .count();
    }

    @Test
    void oneUpdateHasAllInstances() throws Exception {
        pass(MONTH);
        IntStream.of(41).forEach(sop -> gateway.arrive(header(1, sop)));
        gateway.awaitClean();

        assertThat(listed()).isEqualTo(41);
        assertThat(server.get(STUDY).path("numberOfInstances").asInt()).isEqualTo(41);
        assertThat(writes()).isEqualTo(1);
        pass(MONTH);
        server.forgetRequests();
        gateway.arrive(header(1, 7));
        gateway.awaitClean();
        assertThat(server.log()).as("nothing new").isEmpty();
    }

    @Test
    void whatOthersWroteMeanwhileSurvives() throws Exception {
        var study = server.get(STUDY);
        study.set("location", Json.json("{'display':'Room 4'}"));
        server.put(STUDY, study);
        gateway.arrive(header(1, 41));
        gateway.awaitClean();

        assertThat(listed()).isEqualTo(41);
        assertThat(server.get(STUDY).at("/location/display").asText()).isEqualTo("Room 4");
    }

    @Test
    void isComparedWithTheServerWhenItIsPublishedAgain() {
        gateway.ledger.replays().republishAll();
        gateway.awaitClean();

        assertThat(server.log()).containsExactly("GET " + STUDY);
        assertThat(gateway.ledger.compaction().count()).isEqualTo(1);
    }
}
