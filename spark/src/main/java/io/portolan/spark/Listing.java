package io.portolan.spark;

import io.portolan.dicom.io.ReadLimits;
import io.portolan.gateway.FileReason;
import io.portolan.gateway.FileTree;
import io.portolan.gateway.convert.LocalFile;
import io.portolan.gateway.convert.Location;
import io.portolan.gateway.convert.MediaDirectory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.jspecify.annotations.Nullable;

/**
 * The files of all inputs, in the order in which {@code convert} takes them: folder by folder, in the order of the names. On the
 * driver, which holds a line for each.
 *
 * <p>A file that is a DICOMDIR stands for the files that it names; one in a folder does not, since they are found anyway.
 */
final class Listing {

    private final Configuration configuration;
    private final ReadLimits limits; // of a DICOMDIR
    private final List<String> files = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();
    private boolean mayRepeat;

    private Listing(Configuration configuration, ReadLimits limits) {
        this.configuration = configuration;
        this.limits = limits;
    }

    /**
     * Lists.
     *
     * @param roots with their schemes
     * @return each as {@link ListedFile#parse} reads it, ascending by number without a gap
     */
    static List<String> of(List<URI> roots, Configuration configuration, ReadLimits limits)
            throws InterruptedException {
        Listing listing = new Listing(configuration, limits);
        listing.mayRepeat = roots.size() > 1;
        for (URI root : roots) {
            listing.walk(root);
        }
        return listing.files;
    }

    private void walk(URI root) throws InterruptedException {
        Location location = ListedFile.locate(root, HadoopFile.UNKNOWN, configuration);
        Optional<MediaDirectory> media =
                MediaDirectory.isNamedSo(location) ? MediaDirectory.find(location, limits) : Optional.empty();
        mayRepeat |= media.isPresent();
        walkTree(location, root);
        if (media.isPresent()) {
            for (MediaDirectory.Entry entry : media.get().entries()) {
                if (MediaDirectory.isThere(entry)) {
                    walkTree(entry.file(), uri(entry.file()));
                }
            }
        }
    }

    private static URI uri(Location file) {
        return file instanceof HadoopFile hadoop
                ? hadoop.uri()
                : ((LocalFile) file).path().toUri();
    }

    private void walkTree(Location location, URI uri) throws InterruptedException {
        if (location instanceof HadoopFile) {
            walkHadoop(new Path(uri));
        } else {
            FileTree.walk(java.nio.file.Path.of(uri), Set.of(), new Local());
        }
    }

    /** At once, which object stores are made for; where a folder cannot be listed, folder by folder, so that it is named. */
    private void walkHadoop(Path root) {
        try {
            FileSystem fileSystem = root.getFileSystem(configuration);
            List<Known> all = new ArrayList<>();
            RemoteIterator<LocatedFileStatus> found = fileSystem.listFiles(root, true);
            while (found.hasNext()) {
                all.add(Known.of(found.next()));
            }
            all.sort(Comparator.comparing(Known::order));
            all.forEach(this::add);
        } catch (IOException e) {
            walkFolder(root);
        }
    }

    private void walkFolder(Path folder) {
        FileStatus[] children;
        try {
            children = folder.getFileSystem(configuration).listStatus(folder);
        } catch (IOException e) {
            add(folder.toUri().toString(), 0, 0, FileReason.of(HadoopFile.asOfADisk(e, folder)));
            return;
        }
        Arrays.sort(children, Comparator.comparing(child -> Known.order(child.getPath())));
        for (FileStatus child : children) {
            if (child.isDirectory()) {
                walkHadoop(child.getPath());
            } else {
                add(Known.of(child));
            }
        }
    }

    private void add(Known file) {
        add(file.uri(), file.size(), file.modified(), null);
    }

    /** What is kept of each until all can be sorted: a status has its blocks, its owner and an URI in several parts. */
    private record Known(String order, String uri, long size, long modified) {

        static Known of(FileStatus file) {
            Path path = file.getPath();
            return new Known(order(path), path.toUri().toString(), file.getLen(), file.getModificationTime());
        }

        /** A folder's files come where the folder would: before all names that begin with its own. */
        static String order(Path file) {
            return file.toString().replace('/', '\0');
        }
    }

    private void add(String uri, long size, long modified, @Nullable String problem) {
        if (!mayRepeat || seen.add(uri)) {
            files.add(new ListedFile(files.size(), uri, size, modified, problem).format());
        }
    }

    private final class Local implements FileTree.Visitor {

        @Override
        public void file(java.nio.file.Path file, BasicFileAttributes attributes) {
            add(
                    file.toUri().toString(),
                    attributes.size(),
                    attributes.lastModifiedTime().toMillis(),
                    null);
        }

        @Override
        public void unreadable(java.nio.file.Path path, IOException problem) {
            add(path.toUri().toString(), 0, 0, FileReason.of(problem));
        }
    }
}
