package io.portolan.dicom.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.portolan.dicom.SopClass;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.AssociationServer;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.ServerOptions;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.engine.StoreRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** DCMTK's programs as real peers, stock settings unless a test says otherwise. */
class DcmtkPeersTest {

    private static final Uid CT = new Uid("1.2.840.10008.5.1.4.1.1.2");

    @TempDir
    Path folder;

    @Test
    void answersEchoscu() throws Exception {
        Peers.require("echoscu");
        try (AssociationServer server = new PortolanEngine()
                .serve(ServerOptions.of("PORTOLAN", 0), (request, dataSet) -> Status.PROCESSING_FAILURE)) {
            String printed = Peers.run(folder, "echoscu", "-v", "-aec", "PORTOLAN", "localhost", port(server));
            assertThat(printed).contains("Received Echo Response (Success)").contains("Releasing Association");
            assertThat(server.totalAssociations()).isEqualTo(1);
        }
    }

    @Test
    void answersEchoscuThatProposesEveryContextAndTransferSyntaxThatItKnows() throws Exception {
        Peers.require("echoscu");
        try (AssociationServer server = new PortolanEngine()
                .serve(ServerOptions.of("PORTOLAN", 0), (request, dataSet) -> Status.PROCESSING_FAILURE)) {
            String printed = Peers.run(
                    folder,
                    "echoscu",
                    "-v",
                    "-ppc",
                    "128",
                    "-pts",
                    "30",
                    "-aec",
                    "PORTOLAN",
                    "localhost",
                    port(server));
            assertThat(printed).contains("Received Echo Response (Success)");
        }
    }

    @Test
    void takesFiveHundredSmallInstancesFromStorescuOverOneAssociation() throws Exception {
        Peers.require("storescu");
        Peers.require("dump2dcm");
        List<String> files = instances(500);
        Set<Uid> stored = ConcurrentHashMap.newKeySet();
        List<StoreRequest> requests = new CopyOnWriteArrayList<>();
        try (AssociationServer server = new PortolanEngine()
                .serve(ServerOptions.of("PORTOLAN", 0), (request, dataSet) -> {
                    stored.add(request.sopInstance());
                    requests.add(request);
                    return Status.SUCCESS;
                })) {
            List<String> command = new ArrayList<>(
                    List.of("storescu", "-aec", "PORTOLAN", "-aet", "DCMTK", "localhost", port(server)));
            command.addAll(files);
            long start = System.nanoTime();
            Peers.run(folder, command.toArray(String[]::new));
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            System.out.println("500 small instances from a stock storescu: " + millis + " ms, its start included");
            assertThat(server.totalAssociations()).isEqualTo(1);
        }
        assertThat(stored).hasSize(500);
        assertThat(requests)
                .allMatch(request -> request.callingAe().equals("DCMTK")
                        && request.sopClass().equals(CT)
                        && request.association() == 1);
    }

    @Test
    void receivesTheDataSetThatStorescuSends() throws Exception {
        Peers.require("storescu");
        Peers.require("dump2dcm");
        String file = instances(1).get(0);
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        try (AssociationServer server = new PortolanEngine()
                .serve(ServerOptions.of("PORTOLAN", 0), (request, dataSet) -> {
                    dataSet.transferTo(received);
                    return Status.SUCCESS;
                })) {
            // The file and the wire agree byte for byte when the syntax and the way lengths are written are the file's.
            Peers.run(folder, "storescu", "-xe", "-aec", "PORTOLAN", "localhost", port(server), file);
        }
        byte[] whole = Files.readAllBytes(folder.resolve(file));
        byte[] tail = Arrays.copyOfRange(whole, whole.length - received.size(), whole.length);
        assertThat(received.size()).isGreaterThan(200);
        assertThat(received.toByteArray()).isEqualTo(tail);
    }

