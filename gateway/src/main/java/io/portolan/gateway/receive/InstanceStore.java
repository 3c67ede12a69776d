package io.portolan.gateway.receive;

import io.portolan.dicom.Uid;
import io.portolan.mapping.study.Instance;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Instances as files: {@code StudyInstanceUID/SeriesInstanceUID/SOPInstanceUID-xxxxxxxx.dcm}.
 *
 * <p>A file is written under {@code incoming/}, synced, moved to its final name, which no file has had before, and its
 * directory is synced; only then may the ledger refer to it. A file that the ledger refers to is never written to again.
 * Names are made of validated UIDs and of random digits, never of a peer's text.
 */
final class InstanceStore {

    private static final Logger LOG = LoggerFactory.getLogger(InstanceStore.class);
    private static final String INCOMING = "incoming";
    private static final Pattern KEPT = Pattern.compile("[0-9.]{1,64}-[0-9a-f]{8}\\.dcm");
    private static final Pattern PART = Pattern.compile("[0-9a-f-]{36}\\.part");

    private final Path directory;

    /**
     * Makes the directory when it is not there.
     *
     * @throws IOException when it cannot be made or written
     */
    InstanceStore(Path directory) throws IOException {
        this.directory = directory;
        Files.createDirectories(directory.resolve(INCOMING));
        sync(directory);
    }

    /** A file that is being written; closing it throws away what was not kept. */
    final class Incoming implements AutoCloseable {

        private final Path path = directory.resolve(INCOMING).resolve(UUID.randomUUID() + ".part");
        private final FileChannel channel =
                FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        private final OutputStream out = Channels.newOutputStream(channel);

        private Incoming() throws IOException {}

        /** Unbuffered: to be written in large pieces. */
        OutputStream out() {
            return out;
        }

        /** Whether a kept file has the same bytes. */
        boolean equalsKept(List<String> kept) throws IOException {
            for (String name : kept) {
                Path file = directory.resolve(name);
                if (Files.exists(file) && Files.size(file) == channel.size() && Files.mismatch(file, path) < 0) {
                    return true;
                }
            }
            return false;
        }

        /** Makes the file durable under its final name; the name, relative to the directory. */
        String keep(Instance instance) throws IOException {
            channel.force(true);
            channel.close();
            Path study = directory.resolve(instance.study().value());
            Path series = study.resolve(instance.series().value());
            createDirectory(directory, study);
            createDirectory(study, series);
            String unique = UUID.randomUUID().toString().substring(0, 8);
            Path file = series.resolve(instance.instance() + "-" + unique + ".dcm");
            Files.move(path, file, StandardCopyOption.ATOMIC_MOVE);
            sync(series);
            return directory.relativize(file).toString();
        }

        @Override
        public void close() throws IOException {
            channel.close();
            Files.deleteIfExists(path);
        }
    }

    Incoming open() throws IOException {
        return new Incoming();
    }

    /** Removes a kept file that the ledger did not take. */
    void remove(String name) throws IOException {
        Files.deleteIfExists(directory.resolve(name));
    }

    long usableBytes() {
        return directory.toFile().getUsableSpace();
    }

    /**
     * Removes what a crash has left: parts, and files that no row of the ledger refers to. Files of other names are not
     * ours and stay. To be called before anything is received.
     *
     * @param referenced the names that the ledger has for a study
     */
    void sweep(Function<Uid, Set<String>> referenced) throws IOException {
        int removed = 0;
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(directory.resolve(INCOMING))) {
            for (Path part : parts) {
                if (PART.matcher(part.getFileName().toString()).matches()) {
                    Files.delete(part);
                    removed++;
                }
            }
        }
        try (DirectoryStream<Path> studies = Files.newDirectoryStream(directory, InstanceStore::isNamedByUid)) {
            for (Path study : studies) {
                removed += sweep(
                        study, referenced.apply(new Uid(study.getFileName().toString())));
            }
        }
        if (removed > 0) {
            LOG.info("removed {} files of instances that were never acknowledged", removed);
        }
    }

    private int sweep(Path study, Set<String> referenced) throws IOException {
        List<Path> orphans;
        try (Stream<Path> files = Files.walk(study, 2)) {
            orphans = files.filter(
                            file -> KEPT.matcher(file.getFileName().toString()).matches())
                    .filter(file ->
                            !referenced.contains(directory.relativize(file).toString()))
                    .toList();
        }
        for (Path orphan : orphans) {
            Files.delete(orphan);
        }
        return orphans.size();
    }

    private static boolean isNamedByUid(Path path) {
        return Uid.isValid(path.getFileName().toString()) && Files.isDirectory(path);
    }

    private static void createDirectory(Path parent, Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            Files.createDirectories(path);
            sync(parent);
        }
    }

    /** Makes the names in a directory durable. */
    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
