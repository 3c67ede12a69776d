package io.portolan.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * {@link MillionFiles} to Bulk Data on this machine: by the job for Spark, driver and tasks in one process with a thread for each
 * processor, and by {@code portolan convert}. Each command as a whole, one after the other, in a cache that has been warmed by
 * making the files. That both have written the same resources is checked.
 */
final class SparkBench {

    private static final String CONVERT_HEAP = "-Xmx512m";
    private static final String SPARK_HEAP = "-Xmx2g";

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
            ConvertBench.prepareLauncher();
            System.out.println("load before: " + Machine.load());
            Path converted = Files.createDirectory(root.resolve("convert"));
            Path submitted = root.resolve("spark");
            bench.measure("convert", CONVERT_HEAP, convert(files, converted));
            bench.measure("spark", SPARK_HEAP, spark(files, submitted));
            compare(converted, submitted);
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
        MeasuredCommand measured = MeasuredCommand.run(command, heap, root, MeasuredCommand.Sampler.NONE);
        System.out.printf(
                Locale.ROOT,
                "%s, %s: %d files, %,.0f/s, %s%n",
                name,
                heap,
                count,
                count / measured.seconds(),
                measured);
    }

    /** What was written, whatever file it is in: a digest of each resource by its type, sorted. */
    private static Map<String, List<String>> resources(Path out) throws IOException {
        Map<String, List<String>> digests = new TreeMap<>();
        try (Stream<Path> files = Files.list(out)) {
            for (Path file : files.filter(SparkBench::hasResources).toList()) {
                String type = String.valueOf(file.getFileName()).replaceFirst("\\..*", "");
                try (Stream<String> lines = Files.lines(file)) {
                    lines.map(SparkBench::digest).forEach(digests.computeIfAbsent(type, key -> new ArrayList<>())::add);
                }
            }
        }
        digests.values().forEach(Collections::sort);
        return digests;
    }

    private static boolean hasResources(Path file) {
        return String.valueOf(file.getFileName()).matches("[A-Z]\\w+(\\.\\d+)?\\.ndjson");
    }

    private static String digest(String line) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(line.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The work was the same, or the figures say nothing. */
    private static void compare(Path one, Path other) throws IOException {
        Map<String, List<String>> resources = resources(one);
        if (resources.isEmpty() || !resources.equals(resources(other))) {
            throw new IOException("the two have not written the same resources");
        }
        resources.forEach(
                (type, digests) -> System.out.printf(Locale.ROOT, "%s: %,d, the same%n", type, digests.size()));
    }
}
