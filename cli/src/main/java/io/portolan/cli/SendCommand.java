package io.portolan.cli;

import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.DicomNetworkException;
import io.portolan.dicom.engine.NetworkLimits;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.dicom.net.PortolanEngine;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * C-STORE as SCU (PS3.4 annex B): files, and all files of folders, to one peer.
 *
 * <p>One association at a time; a second only when there are more than 128 presentation contexts, or when the first was
 * lost. A file that fails is named, and the others go on.
 */
@Command(
        name = "send",
        mixinStandardHelpOptions = true,
        versionProvider = Portolan.Version.class,
        description = {
            "Send DICOM files to a DICOM peer (C-STORE).",
            "Folders are searched wholly. Files are DICOM by content, whatever their names."
        },
        footer = {"%nExample:%n  portolan send PORTOLAN@localhost:11112 /media/cdrom image.dcm"})
final class SendCommand implements Callable<Integer> {

    private static final int RECONNECTS_MAX = 3;

    @Parameters(index = "0", paramLabel = "AE@HOST:PORT", description = "The peer.", converter = Peer.Converter.class)
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Peer peer;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "PATH", description = "Files and folders.")
    private List<Path> paths = List.of();

    @Option(names = "--calling", paramLabel = "AE", description = "Our AE title (default: ${DEFAULT-VALUE}).")
    private String calling = "PORTOLAN";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    private int sent;
    private int failed;
    private long bytes;

    @Override
    public Integer call() throws IOException, UsageException {
        PrintWriter out = spec.commandLine().getOut();
        long start = System.nanoTime();
        List<OutgoingFile> files = scan();
        for (List<OutgoingFile> batch : batches(files)) {
            send(batch);
        }
        double seconds = Math.max((System.nanoTime() - start) / 1e9, 1e-3);
        out.printf(
                Locale.ROOT,
                "%d sent to %s, %d failed, %.1f MB in %.1f s (%.0f instances/s)%n",
                sent,
                peer,
                failed,
                bytes / 1e6,
                seconds,
                sent / seconds);
        return failed == 0 && sent > 0 ? ExitCode.FINE : ExitCode.PROBLEMS;
    }

    private List<OutgoingFile> scan() throws IOException, UsageException {
        List<OutgoingFile> files = new ArrayList<>();
        for (Path path : paths) {
            if (!Files.exists(path)) {
                throw new UsageException("no such file or folder: " + path);
            }
            Files.walkFileTree(path, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new Scan(files));
        }
        return files;
    }

    private final class Scan extends SimpleFileVisitor<Path> {

        private final List<OutgoingFile> files;

        Scan(List<OutgoingFile> files) {
            this.files = files;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            try {
                files.add(OutgoingFile.of(file));
            } catch (MalformedDataException e) {
                fail(file, "not sent: " + e.getMessage());
            } catch (IOException e) {
                visitFileFailed(file, e);
            }
            return FileVisitResult.CONTINUE;
        }

        /** Also for a folder that cannot be opened, and for a loop of symbolic links. */
        @Override
        public FileVisitResult visitFileFailed(Path file, IOException problem) {
            fail(file, "not sent: cannot be read: " + problem.getClass().getSimpleName());
            return FileVisitResult.CONTINUE;
        }
    }

    /** In their order, as many as have no more than 128 presentation contexts together (PS3.8 9.3.2.2). */
    private static List<List<OutgoingFile>> batches(List<OutgoingFile> files) {
        List<List<OutgoingFile>> batches = new ArrayList<>();
        Map<List<Object>, Boolean> contexts = new LinkedHashMap<>();
        List<OutgoingFile> batch = new ArrayList<>();
        for (OutgoingFile file : files) {
            contexts.put(List.of(file.sopClass(), file.transferSyntax()), true);
            if (contexts.size() > RequestOptions.CONTEXTS_MAX) {
                batches.add(batch);
                batch = new ArrayList<>();
                contexts.clear();
                contexts.put(List.of(file.sopClass(), file.transferSyntax()), true);
            }
            batch.add(file);
        }
        if (!batch.isEmpty()) {
            batches.add(batch);
        }
        return batches;
    }

    /** Sends a batch; after a lost association the rest goes over a new one. The file in doubt is sent again. */
    private void send(List<OutgoingFile> batch) throws IOException {
        int next = 0;
        int lost = 0;
        while (next < batch.size()) {
            try (AssociationClient association = new PortolanEngine().request(options(batch))) {
                while (next < batch.size()) {
                    send(association, batch.get(next));
                    next++;
                    lost = 0;
                }
                association.release();
            } catch (DicomNetworkException e) {
                if (++lost > RECONNECTS_MAX || next == 0 && sent == 0) {
                    for (OutgoingFile file : batch.subList(next, batch.size())) {
                        fail(file.path(), "not sent: " + e.getMessage());
                    }
                    return;
                }
            }
        }
    }

    private RequestOptions options(List<OutgoingFile> batch) {
        Map<RequestOptions.Proposal, Boolean> proposals = new LinkedHashMap<>();
        for (OutgoingFile file : batch) {
            proposals.put(new RequestOptions.Proposal(file.sopClass(), List.of(file.transferSyntax())), true);
        }
        return new RequestOptions(
                peer.host(),
                peer.port(),
                peer.aeTitle(),
                calling,
                List.copyOf(proposals.keySet()),
                NetworkLimits.DEFAULT);
    }

    private void send(AssociationClient association, OutgoingFile file) throws IOException {
        Uid sopClass = file.sopClass();
        TransferSyntax syntax = file.transferSyntax();
        if (!association.accepted(sopClass).contains(syntax)) {
            fail(file.path(), "refused: the peer takes no " + sopClass + " in " + syntax.name());
            return;
        }
        try (InputStream dataSet = file.openDataSet()) {
            Status status = association.store(sopClass, file.sopInstance(), syntax, dataSet);
            if (!status.isStored()) {
                fail(file.path(), "refused: " + status);
                return;
            }
            if (status.isWarning()) {
                spec.commandLine().getErr().println(file.path() + ": stored with " + status);
            }
        }
        sent++;
        bytes += Files.size(file.path()) - file.dataSetPosition();
    }

    private void fail(Path file, String reason) {
        failed++;
        spec.commandLine().getErr().println(file + ": " + reason);
    }
}
