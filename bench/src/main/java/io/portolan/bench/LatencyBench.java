package io.portolan.bench;

import io.portolan.e2e.LatencyRun;
import io.portolan.e2e.LatencyRun.Latency;
import io.portolan.e2e.LatencyRun.Timer;
import io.portolan.e2e.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** {@link LatencyRun} against the sandbox: how soon a study is published, when nothing else waits. */
final class LatencyBench {

    private static final int COLD_STUDIES = 50;

    private LatencyBench() {}

    static void run(String[] args) throws Exception {
        int studies = args.length > 0 ? Integer.parseInt(args[0]) : 300;
        Path root = Files.createTempDirectory("portolan-bench");
        try {
            System.out.println("load before: " + Machine.load());
            List<Latency> latencies = LatencyRun.of(root, Programs.sandboxUrl(), 0, studies);
            System.out.printf(
                    Locale.ROOT,
                    "%d studies of %d instances, each sent when the one before was published; /metrics is read every 20 ms"
                            + " meanwhile, and a study's time is by how much the sum of a timer grew; gateway and sandbox have"
                            + " just started; %s%n%n",
                    studies,
                    LatencyRun.STUDY_INSTANCES,
                    String.join(", ", LatencyRun.settings()));
            int cold = Math.min(studies, COLD_STUDIES);
            System.out.println("| | studies | p50, ms | p95, ms | max, ms |\n|---|---|---|---|---|");
            for (Timer timer : Timer.values()) {
                row(timer, "the first", latencies.subList(0, cold));
                row(timer, "the rest", latencies.subList(cold, studies));
            }
            long several =
                    latencies.stream().filter(one -> one.publications() > 1).count();
            System.out.printf(
                    Locale.ROOT,
                    "%n%d of the studies were published more than once, and count with the mean; load after: %s%n",
                    several,
                    Machine.load());
        } finally {
            Machine.delete(root);
        }
    }

    private static void row(Timer timer, String which, List<Latency> latencies) {
        if (latencies.isEmpty()) {
            return;
        }
        List<Double> sorted = latencies.stream()
                .map(one -> one.seconds().getOrDefault(timer, 0.0) * 1e3)
                .sorted()
                .toList();
        System.out.printf(
                Locale.ROOT,
                "| `%s`, %s | %d | %.1f | %.1f | %.1f |%n",
                timer.metric(),
                which,
                sorted.size(),
                percentile(sorted, 50),
                percentile(sorted, 95),
                percentile(sorted, 100));
    }

    /** The smallest that so many percent do not exceed. */
    private static double percentile(List<Double> sorted, int percent) {
        return sorted.get((sorted.size() * percent + 99) / 100 - 1);
    }
}
