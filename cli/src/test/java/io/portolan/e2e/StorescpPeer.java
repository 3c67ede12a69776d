package io.portolan.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** DCMTK's storescp, which writes what it receives bit by bit into a folder; it comes and goes, on one port. */
final class StorescpPeer implements AutoCloseable {

    static final String AE = "STORESCP";

    private static final Duration START_MAX = Duration.ofSeconds(30);

    private final Path folder;
    private final int port;
    private @Nullable ChildProcess process;

    StorescpPeer(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
    }

    int port() {
        return port;
    }

    /** Starts it, with options of its own such as {@code --abort-during}, and waits until it listens. */
    void come(String... options) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("-aet", AE, "--output-directory", folder.toString(), "--bit-preserving"));
        arguments.addAll(Arrays.asList(options));
        if (!arguments.contains("--implicit")) {
            arguments.add("--accept-all");
        }
        arguments.add(Integer.toString(port));
        process = Peers.start(folder, "storescp", arguments.toArray(String[]::new));
        Await.until("storescp listens", START_MAX, this::listens);
    }

    private boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** SIGKILL. */
    void kill() {
        ChildProcess running = process;
        if (running != null) {
            running.kill();
        }
    }

    /** What it has, by the SOPInstanceUID in the name. */
    Map<String, byte[]> files() throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.toList()) {
                files.put(file.getFileName().toString().replaceFirst("^[A-Za-z]+\\.", ""), Files.readAllBytes(file));
            }
        }
        return files;
    }

    @Override
    public void close() {
        kill();
    }
}
