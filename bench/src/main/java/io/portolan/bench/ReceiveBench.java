package io.portolan.bench;

import io.portolan.bench.Instances.Outgoing;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.NetworkLimits;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.RequestOptions.Proposal;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.net.PortolanEngine;
import io.portolan.gateway.Gateway;
import io.portolan.gateway.config.GatewayConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Instances per second over loopback: our receiver (keep and discard) and DCMTK's {@code storescp}, each fed by our own
 * sender and by a stock {@code storescu}, where these are installed. All of it interleaved in every round; the median
 * counts. Each row starts with an empty directory and an empty ledger, so every study is new. The FHIR server is away and
 * nothing is published.
 */
final class ReceiveBench {

    private static final int PIXELS_SMALL_BYTES = 10_000;
    private static final int PIXELS_CT_BYTES = 512 * 512 * 2;
    private static final int SECONDS_MAX = 120; // for one row

    private enum Receiver {
        KEEP,
        DISCARD,
        STORESCP
    }

    private enum Sender {
        OURS,
        STORESCU
    }

    private record Row(Receiver receiver, Sender sender, Instances instances) {

        String name() {
            return String.format(
                    Locale.ROOT,
                    "%-8s <- %-8s  %-5s  %d",
                    receiver.name().toLowerCase(Locale.ROOT),
                    sender.name().toLowerCase(Locale.ROOT),
                    instances.name(),
                    instances.associations());
        }
    }

    private ReceiveBench() {}

    static void run(String[] args) throws Exception {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : 200;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 3;
        Path root = Files.createTempDirectory("portolan-bench");
        try {
            System.out.println(Machine.limits(root));
            Map<Row, double[]> seconds = new LinkedHashMap<>();
            rows(root, count).forEach(row -> seconds.put(row, new double[rounds]));
            warmUp(root, seconds);
            for (int round = 0; round < rounds; round++) {
                for (Map.Entry<Row, double[]> entry : seconds.entrySet()) {
                    entry.getValue()[round] = run(entry.getKey(), root.resolve("data"));
                }
            }
            report(count, rounds, seconds);
        } finally {
            Machine.delete(root);
        }
    }

    /** Our receiver alone, so that no row pays for the compiler. */
    private static void warmUp(Path root, Map<Row, double[]> rows) throws Exception {
        for (Row row : rows.keySet()) {
            if (row.receiver != Receiver.STORESCP && row.sender == Sender.OURS) {
                run(row, root.resolve("data"));
            }
        }
    }

    private static List<Row> rows(Path root, int count) throws IOException {
        boolean dcmtk = Machine.installed("storescu") && Machine.installed("storescp");
        List<Row> rows = new ArrayList<>();
        for (int associations : new int[] {1, 4}) {
            for (Instances instances : List.of(
                    Instances.make(root, "10KB", count, PIXELS_SMALL_BYTES, associations),
                    Instances.make(root, "CT", count, PIXELS_CT_BYTES, associations))) {
                for (Receiver receiver : Receiver.values()) {
                    for (Sender sender : Sender.values()) {
                        if (dcmtk || (receiver != Receiver.STORESCP && sender == Sender.OURS)) {
                            rows.add(new Row(receiver, sender, instances));
                        }
                    }
                }
            }
        }
        return rows;
    }

    /** @return seconds of sending, the start of {@code storescu} included, that of the receiver not */
    private static double run(Row row, Path data) throws Exception {
        Files.createDirectories(data);
        try {
            return row.receiver == Receiver.STORESCP ? intoStorescp(row, data) : intoGateway(row, data);
        } finally {
            Machine.delete(data);
        }
    }

