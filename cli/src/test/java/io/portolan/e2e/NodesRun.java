package io.portolan.e2e;

import io.portolan.dicom.engine.Status;
import io.portolan.gateway.ledger.LedgerPlace;
import io.portolan.gateway.ledger.TestPostgres;
import io.portolan.gateway.publish.FakeFhirServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The same instances into one gateway on SQLite, one on PostgreSQL, and two on one PostgreSQL: how fast they are acknowledged,
 * and until when all of them are published. All on this machine, the database and the FHIR server (which answers at once)
 * included.
 */
public final class NodesRun {

    private static final int ASSOCIATIONS = 8;
    private static final int STUDY_INSTANCES = 50;
    private static final int PIXEL_BYTES = 10_000;
    private static final Duration PUBLISHED_MAX = Duration.ofMinutes(10);
    private static final List<String> JVM_OPTIONS = List.of("-Xmx256m");

    /** What came out. */
    public record Row(
            String name, int instances, double acknowledgedSeconds, double publishedSeconds, double cpuSeconds) {

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "| %s | %,.0f | %.1f | %,.0f | %.1f |",
                    name,
                    instances / acknowledgedSeconds,
                    publishedSeconds,
                    instances / publishedSeconds,
                    cpuSeconds);
        }
    }

    private NodesRun() {}

    /** One gateway on a SQLite file. */
    public static Row ofSqlite(Path directory, int instances) throws Exception {
        return run("SQLite, one gateway", directory, List.of(), 1, instances);
    }

    /** So many gateways on a PostgreSQL that is started for them. */
    public static Row ofPostgres(Path directory, int gateways, int instances) throws Exception {
        try (TestPostgres postgres = TestPostgres.start()) {
            LedgerPlace place = postgres.place();
            List<String> settings = List.of("ledger.url=" + place.url(), "ledger.user=postgres");
            String name = "PostgreSQL, " + (gateways == 1 ? "one gateway" : gateways + " gateways");
            return run(name, directory, settings, gateways, instances);
        }
    }

    private static Row run(String name, Path directory, List<String> ledger, int gateways, int instances)
            throws Exception {
        List<String> settings = new ArrayList<>(List.of("publish.quiet=1s", "publish.max-delay=5s"));
        settings.addAll(ledger);
        List<RunningGateway> running = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(ASSOCIATIONS);
        try (FakeFhirServer server = new FakeFhirServer().forgetful()) {
            for (int i = 0; i < gateways; i++) {
                Path own = Files.createDirectories(directory.resolve("gateway-" + i));
                running.add(RunningGateway.start(
                        own, server.base().toString(), JVM_OPTIONS, settings.toArray(String[]::new)));
            }
            send(threads, running, 0, instances / 10); // so that code is compiled
            awaitPublished(running);
            double cpuBefore = cpuSeconds(running);
            long start = System.nanoTime();
            send(threads, running, instances / 10, instances);
            double acknowledged = (System.nanoTime() - start) / 1e9;
            awaitPublished(running);
            double published = (System.nanoTime() - start) / 1e9;
            return new Row(name, instances, acknowledged, published, cpuSeconds(running) - cpuBefore);
        } finally {
            threads.shutdownNow();
            running.forEach(RunningGateway::close);
        }
    }

    private static void awaitPublished(List<RunningGateway> running) throws Exception {
        running.get(0).awaitPublished(PUBLISHED_MAX);
    }

    private static double cpuSeconds(List<RunningGateway> running) {
        return running.stream()
                .map(gateway -> ProcessHandle.of(gateway.pid())
                        .flatMap(one -> one.info().totalCpuDuration()))
                .mapToDouble(cpu -> cpu.orElse(Duration.ZERO).toMillis() / 1e3)
                .sum();
    }

    private static void send(ExecutorService threads, List<RunningGateway> running, int from, int count)
            throws Exception {
        List<Callable<Void>> senders = new ArrayList<>();
        for (int i = 0; i < ASSOCIATIONS; i++) {
            int first = from + i;
            int port = running.get(i % running.size()).dicomPort();
            senders.add(() -> send(port, first, from + count));
        }
        for (Future<Void> sent : threads.invokeAll(senders)) {
            sent.get();
        }
    }

    private static Void send(int port, int first, int end) throws IOException {
        try (Scu scu = Scu.associate(port)) {
            for (int i = first; i < end; i += ASSOCIATIONS) {
                Status status = scu.store(new LoadInstance(i / STUDY_INSTANCES, 1, i, PIXEL_BYTES));
                if (!status.isStored()) {
                    throw new IOException("refused: " + status);
                }
            }
            scu.release();
        }
        return null;
    }
}
