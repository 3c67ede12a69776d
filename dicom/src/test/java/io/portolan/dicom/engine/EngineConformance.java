package io.portolan.dicom.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.PersonName;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.Vr;
import io.portolan.dicom.io.DataSetWriter;
import io.portolan.dicom.io.HeaderReader;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.dicom.io.MalformedDataException.Kind;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What every {@link DicomEngine} has to do, whoever wrote it: one subclass for each engine. Kept to what the gateway relies
 * on; the finer points of an engine are in tests of its own.
 */
public abstract class EngineConformance {

    private static final Uid CT = new Uid("1.2.840.10008.5.1.4.1.1.2");
    private static final Uid INSTANCE = new Uid("1.2.3.4");
    private static final TransferSyntax EXPLICIT = TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN;
    private static final TransferSyntax IMPLICIT = TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN;

    /** (0008,0016) UI, (0008,0060) CS, (0008,1032) SQ with one item, (0010,0020) LO, (0020,0013) IS, pixels OW. */
    private static final String BIG_ENDIAN = "00080016 5549 001a" + hex("1.2.840.10008.5.1.4.1.1.2\0")
            + "00080060 4353 0002" + hex("CT")
            + "00081032 5351 0000 ffffffff fffee000 ffffffff"
            + "00080100 5348 0002" + hex("A1") + "fffee00d 00000000 fffee0dd 00000000"
            + "00100020 4c4f 0004" + hex("4711")
            + "00200013 4953 0002" + hex("7 ")
            + "7fe00010 4f57 0000 00000004 01020304";

    /** A new engine, or one that can be used again. */
    protected abstract DicomEngine engine();

    // ---- reading

    @ParameterizedTest
    @CsvSource({"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.5"})
    void readsAFileOfEverySyntax(String uid) throws IOException {
        TransferSyntax syntax = TransferSyntax.of(new Uid(uid));
        HeaderReader reader = engine().read(stream(file(syntax, header())), Selection.MAPPED, ReadLimits.DEFAULT);
        assertThat(reader.transferSyntax().uid()).isEqualTo(syntax.uid());
        assertHeader(reader.readHeader());
        reader.verifyToEnd();
    }

    @Test
    void readsADataSetOfTheNetwork() throws IOException {
        for (TransferSyntax syntax : List.of(EXPLICIT, IMPLICIT)) {
            byte[] bytes = DataSetWriter.toBytes(header(), syntax);
            HeaderReader reader = engine().readDataSet(stream(bytes), syntax, Selection.MAPPED, ReadLimits.DEFAULT);
            assertHeader(reader.readHeader());
            reader.verifyToEnd();
        }
    }

    @Test
    void readsBigEndianAsLittleEndianValues() throws IOException {
        HeaderReader reader = engine().readDataSet(
                        stream(bytes(BIG_ENDIAN)),
                        TransferSyntax.EXPLICIT_VR_BIG_ENDIAN,
                        Selection.MAPPED,
                        ReadLimits.DEFAULT);
        DataSet header = reader.readHeader();
        reader.verifyToEnd();
        assertThat(header.string(Attribute.Modality)).contains("CT");
        assertThat(header.string(Attribute.PatientID)).contains("4711");
        assertThat(header.string(Attribute.InstanceNumber)).contains("7");
        assertThat(header.items(Attribute.ProcedureCodeSequence).get(0).string(Attribute.CodeValue))
                .contains("A1");
    }

    @Test
    void guessesTheSyntaxOfADataSetWithoutFileMetaInformation() throws IOException {
        for (TransferSyntax syntax : List.of(EXPLICIT, IMPLICIT)) {
            byte[] bytes = DataSetWriter.toBytes(header(), syntax);
            HeaderReader reader = engine().read(stream(bytes), Selection.MAPPED, ReadLimits.DEFAULT);
            assertThat(reader.transferSyntax()).isEqualTo(syntax);
            assertHeader(reader.readHeader());
        }
    }

