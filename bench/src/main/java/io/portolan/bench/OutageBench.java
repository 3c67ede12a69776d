package io.portolan.bench;

import io.portolan.e2e.OutageRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** {@link OutageRun}, as long as wanted; fails when an association suffered, or anything is not published in the end. */
final class OutageBench {

    private OutageBench() {}

    static void run(String[] args) throws Exception {
        int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 10;
        int instances = args.length > 1 ? Integer.parseInt(args[1]) : 20_000;
        Path root = Files.createTempDirectory("portolan-bench");
        try {
            System.out.println("load before: " + Machine.load());
            OutageRun.Summary summary = OutageRun.of(root, Duration.ofSeconds(seconds), instances);
            System.out.println(summary.table());
            if (!summary.differences().isEmpty()) {
                throw new IOException("wrong:\n" + String.join("\n", summary.differences()));
            }
            System.out.println("no association suffered, everything is published");
        } finally {
            Machine.delete(root);
        }
    }
}
