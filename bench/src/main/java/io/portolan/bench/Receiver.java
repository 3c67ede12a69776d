package io.portolan.bench;

import io.portolan.e2e.RunningGateway;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Who can be sent to: each is started as a process with an empty folder of its own. */
enum Receiver {
    DISCARD("Portolan, `discard`"),
    KEEP("Portolan, `keep`"),
    FORWARD("Portolan, `forward`"),
    SINK("sink that counts"),
    SINK_SYNC("sink that syncs 8 KB"),
    SINK_FILES("sink that writes and syncs files"),
    STORESCP_IGNORE("`storescp --ignore`"),
    STORESCP("`storescp`"),
    ORTHANC("Orthanc");

    static final String AE_TITLE = "PORTOLAN";

    private static final int START_SECONDS_MAX = 60;
    private static final long POLL_MILLIS = 20;
    private static final Path ORTHANC_PROGRAM = Path.of("/usr/sbin/Orthanc");

    final String title;

    Receiver(String title) {
        this.title = title;
    }

    /** One that listens on a port of the loopback interface. */
    record Running(int port, long pid, Closeable end) implements AutoCloseable {

        @Override
        public void close() throws IOException {
            end.close();
        }
    }

    boolean isInstalled() {
        return switch (this) {
            case STORESCP, STORESCP_IGNORE -> Machine.installed("storescp");
            case ORTHANC -> Files.isExecutable(ORTHANC_PROGRAM);
            default -> true;
        };
    }

    Running start(Path folder, int associations) throws Exception {
        return switch (this) {
            case DISCARD, KEEP, FORWARD -> gateway(folder);
            case SINK -> sink(folder, SinkReceiver.Mode.COUNT);
            case SINK_SYNC -> sink(folder, SinkReceiver.Mode.SYNC);
            case SINK_FILES -> sink(folder, SinkReceiver.Mode.FILES);
            // A process for each association, PDUs of 128 KB, the data set written as it comes: as fast as it can be
            // set.
            case STORESCP_IGNORE -> listening(freePort(), port -> storescp(folder, port, "--ignore"));
            case STORESCP -> listening(freePort(), port -> storescp(folder, port, "--bit-preserving"));
            case ORTHANC -> listening(freePort(), port -> orthanc(folder, port, associations));
        };
    }

    /** Nothing is published: the FHIR server is away; nothing is sent on: neither is the PACS there. */
    private Running gateway(Path folder) throws Exception {
        List<String> settings = new ArrayList<>(
                List.of("storage.mode=" + name().toLowerCase(Locale.ROOT), "publish.quiet=1h", "publish.max-delay=1h"));
        if (this == FORWARD) {
            settings.addAll(List.of("forward.host=127.0.0.1", "forward.port=9", "forward.called-ae=NOBODY"));
        }
        RunningGateway gateway = RunningGateway.start(
                folder, "http://127.0.0.1:9/fhir", List.of("-Xmx256m"), settings.toArray(String[]::new));
        return new Running(gateway.dicomPort(), gateway.pid(), gateway::close);
    }

    private static Running sink(Path folder, SinkReceiver.Mode mode) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        SinkReceiver.class.getName(),
                        mode.name(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader said = process.inputReader();
        int port = Integer.parseInt(said.readLine().substring("port ".length()));
        return new Running(port, process.pid(), () -> end(process));
    }

    private static Process storescp(Path folder, int port, String mode) throws IOException {
        return peer(
                "storescp",
                "--fork",
                "--max-pdu",
                Integer.toString(EncodedInstances.PDU_LENGTH_BYTES),
                mode,
                "--output-directory",
                folder.toString(),
                Integer.toString(port));
    }

    private static Process orthanc(Path folder, int port, int associations) throws IOException {
        Path config = folder.resolve("orthanc.json");
        Files.writeString(config, """
                {"Name": "bench", "StorageDirectory": "%1$s/data", "IndexDirectory": "%1$s/data", "HttpServerEnabled": false,
                 "DicomAet": "%2$s", "DicomPort": %3$d, "DicomThreadsCount": %4$d, "MaximumPduLength": %5$d, "Plugins": []}
                """.formatted(
                        folder, AE_TITLE, port, Math.max(4, associations), EncodedInstances.PDU_LENGTH_BYTES));
        return peer(ORTHANC_PROGRAM.toString(), config.toString());
    }

    /** Without Nagle's algorithm, else DCMTK's half of a response waits 40 ms for the acknowledgement of the first half. */
    private static Process peer(String... command) throws IOException {
        ProcessBuilder program =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        program.environment().put("TCP_NODELAY", "1");
        return program.start();
    }

    private interface Start {
        Process on(int port) throws IOException;
    }

    private static Running listening(int port, Start start) throws IOException, InterruptedException {
        Process process = start.on(port);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
        while (process.isAlive() && System.nanoTime() < end) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return new Running(port, process.pid(), () -> end(process));
            } catch (IOException e) {
                Thread.sleep(POLL_MILLIS); // not listening yet
            }
        }
        end(process);
        throw new IOException("no receiver listens on port " + port);
    }

    /** With the children that it has for associations. */
    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    static List<Receiver> installed() {
        return Arrays.stream(values()).filter(Receiver::isInstalled).toList();
    }
}