    @Test
    void keepsNothingButWhatIsSelected() throws IOException {
        DataSet header = DataSet.builder()
                .addAll(header())
                .add(Element.of(0x0009_0010, Vr.LO, ascii("ACME")))
                .add(Element.of(0x0028_0010, Vr.US, new byte[] {0, 2}))
                .build();
        byte[] file = file(EXPLICIT, header);
        DataSet mapped = engine().read(stream(file), Selection.MAPPED, ReadLimits.DEFAULT)
                .readHeader();
        assertThat(mapped.find(0x0009_0010)).isNull();
        assertThat(mapped.find(0x0028_0010)).isNull();
        DataSet all =
                engine().read(stream(file), Selection.ALL, ReadLimits.DEFAULT).readHeader();
        assertThat(all.strings(0x0028_0010)).containsExactly("512");
    }

    @Test
    void saysWhereADataSetIsCutOff() throws IOException {
        byte[] whole = file(EXPLICIT, header());
        byte[] cut = Arrays.copyOf(whole, whole.length - 1);
        HeaderReader reader = engine().read(stream(cut), Selection.MAPPED, ReadLimits.DEFAULT);
        assertThatThrownBy(() -> {
                    reader.readHeader();
                    reader.verifyToEnd();
                })
                .isInstanceOfSatisfying(MalformedDataException.class, e -> {
                    assertThat(e.kind()).isEqualTo(Kind.TRUNCATED);
                    assertThat(e.position()).isBetween(132L, (long) whole.length);
                });
    }

    @Test
    void refusesWhatIsNotDicom() {
        for (byte[] junk : List.of(new byte[0], new byte[4096], ascii("<html>not a data set</html>"))) {
            assertThatThrownBy(() -> engine().read(stream(junk), Selection.MAPPED, ReadLimits.DEFAULT))
                    .isInstanceOfSatisfying(
                            MalformedDataException.class,
                            e -> assertThat(e.kind()).isEqualTo(Kind.NOT_DICOM));
        }
    }

    @Test
    void takesNoMemoryForALengthThatIsOnlyClaimed() throws IOException {
        byte[] claimed = bytes("0800 1901 5543 0000 feffff7f 0102");
        HeaderReader reader = engine().readDataSet(stream(claimed), EXPLICIT, Selection.ALL, ReadLimits.DEFAULT);
        assertThatThrownBy(reader::readHeader).isInstanceOf(MalformedDataException.class);
    }

    // ---- the network

    @Test
    void servesWhatItRequests() throws IOException {
        List<StoreRequest> requests = Collections.synchronizedList(new ArrayList<>());
        List<byte[]> stored = Collections.synchronizedList(new ArrayList<>());
        byte[] dataSet = DataSetWriter.toBytes(header(), EXPLICIT);
        try (AssociationServer server = engine().serve(loopback(), (request, in) -> {
                    requests.add(request);
                    stored.add(in.readAllBytes());
                    return Status.SUCCESS;
                });
                AssociationClient client = request(server)) {
            assertThat(client.accepted(CT)).containsExactly(EXPLICIT);
            assertThat(client.echo()).isEqualTo(Status.SUCCESS);
            assertThat(client.store(CT, INSTANCE, EXPLICIT, stream(dataSet))).isEqualTo(Status.SUCCESS);
            client.release();
        }
        assertThat(stored).containsExactly(dataSet);
        assertThat(requests.get(0).callingAe()).isEqualTo("TESTER");
        assertThat(requests.get(0).sopInstance()).isEqualTo(INSTANCE);
        assertThat(requests.get(0).transferSyntax()).isEqualTo(EXPLICIT);
    }

    @Test
    void givesTheStatusOfTheStoreAndGoesOn() throws IOException {
        List<Status> answers = List.of(Status.OUT_OF_RESOURCES, Status.SUCCESS);
        List<Status> left = new ArrayList<>(answers);
        try (AssociationServer server = engine().serve(loopback(), (request, in) -> left.remove(0));
                AssociationClient client = request(server)) {
            for (Status answer : answers) {
                byte[] dataSet = DataSetWriter.toBytes(header(), EXPLICIT);
                assertThat(client.store(CT, INSTANCE, EXPLICIT, stream(dataSet)))
                        .isEqualTo(answer);
            }
            client.release();
        }
    }

