package io.portolan.dicom.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.RequestOptions;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An archive of others with Query/Retrieve as SCP, running in a folder of its own, called {@link #AE_TITLE}. */
final class Archive implements AutoCloseable {

    static final String AE_TITLE = "ARCHIVE";

    private static final Duration START_MAX = Duration.ofSeconds(60);

    /** The programs, stock settings but for names, ports and folders. */
    enum Program {
        DCMQRSCP("dcmqrscp"),
        ORTHANC("Orthanc");

        private final String command;

        Program(String command) {
            this.command = command;
        }
    }

    private final Process process;
    private final int port;

    /** Starts one that knows a single destination of C-MOVE, on this machine; returns when it answers C-ECHO. */
    static Archive start(Program program, Path folder, String destinationAe, int destinationPort) throws Exception {
        Peers.require(program.command);
        int port = freePort();
        Path storage = Files.createDirectory(folder.resolve("archive"));
        Path configuration = folder.resolve("archive.conf");
        Files.writeString(
                configuration,
                switch (program) {
                    case DCMQRSCP -> """
                MaxPDUSize      = 16384
                MaxAssociations = 16
                HostTable BEGIN
                destination = (%s, localhost, %d)
                HostTable END
                VendorTable BEGIN
                VendorTable END
                AETable BEGIN
                %s %s RW (10, 1024mb) ANY
                AETable END
                """.formatted(destinationAe, destinationPort, AE_TITLE, storage);
                    case ORTHANC -> """
                {
                  "Name": "archive",
                  "DicomAet": "%s",
                  "DicomPort": %d,
                  "HttpServerEnabled": false,
                  "StorageDirectory": "%s",
                  "Plugins": [],
                  "DicomAlwaysAllowFind": true,
                  "DicomAlwaysAllowGet": true,
                  "DicomAlwaysAllowMove": true,
                  "DicomModalities": {"destination": ["%s", "localhost", %d]}
                }
                """.formatted(AE_TITLE, port, storage, destinationAe, destinationPort);
                });
        List<String> command = switch (program) {
            case DCMQRSCP -> List.of("dcmqrscp", "-c", configuration.toString(), "" + port);
            case ORTHANC -> List.of("Orthanc", configuration.toString());
        };
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("archive.out").toFile())
                .start();
        Archive archive = new Archive(process, port);
        try {
            archive.awaitEcho(folder.resolve("archive.out"));
            return archive;
        } catch (IOException | RuntimeException | Error e) {
            archive.close();
            throw e;
        }
    }

    private Archive(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Proposes Verification. */
    RequestOptions options() {
        return RequestOptions.echo("localhost", port, AE_TITLE, "PORTOLAN");
    }

    /** Ends it; fails when it does not end. */
    @Override
    public void close() {
        process.destroy();
        try {
            process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
        } finally {
            process.destroyForcibly();
        }
    }

    private void awaitEcho(Path output) throws IOException {
        long end = System.nanoTime() + START_MAX.toNanos();
        while (catchThrowable(this::echo) != null) {
            boolean late = System.nanoTime() > end || !process.isAlive();
            assertThat(late)
                    .as("the archive answers in time; it printed: %s", late ? Files.readString(output) : "")
                    .isFalse();
            Thread.onSpinWait();
        }
    }

    private void echo() throws IOException {
        try (AssociationClient client = new PortolanEngine().request(options())) {
            client.echo();
            client.release();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
