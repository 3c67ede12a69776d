package io.portolan.cli;

import static java.util.Objects.requireNonNull;

import io.portolan.dicom.DataSet;
import io.portolan.gateway.Gateway;
import io.portolan.gateway.config.ConfigException;
import io.portolan.gateway.config.GatewayConfig;
import io.portolan.testdata.SyntheticStudies;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The whole path on this machine: a real FHIR server, the gateway as {@code serve} runs it, and synthetic studies sent to it
 * by real C-STORE. Nothing is prepared: what the table shows was read back from the FHIR server.
 */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        versionProvider = Portolan.Version.class,
        description = {
            "See it work: starts a FHIR server and the gateway on free ports of this machine, sends synthetic studies, and shows"
                    + " what then stands on the FHIR server. Takes about half a minute and leaves nothing behind."
        },
        footer = {"%nExamples:%n  portolan demo%n  portolan demo --keep"})
final class DemoCommand implements Callable<Integer> {

    private static final String PATIENT_ID_SYSTEM = "urn:oid:2.25.7113";
    private static final long ROOM_MIN_MB = 200;

    @Option(
            names = "--keep",
            description = "Leave everything running until Ctrl-C, and say how to send your own images to it.")
    private boolean keep;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Where to keep the demo's data while it runs (default: the folder for temporary files).")
    private Path parent = Path.of(System.getProperty("java.io.tmpdir"));

    @Override
    public Integer call() throws IOException, UsageException, ConfigException, InterruptedException {
        requireRoom(parent, parent.toFile().getUsableSpace());
        Running running = new Running();
        Runtime.getRuntime().addShutdownHook(new Thread(running::close, "stop-demo"));
        try {
            int code = show(running);
            if (keep && code == ExitCode.FINE) {
                // until the shutdown hook
                new CountDownLatch(1).await();
            }
            return code;
        } finally {
            running.close();
        }
    }

    /** Before anything is started: a database that finds the disk full half-way has no good words for it. */
    static void requireRoom(Path parent, long freeBytes) throws UsageException {
        String choice = "; choose another folder with --dir DIR, or TMPDIR";
        if (!Files.isDirectory(parent)) {
            throw new UsageException("there is no folder " + parent + choice);
        }
        if (!Files.isWritable(parent)) {
            throw new UsageException(parent + " cannot be written to" + choice);
        }
        if (freeBytes < ROOM_MIN_MB * 1_000_000) {
            throw new UsageException(
                    freeBytes / 1_000_000 + " MB free in " + parent + ", " + ROOM_MIN_MB + " MB needed" + choice);
        }
    }

    private int show(Running running) throws IOException, UsageException, ConfigException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        ServeCommand.logLevel(GatewayConfig.LogLevel.WARN);

        Path directory = running.makeDirectory(parent);
        String fhirUrl = running.startSandbox().awaitReady();
        Gateway gateway = running.startGateway(config(directory, fhirUrl));
        Peer peer = new Peer("PORTOLAN", "127.0.0.1", gateway.dicomPort());
        out.println("FHIR server  " + fhirUrl);
        out.println("gateway      " + peer);

