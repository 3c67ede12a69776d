package io.portolan.gateway.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.Tag;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.Vr;
import io.portolan.dicom.engine.DicomNetworkException;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.engine.StoreRequest;
import io.portolan.dicom.io.DataSetWriter;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.dicom.net.PortolanEngine;
import io.portolan.gateway.Category;
import io.portolan.gateway.FreeSpace;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerOptions;
import io.portolan.mapping.MappingOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** C-STORE, from the data set's bytes to the file, the ledger and the status. */
class ReceiverTest {

    private static final TransferSyntax SYNTAX = TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN;
    private static final Uid CT_IMAGE = new Uid("1.2.840.10008.5.1.4.1.1.2");
    private static final Uid STUDY = new Uid("1.2.3.1");
    private static final Uid SERIES = new Uid("1.2.3.2");
    private static final Uid SOP = new Uid("1.2.3.3");
    private static final int MORE_THAN_A_BUFFER = 100_000;

    @TempDir
    Path directory;

    private Ledger ledger;
    private InstanceStore store;
    private Receiver receiver;

    @BeforeEach
    void open() throws IOException {
        ledger = Ledger.open(LedgerOptions.of(directory.resolve("ledger.db")), InstantSource.system());
        store = InstanceStore.open(storage());
        receiver = receiver(Optional.of(store), 0);
    }

    private Receiver receiver(Optional<InstanceStore> kept, long freeMinBytes) {
        return new Receiver(
                new PortolanEngine(),
                ledger,
                kept,
                new FreeSpace(List.of(directory), freeMinBytes),
                ReadLimits.DEFAULT,
                MappingOptions.defaults("urn:own"),
                Set.of());
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private Path storage() {
        return directory.resolve("made/storage");
    }

    private static StoreRequest request(Uid sopClass, Uid sop) {
        return request("MODALITY", sopClass, sop);
    }

    private static StoreRequest request(String callingAe, Uid sopClass, Uid sop) {
        return new StoreRequest(
                callingAe, "PORTOLAN", InetSocketAddress.createUnresolved("peer", 104), 1, sopClass, sop, SYNTAX);
    }

    private static DataSet.Builder header(Uid sop) {
        return DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.SOPClassUID, CT_IMAGE.value())
                .add(Attribute.SOPInstanceUID, sop.value())
                .add(Attribute.StudyInstanceUID, STUDY.value())
                .add(Attribute.SeriesInstanceUID, SERIES.value())
                .add(Attribute.PatientName, "SECRET^NAME");
    }

    private static byte[] bytes(DataSet.Builder header, int pixelBytes) {
        byte[] pixels = new byte[pixelBytes];
        Arrays.fill(pixels, (byte) 7);
        return DataSetWriter.toBytes(
                header.add(Element.of(Tag.PIXEL_DATA, Vr.OW, pixels)).build(), SYNTAX);
    }

    private Status send(byte[] dataSet) throws IOException {
        return receiver.store(request(CT_IMAGE, SOP), new ByteArrayInputStream(dataSet));
    }

    private Status sendFrom(String callingAe, byte[] dataSet) throws IOException {
        return receiver.store(request(callingAe, CT_IMAGE, SOP), new ByteArrayInputStream(dataSet));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(storage())) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private void assertNothingIsLeft() throws IOException {
        assertThat(files()).isEmpty();
        assertThat(ledger.counts().instances()).isZero();
    }

    // ---- what is kept

    @Test
    void keepsAFileThatReadsAsItCameUnderAPathOfUids() throws IOException {
        byte[] dataSet = bytes(header(SOP), 1000);

        assertThat(send(dataSet)).isEqualTo(Status.SUCCESS);
        String name = ledger.files().of(STUDY, SOP).get(0);
        assertThat(name).matches("1\\.2\\.3\\.1/1\\.2\\.3\\.2/1\\.2\\.3\\.3-[0-9a-f-]{36}\\.dcm");
        byte[] kept = Files.readAllBytes(storage().resolve(name));
        DicomReader reader = DicomReader.open(new ByteArrayInputStream(kept), Selection.ALL, ReadLimits.DEFAULT);
        assertThat(Arrays.copyOfRange(kept, (int) reader.dataSetPosition(), kept.length))
                .isEqualTo(dataSet);
        assertThat(reader.transferSyntax()).isEqualTo(SYNTAX);
        assertThat(reader.fileMeta().strings(Tag.SOURCE_APPLICATION_ENTITY_TITLE))
                .containsExactly("MODALITY");
        assertThat(reader.readHeader().uid(Attribute.StudyInstanceUID)).contains(STUDY);
        assertThat(files()).hasSize(1);
        assertThat(ledger.gathered(STUDY).instances()).hasSize(1);
    }

