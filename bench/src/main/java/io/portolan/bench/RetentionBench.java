package io.portolan.bench;

import io.portolan.gateway.ledger.Compaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How a ledger grows in months of a steady stream, with compaction as the gateway does it and without; what compacting costs, and what
 * arrivals notice of it. Months have 30 days, on a clock of its own; the studies are smaller in number than those of a hospital, so
 * that it takes minutes.
 */
final class RetentionBench {

    private static final int MONTHS_MIN = 4;
    private static final int DAYS = 30;
    private static final int BIG = 20_000;
    private static final int ARRIVALS = 1_000;
    private static final long INSTANCE_BYTES_MAX = 1_500; // on disk

    private RetentionBench() {}

    static void run(String[] args) throws Exception {
        if (args.length > 0 && args[0].equals("single")) {
            single();
            return;
        }
        int studies = args.length > 0 ? Integer.parseInt(args[0]) : 20;
        int months = args.length > 1 ? Integer.parseInt(args[1]) : 12;
        boolean kept = args.length < 3 || !args[2].equals("discard");
        if (studies < 10 || months < MONTHS_MIN) {
            throw new IOException("at least 10 studies a day and " + MONTHS_MIN + " months");
        }
        Path root = Files.createTempDirectory("portolan-bench");
        try {
            long instances = (long) studies * 150 * months * DAYS;
            if (Files.getFileStore(root).getUsableSpace() < instances * INSTANCE_BYTES_MAX) {
                throw new IOException("needs " + (instances * INSTANCE_BYTES_MAX >> 20) + " MB free in " + root);
            }
            System.out.println("load before: " + Machine.load());
            System.out.println(Machine.limits(root));
            System.out.printf(
                    Locale.ROOT,
                    "%d studies a day, %s; each day one of more than 40 days ago gets an instance more%n%n",
                    studies,
                    kept ? "every instance with a file (keep)" : "without files (discard)");
            try (RetentionLedger with = new RetentionLedger(root.resolve("with"), studies, kept, true);
                    RetentionLedger without = new RetentionLedger(root.resolve("without"), studies, kept, false)) {
                months(months, with, without);
                System.out.println("\nwith:\n" + with.shares() + "\nwithout:\n" + without.shares());
                arrivals(without);
            }
            System.out.println("load after: " + Machine.load());
        } finally {
            Machine.delete(root);
        }
    }

    /** What single steps take: a study of very many instances, and arrivals while a month of rows is compacted. */
    private static void single() throws Exception {
        Path root = Files.createTempDirectory("portolan-bench");
        try (RetentionLedger month = new RetentionLedger(root.resolve("month"), 10, true, false)) {
            System.out.println("load before: " + Machine.load());
            System.out.println(Machine.limits(root));
            big(root.resolve("big"));
            for (int day = 0; day < DAYS; day++) {
                month.day();
            }
            month.waitForQuiet();
            arrivals(month);
            System.out.println("load after: " + Machine.load());
        } finally {
            Machine.delete(root);
        }
    }

    private static void months(int months, RetentionLedger with, RetentionLedger without) throws Exception {
        System.out.println("| month | studies | instances | MB with | of them free | MB without | compacted |");
        System.out.println("|---|---|---|---|---|---|---|");
        List<Long> sizesWith = new ArrayList<>(List.of(0L));
        List<Long> sizesWithout = new ArrayList<>(List.of(0L));
        for (int month = 1; month <= months; month++) {
            for (int day = 0; day < DAYS; day++) {
                with.day();
                without.day();
            }
            sizesWith.add(with.bytes());
            sizesWithout.add(without.bytes());
            System.out.printf(
                    Locale.ROOT,
                    "| %d | %,d | %,d | %.1f | %.1f | %.1f | %,d |%n",
                    month,
                    with.ledger().counts().studies(),
                    with.ledger().counts().instances(),
                    with.bytes() / 1e6,
                    with.freeBytes() / 1e6,
                    without.bytes() / 1e6,
                    with.ledger().compaction().count());
        }
        double growth = sizesWith.get(months) - sizesWith.get(months - 3);
        double growthWithout = sizesWithout.get(months) - sizesWithout.get(months - 3);
        double instances = with.ledger().counts().instances() * 3.0 / months;
        double studies = with.ledger().counts().studies() * 3.0 / months;
        System.out.printf(
                Locale.ROOT,
                "%nlast quarter: %.1f MB with, %.1f MB without (%.1f %%); for each study %.0f and %.0f bytes, for each instance"
                        + " %.1f and %.1f%n",
                growth / 1e6,
                growthWithout / 1e6,
                100 * growth / growthWithout,
                growth / studies,
                growthWithout / studies,
                growth / instances,
                growthWithout / instances);
        System.out.printf(
                Locale.ROOT,
                "compacting: %,d studies with %,d instances in %.1f s without a rest%n",
                with.packed(),
                with.ledger().counts().instances(),
                with.packing().toMillis() / 1e3);
    }

    /** Months of rows, as a gateway finds them that is upgraded: what arrivals wait while they are compacted. */
    private static void arrivals(RetentionLedger ledger) throws Exception {
        System.out.println("\n| arrivals, one after the other | p50, ms | p99, ms | max, ms |");
        System.out.println("|---|---|---|---|");
        print("nothing else", ledger.arrivals(ARRIVALS));
        AtomicBoolean enough = new AtomicBoolean();
        long start = System.nanoTime();
        long[] busy = new long[1]; // owned by the thread
        Thread compaction = new Thread(
                () -> {
                    try {
                        ledger.ledger().compaction().run(RetentionLedger.QUIET, commit -> {
                            busy[0] += commit.toNanos();
                            Thread.sleep(Compaction.restAfter(commit).toMillis());
                            return !enough.get();
                        });
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "compaction");
        compaction.start();
        print("while it is compacted", ledger.arrivals(ARRIVALS));
        enough.set(true);
        compaction.join();
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%nmeanwhile %.0f studies/s were compacted, %.0f %% of the time in commits%n",
                ledger.ledger().compaction().count() / seconds,
                busy[0] / 1e7 / seconds);
    }

    private static void print(String what, long[] nanos) {
        Arrays.sort(nanos);
        System.out.printf(
                Locale.ROOT,
                "| %s | %.2f | %.2f | %.1f |%n",
                what,
                nanos[nanos.length / 2] / 1e6,
                nanos[nanos.length * 99 / 100] / 1e6,
                nanos[nanos.length - 1] / 1e6);
    }

    private static void big(Path directory) throws Exception {
        try (RetentionLedger ledger = new RetentionLedger(directory, 10, true, false)) {
            System.out.println("\n| a study of " + BIG + " instances | ms |\n|---|---|");
            ledger.recordBig(BIG);
            for (int round = 1; round <= 3; round++) {
                step("read from its rows, " + round, ledger::readBig);
                ledger.publish();
                ledger.waitForQuiet();
                step("compacted", ledger::compact);
                step("read from its packed form", ledger::readBig);
                int late = BIG + round;
                step("one more instance arrives: expanded", () -> ledger.recordBig(late - 1, late));
            }
        }
    }

    private interface Step {
        void run() throws Exception;
    }

    private static void step(String what, Step step) throws Exception {
        long start = System.nanoTime();
        step.run();
        System.out.printf(
                Locale.ROOT,
                "| %s | %,d |%n",
                what,
                Duration.ofNanos(System.nanoTime() - start).toMillis());
    }
}