    @ParameterizedTest
    // spotless:off
    @CsvSource({
        // proposed by, encoder of the file, its transfer syntax;   the wire's
        "-xe, none,     1.2.840.10008.1.2.1,    1.2.840.10008.1.2.1",
        "-xb, dump2dcm, 1.2.840.10008.1.2.2,    1.2.840.10008.1.2.2",
        "-xi, none,     1.2.840.10008.1.2.1,    1.2.840.10008.1.2",
        "-xd, none,     1.2.840.10008.1.2.1,    1.2.840.10008.1.2.1.99",
        "-xs, dcmcjpeg, 1.2.840.10008.1.2.4.70, 1.2.840.10008.1.2.4.70",
        "-xy, dcmcjpeg, 1.2.840.10008.1.2.4.50, 1.2.840.10008.1.2.4.50",
        "-xx, dcmcjpeg, 1.2.840.10008.1.2.4.51, 1.2.840.10008.1.2.4.51",
        "-xt, dcmcjpls, 1.2.840.10008.1.2.4.80, 1.2.840.10008.1.2.4.80",
        "-xu, dcmcjpls, 1.2.840.10008.1.2.4.81, 1.2.840.10008.1.2.4.81",
        "-xv, dcmcjpeg, 1.2.840.10008.1.2.4.90, 1.2.840.10008.1.2.4.90",
        "-xw, dcmcjpeg, 1.2.840.10008.1.2.4.91, 1.2.840.10008.1.2.4.91",
        "-xr, dcmcrle,  1.2.840.10008.1.2.5,    1.2.840.10008.1.2.5",
    })
    // spotless:on
    void takesWhatStorescuProposes(String option, String encoder, String ofFile, String ofWire) throws Exception {
        Peers.require("storescu");
        Peers.require("dump2dcm");
        String file = encoded(encoder, ofFile);
        List<StoreRequest> requests = new CopyOnWriteArrayList<>();
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        try (AssociationServer server = new PortolanEngine()
                .serve(ServerOptions.of("PORTOLAN", 0), (request, dataSet) -> {
                    requests.add(request);
                    dataSet.transferTo(received);
                    return Status.SUCCESS;
                })) {
            Peers.run(folder, "storescu", option, "-aec", "PORTOLAN", "localhost", port(server), file);
        }
        assertThat(requests)
                .singleElement()
                .extracting(request -> request.transferSyntax().uid().value())
                .isEqualTo(ofWire);
        if (ofFile.equals(ofWire)) {
            assertThat(received.toByteArray()).isEqualTo(dataSetOf(Files.readAllBytes(folder.resolve(file))));
        }
    }

    /** PS3.7 D.3.3.7: with -rsp it gives up unless it is told that it is welcome. */
    @Test
    void welcomesAUserOfStorescu() throws Exception {
        Peers.require("storescu");
        Peers.require("dump2dcm");
        String file = instances(1).get(0);
        List<StoreRequest> requests = new CopyOnWriteArrayList<>();
        try (AssociationServer server = new PortolanEngine()
                .serve(ServerOptions.of("PORTOLAN", 0), (request, dataSet) -> {
                    requests.add(request);
                    return Status.SUCCESS;
                })) {
            List<String> user = List.of("-usr", "me", "-rsp", "-aec", "PORTOLAN", "localhost", port(server), file);
            List<String> command = new ArrayList<>(List.of("storescu"));
            command.addAll(user);
            Peers.run(folder, command.toArray(String[]::new));
            command.addAll(1, List.of("-pwd", "secret"));
            Peers.run(folder, command.toArray(String[]::new));
        }
        assertThat(requests).hasSize(2);
    }