    @Test
    void keepsNoFileWhenItDiscards() throws IOException {
        receiver = receiver(Optional.empty(), 0);

        assertThat(send(bytes(header(SOP), 1000))).isEqualTo(Status.SUCCESS);
        assertThat(files()).isEmpty();
        assertThat(ledger.gathered(STUDY).instances()).hasSize(1);
    }

    @Test
    void dropsADuplicateOfTheSameBytes() throws IOException {
        assertThat(send(bytes(header(SOP), 1000))).isEqualTo(Status.SUCCESS);
        assertThat(send(bytes(header(SOP), 1000))).isEqualTo(Status.SUCCESS);

        assertThat(files()).hasSize(1);
        assertThat(ledger.files().of(STUDY, SOP)).hasSize(1);
    }

    @Test
    void dropsADuplicateOfTheSameBytesFromAnother() throws IOException {
        assertThat(sendFrom("MODALITY", bytes(header(SOP), 200_000))).isEqualTo(Status.SUCCESS);
        assertThat(sendFrom("ARCHIVE", bytes(header(SOP), 200_000))).isEqualTo(Status.SUCCESS);
        byte[] lastDiffers = bytes(header(SOP), 200_000);
        lastDiffers[lastDiffers.length - 1] = 8;
        assertThat(sendFrom("ARCHIVE", lastDiffers)).isEqualTo(Status.SUCCESS);

        assertThat(files()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 142, 700, 1_300})
    void keepsADuplicateWhoseFirstFileWasCutShort(int bytesLeft) throws IOException {
        send(bytes(header(SOP), 1000));
        Path cut = files().get(0);
        try (FileChannel file = FileChannel.open(cut, StandardOpenOption.WRITE)) {
            assertThat(file.size()).isGreaterThan(bytesLeft);
            file.truncate(bytesLeft);
        }

        assertThat(send(bytes(header(SOP), 1000))).isEqualTo(Status.SUCCESS);
        assertThat(files()).hasSize(2);
    }

    @Test
    void keepsEveryVersionOfAnInstanceWhoseBytesDiffer() throws IOException {
        byte[] pixelsDiffer = bytes(header(SOP), 1000);
        pixelsDiffer[pixelsDiffer.length - 1] = 8;
        byte[] headerDiffers = bytes(header(SOP).add(Attribute.StudyDescription, "other"), 1000);
        for (byte[] version : List.of(bytes(header(SOP), 1000), pixelsDiffer, headerDiffers, pixelsDiffer)) {
            assertThat(send(version)).isEqualTo(Status.SUCCESS);
        }

        assertThat(files()).hasSize(3);
        assertThat(ledger.files().of(STUDY, SOP)).hasSize(3);
        assertThat(ledger.counts().instances()).isEqualTo(1);
    }

    @Test
    void keepsADuplicateWhoseFirstFileIsGone() throws IOException {
        send(bytes(header(SOP), 1000));
        Files.delete(files().get(0));

        assertThat(send(bytes(header(SOP), 1000))).isEqualTo(Status.SUCCESS);
        assertThat(files()).hasSize(1);
    }

    @Test
    void keepsWhatIsLargerThanItsMemory() throws IOException {
        long pixels = 64L << 20;
        byte[] head = bytes(header(SOP), 0);
        for (int i = 0; i < 4; i++) {
            head[head.length - 4 + i] = (byte) (pixels >>> 8 * i);
        }
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();

        assertThat(receiver.store(
                        request(CT_IMAGE, SOP),
                        new SequenceInputStream(new ByteArrayInputStream(head), new Zeros(pixels))))
                .isEqualTo(Status.SUCCESS);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(4 << 20);
        assertThat(Files.size(files().get(0))).isBetween(pixels, pixels + 2000);
    }

    private static final class Zeros extends InputStream {

        private long left;

        Zeros(long left) {
            this.left = left;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            int read = (int) Math.min(left, length);
            Arrays.fill(bytes, offset, offset + read, (byte) 0);
            left -= read;
            return read;
        }
    }

    // ---- what is refused

