package io.portolan.gateway.receive;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Level;
import io.portolan.dicom.Uid;
import io.portolan.dicom.Vr;
import io.portolan.dicom.engine.DicomEngine;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.engine.StoreRequest;
import io.portolan.dicom.engine.StoreScp;
import io.portolan.dicom.io.DataSetWriter;
import io.portolan.dicom.io.HeaderReader;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.gateway.Category;
import io.portolan.gateway.FreeSpace;
import io.portolan.gateway.ledger.FileRows;
import io.portolan.gateway.ledger.Forwards;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerException;
import io.portolan.gateway.ledger.Reception;
import io.portolan.gateway.ledger.Recorded;
import io.portolan.mapping.MappingOptions;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.UnidentifiedInstanceException;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes instances from the DICOM network (PS3.4 annex B): success is answered when the ledger, and the file when files
 * are kept, are on disk.
 *
 * <pre>
 * space left? -> header, checked -> the rest, to the end -> file named, synced -> ledger -> 0x0000
 * </pre>
 *
 * The bytes pass into the file as they are parsed; pixels are never held. Whatever fails leaves no file and no row. Called
 * by many threads at once.
 */
public final class Receiver implements StoreScp {

    private static final Logger LOG = LoggerFactory.getLogger(Receiver.class);

    private final DicomEngine engine;
    private final Ledger ledger;
    private final @Nullable InstanceStore store;
    private final FreeSpace freeSpace;
    private final ReadLimits limits;
    private final Selection selection;
    private final Map<Level, Map<Integer, Vr>> extraTags;
    private final Set<String> correcting;
    private final LongAdder received = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final Map<Category, LongAdder> refused = new EnumMap<>(Category.class);

    /**
     * @param store where instances are kept; empty: they are dropped once the ledger has their header
     * @param freeSpace below it instances are refused before they are read
     * @param mapping says what is kept of headers
     * @param correcting AE titles of who corrects what others sent
     */
    public Receiver(
            DicomEngine engine,
            Ledger ledger,
            Optional<InstanceStore> store,
            FreeSpace freeSpace,
            ReadLimits limits,
            MappingOptions mapping,
            Set<String> correcting) {
        this.engine = engine;
        this.ledger = ledger;
        this.store = store.orElse(null);
        this.freeSpace = freeSpace;
        this.limits = limits;
        this.selection = mapping.selection();
        this.extraTags = mapping.extraTags();
        this.correcting = Set.copyOf(correcting);
        for (Category category : Category.values()) {
            refused.put(category, new LongAdder());
        }
    }

    /** Instances acknowledged since the start. */
    public long received() {
        return received.sum();
    }

    /** Bytes of data sets read since the start, those of refused instances included. */
    public long receivedBytes() {
        return bytes.sum();
    }

    /** Instances refused since the start. */
    public long refused(Category category) {
        LongAdder count = refused.get(category);
        return count == null ? 0 : count.sum();
    }

    @Override
    public Status store(StoreRequest request, InputStream arriving) throws IOException {
        InputStream dataSet = new CountedStream(arriving, bytes);
        try {
            if (!freeSpace.isEnough()) {
                throw new RefusedException(
                        Category.OUT_OF_RESOURCES, "less than " + freeSpace.minBytes() + " bytes are free on disk");
            }
            Recorded recorded =
                    store == null ? record(request, read(request, dataSet), null) : keep(store, request, dataSet);
            LOG.debug("Instance {} from {}: {}", request.sopInstance(), request.callingAe(), recorded);
            received.increment();
            return Status.SUCCESS;
        } catch (RefusedException e) {
            return refuse(request, e.category, e);
        } catch (LedgerException e) {
            return refuse(request, e.category(), e);
        } catch (MalformedDataException e) {
            return refuse(request, Category.MALFORMED_DATA, e);
        } catch (StorageException e) {
            return refuse(request, Category.OUT_OF_RESOURCES, e);
        }
    }

    private Status refuse(StoreRequest request, Category category, Exception why) {
        refused.computeIfPresent(category, (c, count) -> {
            count.increment();
            return count;
        });
        Status status = StoreStatus.of(category);
        LOG.warn(
                "Instance {} from {} refused: {}, {}: {}",
                request.sopInstance(),
                request.callingAe(),
                status,
                category,
                why.getMessage());
        return status;
    }