    @ParameterizedTest
    // spotless:off
    @CsvSource({
        "+xe, 1.2.840.10008.1.2.1",
        "+xb, 1.2.840.10008.1.2.2",
        "+xi, 1.2.840.10008.1.2",
        "+xd, 1.2.840.10008.1.2.1.99",
        "+xs, 1.2.840.10008.1.2.4.70",
        "+xv, 1.2.840.10008.1.2.4.90",
        "+xw, 1.2.840.10008.1.2.4.91",
        "+xr, 1.2.840.10008.1.2.5",
    })
    // spotless:on
    void agreesWithStorescpOnWhatItPrefers(String option, String syntax) throws Exception {
        Peers.require("storescp");
        TransferSyntax preferred = TransferSyntax.of(new Uid(syntax));
        int port = freePort();
        Process storescp = storescp(port, option);
        RequestOptions options =
                RequestOptions.echo("localhost", port, "STORESCP", "PORTOLAN").propose(CT, preferred);
        try (AssociationClient client = new PortolanEngine().request(options)) {
            assertThat(client.accepted(CT)).containsExactly(preferred);
            assertThat(client.echo()).isEqualTo(Status.SUCCESS);
            client.release();
        } finally {
            storescp.destroy();
        }
        assertThat(storescp.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void storesIntoStorescp() throws Exception {
        Peers.require("storescp");
        Peers.require("dump2dcm");
        Peers.require("dcmdump");
        byte[] dataSet =
                dataSetOf(Files.readAllBytes(folder.resolve(instances(1).get(0))));
        int port = freePort();
        Process storescp = storescp(port, "+x=");
        RequestOptions options = RequestOptions.echo("localhost", port, "STORESCP", "PORTOLAN")
                .propose(CT, TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN);
        try (AssociationClient client = new PortolanEngine().request(options)) {
            assertThat(client.accepted(CT)).containsExactly(TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN);
            assertThat(client.accepted(SopClass.VERIFICATION)).hasSize(1);
            assertThat(client.echo()).isEqualTo(Status.SUCCESS);
            assertThat(client.store(
                            CT,
                            new Uid("1.2.3.7"),
                            TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN,
                            new ByteArrayInputStream(dataSet)))
                    .isEqualTo(Status.SUCCESS);
            client.release();
        } finally {
            storescp.destroy();
        }
        assertThat(storescp.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(Peers.run(folder, "dcmdump", "CT.1.2.3.7")).contains("[Distinctive^Name]");
    }

    private Process storescp(int port, String accepting) throws Exception {
        Process storescp = new ProcessBuilder("storescp", accepting, "--output-directory", folder.toString(), "" + port)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("storescp.out").toFile())
                .start();
        awaitListening(port);
        return storescp;
    }

    // Only encoders of some syntaxes are installed. What stands in the frames is no matter of the network.
    private String encoded(String encoder, String syntax) throws Exception {
        String plain = instances(1).get(0);
        if (encoder.equals("none")) {
            return plain;
        }
        if (encoder.equals("dump2dcm")) {
            Peers.run(folder, "dump2dcm", "+tb", "small.dump", "encoded.dcm");
            return "encoded.dcm";
        }
        Peers.require(encoder);
        Peers.run(folder, encoder, plain, "encoded.dcm");
        byte[] file = Files.readAllBytes(folder.resolve("encoded.dcm"));
        String written = Map.of(
                        "dcmcjpeg", "1.2.840.10008.1.2.4.70",
                        "dcmcjpls", "1.2.840.10008.1.2.4.80",
                        "dcmcrle", "1.2.840.10008.1.2.5")
                .get(encoder);
        Files.write(folder.resolve("encoded.dcm"), replaced(file, String.valueOf(written), syntax));
        return "encoded.dcm";
    }

    private List<String> instances(int count) throws Exception {
        Files.writeString(folder.resolve("small.dump"), """
                (0008,0016) UI =CTImageStorage
                (0008,0018) UI [1.2.3.7]
                (0008,0060) CS [CT]
                (0010,0010) PN [Distinctive^Name]
                (0010,0020) LO [ID-1]
                (0020,000d) UI [1.2.3.4]
                (0020,000e) UI [1.2.3.5]
                (0020,0013) IS [1]
                (0028,0002) US 1
                (0028,0004) CS [MONOCHROME2]
                (0028,0010) US 4
                (0028,0011) US 4
                (0028,0100) US 16
                (0028,0101) US 16
                (0028,0102) US 15
                (0028,0103) US 0
                (7fe0,0010) OW 0000\\0000\\0000\\0000\\0000\\0000\\0000\\0000\\0000\\0000\\0000\\0000\\0000\\0000\\0000\\0000
                """);
        Peers.run(folder, "dump2dcm", "+te", "small.dump", "small.dcm");
        byte[] template = Files.readAllBytes(folder.resolve("small.dcm"));
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = i + ".dcm";
            String uid = i == 0 ? "1.2.3.7" : "1.%05d".formatted(i);
            Files.write(folder.resolve(name), replaced(template, "1.2.3.7", uid));
            names.add(name);
        }
        return names;
    }

    private static byte[] replaced(byte[] bytes, String from, String to) {
        assertThat(to).hasSameSizeAs(from);
        return new String(bytes, StandardCharsets.ISO_8859_1).replace(from, to).getBytes(StandardCharsets.ISO_8859_1);
    }

    // Behind preamble, DICM and File Meta Information, whose group length stands at byte 140.
    private static byte[] dataSetOf(byte[] file) {
        int metaLength = (file[140] & 0xFF) | (file[141] & 0xFF) << 8;
        return Arrays.copyOfRange(file, 144 + metaLength, file.length);
    }

    private static String port(AssociationServer server) {
        return Integer.toString(server.port());
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void awaitListening(int port) {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!listens(port)) {
            assertThat(System.nanoTime()).as("storescp listens within 10 s").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private static boolean listens(int port) {
        return catchThrowable(() -> new Socket("localhost", port).close()) == null;
    }
}
