package io.portolan.gateway.receive;

import io.portolan.dicom.Uid;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/** Which files in a folder are ours: STUDY-UID/SERIES-UID/SOP-UID-UUID.dcm. Anything else is passed over. */
final class KeptFiles {

    static final String UUID_FORM = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    private static final Pattern KEPT = Pattern.compile("([0-9.]{1,64})-" + UUID_FORM + "\\.dcm");

    private KeptFiles() {}

    /** The studies of which there is a folder; none where the root is not there. */
    static List<Uid> studies(Path root) throws IOException {
        List<Uid> studies = new ArrayList<>();
        if (Files.isDirectory(root)) {
            for (Path folder : list(root)) {
                uidOfFolder(folder).ifPresent(studies::add);
            }
        }
        return studies;
    }

    /** The files of a study, relative to the root. */
    static List<Path> names(Path root, Uid study) throws IOException {
        List<Path> names = new ArrayList<>();
        for (Path series : list(root.resolve(study.value()))) {
            if (uidOfFolder(series).isPresent()) {
                for (Path file : list(series)) {
                    if (sopInstance(file).isPresent() && isFile(file)) {
                        names.add(root.relativize(file));
                    }
                }
            }
        }
        return names;
    }

    static boolean isAny(Path root) throws IOException {
        for (Uid study : studies(root)) {
            if (!names(root, study).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** The SOP Instance UID in the name of a file; empty: it is not one of ours. */
    static Optional<Uid> sopInstance(Path file) {
        Matcher name = KEPT.matcher(file.getFileName().toString());
        return name.matches() ? Uid.parse(name.group(1)) : Optional.empty();
    }

    static List<Path> list(Path directory) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            return StreamSupport.stream(entries.spliterator(), false).toList();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    static boolean isFile(Path path) {
        return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static Optional<Uid> uidOfFolder(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                ? Uid.parse(path.getFileName().toString())
                : Optional.empty();
    }
}