    /** A data set that ends between two elements is one; that no part is missing is for the network to know. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void takesNothingThatIsCutOff(boolean keep) throws IOException {
        receiver = receiver(keep ? Optional.of(store) : Optional.empty(), 0);
        byte[] whole = bytes(header(SOP), 3000);
        byte[] withoutPixels = DataSetWriter.toBytes(header(SOP).build(), SYNTAX);
        for (int length = 0; length < whole.length; length += 50) {
            if (length != withoutPixels.length) {
                assertThat(send(Arrays.copyOf(whole, length)))
                        .as("%d bytes", length)
                        .isIn(Status.CANNOT_UNDERSTAND, Status.DATA_SET_DOES_NOT_MATCH_CLASS);
                assertNothingIsLeft();
            }
        }
        assertThat(send(whole)).isEqualTo(Status.SUCCESS);
    }

    @ParameterizedTest
    @EnumSource(
            value = Attribute.class,
            names = {"StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID"})
    void refusesAnInstanceWithoutOneOfItsUids(Attribute missing) throws IOException {
        DataSet header = header(SOP).build().where(tag -> tag != missing.tag());

        assertThat(send(DataSetWriter.toBytes(header, SYNTAX))).isEqualTo(new Status(0xA900));
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../etc/passwd", "1.2/3", "1..2", "a", "/"})
    void refusesAUidThatIsNone(String uid) throws IOException {
        assertThat(send(bytes(header(SOP).add(Attribute.StudyInstanceUID, uid), 10)))
                .isEqualTo(new Status(0xA900));
        assertNothingIsLeft();
    }

    @Test
    void refusesAnInstanceThatIsNotTheOneAnnounced() throws IOException {
        byte[] dataSet = bytes(header(SOP), 1000);

        assertThat(receiver.store(request(CT_IMAGE, new Uid("1.2.3.4")), new ByteArrayInputStream(dataSet)))
                .isEqualTo(new Status(0xA900));
        assertThat(receiver.store(
                        request(new Uid("1.2.840.10008.5.1.4.1.1.4"), SOP), new ByteArrayInputStream(dataSet)))
                .isEqualTo(new Status(0xA900));
        assertNothingIsLeft();
    }

    @Test
    void takesNoGarbage() throws IOException {
        Random random = new Random(1);
        for (int i = 0; i < 50; i++) {
            byte[] garbage = new byte[random.nextInt(5000)];
            random.nextBytes(garbage);
            assertThat(send(garbage).isStored()).isFalse();
        }
        assertNothingIsLeft();
    }

    @Test
    void refusesBeforeReadingWhenTheDiskIsNearlyFull() throws IOException {
        receiver = receiver(Optional.of(store), Long.MAX_VALUE);
        ByteArrayInputStream dataSet = new ByteArrayInputStream(bytes(header(SOP), 1000));
        int available = dataSet.available();

        assertThat(receiver.store(request(CT_IMAGE, SOP), dataSet)).isEqualTo(new Status(0xA700));
        assertThat(dataSet.available()).isEqualTo(available);
        assertNothingIsLeft();
    }

    @Test
    void refusesAndLeavesNoFileWhenTheBacklogIsFull() throws IOException {
        ledger.close();
        ledger = Ledger.open(
                new LedgerOptions(
                        "jdbc:sqlite:" + directory.resolve("ledger.db"), Duration.ZERO, Duration.ZERO, 1, 0, ""),
                InstantSource.system());
        receiver = receiver(Optional.of(store), 0);
        assertThat(send(bytes(header(SOP), 1000))).isEqualTo(Status.SUCCESS);

        assertThat(send(bytes(header(SOP).add(Attribute.StudyInstanceUID, "1.2.9"), 1000)))
                .isEqualTo(new Status(0xA700));
        assertThat(files()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, MORE_THAN_A_BUFFER})
    void refusesWhenItCannotWrite(int pixels) throws IOException {
        Files.delete(storage().resolve("incoming"));

        assertThat(send(bytes(header(SOP), pixels))).isEqualTo(new Status(0xA700));
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, MORE_THAN_A_BUFFER})
    void refusesWhatHasNoPlaceAndTakesItWhenThereIsOne(int pixels) throws IOException {
        Path inTheWay = Files.createFile(storage().resolve(STUDY.value()));
        assertThat(send(bytes(header(SOP), pixels))).isEqualTo(new Status(0xA700));
        Files.delete(inTheWay);
        assertNothingIsLeft();

        assertThat(send(bytes(header(SOP), pixels))).isEqualTo(Status.SUCCESS);
        assertThat(files()).hasSize(1);
        assertThat(storage().resolve("incoming")).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, MORE_THAN_A_BUFFER})
    void leavesNothingWhenThePeerAborts(int pixels) throws IOException {
        byte[] whole = bytes(header(SOP), pixels);
        InputStream aborted = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new DicomNetworkException(DicomNetworkException.Kind.ABORTED, "A-ABORT");
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                throw new DicomNetworkException(DicomNetworkException.Kind.ABORTED, "A-ABORT");
            }
        };

        for (int length : new int[] {0, 100, whole.length / 2, whole.length}) {
            InputStream dataSet =
                    new SequenceInputStream(new ByteArrayInputStream(Arrays.copyOf(whole, length)), aborted);
            assertThatThrownBy(() -> receiver.store(request(CT_IMAGE, SOP), dataSet))
                    .isInstanceOf(DicomNetworkException.class);
            assertNothingIsLeft();
        }
    }

    @Test
    void hasAStatusForEveryCategory() {
        Set<Category> told = new HashSet<>();
        for (Category category : Category.values()) {
            assertThat(StoreStatus.of(category).isStored()).isFalse();
            told.add(category);
        }

        assertThat(told).hasSameSizeAs(Category.values());
        assertThat(StoreStatus.of(Category.MALFORMED_DATA)).isEqualTo(new Status(0xC000));
        assertThat(StoreStatus.of(Category.UNMAPPABLE)).isEqualTo(new Status(0xA900));
        assertThat(StoreStatus.of(Category.OUT_OF_RESOURCES)).isEqualTo(new Status(0xA700));
        assertThat(StoreStatus.of(Category.BUG)).isEqualTo(new Status(0x0110));
    }

    // ---- after a stop in the middle

    @Test
    void tidiesUpBehindAGatewayThatStoppedInTheMiddle() throws IOException {
        send(bytes(header(SOP), 1000));
        Path kept = files().get(0);
        String uuid = "-00000000-0000-0000-0000-000000000001";
        Path unnamed = Files.copy(kept, kept.resolveSibling("1.2.3.4" + uuid + ".dcm"));
        Path partial = Files.createFile(storage().resolve("incoming/" + uuid.substring(1) + ".part"));
        List<Path> foreign = List.of(
                Files.createFile(storage().resolve("README")),
                Files.createFile(storage().resolve("incoming/notes.txt")),
                Files.createFile(kept.resolveSibling("holiday.jpg")),
                Files.createFile(storage().resolve("1.2.3.1/1.2.3.4" + uuid + ".dcm")));

        assertThat(store.sweep(ledger)).isEqualTo(new InstanceStore.Swept(1, 1));
        assertThat(kept).exists();
        assertThat(foreign).allMatch(Files::exists);
        assertThat(unnamed).doesNotExist();
        assertThat(partial).doesNotExist();
        assertThat(storage().resolve("unreferenced").resolve(storage().relativize(unnamed)))
                .exists();
        assertThat(store.sweep(ledger)).isEqualTo(new InstanceStore.Swept(0, 0));
    }

    // ---- figures, printed, for docs/performance.md

    @ParameterizedTest
    @ValueSource(strings = {"keep 1", "keep 8", "discard 1", "discard 8"})
    void receivesFromSeveralAssociationsAtOnce(String how) throws Exception {
        boolean keep = how.startsWith("keep");
        int threads = Integer.parseInt(how.substring(how.length() - 1));
        receiver = receiver(keep ? Optional.of(store) : Optional.empty(), 0);
        int each = 800 / threads;
        ExecutorService associations = Executors.newFixedThreadPool(threads);
        List<Callable<Integer>> calls = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int first = t * each;
            calls.add(() -> {
                int stored = 0;
                for (int i = first; i < first + each; i++) {
                    Uid sop = new Uid("1.2.3.5." + i);
                    byte[] dataSet = bytes(header(sop), 10_000);
                    stored += receiver.store(request(CT_IMAGE, sop), new ByteArrayInputStream(dataSet))
                                    .isStored()
                            ? 1
                            : 0;
                }
                return stored;
            });
        }
        long start = System.nanoTime();
        int stored = 0;
        for (Future<Integer> call : associations.invokeAll(calls)) {
            stored += call.get();
        }
        System.out.printf(
                Locale.ROOT,
                "%s threads: %.0f instances of 10 KB per second%n",
                how,
                stored / ((System.nanoTime() - start) / 1e9));
        associations.shutdown();

        assertThat(stored).isEqualTo(threads * each);
        assertThat(ledger.counts().instances()).isEqualTo(stored);
        assertThat(files()).hasSize(keep ? stored : 0);
        assertThat(store.sweep(ledger)).isEqualTo(new InstanceStore.Swept(0, 0));
    }
}
