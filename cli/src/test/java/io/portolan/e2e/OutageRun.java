package io.portolan.e2e;

import io.portolan.dicom.engine.Status;
import io.portolan.e2e.SentInstances.Fate;
import io.portolan.gateway.publish.FakeFhirServer;
import io.portolan.gateway.publish.FakeFhirServer.Outage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A gateway that takes in instances at an even pace from {@value #SENDERS} associations while its FHIR server is out of
 * order in each way in turn. No association may suffer from that, and when the server is well again everything is published.
 *
 * <p>Each sender has {@value #STUDIES_AT_ONCE} studies at once, so that most studies are caught by several outages.
 */
public final class OutageRun {

    private static final int SENDERS = 4;
    private static final int STUDIES_AT_ONCE = 10;
    private static final int STUDY_INSTANCES = 20;
    private static final int VERSIONS_MAX = 9;
    private static final long SAMPLE_MILLIS = 100;
    private static final Duration RECOVERY_MAX = Duration.ofMinutes(5);
    private static final int HEAP_MB = 128;
    private static final String[] SETTINGS = {
        "publish.quiet=1s",
        "publish.max-delay=5s",
        "publish.retry-delay-min=100ms",
        "publish.retry-delay-max=2s",
        "publish.lease=10s",
        "fhir.timeout=2s",
        "storage.mode=discard"
    };

    /** While the server was out of order in one way. */
    private record Row(Outage outage, double seconds, long acknowledged, long waiting, long residentMb, long peakMb) {

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "| `%s` | %.1f | %,d | %,d | %d | %d |",
                    outage,
                    seconds,
                    acknowledged,
                    waiting,
                    residentMb,
                    peakMb);
        }
    }

    /** What came out: a table in Markdown, and what is wrong. */
    public record Summary(String table, List<String> differences) {

        public Summary {
            differences = List.copyOf(differences);
        }
    }

    private final Path directory;
    private final Duration each;
    private final int instances;
    private final FakeFhirServer server;
    private final SentInstances sent = new SentInstances();
    private final RunEnd end = new RunEnd();
    private final List<String> differences = new ArrayList<>();

    private OutageRun(Path directory, Duration each, int instances, FakeFhirServer server) {
        this.directory = directory;
        this.each = each;
        this.instances = instances;
        this.server = server;
    }

    /**
     * In an empty directory.
     *
     * @param each how long each kind of outage lasts
     * @throws Exception when it could not be run to its end
     */
    public static Summary of(Path directory, Duration each, int instances) throws Exception {
        try (FakeFhirServer server = new FakeFhirServer().forgetful()) {
            return new OutageRun(directory, each, instances, server).run();
        }
    }

    private Summary run() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(SENDERS);
        try (RunningGateway gateway = RunningGateway.start(
                directory, server.base().toString(), GatewayMemory.jvmOptions(HEAP_MB), SETTINGS)) {
            long start = System.nanoTime();
            List<Future<?>> senders = new ArrayList<>();
            for (int i = 0; i < SENDERS; i++) {
                int number = i;
                senders.add(threads.submit(() -> send(gateway.dicomPort(), number, start)));
            }
            List<Row> rows = new ArrayList<>();
            for (Outage outage : Outage.values()) {
                if (outage != Outage.NONE) {
                    rows.add(suffer(gateway, outage));
                }
            }
            server.outage(Outage.NONE);
            long healed = System.nanoTime();
            for (Future<?> sender : senders) {
                sender.get();
            }
            gateway.awaitPublished(RECOVERY_MAX);
            double recovery = (System.nanoTime() - healed) / 1e9;
            rows.add(row(gateway, Outage.NONE, recovery));
            return summary(gateway, rows, recovery);
        } finally {
            end.end();
            server.outage(Outage.NONE);
            threads.shutdownNow();
        }
    }

    /** One share of all, the last when the last outage ends. */
    private Void send(int port, int sender, long start) throws IOException, InterruptedException {
        int share = instances / SENDERS;
        long pause = each.toNanos() * (Outage.values().length - 1) / share;
        int block = STUDIES_AT_ONCE * STUDY_INSTANCES;
        for (int from = 0; from < share; from += block) {
            try (Scu scu = Scu.associate(port)) {
                for (int i = from; i < Math.min(share, from + block); i++) {
                    if (!end.pass(Math.max(0, start + i * pause - System.nanoTime()) / 1_000_000)) {
                        return null;
                    }
                    int study = (from / block * STUDIES_AT_ONCE + i % STUDIES_AT_ONCE) * SENDERS + sender;
                    int number = 1 + (i - from) / STUDIES_AT_ONCE;
                    LoadInstance instance = new LoadInstance(study, 1 + number % 2, number, 64);
                    Status status = scu.store(instance);
                    sent.answered(instance, status);
                }
                scu.release();
            }
        }
        return null;
    }

    private Row suffer(RunningGateway gateway, Outage outage) throws Exception {
        server.outage(outage);
        long start = System.nanoTime();
        Row row = row(gateway, outage, 0);
        while (System.nanoTime() - start < each.toNanos()) {
            end.pass(SAMPLE_MILLIS);
            row = row(gateway, outage, (System.nanoTime() - start) / 1e9);
        }
        return row;
    }

    private Row row(RunningGateway gateway, Outage outage, double seconds) throws Exception {
        GatewayMemory memory = new GatewayMemory(directory, gateway.pid());
        return new Row(
                outage,
                seconds,
                sent.all(Fate.ACKNOWLEDGED).size(),
                (long) gateway.metric("portolan_studies_dirty").orElseThrow(),
                memory.residentMb(),
                memory.peakMb());
    }

    private Summary summary(RunningGateway gateway, List<Row> rows, double recovery) throws Exception {
        Published published = Published.on(server);
        check(sent.refusals() == 0, sent.refusals() + " instances were refused");
        check(published.versionsMax() <= VERSIONS_MAX, "a study has " + published.versionsMax() + " versions");
        check(gateway.metric("portolan_studies_parked").orElseThrow() == 0, "studies are parked");
        check(gateway.stop() == 143, "does not end as told by SIGTERM");
        differences.addAll(Comparison.withServer(sent, server));
        GatewayMemory memory = new GatewayMemory(directory, gateway.pid());
        StringBuilder table = new StringBuilder("""
                | FHIR server | seconds | acknowledged so far | studies that wait | VmRSS, MB | VmHWM, MB |
                |---|---|---|---|---|---|
                """);
        rows.forEach(row -> table.append(row).append('\n'));
        table.append(String.format(
                Locale.ROOT,
                "%n%s; all published %.1f s after the last outage; heap after a collection at most %d MB, the last %d MB%n",
                published,
                recovery,
                memory.heapsAfterGcMb().stream().mapToInt(i -> i).max().orElse(-1),
                memory.lastHeapAfterGcMb()));
        return new Summary(table.toString(), differences);
    }

    private void check(boolean right, String otherwise) {
        if (!right) {
            differences.add(otherwise);
        }
    }
}
