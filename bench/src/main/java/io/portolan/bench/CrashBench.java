package io.portolan.bench;

import io.portolan.e2e.CrashRun;
import io.portolan.e2e.DiskFullRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** {@link CrashRun} with as many kills as wanted; fails when anything is lost, twice there, or wrong. */
final class CrashBench {

    private CrashBench() {}

    static void run(String[] args) throws Exception {
        Path root = Files.createTempDirectory("portolan-bench");
        try {
            if (args.length > 0 && args[0].equals("disk-full")) {
                fillDisk(root);
                return;
            }
            boolean two = args.length > 0 && args[0].equals("two");
            String[] numbers = two ? Arrays.copyOfRange(args, 1, args.length) : args;
            int kills = numbers.length > 0 ? Integer.parseInt(numbers[0]) : 200;
            long seed = numbers.length > 1 ? Long.parseLong(numbers[1]) : 1;
            System.out.println("seed " + seed);
            CrashRun.Summary summary = two ? CrashRun.ofTwo(root, kills, seed) : CrashRun.of(root, kills, seed);
            System.out.println(summary);
            if (!summary.differences().isEmpty()) {
                throw new IOException("wrong, with seed " + seed + ":\n" + String.join("\n", summary.differences()));
            }
            System.out.println("nothing is lost, nothing is there twice");
        } finally {
            Machine.delete(root);
        }
    }

    private static void fillDisk(Path root) throws Exception {
        if (!DiskFullRun.isPossible(root)) {
            System.out.println("skipped: no tmpfs can be mounted here");
            return;
        }
        List<String> differences = DiskFullRun.of(root);
        if (!differences.isEmpty()) {
            throw new IOException("wrong:\n" + String.join("\n", differences));
        }
        System.out.println("nothing that was acknowledged is lost");
    }
}
