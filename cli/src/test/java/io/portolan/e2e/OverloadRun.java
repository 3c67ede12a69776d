package io.portolan.e2e;

import io.portolan.dicom.engine.Status;
import io.portolan.e2e.BadPeer.Stall;
import io.portolan.e2e.SentInstances.Fate;
import io.portolan.gateway.publish.FakeFhirServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A gateway with {@value #HEAP_MB} MB of heap and {@value #CONNECTIONS} peers at once: {@value #STALLING} of them stall in
 * every way there is, {@value #LARGE} send one large instance each, the others many small ones; and one more sends nothing
 * but malformed PDUs. Whoever behaves must not notice, whoever stalls must be ended, and memory must stay what it was.
 */
public final class OverloadRun {

    private static final int CONNECTIONS = 200;
    private static final int STALLING = 20;
    private static final int LARGE = 2;
    private static final int GOOD = CONNECTIONS - STALLING - LARGE;
    private static final int HEAP_MB = 256;
    private static final int STUDY_INSTANCES = 10;
    private static final int LARGE_STUDY = 1_000_000;
    private static final long SAMPLE_MILLIS = 1000;
    private static final long MALFORMED_PAUSE_MILLIS = 5;
    private static final Duration ALL_MAX = Duration.ofMinutes(2);
    private static final Duration END_MAX = Duration.ofMinutes(30);

    /** Of what is alive, whatever happens: the other half is for what is not collected yet. */
    private static final int LIVE_MAX_MB = HEAP_MB / 2;

    /** By how much that may differ at two moments of the same kind: caches, statements, where a collection finds each sender. */
    private static final int GROWTH_MAX_MB = 32;

    private static final String[] SETTINGS = {
        "dicom.max-associations=" + (CONNECTIONS + 10),
        "dicom.max-associations-per-peer=" + (CONNECTIONS + 10),
        "dicom.idle-timeout=10s",
        "publish.quiet=1s",
        "publish.max-delay=10s"
    };

    /**
     * How much is sent.
     *
     * @param instances   of each good association
     * @param pixelBytes  of each of these
     * @param largeBytes  of the pixels of each large one
     */
    public record Load(int instances, int pixelBytes, int largeBytes) {}

    /** What came out: a table in Markdown, and what is wrong. */
    public record Summary(String table, List<String> differences) {

        public Summary {
            differences = List.copyOf(differences);
        }
    }

    private record Row(double seconds, long open, long acknowledged, int liveMb, long residentMb) {

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT, "| %.0f | %d | %,d | %d | %d |", seconds, open, acknowledged, liveMb, residentMb);
        }
    }

    private final Path directory;
    private final Load load;
    private final FakeFhirServer server;
    private final SentInstances sent = new SentInstances();
    private final RunEnd end = new RunEnd();
    private final CountDownLatch associated = new CountDownLatch(GOOD + LARGE);
    private final CountDownLatch go = new CountDownLatch(1);
    private final Map<Stall, AtomicLong> ended = new EnumMap<>(Stall.class);
    private final AtomicLong malformed = new AtomicLong();
    private final List<Row> rows = new ArrayList<>();
    private final List<String> differences = new ArrayList<>();

    private OverloadRun(Path directory, Load load, FakeFhirServer server) {
        this.directory = directory;
        this.load = load;
        this.server = server;
        for (Stall stall : Stall.values()) {
            ended.put(stall, new AtomicLong());
        }
    }

    /**
     * In an empty directory.
     *
     * @throws Exception when it could not be run to its end: a good association that was lost is such
     */
    public static Summary of(Path directory, Load load) throws Exception {
        try (FakeFhirServer server = new FakeFhirServer().forgetful()) {
            return new OverloadRun(directory, load, server).run();
        }
    }

    private Summary run() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS + 1);
        try (RunningGateway gateway = RunningGateway.start(
                directory, server.base().toString(), GatewayMemory.jvmOptions(HEAP_MB), SETTINGS)) {
            List<Future<?>> others = new ArrayList<>();
            for (Stall stall : Stall.values()) {
                for (int i = 0; i < STALLING / Stall.values().length; i++) {
                    others.add(threads.submit(() -> stallAgainAndAgain(gateway.dicomPort(), stall)));
                }
            }
            others.add(threads.submit(() -> sendMalformed(gateway.dicomPort())));
            long start = System.nanoTime();
            List<Future<?>> senders = new ArrayList<>();
            for (int i = 0; i < GOOD + LARGE; i++) {
                int sender = i;
                senders.add(threads.submit(() -> send(gateway.dicomPort(), sender)));
            }
            awaitAssociated(senders);
            sample(gateway, start);
            go.countDown();
            watch(gateway, senders, start);
            Await.until(
                    "every way to stall was ended",
                    ALL_MAX,
                    () -> ended.values().stream().allMatch(count -> count.get() > 0));
            end.end();
            for (Future<?> other : others) {
                other.get();
            }
            gateway.awaitPublished(ALL_MAX);
            sample(gateway, start);
            return summary(gateway);
        } finally {
            end.end();
            threads.shutdownNow();
        }
    }

    private void awaitAssociated(List<Future<?>> senders) throws Exception {
        long latest = System.nanoTime() + ALL_MAX.toNanos();
        while (!associated.await(1, TimeUnit.SECONDS)) {
            for (Future<?> sender : senders) {
                if (sender.isDone()) {
                    sender.get(); // it failed, and says why
                }
            }
            if (System.nanoTime() > latest) {
                throw new IOException(associated.getCount() + " good peers have no association after " + ALL_MAX);
            }
        }
    }

    private Void send(int port, int sender) throws IOException, InterruptedException {
        try (Scu scu = Scu.associate(port)) {
            associated.countDown();
            while (!go.await(1, TimeUnit.SECONDS)) {
                scu.echo();
            }
            if (sender < LARGE) {
                store(scu, new LoadInstance(LARGE_STUDY + sender, 1, 1, load.largeBytes));
            } else {
                for (int i = 0; i < load.instances; i++) {
                    int study = sender * 1000 + i / STUDY_INSTANCES;
                    store(scu, new LoadInstance(study, 1, 1 + i % STUDY_INSTANCES, load.pixelBytes));
                }
            }
            scu.release();
        }
        return null;
    }

    private void store(Scu scu, LoadInstance instance) throws IOException {
        Status status = scu.store(instance);
        sent.answered(instance, status);
    }

    private Void stallAgainAndAgain(int port, Stall stall) throws InterruptedException {
        while (end.pass(1)) {
            try (BadPeer peer = new BadPeer(port)) {
                if (peer.stall(stall)) {
                    count(stall).incrementAndGet();
                }
            } catch (IOException e) {
                // rejected or hung up on, which is what it deserves
            }
        }
        return null;
    }

    private Void sendMalformed(int port) throws InterruptedException {
        Random random = new Random(20261127);
        while (end.pass(MALFORMED_PAUSE_MILLIS)) {
            try (BadPeer peer = new BadPeer(port)) {
                peer.malformed(random);
                malformed.incrementAndGet();
            } catch (IOException e) {
                // likewise
            }
        }
        return null;
    }

    private AtomicLong count(Stall stall) {
        return ended.getOrDefault(stall, new AtomicLong());
    }

    private void watch(RunningGateway gateway, List<Future<?>> senders, long start) throws Exception {
        long latest = System.nanoTime() + END_MAX.toNanos();
        long pause = SAMPLE_MILLIS;
        while (!senders.stream().allMatch(Future::isDone)) {
            if (System.nanoTime() > latest) {
                throw new IOException("not all is sent after " + END_MAX);
            }
            end.pass(pause);
            sample(gateway, start);
            pause = Math.min(2 * pause, 30 * SAMPLE_MILLIS);
        }
        for (Future<?> sender : senders) {
            sender.get();
        }
    }

    private void sample(RunningGateway gateway, long start) throws Exception {
        GatewayMemory memory = new GatewayMemory(directory, gateway.pid());
        rows.add(new Row(
                (System.nanoTime() - start) / 1e9,
                (long) gateway.metric("portolan_associations_open").orElseThrow(),
                sent.all(Fate.ACKNOWLEDGED).size(),
                memory.liveMb(),
                memory.residentMb()));
    }

    private Summary summary(RunningGateway gateway) throws Exception {
        int wanted = GOOD * load.instances + LARGE;
        long acknowledged = sent.all(Fate.ACKNOWLEDGED).size();
        check(acknowledged == wanted, acknowledged + " of " + wanted + " instances were acknowledged");
        check(rows.get(0).open >= GOOD + LARGE, "only " + rows.get(0).open + " associations were open at once");
        checkHeap();
        check(gateway.metric("portolan_studies_parked").orElseThrow() == 0, "studies are parked");
        check(gateway.stop() == 143, "does not end as told by SIGTERM");
        gateway.log().stream()
                .filter(line -> line.contains("OutOfMemory") || line.contains("Exception in thread"))
                .forEach(line -> differences.add("logged: " + line));
        differences.addAll(Comparison.withServer(sent, server));
        differences.addAll(Comparison.withFiles(sent, List.of(directory.resolve("data/instances"))));
        StringBuilder table = new StringBuilder("""
                | seconds | associations | acknowledged so far | live heap, MB | VmRSS, MB |
                |---|---|---|---|---|
                """);
        rows.forEach(row -> table.append(row).append('\n'));
        table.append(String.format(
                Locale.ROOT,
                "%n%s; ended by the gateway: %s; %,d malformed streams; heap after a collection at most %d MB%n",
                Published.on(server),
                ended,
                malformed.get(),
                new GatewayMemory(directory, gateway.pid())
                        .heapsAfterGcMb().stream().mapToInt(i -> i).max().orElse(-1)));
        return new Summary(table.toString(), differences);
    }

    private void checkHeap() {
        List<Row> sending =
                rows.stream().skip(1).filter(row -> row.open >= GOOD + LARGE).toList();
        int most = rows.stream().mapToInt(Row::liveMb).max().orElse(0);
        check(most <= LIVE_MAX_MB, most + " MB of the heap were alive");
        checkSame("before and after all", rows.get(0), rows.get(rows.size() - 1));
        // A short run may have no two such moments; the bound on what is alive holds in it too.
        if (sending.size() > 1) {
            checkSame("while all send", sending.get(0), sending.get(sending.size() - 1));
        }
    }

    private void checkSame(String when, Row first, Row last) {
        check(
                last.liveMb <= first.liveMb + GROWTH_MAX_MB,
                "the heap grew from " + first.liveMb + " to " + last.liveMb + " MB, " + when);
    }

    private void check(boolean right, String otherwise) {
        if (!right) {
            differences.add(otherwise);
        }
    }
}
