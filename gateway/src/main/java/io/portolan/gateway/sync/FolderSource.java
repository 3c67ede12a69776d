package io.portolan.gateway.sync;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.gateway.FileReason;
import io.portolan.gateway.FileTree;
import io.portolan.gateway.ledger.SourceFile;
import io.portolan.gateway.ledger.SourceFiles;
import io.portolan.gateway.sync.SourceException.Kind;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A folder of DICOM files, and the folders in it. A file that has the size and the time that it had is not opened; what
 * changed in a study is a matter of names, sizes and times of its files. Files that are no DICOM instances are passed over.
 *
 * <p>What cannot be looked into counts as being as it was: that a disk is away is no news of what was on it.
 *
 * <p>A file that a scan does not meet may have been moved from where the scan had not been yet to where it had been. So it is
 * remembered until another scan has missed it too, and a study is looked at as follows:
 *
 * <pre>
 *   nothing has been scanned yet         a scan
 *   all its known files are there        they are looked at alone
 *   otherwise                            one more scan, for all studies that are looked at
 * </pre>
 */
public final class FolderSource implements Source {

    /** Files of one query, or of one commit, for which those who receive wait. */
    private static final int BATCH_MAX = 500;

    private final Path root;
    private final SourceFiles known;
    private final boolean remember;
    private final Selection selection;
    private final ReadLimits limits;
    private final Pace pace;
    private final Set<String> unreadable = ConcurrentHashMap.newKeySet(); // files and folders
    private @Nullable Map<Uid, FolderFiles> scanned; // guarded by this; null: nothing yet
    private boolean scannedAgain; // guarded by this; because a file was missed

    /** @param remember whether what is read is recorded; else nothing is written */
    public FolderSource(
            Path root, SourceFiles known, boolean remember, Selection selection, ReadLimits limits, Pace pace) {
        this.root = root;
        this.known = known;
        this.remember = remember;
        this.selection = selection;
        this.limits = limits;
        this.pace = pace;
    }

    @Override
    public Listing studies(StudyQuery query) throws SourceException, InterruptedException {
        if (query.study() != null) {
            Optional<ListedStudy> found = look(query.study());
            return new Listing(found.stream().toList(), true);
        }
        List<ListedStudy> studies = scan().entrySet().stream()
                .map(one -> study(one.getKey(), one.getValue()))
                .filter(study -> isOf(study, query))
                .toList();
        return new Listing(studies, true);
    }

    @SuppressWarnings("try") // held, not used
    private Map<Uid, FolderFiles> scan() throws SourceException, InterruptedException {
        requireRoot();
        unreadable.clear();
        Scan scan = new Scan();
        try (Pace.Turn turn = pace.turn()) {
            FileTree.walk(root, Set.of(), scan);
            scan.finish();
        }
        synchronized (this) {
            scanned = scan.studies;
        }
        return scan.studies;
    }

    private void requireRoot() throws SourceException {
        if (!Files.isDirectory(root)) {
            throw new SourceException(Kind.UNAVAILABLE, root + " is no folder, or is away");
        }
    }

    private synchronized Optional<ListedStudy> look(Uid study) throws SourceException, InterruptedException {
        requireRoot();
        Map<Uid, FolderFiles> before = scanned;
        if (before == null) {
            return listed(scan(), study);
        }
        List<SourceFile> files = known.of(study);
        List<SourceFile> there = there(study, files);
        if (!there.isEmpty() && there.size() == files.size()) {
            return Optional.of(study(study, FolderFiles.of(there)));
        }
        if (!scannedAgain) {
            Map<Uid, FolderFiles> again = scan();
            scannedAgain = true;
            return listed(again, study);
        }
        return listed(before, study);
    }

    private static Optional<ListedStudy> listed(Map<Uid, FolderFiles> scanned, Uid study) {
        return Optional.ofNullable(scanned.get(study)).map(files -> study(study, files));
    }

