package io.portolan.e2e;

import io.portolan.dicom.engine.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Studies of {@value #STUDY_INSTANCES} instances, each sent when the one before is published, and what the gateway's own
 * timers say of each: since there is one at a time, how much their sums grew is its time, exactly, where the buckets of the
 * histograms are wide.
 */
public final class LatencyRun {

    /** Of each study. */
    public static final int STUDY_INSTANCES = 4;

    private static final int SERIES = 2;
    private static final Duration PUBLISHED_MAX = Duration.ofSeconds(60);
    private static final String[] SETTINGS = {"publish.quiet=200ms", "mapping.patient=logical"};

    /** A timer of /metrics. */
    public enum Timer {
        /** From when the study was due, without the FHIR server's answers. */
        OWN,
        /** From the claim. */
        PUBLISH,
        /** From the newest instance; the quiet period is part of it. */
        VISIBLE;

        /** As /metrics has it. */
        public String metric() {
            return "portolan_" + name().toLowerCase(Locale.ROOT) + "_seconds";
        }
    }

    /**
     * One study.
     *
     * @param publications usually one; of more, {@code seconds} has the mean
     * @param seconds of every timer
     */
    public record Latency(int publications, Map<Timer, Double> seconds) {

        public Latency {
            seconds = Map.copyOf(seconds);
        }
    }

    private final RunningGateway gateway;

    private LatencyRun(RunningGateway gateway) {
        this.gateway = gateway;
    }

    /** {@code key=value}, over the defaults. */
    public static List<String> settings() {
        return List.of(SETTINGS);
    }

    /**
     * In an empty directory, with a gateway that has just started.
     *
     * @param first number of the first study; none of them is known to the server yet
     * @return of each study, in their order
     * @throws Exception when an instance is refused, or a study is not published
     */
    public static List<Latency> of(Path directory, String fhirUrl, int first, int studies) throws Exception {
        try (RunningGateway gateway = RunningGateway.start(directory, fhirUrl, List.of("-Xmx128m"), SETTINGS)) {
            LatencyRun run = new LatencyRun(gateway);
            List<Latency> latencies = new ArrayList<>();
            for (int i = 0; i < studies; i++) {
                latencies.add(run.publish(first + i));
            }
            return latencies;
        }
    }

    private Latency publish(int study) throws Exception {
        Map<Timer, Double> before = all("sum");
        double count = all("count").get(Timer.OWN);
        send(study);
        Await.until(
                "study " + study + " is published",
                PUBLISHED_MAX,
                () -> all("count").get(Timer.OWN) > count);
        gateway.awaitPublished(PUBLISHED_MAX);
        double counted = all("count").get(Timer.OWN);
        Await.until(
                "all timers have it",
                PUBLISHED_MAX,
                () -> all("count").values().stream().allMatch(n -> n == counted));
        int publications = (int) (counted - count);
        Map<Timer, Double> seconds = all("sum");
        seconds.replaceAll((timer, after) -> (after - before.get(timer)) / publications);
        return new Latency(publications, seconds);
    }

    private void send(int study) throws IOException {
        try (Scu scu = Scu.associate(gateway.dicomPort())) {
            for (int i = 0; i < STUDY_INSTANCES; i++) {
                Status status = scu.store(new LoadInstance(study, 1 + i % SERIES, 1 + i, 64));
                if (!status.isStored()) {
                    throw new IOException("refused: " + status);
                }
            }
            scu.release();
        }
    }

    private Map<Timer, Double> all(String part) throws Exception {
        Map<Timer, Double> all = new EnumMap<>(Timer.class);
        for (Timer timer : Timer.values()) {
            all.put(timer, gateway.metric(timer.metric() + "_" + part).orElseThrow());
        }
        return all;
    }
}