    private static double intoGateway(Row row, Path data) throws Exception {
        Map<String, String> settings = Map.of(
                "dicom.bind", "127.0.0.1",
                "dicom.port", "0",
                "http.port", "0",
                "storage.mode", row.receiver.name().toLowerCase(Locale.ROOT),
                "storage.dir", data.resolve("instances").toString(),
                "ledger.url", "jdbc:sqlite:" + data.resolve("ledger.db"),
                "fhir.url", "http://127.0.0.1:9/fhir",
                "publish.quiet", "1h",
                "publish.max-delay", "1h");
        try (Gateway gateway = Gateway.start(GatewayConfig.load(Optional.empty(), Map.of(), settings))) {
            return send(row, gateway.dicomPort());
        }
    }

    private static double intoStorescp(Row row, Path data) throws Exception {
        int port = freePort();
        Process storescp = Machine.start("storescp", "--fork", "-od", data.toString(), Integer.toString(port));
        try {
            awaitPort(port);
            return send(row, port);
        } finally {
            storescp.destroy();
            storescp.waitFor();
        }
    }

    private static double send(Row row, int port) throws Exception {
        Instances instances = row.instances;
        List<Callable<Void>> senders = new ArrayList<>();
        for (int i = 0; i < instances.associations(); i++) {
            List<Outgoing> share = instances.shares().get(i);
            Path folder = instances.folders().get(i);
            senders.add(row.sender == Sender.OURS ? () -> sendOurs(port, share) : () -> sendStorescu(port, folder));
        }
        ExecutorService threads = Executors.newFixedThreadPool(senders.size());
        try {
            long start = System.nanoTime();
            for (Future<Void> sent : threads.invokeAll(senders, SECONDS_MAX, TimeUnit.SECONDS)) {
                sent.get(); // a row that failed or took too long ends the run
            }
            return (System.nanoTime() - start) / 1e9;
        } finally {
            threads.shutdownNow();
        }
    }

    private static Void sendOurs(int port, List<Outgoing> share) throws IOException {
        TransferSyntax syntax = TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN;
        Proposal proposal = new Proposal(share.get(0).sopClass, List.of(syntax));
        RequestOptions options =
                new RequestOptions("127.0.0.1", port, "PORTOLAN", "BENCH", List.of(proposal), NetworkLimits.DEFAULT);
        try (AssociationClient association = new PortolanEngine().request(options)) {
            for (Outgoing out : share) {
                Status status = association.store(out.sopClass, out.sopInstance, syntax, out.open());
                if (!status.isStored()) {
                    throw new IOException("refused: " + status);
                }
            }
            association.release();
        }
        return null;
    }

    private static Void sendStorescu(int port, Path folder) throws IOException, InterruptedException {
        Process storescu = Machine.start(
                "storescu", "-aec", "PORTOLAN", "127.0.0.1", Integer.toString(port), "+sd", folder.toString());
        try {
            if (storescu.waitFor() != 0) {
                throw new IOException("storescu ended with " + storescu.exitValue());
            }
        } finally {
            storescu.destroy();
        }
        return null;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void awaitPort(int port) throws IOException, InterruptedException {
        for (int attempt = 0; attempt < 100; attempt++) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return;
            } catch (IOException e) {
                Thread.sleep(50); // not listening yet
            }
        }
        throw new IOException("storescp does not listen");
    }

    private static void report(int count, int rounds, Map<Row, double[]> seconds) {
        System.out.printf(
                Locale.ROOT,
                "%d instances a row, median (slowest, fastest) of %d rounds%n"
                        + "receiver <- sender   size   associations: instances/s, MB/s%n",
                count,
                rounds);
        seconds.forEach((row, all) -> {
            double[] sorted = all.clone();
            Arrays.sort(sorted);
            double median = sorted[rounds / 2];
            System.out.printf(
                    Locale.ROOT,
                    "%s: %6.0f/s (%.0f, %.0f), %6.1f MB/s%n",
                    row.name(),
                    count / median,
                    count / sorted[rounds - 1],
                    count / sorted[0],
                    row.instances.bytes() / 1e6 / median);
        });
    }
}