    private Recorded keep(InstanceStore kept, StoreRequest request, InputStream dataSet)
            throws IOException, RefusedException {
        try (IncomingFile file = kept.begin()) {
            DataSetWriter.writeFileMeta(
                    file, request.sopClass(), request.sopInstance(), request.transferSyntax(), request.callingAe());
            file.dataSetBegins();
            Instance instance = read(request, file.tee(dataSet));
            // That it came once more must be in the files too where it counts.
            if (isThere(kept, file, instance) && !ledger.files().comesBack(instance.study(), instance.instance())) {
                return record(request, instance, null);
            }
            String name = kept.keep(file, instance);
            try {
                return record(request, instance, name);
            } catch (LedgerException e) {
                removeUnlessRecorded(kept, instance, name);
                throw e;
            }
        }
    }

    /**
     * Whether the very data set is kept. Where files are sent on, only the newest counts, and only while it waits: what came
     * last must be what the PACS gets last.
     */
    private boolean isThere(InstanceStore kept, IncomingFile file, Instance instance) throws StorageException {
        Uid study = instance.study();
        Uid sop = instance.instance();
        if (!kept.forwards()) {
            FileRows rows = ledger.files();
            return kept.hasSameDataSet(
                    file, rows.of(study, sop), name -> rows.of(study, sop).contains(name));
        }
        Forwards forwards = ledger.files().forwards();
        Optional<String> newest = forwards.newest(study, sop);
        boolean same = kept.hasSameDataSet(
                file,
                newest.stream().toList(),
                name -> forwards.newest(study, sop).equals(newest));
        if (same) {
            forwards.cameAgain(study, sop, newest.orElseThrow());
        }
        return same;
    }

    /** A commit that failed may have reached the disk all the same; a file that the ledger names is never removed. */
    private void removeUnlessRecorded(InstanceStore kept, Instance instance, String name) {
        try {
            if (!ledger.files().of(instance.study(), instance.instance()).contains(name)) {
                kept.remove(name);
            }
        } catch (LedgerException e) {
            LOG.warn("The ledger does not say whether it has {}; the next start will tell", name);
        }
    }

    /** The header, once the data set was read to its end. */
    private Instance read(StoreRequest request, InputStream in) throws IOException, RefusedException {
        HeaderReader reader = engine.readDataSet(in, request.transferSyntax(), selection, limits);
        DataSet header = reader.readHeader();
        // Whether it is a data set at all comes before what it says.
        reader.verifyToEnd();
        drain(in);
        if (!header.characterSet().unknownTerms().isEmpty()) {
            LOG.warn(
                    "Instance {} from {}: SpecificCharacterSet has a term that DICOM has not; its texts are read as Latin-1",
                    request.sopInstance(),
                    request.callingAe());
        }
        Instance instance = identify(request, header);
        requireSame(Attribute.SOPInstanceUID, header, request.sopInstance());
        requireSame(Attribute.SOPClassUID, header, request.sopClass());
        return instance;
    }

    /** What stands behind the data set is kept with it; and only now it is sure that the peer did not abort. */
    private static void drain(InputStream in) throws IOException {
        while (in.read() >= 0) {
            in.skip(Long.MAX_VALUE);
        }
    }

    private Instance identify(StoreRequest request, DataSet header) throws RefusedException {
        try {
            return Instance.of(header, Optional.of(request.callingAe()), extraTags);
        } catch (UnidentifiedInstanceException e) {
            throw new RefusedException(Category.UNMAPPABLE, e.getMessage());
        }
    }

    private static void requireSame(Attribute attribute, DataSet header, Uid announced) throws RefusedException {
        if (!header.uid(attribute).equals(Optional.of(announced))) {
            throw new RefusedException(
                    Category.PEER_VIOLATION, attribute + " of the data set is not that of the C-STORE-RQ");
        }
    }

    private Recorded record(StoreRequest request, Instance instance, @Nullable String file) {
        boolean forward = file != null && store != null && store.forwards();
        return ledger.record(new Reception(
                instance, request.transferSyntax().uid(), correcting.contains(request.callingAe()), file, forward));
    }

    private static final class RefusedException extends Exception {

        private static final long serialVersionUID = 1;

        final Category category;

        RefusedException(Category category, @Nullable String why) {
            super(why);
            this.category = category;
        }
    }
}
