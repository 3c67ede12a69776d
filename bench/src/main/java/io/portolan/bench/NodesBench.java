package io.portolan.bench;

import io.portolan.e2e.NodesRun;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@link NodesRun} with as many instances as wanted. */
final class NodesBench {

    private static final int INSTANCES = 20_000;

    private NodesBench() {}

    static void run(String[] args) throws Exception {
        int instances = args.length > 0 ? Integer.parseInt(args[0]) : INSTANCES;
        Path root = Files.createTempDirectory("portolan-bench");
        try {
            System.out.println("load before: " + Machine.load());
            System.out.println(Machine.limits(root));
            System.out.printf("%d instances of 10 KB in studies of 50, 8 associations, kept%n%n", instances);
            System.out.println(
                    "| ledger | acknowledged/s | all published, s | published instances/s | CPU of gateways, s |");
            System.out.println("|---|---|---|---|---|");
            System.out.println(NodesRun.ofSqlite(root.resolve("sqlite"), instances));
            System.out.println(NodesRun.ofPostgres(root.resolve("one"), 1, instances));
            System.out.println(NodesRun.ofPostgres(root.resolve("two"), 2, instances));
            System.out.println("load after: " + Machine.load());
        } finally {
            Machine.delete(root);
        }
    }
}
