package io.portolan.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * {@link MillionFiles}, converted by the command in {@value #HEAP}: at which rate the first and the last tenth are read, how
 * long all takes, and how much memory.
 *
 * <p>How much is read is seen from outside, by the size of the journal: the records of these files are of one size, or nearly.
 */
final class MillionBench {

    private static final String HEAP = "-Xmx512m";
    private static final int TENTHS = 10;

    private record Sample(double seconds, long journalBytes) {}

    private final Path root;
    private final int count;

    private MillionBench(Path root, int count) {
        this.root = root;
        this.count = count;
    }

    static void run(String[] args) throws Exception {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
        Path root = Files.createTempDirectory("portolan-bench");
        try {
            MillionBench bench = new MillionBench(root, count);
            Path files = MillionFiles.make(root, count);
            ConvertBench.prepareLauncher();
            System.out.println("load before: " + Machine.load());
            bench.measure(files);
            System.out.println("load after: " + Machine.load());
        } finally {
            Machine.delete(root);
        }
    }

    private void measure(Path files) throws IOException, InterruptedException {
        Path out = Files.createDirectory(root.resolve("out"));
        int threads = Runtime.getRuntime().availableProcessors();
        List<Sample> samples = new ArrayList<>();
        Path journal = out.resolve(".portolan-convert/journal");
        MeasuredCommand measured =
                MeasuredCommand.run(ConvertBench.portolanConvert(files, out, threads), HEAP, root, seconds -> {
                    if (Files.exists(journal)) {
                        samples.add(new Sample(seconds, size(journal)));
                    }
                });
        System.out.print(measured.said());
        report(samples, measured);
    }

    private static long size(Path journal) {
        try {
            return Files.size(journal);
        } catch (IOException e) {
            return 0; // removed at the end
        }
    }

    private void report(List<Sample> samples, MeasuredCommand measured) {
        long whole = samples.stream().mapToLong(Sample::journalBytes).max().orElseThrow();
        StringBuilder rates = new StringBuilder();
        double before = samples.get(0).seconds;
        for (int tenth = 1; tenth <= TENTHS; tenth++) {
            long bytes = whole * tenth / TENTHS;
            double at = samples.stream()
                    .filter(sample -> sample.journalBytes >= bytes)
                    .findFirst()
                    .orElseThrow()
                    .seconds;
            rates.append(String.format(Locale.ROOT, " %,.0f", count / (double) TENTHS / (at - before)));
            before = at;
        }
        System.out.printf(
                Locale.ROOT,
                "%d files with %s: %s; reading %.1f s; files/s while reading, by tenths:%s%n",
                count,
                HEAP,
                measured,
                before,
                rates);
    }
}
