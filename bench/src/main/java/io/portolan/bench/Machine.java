package io.portolan.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What the machine can do at most: the syncs and the loopback that everything else waits for; and what it has. */
final class Machine {

    private static final int SYNCS = 500;
    private static final int WRITE_BYTES = 128 * 1024;
    private static final long LOOPBACK_BYTES = 1L << 30;

    private Machine() {}

    static String limits(Path directory) throws IOException, InterruptedException {
        return sync(directory) + "\n" + loopback();
    }

    private static String sync(Path directory) throws IOException {
        Path file = directory.resolve("sync");
        long[] nanos = new long[SYNCS];
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int i = 0; i < SYNCS; i++) {
                long start = System.nanoTime();
                channel.write(ByteBuffer.allocate(4096));
                channel.force(true);
                nanos[i] = System.nanoTime() - start;
            }
        }
        Files.delete(file);
        Arrays.sort(nanos);
        return String.format(
                Locale.ROOT,
                "append 4 KB and fsync: median %.2f ms, p99 %.2f ms, %.0f/s",
                nanos[SYNCS / 2] / 1e6,
                nanos[SYNCS * 99 / 100] / 1e6,
                SYNCS * 1e9 / Arrays.stream(nanos).sum());
    }

    private static String loopback() throws IOException, InterruptedException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread sender = new Thread(() -> send(server.getLocalPort()), "loopback");
            sender.start();
            long start = System.nanoTime();
            long received = 0;
            try (Socket socket = server.accept();
                    InputStream in = socket.getInputStream()) {
                byte[] buffer = new byte[2 * WRITE_BYTES];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    received += n;
                }
            }
            sender.join();
            return String.format(
                    Locale.ROOT, "loopback, 128 KB writes: %.0f MB/s", received * 1e3 / (System.nanoTime() - start));
        }
    }

    private static void send(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                OutputStream out = socket.getOutputStream()) {
            byte[] buffer = new byte[WRITE_BYTES];
            for (long sent = 0; sent < LOOPBACK_BYTES; sent += buffer.length) {
                out.write(buffer);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static boolean installed(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    /** A program whose output goes nowhere. */
    static Process start(String... command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Programs at the same time. @return seconds until the last has ended, starts included */
    static double run(List<List<String>> commands, int secondsMax) throws IOException, InterruptedException {
        List<Process> processes = new ArrayList<>();
        long start = System.nanoTime();
        try {
            for (List<String> command : commands) {
                processes.add(start(command.toArray(String[]::new)));
            }
            for (int i = 0; i < processes.size(); i++) {
                Process process = processes.get(i);
                if (!process.waitFor(secondsMax, TimeUnit.SECONDS) || process.exitValue() != 0) {
                    throw new IOException(commands.get(i).get(0) + " failed or took too long");
                }
            }
            return (System.nanoTime() - start) / 1e9;
        } finally {
            processes.forEach(Process::destroy);
        }
    }

    /** The load averages of 1, 5 and 15 minutes, where the system tells. */
    static String load() throws IOException {
        Path load = Path.of("/proc/loadavg");
        return Files.isReadable(load) ? Files.readString(load).strip() : "unknown";
    }

    /** A folder with everything in it. */
    static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
