package io.portolan.gateway.receive;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.engine.DicomNetworkException;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.engine.StoreRequest;
import io.portolan.dicom.engine.StoreScp;
import io.portolan.dicom.io.DataSetWriter;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.gateway.Category;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerException;
import io.portolan.gateway.ledger.Reception;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.UnidentifiedInstanceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first hop: takes an instance from the network and records it. Success is answered when it is on disk, not before.
 *
 * <pre>
 * fragments arrive -> header parsed on the way -> file complete, synced, named -> ledger committed -> 0x0000
 * </pre>
 *
 * Pixels pass through in pieces and are never held. Called by many threads at once.
 */
public final class Receiver implements StoreScp {

    private static final Logger LOG = LoggerFactory.getLogger(Receiver.class);

    private final Ledger ledger;
    private final @Nullable InstanceStore store;
    private final ReadLimits limits;
    private final long freeSpaceMinBytes;
    private final LongAdder received = new LongAdder();
    private final Map<Category, LongAdder> refused = new EnumMap<>(Category.class);

    private Receiver(Ledger ledger, @Nullable InstanceStore store, ReadLimits limits, long freeSpaceMinBytes) {
        this.ledger = ledger;
        this.store = store;
        this.limits = limits;
        this.freeSpaceMinBytes = freeSpaceMinBytes;
        for (Category category : Category.values()) {
            refused.put(category, new LongAdder());
        }
    }

    /**
     * A receiver that keeps instances as files, or only their headers.
     *
     * @param directory where to keep them; empty: discard
     * @param freeSpaceMinBytes below it nothing is taken any more
     * @throws IOException when the directory cannot be used
     */
    public static Receiver open(Ledger ledger, Optional<Path> directory, ReadLimits limits, long freeSpaceMinBytes)
            throws IOException {
        if (directory.isEmpty()) {
            return new Receiver(ledger, null, limits, freeSpaceMinBytes);
        }
        InstanceStore store = new InstanceStore(directory.get());
        store.sweep(ledger::files);
        return new Receiver(ledger, store, limits, freeSpaceMinBytes);
    }

    /** Instances that were acknowledged since the start. */
    public long received() {
        return received.sum();
    }

    /** Instances that were refused since the start. */
    public long refused(Category category) {
        LongAdder count = refused.get(category);
        return count == null ? 0 : count.sum();
    }

    @Override
    public Status store(StoreRequest request, InputStream dataSet) throws IOException {
        Category category;
        @Nullable String reason;
        try {
            receive(request, dataSet);
            received.increment();
            return Status.SUCCESS;
        } catch (DicomNetworkException e) {
            // The peer is gone: there is nobody to answer, and what came is thrown away.
            throw e;
        } catch (ReceiveException e) {
            category = e.category();
            reason = e.getMessage();
        } catch (UnidentifiedInstanceException e) {
            category = Category.UNMAPPABLE;
            reason = e.getMessage();
        } catch (MalformedDataException e) {
            category = Category.MALFORMED_DATA;
            reason = e.getMessage();
        } catch (LedgerException e) {
            category = e.category();
            reason = e.getMessage();
        } catch (IOException e) {
            category = Category.OUT_OF_RESOURCES;
            reason = "the instance cannot be kept: " + e.getClass().getSimpleName();
        }
        refused.computeIfPresent(category, (c, count) -> {
            count.increment();
            return count;
        });
        Status status = Refusal.status(category);
        LOG.warn(
                "association {} from {}: instance {} refused with {}: {} {}",
                request.association(),
                request.callingAe(),
                request.sopInstance(),
                status,
                category,
                reason);
        return status;
    }

    private void receive(StoreRequest request, InputStream dataSet)
            throws IOException, ReceiveException, UnidentifiedInstanceException {
        if (store == null) {
            Instance instance = read(request, new TeeInputStream(dataSet, OutputStream.nullOutputStream()));
            record(request, instance, null);
            return;
        }
        if (store.usableBytes() < freeSpaceMinBytes) {
            throw new ReceiveException(
                    Category.OUT_OF_RESOURCES,
                    "less than " + freeSpaceMinBytes + " bytes free where instances are kept");
        }
        try (InstanceStore.Incoming incoming = store.open()) {
            DataSetWriter.writeFileMeta(
                    incoming.out(), request.sopClass(), request.sopInstance(), request.transferSyntax());
            Instance instance = read(request, new TeeInputStream(dataSet, incoming.out()));
            if (incoming.equalsKept(ledger.files(instance.study(), instance.instance()))) {
                record(request, instance, null);
                return;
            }
            String file = incoming.keep(instance);
            try {
                record(request, instance, file);
            } catch (LedgerException e) {
                store.remove(file);
                throw e;
            }
        }
    }

    /** The header; and everything behind it has been read, so that the instance is known to be whole. */
    private Instance read(StoreRequest request, TeeInputStream dataSet)
            throws IOException, ReceiveException, UnidentifiedInstanceException {
        DicomReader reader = DicomReader.ofDataSet(dataSet, request.transferSyntax(), Selection.MAPPED, limits);
        DataSet header = reader.readHeader();
        Instance instance = Instance.of(header);
        requireEqual(Attribute.SOPInstanceUID, header, request.sopInstance().value());
        requireEqual(Attribute.SOPClassUID, header, request.sopClass().value());
        reader.verifyToEnd();
        dataSet.drain();
        return instance;
    }

    /** PS3.7 9.1.1.1.5: the command names the instance that is sent. */
    private static void requireEqual(Attribute attribute, DataSet header, String commanded) throws ReceiveException {
        if (header.uid(attribute).filter(uid -> uid.value().equals(commanded)).isEmpty()) {
            throw new ReceiveException(Category.UNMAPPABLE, attribute + " is not that of the command");
        }
    }

    private void record(StoreRequest request, Instance instance, @Nullable String file) {
        ledger.record(new Reception(
                instance, request.callingAe(), request.transferSyntax().uid(), file));
    }
}
