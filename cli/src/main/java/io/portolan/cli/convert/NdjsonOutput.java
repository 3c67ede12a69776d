package io.portolan.cli.convert;

import io.portolan.dicom.Uid;
import io.portolan.gateway.convert.ResourceLine;
import io.portolan.mapping.MappingResult;
import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.MappingResult.Mapped.Publishing;
import io.portolan.mapping.study.Gathered;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * One resource a line, one file a type (FHIR Bulk Data Access): {@code ImagingStudy.ndjson}, {@code Patient.ndjson}. What
 * studies share is written once, as the first of them in the order of the UIDs says it. Nothing has its name before all is
 * written.
 */
public final class NdjsonOutput implements Output {

    private static final int BUFFER_BYTES = 1 << 16;
    /** Names that this gives, for one type of resource or another. */
    private static final Pattern OURS = Pattern.compile("[A-Z][A-Za-z]+(\\.[0-9]+)?\\.ndjson(\\.gz)?");

    private final Path folder;
    private final boolean gzip;
    private final long rollBytes;
    private final Map<String, Roll> rolls = new TreeMap<>(); // guarded by this
    private final Map<String, Set<UUID>> written = new TreeMap<>(); // guarded by this
    private boolean closed; // guarded by this

    /**
     * Into a folder.
     *
     * @param rollBytes a file that has so many, unpacked, is followed by another; a resource is never torn apart
     */
    public NdjsonOutput(Path folder, boolean gzip, long rollBytes) {
        this.folder = folder;
        this.gzip = gzip;
        this.rollBytes = rollBytes;
    }

    /** A file that an earlier run left in a folder, and that this one might not replace. */
    public static Optional<Path> leftIn(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.ndjson{,.gz}")) {
            for (Path file : files) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    /** Removes what a run that was killed has left half written. */
    @Override
    public void begin() throws IOException {
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(folder, ".*.ndjson{,.gz}.part")) {
            for (Path part : parts) {
                Files.delete(part);
            }
        }
    }

    @Override
    public Written take(Gathered gathered, MappingResult result) {
        if (!(result instanceof Mapped mapped) || mapped.publishing() != Publishing.ALWAYS) {
            return Written.NOTHING;
        }
        List<ResourceLine> lines = ResourceLine.of(mapped);
        return new Written(() -> append(lines), folder.toString());
    }

    private synchronized void append(List<ResourceLine> lines) throws IOException {
        requireOpen();
        for (ResourceLine line : lines) {
            if (line.type().equals(ResourceLine.STUDY)
                    || written.computeIfAbsent(line.type(), type -> new HashSet<>())
                            .add(UUID.fromString(line.id()))) {
                rolls.computeIfAbsent(line.type(), Roll::new).write(line.json());
            }
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new CancellationException("broken off");
        }
    }

    @Override
    public synchronized Map<Uid, String> finish() throws IOException {
        requireOpen();
        List<Path> files = new ArrayList<>();
        for (Roll roll : rolls.values()) {
            roll.end();
            files.addAll(roll.files);
        }
        for (Path file : files) {
            Files.move(
                    WholeFile.partOf(file), file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        removeOthers(files);
        return Map.of();
    }

    /** What an earlier run of the same had written more. */
    private void removeOthers(List<Path> files) throws IOException {
        try (DirectoryStream<Path> there = Files.newDirectoryStream(folder, "*.ndjson{,.gz}")) {
            for (Path file : there) {
                if (!files.contains(file)
                        && OURS.matcher(String.valueOf(file.getFileName())).matches()) {
                    Files.delete(file);
                }
            }
        }
    }

    @Override
    public String place() {
        return folder.toString();
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        for (Roll roll : rolls.values()) {
            roll.drop();
        }
    }

    /** The files of a type. */
    private final class Roll {

        private final String type;
        private final List<Path> files = new ArrayList<>();
        private @Nullable OutputStream out;
        private long bytes;

        Roll(String type) {
            this.type = type;
        }

        void write(ByteBuffer line) throws IOException {
            OutputStream to = out;
            if (to == null || bytes > 0 && bytes + line.remaining() > rollBytes) {
                end();
                to = begin();
            }
            bytes += line.remaining();
            to.write(line.array(), line.arrayOffset() + line.position(), line.remaining());
        }

        private OutputStream begin() throws IOException {
            String number = files.isEmpty() ? "" : "." + (files.size() + 1);
            Path file = folder.resolve(type + number + ".ndjson" + (gzip ? ".gz" : ""));
            files.add(file);
            OutputStream plain = Files.newOutputStream(WholeFile.partOf(file));
            OutputStream begun =
                    new BufferedOutputStream(gzip ? new GZIPOutputStream(plain, BUFFER_BYTES) : plain, BUFFER_BYTES);
            out = begun;
            bytes = 0;
            return begun;
        }

        /** On disk. */
        void end() throws IOException {
            OutputStream current = out;
            if (current == null) {
                return;
            }
            current.close();
            out = null;
            Path part = WholeFile.partOf(files.get(files.size() - 1));
            try (FileChannel again = FileChannel.open(part, StandardOpenOption.WRITE)) {
                again.force(true);
            }
        }

        void drop() throws IOException {
            OutputStream current = out;
            if (current != null) {
                current.close();
            }
            for (Path file : files) {
                Files.deleteIfExists(WholeFile.partOf(file));
            }
        }
    }
}
