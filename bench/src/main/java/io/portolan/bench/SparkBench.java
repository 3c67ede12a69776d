package io.portolan.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * {@link MillionFiles} to Bulk Data on this machine: by the job for Spark, driver and tasks in one process with a thread for each
 * processor, and by {@code portolan convert}. Each command as a whole, one after the other, in a cache that has been warmed by
 * making the files.
 */
final class SparkBench {

    private static final String CONVERT_HEAP = "-Xmx512m";
    private static final String SPARK_HEAP = "-Xmx2g";
    private static final int SAMPLE_MILLISECONDS = 100;

    private final Path root;
    private final int count;

    private SparkBench(Path root, int count) {
        this.root = root;
        this.count = count;
    }

    static void run(String[] args) throws Exception {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
        Path root = Files.createTempDirectory("portolan-bench");
        try {
            SparkBench bench = new SparkBench(root, count);
            Path files = MillionFiles.make(root, count);
            System.out.println("load before: " + Machine.load());
            bench.measure("convert", CONVERT_HEAP, convert(files, Files.createDirectory(root.resolve("convert"))));
            bench.measure("spark", SPARK_HEAP, spark(files, root.resolve("spark")));
            System.out.println("load after: " + Machine.load());
        } finally {
            Machine.delete(root);
        }
    }

    private static List<String> convert(Path files, Path out) {
        List<String> command = new ArrayList<>(
                ConvertBench.portolanConvert(files, out, Runtime.getRuntime().availableProcessors()));
        command.addAll(List.of("--format", "ndjson"));
        return command;
    }

    private static List<String> spark(Path files, Path out) {
        return List.of(
                "java",
                SPARK_HEAP,
                "@spark/target/spark-submit.args",
                "--master",
                "local[*]",
                "--conf",
                "spark.ui.enabled=false",
                "--conf",
                "spark.driver.host=127.0.0.1",
                "--conf",
                "spark.driver.bindAddress=127.0.0.1",
                "spark/target/portolan-spark.jar",
                files.toString(),
                "--out",
                out.toString());
    }

    private void measure(String name, String heap, List<String> command) throws IOException, InterruptedException {
        Path said = root.resolve(name + ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().put("PORTOLAN_JAVA_OPTS", CONVERT_HEAP);
        String memory = "";
        long start = System.nanoTime();
        Process process = builder.start();
        try {
            while (!process.waitFor(SAMPLE_MILLISECONDS, TimeUnit.MILLISECONDS)) {
                memory = MillionBench.peak(process.pid()).orElse(memory);
            }
        } finally {
            process.destroy();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        if (process.exitValue() != 0) {
            throw new IOException(name + " failed: " + Files.readString(said));
        }
        System.out.printf(
                Locale.ROOT,
                "%s, %s: %d files in %.1f s, %,.0f/s; %s%n",
                name,
                heap,
                count,
                seconds,
                count / seconds,
                memory.replaceAll("\\s+", " "));
    }
}
