package io.portolan.bench;

import com.sun.management.OperatingSystemMXBean;
import io.portolan.cli.convert.BundleOutput;
import io.portolan.cli.convert.Conversion;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.gateway.convert.StudyReport;
import io.portolan.mapping.MappingOptions;
import io.portolan.mapping.study.SharingOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Files per second from a folder to bundles on disk, in a warm cache, with one thread and with two: whole conversions in this
 * JVM, warm, in turn with the bare opening and reading of the first 16 KB of the same files; and whole commands, ours and those
 * that {@link ScanBench} has, which read and write nothing.
 *
 * <p>A conversion walks through the folder, and its walking is a thread of its own beside those that read and map; with one
 * thread it maps what it has read when all is read. What both take of the processors stands beside it. The journal, the bundles
 * and their syncs are real; each conversion begins with nothing, and what it made is removed off the clock.
 */
final class ConvertBench {

    private static final int ROUNDS = 5; // in this JVM
    private static final int COMMAND_ROUNDS = 3;
    private static final int COMMAND_SECONDS_MAX = 600;
    private static final int STUDY_SIZE = 500; // in one series

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final Rates rates = new Rates("10 KB, 1", "10 KB, 2", "CT, 1", "CT, 2");
    private final Path root;
    private final long secondsEach;

    private interface Measured {
        /** Files per second. */
        double measure() throws Exception;
    }

    private ConvertBench(Path root, long secondsEach) {
        this.root = root;
        this.secondsEach = secondsEach;
    }

    static void run(String[] args) throws Exception {
        int small = args.length > 0 ? Integer.parseInt(args[0]) : 20_000;
        int ct = args.length > 1 ? Integer.parseInt(args[1]) : 2_000;
        long seconds = args.length > 2 ? Long.parseLong(args[2]) : 10;
        Path root = Files.createTempDirectory("portolan-bench");
        ConvertBench bench = new ConvertBench(root, seconds);
        FileSet.measure(root, small, ct, STUDY_SIZE, bench::measure);
        bench.report(small, ct);
    }

    private void measure(FileSet files) throws Exception {
        for (int threads = 1; threads <= 2; threads++) {
            String column = files.name() + ", " + threads;
            int n = threads;
            convert(files, n); // warms both up
            readBare(files, n);
            for (int round = 0; round < ROUNDS; round++) {
                add("convert, warm", column, () -> convert(files, n));
                add("open and read 16 KB, Java", column, () -> readBare(files, n));
            }
        }
        prepareLauncher();
        for (int round = 0; round < COMMAND_ROUNDS; round++) {
            for (int threads = 1; threads <= 2; threads++) {
                rates.add(
                        "`portolan convert`, whole command",
                        files.name() + ", " + threads,
                        files.all().size() / command(files, threads));
            }
        }
        ScanBench.addPeers(rates, files, ScanPeer.installed(), COMMAND_ROUNDS);
    }

    /** The rate, and the rate by processor time, which other threads of this JVM share: those that walk, collect and compile. */
    private void add(String row, String column, Measured work) throws Exception {
        long start = System.nanoTime();
        long processor = SYSTEM.getProcessCpuTime();
        double rate = work.measure();
        double busy = (double) (SYSTEM.getProcessCpuTime() - processor) / (System.nanoTime() - start);
        rates.add(row, column, rate);
        rates.add(row + ": % of a core", column, 100 * busy);
    }

    private double readBare(FileSet files, int threads) throws Exception {
        return FileLoop.rate(files.all(), threads, secondsEach, FileLoop::readBare);
    }

    private double convert(FileSet files, int threads) throws IOException, InterruptedException {
        long nanos = 0;
        long converted = 0;
        while (nanos < TimeUnit.SECONDS.toNanos(secondsEach)) {
            Path out = Files.createTempDirectory(root, "out");
            long start = System.nanoTime();
            Conversion.Summary summary;
            try (Conversion conversion = Conversion.open(options(files.folder(), out, threads), new Silent())) {
                summary = conversion.run(new BundleOutput(out), null);
            }
            nanos += System.nanoTime() - start;
            int count = files.all().size();
            if (!summary.complete() || summary.files() != count || summary.problems() > 0 || summary.written() == 0) {
                throw new IOException("not all was converted: " + summary);
            }
            converted += count;
            Machine.delete(out);
        }
        return converted * 1e9 / nanos;
    }

    private static Conversion.Options options(Path folder, Path state, int threads) {
        return new Conversion.Options(
                List.of(folder),
                null,
                Set.of(),
                state,
                false,
                false,
                false,
                threads,
                Optional.empty(),
                "bench",
                MappingOptions.defaults("urn:oid:2.25.1"),
                SharingOptions.DEFAULTS,
                ReadLimits.DEFAULT);
    }

    private double command(FileSet files, int threads) throws IOException, InterruptedException {
        Path out = Files.createTempDirectory(root, "out");
        double seconds = Machine.run(List.of(portolanConvert(files.folder(), out, threads)), COMMAND_SECONDS_MAX);
        Machine.delete(out);
        return seconds;
    }

    /** The first run of a new jar writes the archive of its classes, which is not what is measured. */
    static void prepareLauncher() throws IOException, InterruptedException {
        Machine.run(List.of(List.of("./portolan", "--version")), COMMAND_SECONDS_MAX);
    }

    /** Through the launcher in the working directory, as a user has it. */
    static List<String> portolanConvert(Path folder, Path out, int threads) {
        return List.of(
                "./portolan",
                "convert",
                folder.toString(),
                "--out",
                out.toString(),
                "--threads",
                Integer.toString(threads));
    }

    private void report(int small, int ct) {
        System.out.printf(
                Locale.ROOT,
                "%nFiles/s of %d files of 10 KB and %d of 0.5 MB in a warm cache, by one thread and by two; median (slowest,"
                        + " fastest) of %d times %d s, for commands of %d runs. A command walks the folder by itself, and its"
                        + " start counts; a peer with two is two processes, each with half the files.%n%n",
                small,
                ct,
                ROUNDS,
                secondsEach,
                COMMAND_ROUNDS);
        rates.print();
    }

    private static final class Silent implements Conversion.Listener {

        @Override
        public void read(long size) {}

        @Override
        public void problem(String line) {
            throw new IllegalStateException(line);
        }

        @Override
        public void found(long files, boolean complete, int studies) {}

        @Override
        public void writing(int studies) {}

        @Override
        public void written(StudyReport study) {}
    }
}
