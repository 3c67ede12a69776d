package io.portolan.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A command as a whole, from its start to its end.
 *
 * @param seconds its start included
 * @param cpuSeconds user and system, all threads; up to one sample before its end
 * @param peakBytes the most memory that it had resident
 * @param said what it wrote
 */
record MeasuredCommand(double seconds, double cpuSeconds, long peakBytes, String said) {

    private static final int SAMPLE_MILLISECONDS = 20;

    /** Looked at while the command runs. */
    interface Sampler {

        Sampler NONE = seconds -> {};

        /** Called again and again, with the seconds since the start. */
        void sample(double seconds) throws IOException;
    }

    /**
     * Runs it in the working directory.
     *
     * @param folder where what it says is kept
     * @throws IOException when it ends with anything but 0
     */
    static MeasuredCommand run(List<String> command, String javaOptions, Path folder, Sampler sampler)
            throws IOException, InterruptedException {
        Path said = Files.createTempFile(folder, "said", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().put("PORTOLAN_JAVA_OPTS", javaOptions);
        double cpuSeconds = 0;
        long peakBytes = 0;
        long start = System.nanoTime();
        Process process = builder.start();
        try {
            while (!process.waitFor(SAMPLE_MILLISECONDS, TimeUnit.MILLISECONDS)) {
                sampler.sample(since(start));
                cpuSeconds = Math.max(cpuSeconds, ProcessUsage.of(process.pid()).cpuSeconds());
                peakBytes = Math.max(peakBytes, peak(process.pid()));
            }
        } finally {
            process.destroy();
        }
        double seconds = since(start);
        String text = Files.readString(said);
        if (process.exitValue() != 0) {
            throw new IOException(command.get(0) + " ended with " + process.exitValue() + ": " + text);
        }
        return new MeasuredCommand(seconds, cpuSeconds, peakBytes, text);
    }

    private static double since(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    /** VmHWM of proc(5); 0 for one that has ended. */
    private static long peak(long pid) {
        try (Stream<String> status = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return status.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElse(0);
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%.1f s, %.1f s of the processors, %d MB of memory at most",
                seconds,
                cpuSeconds,
                peakBytes >> 20);
    }
}
