package io.portolan.bench;

import io.portolan.dicom.TransferSyntax;
import io.portolan.e2e.LoadInstance;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerOptions;
import io.portolan.gateway.ledger.Reception;
import io.portolan.gateway.ledger.Recorded;
import io.portolan.mapping.study.Instance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Very many instances into one ledger on disk, by {@value #THREADS} threads that share its commits, each with a study at a
 * time, and nobody publishes: whether the ledger is as fast when it is big.
 *
 * <p>Making an instance and splitting its header by level is part of it, as it is in the receiver; reading it is not.
 */
final class LedgerBench {

    private static final int STEP = 100_000;
    private static final int WARM_UP = 50_000;
    private static final int THREADS = 16;
    private static final int STUDY_INSTANCES = 500;
    private static final int SERIES_INSTANCES = 125;
    private static final long INSTANCE_BYTES_MAX = 1_000; // on disk

    private final Path directory;
    private final long count;
    private final boolean printing;
    private final AtomicInteger studies = new AtomicInteger();
    private final AtomicLong recorded = new AtomicLong();

    // guarded by this
    private long lastNanos;
    private double firstRate;
    private double lastRate;

    private LedgerBench(Path directory, long count, boolean printing) {
        this.directory = directory;
        this.count = count;
        this.printing = printing;
    }

    static void run(String[] args) throws Exception {
        double millions = args.length > 0 ? Double.parseDouble(args[0]) : 1;
        long steps = Math.round(millions * 1e6 / STEP);
        if (steps < 1) {
            throw new IOException("at least 0.1 million");
        }
        Path root = Files.createTempDirectory("portolan-bench");
        try {
            if (Files.getFileStore(root).getUsableSpace() < steps * STEP * INSTANCE_BYTES_MAX) {
                throw new IOException("needs " + (steps * STEP * INSTANCE_BYTES_MAX >> 20) + " MB free in " + root);
            }
            System.out.println("load before: " + Machine.load());
            System.out.println(Machine.limits(root));
            Path warmUp = root.resolve("warm-up");
            new LedgerBench(warmUp, WARM_UP, false).record();
            Machine.delete(warmUp);
            System.out.printf(
                    Locale.ROOT,
                    "%,d instances in studies of %d and series of %d, by %d threads; before them %,d into another ledger, so"
                            + " that code is compiled%n%n",
                    steps * STEP,
                    STUDY_INSTANCES,
                    SERIES_INSTANCES,
                    THREADS,
                    WARM_UP);
            new LedgerBench(root.resolve("data"), steps * STEP, true).record();
            System.out.println("load after: " + Machine.load());
        } finally {
            Machine.delete(root);
        }
    }

    private void record() throws Exception {
        LedgerOptions options = new LedgerOptions(
                "jdbc:sqlite:" + file(), Duration.ofHours(1), Duration.ofHours(1), Integer.MAX_VALUE, 0, "");
        if (printing) {
            System.out.println("| instances | instances/s of the last 100,000 | ledger, MB |\n|---|---|---|");
        }
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (Ledger ledger = Ledger.open(options, Clock.systemUTC())) {
            startClock();
            List<Callable<Void>> senders = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                senders.add(() -> recordStudies(ledger));
            }
            for (Future<Void> sender : threads.invokeAll(senders)) {
                sender.get();
            }
        } finally {
            threads.shutdownNow();
        }
        if (printing) {
            printShare();
        }
    }

    private Path file() {
        return directory.resolve("ledger.db");
    }

    private Void recordStudies(Ledger ledger) throws Exception {
        for (int study = studies.getAndIncrement();
                study < count / STUDY_INSTANCES;
                study = studies.getAndIncrement()) {
            for (int i = 0; i < STUDY_INSTANCES; i++) {
                if (ledger.record(reception(study, i)) != Recorded.NEW) {
                    throw new IllegalStateException("an instance is not new to the ledger");
                }
                long done = recorded.incrementAndGet();
                if (done % STEP == 0) {
                    step(done);
                }
            }
        }
        return null;
    }

    /** With a file, as the default mode has it; the file itself is not there. */
    private static Reception reception(int study, int index) throws Exception {
        LoadInstance made = new LoadInstance(study, 1 + index / SERIES_INSTANCES, 1 + index, 0);
        Instance instance = Instance.of(made.header().build(), Optional.of("LOAD"));
        String file = instance.study() + "/" + instance.series() + "/" + instance.instance() + ".dcm";
        return new Reception(instance, TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN.uid(), file);
    }

    private synchronized void startClock() {
        lastNanos = System.nanoTime();
    }

    private synchronized void step(long done) throws IOException {
        long now = System.nanoTime();
        lastRate = STEP * 1e9 / (now - lastNanos);
        firstRate = firstRate == 0 ? lastRate : firstRate;
        lastNanos = now;
        if (printing) {
            Path log = directory.resolve("ledger.db-wal");
            long bytes = Files.size(file()) + (Files.exists(log) ? Files.size(log) : 0);
            System.out.printf(Locale.ROOT, "| %,d | %,.0f | %,d |%n", done, lastRate, bytes >> 20);
        }
    }

    private synchronized void printShare() {
        System.out.printf(
                Locale.ROOT, "%nthe last 100,000 at %.0f %% of the rate of the first%n", 100 * lastRate / firstRate);
    }
}
