package io.portolan.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * How fast instances are received over loopback: by {@code portolan serve} in each storage mode with its real ledger, by
 * DCMTK's {@code storescp}, by Orthanc, and by sinks that show what the machine can do. The sender is this process, with
 * {@link EncodedInstances}; each receiver is a process of its own, which begins with an empty folder and is warmed up by other
 * studies for {@value #WARM_UP_SECONDS} s, whether it compiles itself or not. All of it interleaved in every round; what is told of a
 * receiver is one round, that of the median rate.
 */
final class ReceiveBench {

    private static final String USAGE =
            "usage: receive [SIZES [SECONDS [ROUNDS [ASSOCIATIONS [RECEIVERS]]]]], for example: receive small,ct 3 3 1,8"
                    + " keep,storescp";

    private static final int WARM_UP_SECONDS = 6;

    /** The fastest sinks, which have nothing to warm up, run out of instances after this share of that time. */
    private static final int WARM_UP_SHARE = 3;

    /** Sizes of instances by their pixels, and how many are made for a second: more than the fastest sink takes. */
    private enum Size {
        SMALL(9_000, 160_000),
        CT(512 * 512 * 2, 20_000),
        MULTIFRAME(50_000_000, 120);

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
        EncodedInstances warmUp = new EncodedInstances(
                size.name(), size.pixelBytes, 1, size.perSecondMax * WARM_UP_SECONDS / WARM_UP_SHARE);
        EncodedInstances instances =
                new EncodedInstances(size.name(), size.pixelBytes, 1_000_000, size.perSecondMax * seconds);
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
                "%n%n%s: data sets of %,d bytes, for %d s after %d s of others; the round of the median rate (the slowest, the"
                        + " fastest) of %d%n%n",
                size.name().toLowerCase(Locale.ROOT),
                instances.dataSetBytes(),
                seconds,
                WARM_UP_SECONDS,
                rounds);
        report(instances.dataSetBytes(), all);
    }

    private static Measured measure(
            Path folder, Row row, EncodedInstances warmUp, EncodedInstances instances, int seconds) throws Exception {
        Files.createDirectories(folder);
        try (Receiver.Running receiver = row.receiver.start(folder, row.associations)) {
            send(receiver.port(), warmUp, row.associations, WARM_UP_SECONDS);
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
        all.forEach((row, rounds) -> {
            List<Measured> sorted = rounds.stream()
                    .sorted(Comparator.comparingDouble(Measured::rate))
                    .toList();
            Measured median = sorted.get(sorted.size() / 2);
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %d | %,.0f (%,.0f, %,.0f) | %,.0f | %.2f | %.2f | %.3f | %,.0f |%n",
                    row.receiver.title,
                    row.associations,
                    median.rate(),
                    sorted.get(0).rate(),
                    sorted.get(sorted.size() - 1).rate(),
                    median.rate() * bytes / 1e6,
                    median.p50Millis,
                    median.p99Millis,
                    median.cpuMillisEach(),
                    median.peakBytes / 1e6);
        });
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