    @Test
    void holdsNoInstanceInMemory() throws IOException {
        long size = 200L << 20;
        try (AssociationServer server = engine().serve(loopback(), (request, in) -> {
                    long skipped = in.skip(size);
                    while (in.read() >= 0) {
                        skipped += 1 + in.skip(size);
                    }
                    return skipped == size ? Status.SUCCESS : Status.PROCESSING_FAILURE;
                });
                AssociationClient client = request(server)) {
            assertThat(client.store(CT, INSTANCE, EXPLICIT, new Zeros(size))).isEqualTo(Status.SUCCESS);
            client.release();
        }
    }

    @Test
    void rejectsWhomItDoesNotKnow() throws IOException {
        ServerOptions options = loopback()
                .withRules(AssociationRules.calledAs("SERVER")
                        .withPeersOnly(
                                Map.of("FRIEND", new AssociationRules.Peer(Hosts.ANY, Set.of(), OptionalInt.empty()))));
        try (AssociationServer server = engine().serve(options, (request, in) -> Status.SUCCESS)) {
            assertThatThrownBy(() -> request(server)).isInstanceOf(DicomNetworkException.class);
            assertThat(server.openAssociations()).isZero();
        }
    }

    @Test
    void saysThatNobodyIsThere() throws IOException {
        AssociationServer server = engine().serve(loopback(), (request, in) -> Status.SUCCESS);
        server.stop(Duration.ofSeconds(5));
        assertThatThrownBy(() -> request(server)).isInstanceOf(DicomNetworkException.class);
    }

    private AssociationClient request(AssociationServer server) throws IOException {
        String host = InetAddress.getLoopbackAddress().getHostAddress();
        return engine().request(RequestOptions.echo(host, server.port(), "SERVER", "TESTER")
                .propose(CT, EXPLICIT));
    }

    private static ServerOptions loopback() {
        return ServerOptions.of("SERVER", 0).withBind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private static void assertHeader(DataSet header) {
        assertThat(header.uid(Attribute.SOPInstanceUID)).contains(INSTANCE);
        assertThat(header.string(Attribute.Modality)).contains("CT");
        assertThat(header.names(Attribute.PatientName)).containsExactly(PersonName.parse("Yamada^Tarou=山田^太郎"));
        assertThat(header.items(Attribute.ProcedureCodeSequence))
                .extracting(item -> item.string(Attribute.CodeMeaning).orElse(""))
                .containsExactly("頭部", "");
        assertThat(header.string(Attribute.SeriesNumber)).contains("3");
    }

    private static DataSet header() {
        DataSet code = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.CodeMeaning, "頭部")
                .build();
        return DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.SpecificCharacterSet, "ISO_IR 192")
                .add(Attribute.SOPClassUID, CT.value())
                .add(Attribute.SOPInstanceUID, INSTANCE.value())
                .add(Attribute.Modality, "CT")
                .add(Attribute.ProcedureCodeSequence, List.of(code, DataSet.EMPTY))
                .add(Attribute.PatientName, "Yamada^Tarou=山田^太郎")
                .add(Attribute.SeriesNumber, "3")
                .build();
    }

    private static byte[] file(TransferSyntax syntax, DataSet dataSet) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        DataSetWriter.writeFileMeta(file, CT, INSTANCE, syntax);
        file.writeBytes(DataSetWriter.toBytes(dataSet, syntax));
        return file.toByteArray();
    }

    private static InputStream stream(byte[] bytes) {
        return new ByteArrayInputStream(bytes);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(ascii(text));
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    /** So many bytes, of which none is held. */
    private static final class Zeros extends InputStream {

        private long left;

        Zeros(long size) {
            left = size;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            int given = (int) Math.min(left, length);
            Arrays.fill(target, offset, offset + given, (byte) 0);
            left -= given;
            return given == 0 && length > 0 ? -1 : given;
        }
    }
}
