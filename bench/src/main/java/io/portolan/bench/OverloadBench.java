package io.portolan.bench;

import io.portolan.e2e.OverloadRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@link OverloadRun}, with instances of 2 GB; fails when a good peer suffered, or memory did not stay what it was. */
final class OverloadBench {

    /** The longest value of an even length that an int can say. */
    private static final int LARGE_BYTES = Integer.MAX_VALUE - 1;

    private static final int PIXEL_BYTES = 512 * 1024;

    private OverloadBench() {}

    static void run(String[] args) throws Exception {
        int instances = args.length > 0 ? Integer.parseInt(args[0]) : 40;
        Path root = Files.createTempDirectory("portolan-bench");
        try {
            System.out.println("load before: " + Machine.load());
            OverloadRun.Summary summary =
                    OverloadRun.of(root, new OverloadRun.Load(instances, PIXEL_BYTES, LARGE_BYTES));
            System.out.println(summary.table());
            if (!summary.differences().isEmpty()) {
                throw new IOException("wrong:\n" + String.join("\n", summary.differences()));
            }
            System.out.println("no good peer suffered, memory stayed what it was");
        } finally {
            Machine.delete(root);
        }
    }
}
