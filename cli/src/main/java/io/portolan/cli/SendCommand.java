package io.portolan.cli;

import io.portolan.dicom.engine.Tls;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.gateway.FileReason;
import io.portolan.gateway.FileTree;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sends files, and all files of folders, to a DICOM peer. */
@Command(
        name = "send",
        mixinStandardHelpOptions = true,
        versionProvider = Portolan.Version.class,
        description = {
            "Send DICOM files to a DICOM peer (C-STORE).",
            "Folders are searched wholly. Files are DICOM by content, whatever their names. A file that is not DICOM, or that"
                    + " the peer refuses, is named, and the others go on."
        },
        footer = {"%nExample:%n  portolan send PORTOLAN@localhost:11112 /media/cdrom image.dcm"})
final class SendCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "AE@HOST:PORT", description = "The peer.", converter = Peer.Converter.class)
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Peer peer;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "PATH", description = "Files and folders.")
    private List<Path> paths = List.of();

    @Option(
            names = "--calling",
            paramLabel = "AE",
            converter = AeTitle.class,
            description = "Our AE title (default: ${DEFAULT-VALUE}).")
    private String calling = "PORTOLAN";

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli
    private TlsOptions tls;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    private List<Path> list(Scan scan) throws UsageException {
        Optional<Path> missing = FileTree.missing(paths);
        if (missing.isPresent()) {
            throw new UsageException("no such file or folder: " + missing.get());
        }
        return FileTree.list(paths, scan::unreadable);
    }

    @Override
    public Integer call() throws IOException, UsageException {
        PrintWriter err = spec.commandLine().getErr();
        Optional<Tls> secured = tls.tls();
        Scan scan = new Scan(err);
        list(scan).forEach(scan::look);
        if (scan.files.isEmpty() && scan.unreadable == 0) {
            throw new UsageException("there is no DICOM file in "
                    + paths.stream().map(Path::toString).collect(Collectors.joining(", ")));
        }
        Progress progress = Progress.start(err, "Sending", scan.files.size());
        try (progress) {
            new Sender(peer, calling, secured, progress).send(scan.files);
        }
        int failed = progress.failedCount() + scan.unreadable;
        double seconds = progress.seconds();
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "%d sent to %s, %d failed, %.1f MB in %.1f s (%.0f instances/s)%n",
                        progress.doneCount(),
                        peer,
                        failed,
                        progress.bytes() / 1e6,
                        seconds,
                        progress.doneCount() / seconds);
        return failed == 0 && progress.doneCount() > 0 ? ExitCode.FINE : ExitCode.PROBLEMS;
    }

    /** What there is to send. */
    private static final class Scan {

        private final PrintWriter err;
        private final List<OutgoingFile> files = new ArrayList<>();
        private int unreadable;

        Scan(PrintWriter err) {
            this.err = err;
        }

        void look(Path file) {
            try {
                files.add(OutgoingFile.of(file));
            } catch (MalformedDataException e) {
                notSent(file, e.getMessage());
            } catch (IOException e) {
                unreadable(file, e);
            }
        }

        void unreadable(Path file, IOException problem) {
            notSent(file, "cannot be read: " + FileReason.of(problem));
        }

        private void notSent(Path file, @Nullable String reason) {
            unreadable++;
            err.println(file + ": not sent: " + reason);
        }
    }
}
