package io.portolan.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Headers per second over many files in a warm cache, by one thread and by two: our reader beside the bare opening and
 * reading of the first 16 KB, both in this JVM, warm, in turn; and whole commands, ours from a cold start and those of
 * others, over the same files. Two threads are two processes of half the files for those.
 */
final class ScanBench {

    private static final int ROUNDS = 5; // in this JVM
    private static final int COMMAND_ROUNDS = 3;

    private final Rates rates = new Rates("10 KB, 1", "10 KB, 2", "CT, 1", "CT, 2");
    private final long secondsEach;

    private ScanBench(long secondsEach) {
        this.secondsEach = secondsEach;
    }

    static void run(String[] args) throws Exception {
        int small = args.length > 0 ? Integer.parseInt(args[0]) : 20_000;
        int ct = args.length > 1 ? Integer.parseInt(args[1]) : 2_000;
        long seconds = args.length > 2 ? Long.parseLong(args[2]) : 10;
        ScanBench bench = new ScanBench(seconds);
        FileSet.measure(Files.createTempDirectory("portolan-bench"), small, ct, Integer.MAX_VALUE, bench::measure);
        bench.report(small, ct);
    }

    private void measure(FileSet files) throws Exception {
        for (int threads = 1; threads <= 2; threads++) {
            String column = files.name() + ", " + threads;
            repeat(files, threads, HeaderScan::read); // warms both up
            repeat(files, threads, FileLoop::readBare);
            for (int round = 0; round < ROUNDS; round++) {
                rates.add("Portolan, warm", column, repeat(files, threads, HeaderScan::read));
                rates.add("open and read 16 KB, Java", column, repeat(files, threads, FileLoop::readBare));
            }
        }
        addPeers(rates, files, ScanPeer.installed(), COMMAND_ROUNDS);
    }

    private double repeat(FileSet files, int threads, FileLoop.Work work) throws Exception {
        return FileLoop.rate(files.all(), threads, secondsEach, work);
    }

    /** Whole commands: one over the folder, then two, each over half of it. */
    static void addPeers(Rates rates, FileSet files, List<ScanPeer> peers, int rounds)
            throws IOException, InterruptedException {
        for (int round = 0; round < rounds; round++) {
            for (ScanPeer peer : peers) {
                for (List<Path> folders : List.of(List.of(files.folder()), files.halves())) {
                    double seconds = peer.run(folders);
                    rates.add(
                            peer.title,
                            files.name() + ", " + folders.size(),
                            files.all().size() / seconds);
                }
            }
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
        rates.print();
    }
}
