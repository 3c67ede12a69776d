package io.portolan.bench;

import java.util.Arrays;

/** The verbs below have drivers of their own; anything else goes to JMH. */
public final class Bench {

    private Bench() {}

    public static void main(String[] args) throws Exception {
        String verb = args.length == 0 ? "" : args[0];
        String[] rest = Arrays.copyOfRange(args, Math.min(1, args.length), args.length);
        switch (verb) {
            case "receive" -> ReceiveBench.run(rest);
            case "scan" -> ScanBench.run(rest);
            case "convert" -> ConvertBench.run(rest);
            case "convert-million" -> MillionBench.run(rest);
            case "spark" -> SparkBench.run(rest);
            case "crash" -> CrashBench.run(rest);
            case "outage" -> OutageBench.run(rest);
            case "overload" -> OverloadBench.run(rest);
            case "growth" -> GrowthBench.run(rest);
            case "ledger" -> LedgerBench.run(rest);
            case "latency" -> LatencyBench.run(rest);
            case "sync" -> SyncBench.run(rest);
            case "retention" -> RetentionBench.run(rest);
            case "nodes" -> NodesBench.run(rest);
            case "fuzz" -> FuzzBench.run(rest);
            default -> org.openjdk.jmh.Main.main(args);
        }
    }
}
