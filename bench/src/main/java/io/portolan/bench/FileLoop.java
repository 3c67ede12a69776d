package io.portolan.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** A list of files again and again, by one thread or several, each its share, until a time is over. */
final class FileLoop {

    private static final int READ_BYTES = 16 << 10;

    interface Work {
        /** Something positive. */
        int of(Path file) throws IOException;
    }

    private FileLoop() {}

    /** What nobody who reads headers can do without. */
    static int readBare(Path file) throws IOException {
        byte[] buffer = new byte[READ_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            return in.read(buffer);
        }
    }

    /** How many files a second. */
    static double rate(List<Path> files, int threads, long seconds, Work work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            long start = System.nanoTime();
            long end = start + TimeUnit.SECONDS.toNanos(seconds);
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
}