    /** Those of the known files of a study that are there, as they are now, and of that study still. */
    private List<SourceFile> there(Uid study, List<SourceFile> files) {
        List<SourceFile> there = new ArrayList<>();
        List<SourceFile> news = new ArrayList<>();
        for (SourceFile file : files) {
            Path path = root.resolve(file.path());
            SourceFile now = file;
            try {
                BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
                now = asItIs(
                        path,
                        file.path(),
                        attributes.size(),
                        attributes.lastModifiedTime().toMillis(),
                        file);
            } catch (IOException e) {
                if (!isOutOfSight(file.path())) {
                    continue;
                }
            }
            if (!now.equals(file)) {
                news.add(now);
            }
            if (study.equals(now.study())) {
                there.add(now);
            }
        }
        if (remember && !news.isEmpty()) {
            known.put(news);
        }
        return there;
    }

    /** What is in a file that is there; equal to what it was: nothing has changed. */
    private SourceFile asItIs(Path path, String name, long size, long modified, @Nullable SourceFile before) {
        if (before == null || !before.isSame(size, modified)) {
            return identify(path, name, size, modified, before);
        }
        return before.missed() ? before.met() : before;
    }

    private static boolean isOf(ListedStudy study, StudyQuery query) {
        return query.studyDate()
                .map(range -> {
                    String first = range.substring(0, 8);
                    String last = range.substring(range.length() - 8);
                    return first.compareTo(study.studyDate()) <= 0
                            && study.studyDate().compareTo(last) <= 0;
                })
                .orElse(true);
    }

    /**
     * What of each study there is, and what is new; by one thread. Of a million files it keeps a number each: which it has met.
     */
    private final class Scan implements FileTree.Visitor {

        /** A file that was met, and is still to be held against what is known of it. */
        private record Met(Path path, long size, long modified) {}

        private final Map<Uid, FolderFiles> studies = new TreeMap<>();
        private final LongStream.Builder seen = LongStream.builder(); // hashes of paths
        private final Map<String, Met> met = new LinkedHashMap<>();

        @Override
        public void file(Path path, BasicFileAttributes attributes) throws InterruptedException {
            met.put(
                    name(path),
                    new Met(
                            path,
                            attributes.size(),
                            attributes.lastModifiedTime().toMillis()));
            if (met.size() == BATCH_MAX) {
                flush();
            }
        }

        @Override
        public void unreadable(Path path, IOException problem) {
            if (problem instanceof FileSystemLoopException // what it leads to is met elsewhere
                    || (problem instanceof NoSuchFileException && isGone(path))) {
                return;
            }
            unreadable.add(name(path));
        }

        private void flush() throws InterruptedException {
            Map<String, SourceFile> before = known.find(met.keySet());
            List<SourceFile> news = new ArrayList<>();
            for (Map.Entry<String, Met> one : met.entrySet()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                String name = one.getKey();
                Met now = one.getValue();
                SourceFile was = before.get(name);
                SourceFile file = asItIs(now.path, name, now.size, now.modified, was);
                if (!file.equals(was)) {
                    news.add(file);
                }
                seen.add(FolderFiles.hash(name));
                add(file);
            }
            met.clear();
            if (remember && !news.isEmpty()) {
                known.put(news);
            }
        }

        private void add(SourceFile file) {
            if (file.study() != null) {
                studies.computeIfAbsent(file.study(), uid -> new FolderFiles()).add(file);
            }
        }

        /** What was there and was not met: gone, or where nobody could look. */
        void finish() throws InterruptedException {
            flush();
            long[] hashes = seen.build().sorted().toArray();
            String last = "";
            for (List<SourceFile> page = known.after(last, BATCH_MAX);
                    !page.isEmpty();
                    page = known.after(last, BATCH_MAX)) {
                List<String> missed = new ArrayList<>();
                List<String> gone = new ArrayList<>();
                for (SourceFile file : page) {
                    if (Arrays.binarySearch(hashes, FolderFiles.hash(file.path())) >= 0) {
                        continue;
                    }
                    if (isOutOfSight(file.path())) {
                        add(file);
                    } else {
                        (file.missed() ? gone : missed).add(file.path());
                    }
                }
                if (remember && hashes.length > 0) { // an empty folder may be where nothing is mounted
                    known.miss(missed);
                    known.remove(gone);
                }
                last = page.get(page.size() - 1).path();
            }
        }
    }