        try (DemoView view = new DemoView(fhirUrl)) {
            sendAll(directory, peer, view, err);
            boolean complete = view.await();
            out.println();
            view.print(out, Terminal.OUT.isLive() ? Terminal.columns() : Integer.MAX_VALUE);
            out.println();
            if (!complete) {
                Terminal.complain(err, "not every study is visible yet; see the messages above");
                return ExitCode.PROBLEMS;
            }
        }
        if (keep) {
            out.println("Everything goes on until Ctrl-C; then its data is removed. Meanwhile:");
            out.println("  send your own images   portolan send " + peer + " FOLDER");
            out.println("  or with DCMTK          storescu -aec PORTOLAN 127.0.0.1 " + peer.port() + " +sd FOLDER");
            out.println("  all studies            " + fhirUrl + "/ImagingStudy?_pretty=true&_format=json");
            out.println("  health                 http://127.0.0.1:" + gateway.httpPort() + "/health/ready");
        } else {
            out.println("Every study was read back from the FHIR server. To go on with it: portolan demo --keep");
        }
        out.flush();
        return ExitCode.FINE;
    }

    private static GatewayConfig config(Path directory, String fhirUrl) throws ConfigException {
        return GatewayConfig.load(
                Optional.empty(),
                Map.of(),
                Map.of(
                        "dicom.bind", "127.0.0.1",
                        "dicom.port", "0",
                        "http.port", "0",
                        "storage.dir", directory.resolve("instances").toString(),
                        "ledger.url", "jdbc:sqlite:" + directory.resolve("ledger.db"),
                        "ledger.free-space-min", "100MB",
                        "fhir.url", fhirUrl,
                        "publish.quiet", "200ms",
                        "mapping.patient", "create",
                        "mapping.patient-id-system", PATIENT_ID_SYSTEM));
    }

    /** Study by study, so that each has its own last instance. */
    private static void sendAll(Path directory, Peer peer, DemoView view, PrintWriter err) throws IOException {
        List<List<DataSet>> studies = SyntheticStudies.all();
        int instances = studies.stream().mapToInt(List::size).sum();
        try (Progress progress = Progress.start(err, "Sending", instances)) {
            Sender sender = new Sender(peer, "DEMO", Optional.empty(), progress);
            int number = 0;
            for (List<DataSet> study : studies) {
                List<OutgoingFile> files = new ArrayList<>();
                for (DataSet instance : study) {
                    Path file = directory.resolve(++number + ".dcm");
                    files.add(OutgoingFile.of(Files.write(file, SyntheticStudies.toFile(instance))));
                }
                sender.send(files);
                view.sent(study);
            }
            if (progress.failedCount() > 0) {
                throw new IOException(progress.failedCount() + " instances could not be sent; see above");
            }
        }
    }

    /**
     * What has to end with the demo, whichever way it ends. Nothing starts once it has ended, and it does not end in the
     * middle of a start, so that nothing is left behind.
     */
    private static final class Running implements AutoCloseable {

        private @Nullable Path directory; // these are guarded by this
        private @Nullable SandboxProcess sandbox;
        private @Nullable Gateway gateway;
        private boolean closed;

        synchronized Path makeDirectory(Path parent) throws IOException {
            requireOpen();
            Path made = Files.createTempDirectory(parent, "portolan-demo");
            directory = made;
            // the native library of the ledger's driver would otherwise stay behind a SIGKILL
            System.setProperty("org.sqlite.tmpdir", made.toString());
            return made;
        }

        synchronized SandboxProcess startSandbox() throws IOException, UsageException {
            requireOpen();
            SandboxProcess started = SandboxProcess.inBackground(SandboxCommand.home(), requireNonNull(directory));
            sandbox = started;
            return started;
        }

        synchronized Gateway startGateway(GatewayConfig config) throws IOException {
            requireOpen();
            Gateway started = Gateway.start(config);
            gateway = started;
            return started;
        }

        private void requireOpen() throws IOException {
            if (closed) {
                throw new IOException("the demo is ending");
            }
        }

        @Override
        public synchronized void close() {
            if (closed) {
                return;
            }
            closed = true;
            // that the FHIR server goes away is no news now
            ServeCommand.logNothing();
            if (gateway != null) {
                gateway.close();
            }
            if (sandbox != null) {
                sandbox.close();
            }
            if (directory != null) {
                remove(directory);
            }
        }

        private static void remove(Path directory) {
            try (Stream<Path> tree = Files.walk(directory)) {
                for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            } catch (IOException | UncheckedIOException e) {
                System.err.println("portolan: " + directory + " could not be removed; please remove it");
            }
        }
    }
}
