package io.portolan.bench;

import io.portolan.dicom.net.NetworkFuzz;
import io.portolan.testdata.fuzz.FuzzTarget;
import io.portolan.testdata.fuzz.Seeds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs Jazzer over one target or all, in a process of its own with bounded memory, for a given time in all, and tells
 * what came of it. Inputs that are findings, with their stack traces in {@code jazzer.log}, stay below
 * {@code bench/target/fuzz/}.
 */
final class FuzzBench {

    private static final String USAGE = "usage: fuzz TARGET|all DURATION [CORPUS], for example: fuzz json 10m";
    private static final Path FOUND = Path.of("bench", "target", "fuzz");
    private static final String SILENT_LOG = "io/portolan/bench/silent.xml"; // on the class path
    private static final int HEAP_MB = 512;
    private static final int RESIDENT_MB_MAX = 1536; // heap, fuzzer, agent
    private static final int INPUT_BYTES_MAX = 32 << 10;
    private static final int INPUT_SECONDS_MAX = 30; // for one input; longer is a finding
    private static final int FINDINGS_MAX = 20; // of one target, then it ends

    private static final Pattern COVERAGE = Pattern.compile("#(\\d+)\\s.*cov: (\\d+) ft: (\\d+).*");

    private FuzzBench() {}

    static void run(String[] args) throws Exception {
        if (args.length < 2 || args.length > 3) {
            throw new IllegalArgumentException(USAGE);
        }
        List<Target> targets = targets(args.length == 3 ? Path.of(args[2]) : null).stream()
                .filter(target -> args[0].equals("all") || args[0].equals(target.title))
                .toList();
        if (targets.isEmpty()) {
            throw new IllegalArgumentException(USAGE);
        }
        Duration each = Duration.parse("PT" + args[1].toUpperCase(Locale.ROOT)).dividedBy(targets.size());
        List<Path> found = new ArrayList<>();
        System.out.println("target           seeds  executions  coverage  features  findings");
        for (Target target : targets) {
            found.addAll(fuzz(target, each));
        }
        found.forEach(System.out::println);
        if (!found.isEmpty()) {
            System.exit(1);
        }
    }

    /** @param entryClass what Jazzer calls */
    private record Target(String title, String entryClass, SeedSource seeds) {}

    private interface SeedSource {
        List<byte[]> seeds() throws IOException;
    }

    private static List<Target> targets(@Nullable Path corpus) {
        List<Target> targets = new ArrayList<>();
        for (FuzzTarget target : FuzzTarget.values()) {
            targets.add(new Target(target.title(), target.entryClass(), () -> {
                List<byte[]> seeds = new ArrayList<>(Seeds.of(target));
                if (corpus != null) {
                    seeds.addAll(Seeds.ofCorpus(target, corpus));
                }
                return seeds;
            }));
        }
        for (NetworkFuzz target : NetworkFuzz.values()) {
            targets.add(new Target(target.title(), target.entryClass(), target::seeds));
        }
        return targets;
    }

    /** The inputs that were found, those of earlier runs included. */
    private static List<Path> fuzz(Target target, Duration duration) throws IOException, InterruptedException {
        Path seeds = Files.createTempDirectory("portolan-fuzz");
        Path folder = Files.createDirectories(FOUND.resolve(target.title));
        try {
            int count = write(target, seeds);
            Path log = folder.resolve("jazzer.log");
            Process jazzer = new ProcessBuilder(command(target, duration, seeds, folder))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            try {
                jazzer.waitFor();
            } finally {
                jazzer.destroyForcibly().waitFor();
            }
            List<Path> found = findings(folder);
            report(target, count, log, found.size());
            return found;
        } finally {
            Machine.delete(seeds);
        }
    }

    private static int write(Target target, Path folder) throws IOException {
        List<byte[]> seeds = new ArrayList<>(target.seeds.seeds());
        for (Path finding : Seeds.findings(Path.of(""), target.title)) {
            seeds.add(Files.readAllBytes(finding));
        }
        for (int i = 0; i < seeds.size(); i++) {
            Files.write(folder.resolve("seed-" + i), seeds.get(i));
        }
        return seeds.size();
    }

    private static List<String> command(Target target, Duration duration, Path seeds, Path folder) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + HEAP_MB + "m",
                "-Dlogback.configurationFile=" + SILENT_LOG, // each input would say something
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target.entryClass,
                "--instrumentation_includes=io.portolan.**",
                "--keep_going=" + FINDINGS_MAX,
                "--reproducer_path=" + folder,
                "-artifact_prefix=" + folder + "/",
                "-max_total_time=" + Math.max(1, duration.toSeconds()),
                "-max_len=" + INPUT_BYTES_MAX,
                "-timeout=" + INPUT_SECONDS_MAX,
                "-report_slow_units=" + INPUT_SECONDS_MAX,
                "-rss_limit_mb=" + RESIDENT_MB_MAX,
                seeds.toString());
    }

    private static List<Path> findings(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> String.valueOf(file.getFileName()).matches("(crash|timeout|oom)-.*"))
                    .sorted()
                    .toList();
        }
    }

    private static void report(Target target, int seeds, Path log, int findings) throws IOException {
        String[] last = {"none", "none", "none"};
        for (String line :
                Files.readString(log, StandardCharsets.ISO_8859_1).lines().toList()) {
            Matcher coverage = COVERAGE.matcher(line);
            if (coverage.matches()) {
                last = new String[] {coverage.group(1), coverage.group(2), coverage.group(3)};
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%-15s  %5d  %10s  %8s  %8s  %8d%n",
                target.title,
                seeds,
                last[0],
                last[1],
                last[2],
                findings);
    }
}
