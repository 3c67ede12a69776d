package io.portolan.gateway.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.Vr;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.engine.StoreRequest;
import io.portolan.dicom.io.DataSetWriter;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.net.PortolanEngine;
import io.portolan.gateway.FreeSpace;
import io.portolan.gateway.RetryDelay;
import io.portolan.gateway.ledger.ForwardCounts;
import io.portolan.gateway.ledger.Forwards;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerOptions;
import io.portolan.gateway.ledger.LedgerPlace;
import io.portolan.gateway.receive.FileRemoval;
import io.portolan.gateway.receive.InstanceStore;
import io.portolan.gateway.receive.Receiver;
import io.portolan.mapping.MappingOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A receiver, a ledger, a folder and a forwarder, which come and go as those of a gateway do. */
public final class ForwardRoom {

    static final TransferSyntax SYNTAX = TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN;
    public static final Uid CT = new Uid("1.2.840.10008.5.1.4.1.1.2");
    public static final Uid STUDY = new Uid("1.2.3.1");

    private static final int PIXEL_DATA = 0x7FE0_0010;
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final long POLL_NANOS = 2_000_000;

    public final Path storage;
    public final Ledger ledger;
    private boolean forwards = true;
    private Receiver receiver;
    private FileRemoval removal;
    private @Nullable Forwarder forwarder;

    public ForwardRoom(Path directory, LedgerPlace place) throws IOException {
        storage = directory.resolve("storage");
        ledger = Ledger.open(LedgerOptions.of(place, ""), InstantSource.system());
        reopen(true);
    }

    /** As a start does, in mode forward or in mode keep. */
    public InstanceStore.Swept reopen(boolean forward) throws IOException {
        forwards = forward;
        InstanceStore store = InstanceStore.open(storage, forward);
        removal = new FileRemoval(store, ledger);
        removal.finish();
        receiver = new Receiver(
                new PortolanEngine(),
                ledger,
                Optional.of(store),
                new FreeSpace(List.of(storage), 0),
                ReadLimits.DEFAULT,
                MappingOptions.defaults("urn:own"),
                Set.of());
        return store.sweep(ledger);
    }

    Forwards rows() {
        return ledger.files().forwards();
    }

    ForwardCounts counts() {
        return rows().counts();
    }

    public static Uid sop(int number) {
        return new Uid("1.2.3.3." + number);
    }

    /** A data set; equal numbers give equal bytes. */
    static ByteBuffer dataSet(Uid sopClass, int sop, int content, TransferSyntax syntax) {
        return ByteBuffer.wrap(bytes(sopClass, sop, content, syntax));
    }

    private static byte[] bytes(Uid sopClass, int sop, int content, TransferSyntax syntax) {
        DataSet header = DataSet.builder()
                .add(Attribute.SOPClassUID, sopClass.value())
                .add(Attribute.SOPInstanceUID, sop(sop).value())
                .add(Attribute.StudyInstanceUID, STUDY.value())
                .add(Attribute.SeriesInstanceUID, "1.2.3.2")
                .add(Attribute.PatientID, "SECRET")
                .add(Attribute.Modality, "CT")
                .add(Element.of(PIXEL_DATA, Vr.OW, new byte[200_000 + 2 * content]))
                .build();
        return DataSetWriter.toBytes(header, syntax);
    }

    public ByteBuffer receive(int sop) throws IOException {
        return receive(CT, sop, 0, SYNTAX);
    }

    ByteBuffer receive(Uid sopClass, int sop, int content, TransferSyntax syntax) throws IOException {
        byte[] dataSet = bytes(sopClass, sop, content, syntax);
        StoreRequest request = new StoreRequest(
                "MODALITY", "PORTOLAN", InetSocketAddress.createUnresolved("peer", 104), 1, sopClass, sop(sop), syntax);
        assertThat(receiver.store(request, new ByteArrayInputStream(dataSet))).isEqualTo(Status.SUCCESS);
        return ByteBuffer.wrap(dataSet);
    }

    public Forwarder start(ScriptedPacs pacs) {
        return start(pacs, 1, Duration.ofSeconds(20));
    }

    Forwarder start(ScriptedPacs pacs, int parallel, Duration releaseAfter) {
        ForwardOptions options = new ForwardOptions(
                "127.0.0.1",
                pacs.port(),
                Optional.empty(),
                ScriptedPacs.AE,
                "GATEWAY",
                parallel,
                new RetryDelay(Duration.ofMillis(2), Duration.ofMillis(40)),
                Duration.ofSeconds(20),
                releaseAfter,
                forwards);
        Forwarder started = new Forwarder(
                options, new PortolanEngine(), storage, rows(), removal::remove, new Random(1), InstantSource.system());
        started.start();
        forwarder = started;
        return started;
    }

    void stop() throws InterruptedException {
        Forwarder running = forwarder;
        if (running != null) {
            running.stop(Duration.ofSeconds(20));
        }
    }

    /** Waits until the PACS has all, and says so. */
    public void awaitEmpty() {
        await(
                "nothing waits",
                () -> counts().waiting() == 0
                        && ledger.files().dropped().some(1).isEmpty());
    }

    public static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        assertThat(condition.getAsBoolean()).as(what).isTrue();
    }

    /** Names of files below the storage directory. */
    public List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(storage)) {
            return all.filter(Files::isRegularFile).map(storage::relativize).toList();
        }
    }

    /** Folders of studies. */
    boolean hasFolder() {
        return Files.exists(storage.resolve(STUDY.value()));
    }

    public void close() throws InterruptedException {
        stop();
        ledger.close();
    }
}
