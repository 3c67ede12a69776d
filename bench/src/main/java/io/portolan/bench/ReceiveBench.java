package io.portolan.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * How fast instances are received over loopback: by {@code portolan serve} in each storage mode with its real ledger, by
 * DCMTK's {@code storescp}, by Orthanc, and by sinks that show what the machine can do. The sender is this process, with
 * {@link EncodedInstances}; each receiver is a process of its own, which begins with an empty folder and is warmed up by other
 * studies for as long as it is measured. All of it interleaved in every round.
 */
final class ReceiveBench {

    private static final String USAGE =
            "usage: receive [SIZES [SECONDS [ROUNDS [ASSOCIATIONS [RECEIVERS]]]]], for example: receive small,ct 3 3 1,8"
                    + " keep,storescp";

    /** Sizes of instances by their pixels, and how many are made at most for a second. */
    private enum Size {
        SMALL(9_000, 25_000),
        CT(512 * 512 * 2, 6_000),
        MULTIFRAME(50_000_000, 60);

        final int pixelBytes;
        final int perSecondMax;

        Size(int pixelBytes, int perSecondMax) {
            this.pixelBytes = pixelBytes;
            this.perSecondMax = perSecondMax;
        }
    }

    private record Row(Receiver receiver, int associations) {}

    /** One measurement. */
    private record Measured(
            int instances, double seconds, double p50Millis, double p99Millis, double cpuSeconds, long peakBytes) {

        double rate() {
            return instances / seconds;
        }

        double cpuMillisEach() {
            return 1e3 * cpuSeconds / instances;
        }
    }

    private ReceiveBench() {}

    static void run(String[] args) throws Exception {
        List<Size> sizes = Arrays.stream(
                        argument(args, 0, "small,ct,multiframe").split(",", -1))
                .map(name -> Size.valueOf(name.toUpperCase(Locale.ROOT)))
                .toList();
        int seconds = Integer.parseInt(argument(args, 1, "3"));
        int rounds = Integer.parseInt(argument(args, 2, "3"));
        int[] associations = Arrays.stream(argument(args, 3, "1,4,8").split(",", -1))
                .mapToInt(Integer::parseInt)
                .toArray();
        List<Receiver> receivers = args.length < 5
                ? Receiver.installed()
                : Arrays.stream(args[4].split(",", -1))
                        .map(name -> Receiver.valueOf(name.toUpperCase(Locale.ROOT)))
                        .toList();
        if (args.length > 5) {
            throw new IllegalArgumentException(USAGE);
        }
        Path root = Files.createTempDirectory("portolan-bench");
        try {
            System.out.println("load before: " + Machine.load());
            System.out.println(Machine.limits(root));
            for (Size size : sizes) {
                measure(root.resolve("data"), size, seconds, rounds, associations, receivers);
            }
            System.out.println("load after: " + Machine.load());
        } finally {
            Machine.delete(root);
        }
    }

    private static String argument(String[] args, int index, String otherwise) {
        return args.length > index ? args[index] : otherwise;
    }

    private static void measure(
            Path folder, Size size, int seconds, int rounds, int[] associations, List<Receiver> receivers)
            throws Exception {
        int count = size.perSecondMax * seconds;
        EncodedInstances warmUp = new EncodedInstances(size.name(), size.pixelBytes, 1, count);
        EncodedInstances instances = new EncodedInstances(size.name(), size.pixelBytes, 1_000_000, count);
        Map<Row, List<Measured>> all = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (Receiver receiver : receivers) {
                for (int each : associations) {
                    Row row = new Row(receiver, each);
                    all.computeIfAbsent(row, r -> new ArrayList<>())
                            .add(measure(folder, row, warmUp, instances, seconds));
                    System.out.print('.');
                    System.out.flush();
                }
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%n%n%s: data sets of %,d bytes, for %d s, median (slowest, fastest) of %d rounds%n%n",
                size.name().toLowerCase(Locale.ROOT),
                instances.dataSetBytes(),
                seconds,
                rounds);
        report(instances.dataSetBytes(), all);
    }

