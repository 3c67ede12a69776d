package io.portolan.bench;

import io.portolan.e2e.GrowthRun;
import io.portolan.e2e.GrowthRun.Growth;
import io.portolan.e2e.Programs;
import io.portolan.gateway.publish.FakeFhirServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * {@link GrowthRun} with studies of several sizes, each with a gateway that has just started: what it costs that a study is
 * published while it grows. Fails when a server does not list what was sent.
 */
final class GrowthBench {

    private static final List<Integer> SIZES = List.of(100, 1_000, 10_000, 100_000);
    private static final List<Integer> SANDBOX_SIZES = List.of(100, 1_000, 10_000);

    private GrowthBench() {}

    static void run(String[] args) throws Exception {
        boolean sandbox = args.length > 0 && args[0].equals("sandbox");
        List<Integer> sizes =
                Arrays.stream(args).skip(sandbox ? 1 : 0).map(Integer::valueOf).toList();
        if (sizes.stream().anyMatch(size -> size < 2)) {
            throw new IOException("a study has two instances or more");
        }
        if (sizes.isEmpty()) {
            sizes = sandbox ? SANDBOX_SIZES : SIZES;
        }
        Path root = Files.createTempDirectory("portolan-bench");
        try {
            System.out.println("load before: " + Machine.load());
            String url = sandbox ? Programs.sandboxUrl() : "";
            System.out.printf(
                    Locale.ROOT,
                    "one study, one association, each instance acknowledged before the next, bodies not packed; %s; a"
                            + " gateway of %s that has just started for each size; %s%n%n",
                    sandbox ? "the sandbox is the FHIR server, one for all sizes" : "a fake FHIR server for each size",
                    GrowthRun.HEAP,
                    String.join(", ", GrowthRun.settings()));
            System.out.println("""
                    | instances | sending, s | until all is published, s | versions | bytes sent | bytes of the resource \
                    | sent / resource | sent / (n log2 n) |
                    |---|---|---|---|---|---|---|---|""");
            for (int i = 0; i < sizes.size(); i++) {
                Path directory = Files.createDirectory(root.resolve(Integer.toString(i)));
                System.out.println(row(
                        sandbox
                                ? GrowthRun.of(directory, url, i, sizes.get(i))
                                : withFake(directory, i, sizes.get(i))));
                Machine.delete(directory);
            }
            System.out.println("\neach study lists exactly what was sent; load after: " + Machine.load());
        } finally {
            Machine.delete(root);
        }
    }

    private static Growth withFake(Path directory, int study, int instances) throws Exception {
        try (FakeFhirServer server = new FakeFhirServer().forgetful()) {
            return GrowthRun.of(directory, server.base().toString(), study, instances);
        }
    }

    private static String row(Growth growth) {
        int n = growth.instances();
        return String.format(
                Locale.ROOT,
                "| %,d | %.1f | %.1f | %d | %,d | %,d | %.2f | %.1f |",
                n,
                growth.sendingSeconds(),
                growth.publishedSeconds(),
                growth.left().versions(),
                growth.sentBytes(),
                growth.left().resourceBytes(),
                growth.sentBytes() / (double) growth.left().resourceBytes(),
                growth.sentBytes() / (n * (Math.log(n) / Math.log(2))));
    }
}
