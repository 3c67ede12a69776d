package io.portolan.gateway.receive;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.Level;
import io.portolan.dicom.Tag;
import io.portolan.dicom.Uid;
import io.portolan.dicom.Vr;
import io.portolan.dicom.engine.DicomEngine;
import io.portolan.dicom.io.HeaderReader;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.gateway.FileReason;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerException;
import io.portolan.gateway.ledger.Reception;
import io.portolan.gateway.ledger.Restored;
import io.portolan.mapping.MappingOptions;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.UnidentifiedInstanceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Records kept files that the ledger does not name, as if they came again, in the order in which they came: that of their
 * times of modification.
 *
 * <p>Of a file only the header is read, for its bytes were on disk before it got its name. From whom it came says its
 * (0002,0016). Done twice, it does nothing the second time. Takes some 500 bytes of memory for each file.
 */
public final class Reindex {

    /** Instances of one commit. */
    private static final int BATCH = 500;

    /** Told how far it is. */
    public interface Listener {

        /** So many files are to be recorded. */
        void found(long files);

        /** So many of them are done. */
        void done(int files);

        /** A file, named relative to the storage directory, is not recorded, and stays where it is. */
        void leftOut(Path name, String why);
    }

    /**
     * What was done.
     *
     * @param recorded files that the ledger names now and did not before
     * @param leftOut files that are no instances of their names, or cannot be read
     * @param unreferenced files that a start of the gateway had set aside, and that stay so
     */
    public record Result(long recorded, long leftOut, long unreferenced) {}

    private record Found(Path name, Instant modified) {}

    /** Read: a reception, or why there is none. */
    private record Read(Found file, @Nullable Reception reception, String problem) {}

    private final DicomEngine engine;
    private final InstanceStore store;
    private final Ledger ledger;
    private final ReadLimits limits;
    private final Selection selection;
    private final Map<Level, Map<Integer, Vr>> extraTags;
    private final Set<String> correcting;

    /** The parameters are those of {@link Receiver}. */
    public Reindex(
            DicomEngine engine,
            InstanceStore store,
            Ledger ledger,
            ReadLimits limits,
            MappingOptions mapping,
            Set<String> correcting) {
        this.engine = engine;
        this.store = store;
        this.ledger = ledger;
        this.limits = limits;
        this.selection = mapping.selection();
        this.extraTags = mapping.extraTags();
        this.correcting = Set.copyOf(correcting);
    }

    /**
     * Records what is kept; nobody else may keep anything meanwhile.
     *
     * @param unreferenced whether files that were set aside are taken back first
     * @throws IOException the storage directory cannot be read
     * @throws LedgerException the ledger cannot be written
     */
    public Result run(boolean unreferenced, Listener listener) throws IOException {
        new FileRemoval(store, ledger).finish(); // what the PACS has must not be taken for new
        if (unreferenced) {
            store.takeBack();
        }
        List<Found> files = unnamed();
        listener.found(files.size());
        long recorded = 0;
        for (int from = 0; from < files.size(); from += BATCH) {
            List<Found> batch = files.subList(from, Math.min(files.size(), from + BATCH));
            recorded += record(batch.parallelStream().map(this::read).toList(), listener);
            listener.done(batch.size());
        }
        return new Result(recorded, files.size() - recorded, store.countUnreferenced());
    }

    private List<Found> unnamed() throws IOException {
        List<Found> files = new ArrayList<>();
        for (Uid study : KeptFiles.studies(store.root())) {
            Set<String> named = ledger.files().of(study);
            for (Path name : KeptFiles.names(store.root(), study)) {
                if (!named.contains(name.toString())) {
                    files.add(new Found(
                            name,
                            Files.getLastModifiedTime(store.root().resolve(name))
                                    .toInstant()));
                }
            }
        }
        files.sort(Comparator.comparing(Found::modified).thenComparing(Found::name));
        return files;
    }

    private int record(List<Read> batch, Listener listener) {
        List<Restored> readable = new ArrayList<>();
        for (Read read : batch) {
            if (read.reception == null) {
                listener.leftOut(read.file.name, read.problem);
            } else {
                readable.add(new Restored(read.reception, read.file.modified));
            }
        }
        List<Restored> refused = ledger.restore(readable);
        for (Restored one : refused) {
            listener.leftOut(
                    Path.of(String.valueOf(one.reception().file())),
                    "its StudyInstanceUID is that of a selection of the ledger's own");
        }
        return readable.size() - refused.size();
    }

    private Read read(Found file) {
        try (InputStream in = Files.newInputStream(store.root().resolve(file.name));
                HeaderReader reader = engine.read(in, selection, limits)) {
            DataSet header = reader.readHeader();
            reader.verifyToEnd(); // a power cut may have left a part of it
            Optional<String> sender = reader.fileMeta().strings(Tag.SOURCE_APPLICATION_ENTITY_TITLE).stream()
                    .findFirst();
            Instance instance = Instance.of(header, sender, extraTags);
            if (!isNamed(instance, file.name)) {
                return new Read(file, null, "its UIDs are not those of its name");
            }
            boolean correction = sender.filter(correcting::contains).isPresent();
            Uid syntax = reader.transferSyntax().uid();
            return new Read(
                    file, new Reception(instance, syntax, correction, file.name.toString(), store.forwards()), "");
        } catch (MalformedDataException | UnidentifiedInstanceException e) {
            return new Read(file, null, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return new Read(file, null, FileReason.of(e));
        }
    }

    private static boolean isNamed(Instance instance, Path name) {
        return name.startsWith(
                        Path.of(instance.study().value(), instance.series().value()))
                && KeptFiles.sopInstance(name).equals(Optional.of(instance.instance()));
    }
}