    private static Measured measure(
            Path folder, Row row, EncodedInstances warmUp, EncodedInstances instances, int seconds) throws Exception {
        Files.createDirectories(folder);
        try (Receiver.Running receiver = row.receiver.start(folder, row.associations)) {
            send(receiver.port(), warmUp, row.associations, seconds);
            ProcessUsage before = ProcessUsage.of(receiver.pid());
            PeakMemory peak = new PeakMemory(receiver.pid());
            long start = System.nanoTime();
            List<Long> latencies = send(receiver.port(), instances, row.associations, seconds);
            double took = (System.nanoTime() - start) / 1e9;
            double cpu = ProcessUsage.of(receiver.pid()).cpuSeconds() - before.cpuSeconds();
            long[] sorted =
                    latencies.stream().mapToLong(Long::longValue).sorted().toArray();
            return new Measured(
                    sorted.length,
                    took,
                    sorted[sorted.length / 2] / 1e6,
                    sorted[(int) (sorted.length * 0.99)] / 1e6,
                    cpu,
                    peak.stop());
        } finally {
            Machine.delete(folder);
        }
    }

    /** @return the time of each instance, in nanoseconds */
    private static List<Long> send(int port, EncodedInstances instances, int associations, int seconds)
            throws Exception {
        List<RawSender> senders = new ArrayList<>();
        for (int i = 0; i < associations; i++) {
            senders.add(new RawSender(port, Receiver.AE_TITLE));
        }
        ExecutorService threads = Executors.newFixedThreadPool(associations);
        try {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            List<Callable<List<Long>>> tasks = new ArrayList<>();
            for (int i = 0; i < associations; i++) {
                RawSender sender = senders.get(i);
                List<Integer> share = instances.share(i, associations);
                tasks.add(() -> {
                    List<Long> nanos = new ArrayList<>();
                    sender.send(instances, share, end, nanos);
                    return nanos;
                });
            }
            List<Long> all = new ArrayList<>();
            for (Future<List<Long>> sent : threads.invokeAll(tasks)) {
                all.addAll(sent.get());
            }
            return all;
        } finally {
            threads.shutdownNow();
            for (RawSender sender : senders) {
                sender.close();
            }
        }
    }

    private static void report(long bytes, Map<Row, List<Measured>> all) {
        System.out.println(
                "| receiver | associations | instances/s | MB/s | p50, ms | p99, ms | receiver's CPU, ms each |"
                        + " peak memory, MB |");
        System.out.println("|---|---|---|---|---|---|---|---|");
        all.forEach((row, rounds) -> System.out.printf(
                Locale.ROOT,
                "| %s | %d | %,.0f (%,.0f, %,.0f) | %,.0f | %.2f | %.2f | %.3f | %,.0f |%n",
                row.receiver.title,
                row.associations,
                median(rounds, Measured::rate),
                rounds.stream().mapToDouble(Measured::rate).min().orElseThrow(),
                rounds.stream().mapToDouble(Measured::rate).max().orElseThrow(),
                median(rounds, Measured::rate) * bytes / 1e6,
                median(rounds, Measured::p50Millis),
                median(rounds, Measured::p99Millis),
                median(rounds, Measured::cpuMillisEach),
                median(rounds, m -> m.peakBytes / 1e6)));
    }

    private static double median(List<Measured> rounds, ToDoubleFunction<Measured> figure) {
        double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    /** Looks at a process' memory until it is stopped. */
    private static final class PeakMemory {

        private static final long INTERVAL_MILLIS = 50;

        private final Thread thread;
        private volatile boolean stopped;
        private volatile long peakBytes;

        PeakMemory(long pid) {
            thread = new Thread(() -> watch(pid), "peak-memory");
            thread.setDaemon(true);
            thread.start();
        }

        private void watch(long pid) {
            try {
                while (!stopped) {
                    peakBytes = Math.max(peakBytes, ProcessUsage.of(pid).memoryBytes());
                    Thread.sleep(INTERVAL_MILLIS);
                }
            } catch (IOException | InterruptedException e) {
                System.err.println("the receiver's memory was not watched to the end: " + e);
            }
        }

        long stop() throws InterruptedException {
            stopped = true;
            thread.join();
            return peakBytes;
        }
    }
}
