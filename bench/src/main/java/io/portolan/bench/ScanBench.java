package io.portolan.bench;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.Tag;
import io.portolan.dicom.Vr;
import io.portolan.testdata.SyntheticStudies;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
 * Headers per second over many files in a warm cache, by one thread and by two: our reader beside the bare opening and
 * reading of the first 16 KB, both in this JVM, warm, in turn; and whole commands, ours from a cold start and those of
 * others, over the same files. Two threads are two processes of half the files for those.
 */
final class ScanBench {

    private static final int PIXELS_SMALL_BYTES = 9_000;
    private static final int PIXELS_CT_BYTES = 512 * 512 * 2;
    private static final int READ_BYTES = 16 << 10;
    private static final int ROUNDS = 5; // in this JVM
    private static final int COMMAND_ROUNDS = 3;
    private static final int COMMAND_SECONDS_MAX = 600;

    private interface Work {
        int of(Path file) throws IOException;
    }

    /** @param halves two folders, side by side in {@code folder} */
    private record FileSet(String name, Path folder, List<Path> halves, List<Path> all) {}

    /** Rates of one row: set and threads -> headers per second of each round. */
    private final Map<String, Map<String, List<Double>>> rates = new LinkedHashMap<>();

    private final long secondsEach;

    private ScanBench(long secondsEach) {
        this.secondsEach = secondsEach;
    }

    static void run(String[] args) throws Exception {
        int small = args.length > 0 ? Integer.parseInt(args[0]) : 20_000;
        int ct = args.length > 1 ? Integer.parseInt(args[1]) : 2_000;
        long seconds = args.length > 2 ? Long.parseLong(args[2]) : 10;
        Path root = Files.createTempDirectory("portolan-bench");
        try {
            long needed = 2L * small * (PIXELS_SMALL_BYTES + 4096) + 2L * ct * (PIXELS_CT_BYTES + 4096);
            if (Files.getFileStore(root).getUsableSpace() < needed) {
                throw new IOException("needs " + (needed >> 20) + " MB free in " + root);
            }
            System.out.println("load before: " + Machine.load());
            ScanBench bench = new ScanBench(seconds);
            bench.measure(make(root, "10 KB", small, PIXELS_SMALL_BYTES));
            bench.measure(make(root, "CT", ct, PIXELS_CT_BYTES));
            bench.report(small, ct);
            System.out.println("load after: " + Machine.load());
        } finally {
            Machine.delete(root);
        }
    }

    private static FileSet make(Path root, String name, int count, int pixelBytes) throws IOException {
        Path folder = root.resolve(name.replace(" ", ""));
        List<Path> halves =
                List.of(Files.createDirectories(folder.resolve("0")), Files.createDirectories(folder.resolve("1")));
        List<Path> all = new ArrayList<>();
        byte[] pixels = new byte[pixelBytes];
        List<DataSet> headers = SyntheticStudies.ct(200, count);
        for (int i = 0; i < count; i++) {
            DataSet instance = DataSet.builder()
                    .addAll(headers.get(i))
                    .add(Element.of(Tag.PIXEL_DATA, Vr.OW, pixels))
                    .build();
            Path file = halves.get(i % 2).resolve(i + ".dcm");
            all.add(Files.write(file, SyntheticStudies.toFile(instance)));
        }
        System.out.printf(Locale.ROOT, "%s: %d files of %d bytes%n", name, count, Files.size(all.get(0)));
        return new FileSet(name, folder, halves, all);
    }

    private void measure(FileSet files) throws Exception {
        for (int threads = 1; threads <= 2; threads++) {
            String column = files.name + ", " + threads;
            repeat(files.all, threads, HeaderScan::read); // warms both up
            repeat(files.all, threads, ScanBench::readBare);
            for (int round = 0; round < ROUNDS; round++) {
                add("Portolan, warm", column, repeat(files.all, threads, HeaderScan::read));
                add("open and read 16 KB, Java", column, repeat(files.all, threads, ScanBench::readBare));
            }
        }
        List<ScanPeer> peers = new ArrayList<>();
        for (ScanPeer peer : ScanPeer.values()) {
            peer.missing().ifPresentOrElse(System.out::println, () -> peers.add(peer));
        }
        for (int round = 0; round < COMMAND_ROUNDS; round++) {
            for (ScanPeer peer : peers) {
                for (List<Path> folders : List.of(List.of(files.folder), files.halves)) {
                    double seconds = runCommands(peer, folders);
                    add(peer.title, files.name + ", " + folders.size(), files.all.size() / seconds);
                }
            }
        }
    }

    private void add(String row, String column, double rate) {
        rates.computeIfAbsent(row, r -> new LinkedHashMap<>())
                .computeIfAbsent(column, c -> new ArrayList<>())
                .add(rate);
    }

    private static int readBare(Path file) throws IOException {
        byte[] buffer = new byte[READ_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            return in.read(buffer);
        }
    }

    /** The list again and again, each thread its share, until the time is over. @return files per second */
    private double repeat(List<Path> files, int threads, Work work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            long start = System.nanoTime();
            long end = start + TimeUnit.SECONDS.toNanos(secondsEach);
            List<Callable<Long>> shares = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int first = t;
                shares.add(() -> repeat(files, first, threads, end, work));
            }
            long read = 0;
            for (Future<Long> share : pool.invokeAll(shares)) {
                read += share.get();
            }
            return read * 1e9 / (System.nanoTime() - start);
        } finally {
            pool.shutdownNow();
        }
    }

    private static long repeat(List<Path> files, int first, int step, long end, Work work) throws IOException {
        long read = 0;
        while (true) {
            for (int i = first; i < files.size(); i += step) {
                if (work.of(files.get(i)) <= 0) {
                    throw new IOException("nothing in a file");
                }
                read++;
                if (System.nanoTime() >= end) {
                    return read;
                }
            }
        }
    }

    /** One process for each folder, at the same time. @return seconds until the last has ended, starts included */
    private static double runCommands(ScanPeer peer, List<Path> folders) throws IOException, InterruptedException {
        List<Process> processes = new ArrayList<>();
        long start = System.nanoTime();
        try {
            for (Path folder : folders) {
                processes.add(Machine.start(peer.command(folder).toArray(String[]::new)));
            }
            for (Process process : processes) {
                if (!process.waitFor(COMMAND_SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
                    throw new IOException(peer.title + " failed or took too long");
                }
            }
            return (System.nanoTime() - start) / 1e9;
        } finally {
            processes.forEach(Process::destroy);
        }
    }

    private void report(int small, int ct) {
        System.out.printf(
                Locale.ROOT,
                "%nHeaders/s of %d files of 10 KB and %d of 0.5 MB in a warm cache, by one thread or process and by two; median"
                        + " (slowest, fastest) of %d times %d s, for commands of %d runs. A command walks the folder by"
                        + " itself, or two of it half each; its start counts.%n%n",
                small,
                ct,
                ROUNDS,
                secondsEach,
                COMMAND_ROUNDS);
        List<String> columns = List.of("10 KB, 1", "10 KB, 2", "CT, 1", "CT, 2");
        System.out.println("| | " + String.join(" | ", columns) + " |");
        System.out.println("|---|---|---|---|---|");
        rates.forEach((row, cells) -> System.out.println("| " + row + " | "
                + String.join(" | ", columns.stream().map(c -> cell(cells, c)).toList()) + " |"));
    }

    private static String cell(Map<String, List<Double>> cells, String column) {
        double[] sorted = cells.getOrDefault(column, List.of()).stream()
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        return String.format(
                Locale.ROOT, "%,.0f (%,.0f, %,.0f)", sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
    }
}