    /** Since its folder was listed; a symbolic link to nothing is not. */
    private static boolean isGone(Path path) {
        return Files.notExists(path, LinkOption.NOFOLLOW_LINKS);
    }

    private String name(Path path) {
        return root.relativize(path).toString();
    }

    /** Whether it, or a folder that it is in, could not be looked into. */
    private boolean isOutOfSight(String path) {
        if (unreadable.isEmpty()) {
            return false;
        }
        for (int end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
            if (unreadable.contains(path.substring(0, end))) {
                return true;
            }
        }
        return unreadable.contains(path) || unreadable.contains("");
    }

    /** What is in a file; of one that cannot be read, nothing that is remembered: it is read again the next time. */
    private SourceFile identify(Path path, String name, long size, long modified, @Nullable SourceFile before) {
        try {
            DataSet header = header(path);
            Optional<Uid> study = header.uid(Attribute.StudyInstanceUID);
            Optional<Uid> series = header.uid(Attribute.SeriesInstanceUID);
            boolean whole = study.isPresent()
                    && series.isPresent()
                    && header.uid(Attribute.SOPInstanceUID).isPresent()
                    && header.uid(Attribute.SOPClassUID).isPresent();
            return new SourceFile(
                    name,
                    size,
                    modified,
                    whole ? study.orElse(null) : null,
                    whole ? series.orElse(null) : null,
                    header.string(Attribute.StudyDate)
                            .filter(date -> date.matches("[0-9]{8}"))
                            .orElse(""));
        } catch (MalformedDataException e) {
            return new SourceFile(name, size, modified, null, null, "");
        } catch (IOException e) {
            unreadable.add(name);
            return before == null ? new SourceFile(name, 0, modified, null, null, "", true) : before;
        }
    }

    private DataSet header(Path path) throws IOException {
        try (DicomReader reader = DicomReader.open(path, selection, limits)) {
            DataSet header = reader.readHeader();
            reader.verifyToEnd();
            return header;
        }
    }

    /** The files of a study that are there now, or may be. */
    private List<SourceFile> present(Uid study) {
        return known.of(study).stream()
                .filter(file -> Files.exists(root.resolve(file.path())) || isOutOfSight(file.path()))
                .toList();
    }

    private static ListedStudy study(Uid study, FolderFiles files) {
        return new ListedStudy(
                study,
                files.date(),
                "",
                files.extent(),
                DataSet.EMPTY,
                OptionalInt.of(files.series().size()),
                OptionalInt.empty());
    }

    @Override
    public List<ListedSeries> series(Uid study) {
        Map<Uid, FolderFiles> series = new TreeMap<>();
        for (SourceFile file : present(study)) {
            Uid uid = file.series();
            if (uid != null) {
                series.computeIfAbsent(uid, any -> new FolderFiles()).add(file);
            }
        }
        return series.entrySet().stream()
                .map(one -> new ListedSeries(one.getKey(), one.getValue().extent(), DataSet.EMPTY, OptionalInt.empty()))
                .toList();
    }

    @Override
    @SuppressWarnings("try") // held, not used
    public void headers(Uid study, Collection<Uid> series, Consumer<DataSet> sink)
            throws SourceException, InterruptedException {
        for (SourceFile file : present(study)) {
            if (isAmong(series, file.series())) {
                try (Pace.Turn turn = pace.turn()) {
                    sink.accept(header(root.resolve(file.path())));
                } catch (IOException e) {
                    throw new SourceException(
                            Kind.UNAVAILABLE, "a file of the study cannot be read: " + FileReason.of(e), e);
                }
            }
        }
    }

    private static boolean isAmong(Collection<Uid> series, @Nullable Uid one) {
        return one != null && series.contains(one);
    }

    @Override
    public List<String> troubles() {
        int count = unreadable.size();
        return count == 0
                ? List.of()
                : List.of((count == 1 ? "1 file or folder" : count + " files or folders")
                        + " cannot be read; what was known of them stands");
    }

    /** Has nothing to close. */
    @Override
    public void close() {}
}
