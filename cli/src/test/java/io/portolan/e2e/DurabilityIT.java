package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.NetworkLimits;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.io.DataSetWriter;
import io.portolan.dicom.net.PortolanEngine;
import io.portolan.testdata.SyntheticStudies;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged survives: a dead server, SIGKILL, SIGTERM, an instance larger than the heap, bad input. */
class DurabilityIT {

    private static final TransferSyntax SYNTAX = TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN;
    private static final long GIGABYTE = 1L << 30;

    @TempDir
    private Path directory;

    @Test
    void everythingAcknowledgedBeforeAKillIsPublishedAfterwards() throws Exception {
        String uid = "2.25.911001";
        List<DataSet> instances = Instances.ofStudy(uid, SyntheticStudies.ct(9, 400));
        Set<String> acknowledged = new TreeSet<>();
        // the FHIR server is away: a port that nobody listens on
        try (RunningGateway gateway = RunningGateway.start(directory, "http://127.0.0.1:" + unusedPort() + "/fhir");
                AssociationClient association = associate(gateway)) {
            Thread killer = new Thread(() -> {
                try {
                    Await.until("100 acknowledged", Duration.ofSeconds(30), () -> {
                        synchronized (acknowledged) {
                            return acknowledged.size() >= 100;
                        }
                    });
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                } finally {
                    gateway.kill();
                }
            });
            killer.start();
            storeUntilLost(association, instances, acknowledged);
            killer.join();
        }
        assertThat(acknowledged).hasSizeBetween(100, 399);

        try (RunningGateway again = RunningGateway.start(directory, Programs.sandboxUrl())) {
            Fhir fhir = new Fhir(Programs.sandboxUrl());
            // the instance in doubt may have been recorded as well: acknowledged, or not, but nothing else
            Await.until("all acknowledged are published", Duration.ofSeconds(60), () -> {
                List<JsonNode> studies = fhir.studies(uid);
                return studies.size() == 1 && listed(studies.get(0)).containsAll(acknowledged);
            });
            assertThat(listed(fhir.studies(uid).get(0))).hasSizeLessThanOrEqualTo(acknowledged.size() + 1);
            assertThat(again.stop()).isEqualTo(143);
        }
        try (Stream<Path> files = Files.walk(directory.resolve("data/instances"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".dcm")).count())
                    .as("the kept files are those of the ledger")
                    .isBetween((long) acknowledged.size(), acknowledged.size() + 1L);
        }
    }

    private static void storeUntilLost(AssociationClient association, List<DataSet> instances, Set<String> acknowledged)
            throws IOException {
        for (DataSet instance : instances) {
            Status status;
            try {
                status = store(association, instance);
            } catch (IOException killed) {
                return;
            }
            assertThat(status).isEqualTo(Status.SUCCESS);
            synchronized (acknowledged) {
                acknowledged.add(instance.string(Attribute.SOPInstanceUID).orElseThrow());
            }
        }
    }

    private static Set<String> listed(JsonNode study) {
        Set<String> uids = new TreeSet<>();
        study.path("series")
                .forEach(series -> series.path("instance")
                        .forEach(instance -> uids.add(instance.path("uid").asText())));
        return uids;
    }

    @Test
    void takesInstancesWhileTheServerIsAwayAndSaysSo() throws Exception {
        try (RunningGateway gateway = RunningGateway.start(directory, "http://127.0.0.1:" + unusedPort() + "/fhir");
                AssociationClient association = associate(gateway)) {
            String uid = "2.25.912001";
            for (DataSet instance : Instances.ofStudy(uid, SyntheticStudies.ctTwoSeries())) {
                assertThat(store(association, instance)).isEqualTo(Status.SUCCESS);
            }
            association.release();
            Await.until(
                    "health names the server that is away",
                    Duration.ofSeconds(30),
                    () -> gateway.health("ready").body().contains("\"fhir\":\"unavailable"));
            assertThat(gateway.health("ready").statusCode()).isEqualTo(200);
            assertThat(gateway.health("live").statusCode()).isEqualTo(200);
            gateway.stop();
        }
    }

    @Test
    void badInstancesAreRefusedWithTheRightStatusAndTheNextOneIsStored() throws Exception {
        try (RunningGateway gateway = RunningGateway.start(directory, Programs.sandboxUrl());
                AssociationClient association = associate(gateway)) {
            String uid = "2.25.913001";
            List<DataSet> ct = Instances.ofStudy(uid, SyntheticStudies.ctTwoSeries());
            Uid sopClass = ct.get(0).uid(Attribute.SOPClassUID).orElseThrow();
            byte[] whole = DataSetWriter.toBytes(ct.get(0), SYNTAX);
            byte[] withoutStudy =
                    DataSetWriter.toBytes(ct.get(0).where(tag -> tag != Attribute.StudyInstanceUID.tag()), SYNTAX);
            Uid sopInstance = ct.get(0).uid(Attribute.SOPInstanceUID).orElseThrow();

            assertThat(store(
                            association,
                            sopClass,
                            sopInstance,
                            "This is no DICOM at all, not at all.".getBytes(StandardCharsets.US_ASCII)))
                    .isEqualTo(Status.CANNOT_UNDERSTAND);
            assertThat(store(association, sopClass, sopInstance, Arrays.copyOf(whole, whole.length / 2)))
                    .isEqualTo(Status.CANNOT_UNDERSTAND);
            assertThat(store(association, sopClass, sopInstance, Arrays.copyOf(whole, whole.length - 4)))
                    .as("cut off in its pixels")
                    .isEqualTo(Status.CANNOT_UNDERSTAND);
            assertThat(store(association, sopClass, sopInstance, withoutStudy))
                    .isEqualTo(Status.DATA_SET_DOES_NOT_MATCH_CLASS);
            assertThat(store(association, sopClass, new Uid("2.25.913001.77"), whole))
                    .as("command and data set disagree")
                    .isEqualTo(Status.DATA_SET_DOES_NOT_MATCH_CLASS);
            assertThat(store(association, ct.get(1))).isEqualTo(Status.SUCCESS);
            association.release();

            JsonNode study = new Fhir(Programs.sandboxUrl()).awaitStudy(uid, 1);
            assertThat(listed(study))
                    .containsExactly(ct.get(1).string(Attribute.SOPInstanceUID).orElseThrow());
            gateway.stop();
        }
        try (Stream<Path> files = Files.walk(directory.resolve("data/instances"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".dcm"))).hasSize(1);
        }
    }

    @Test
    void sendNamesEveryFileThatIsNotDicomOrCutOffOrRefused() throws Exception {
        DataSet good = Instances.ofStudy("2.25.914001", SyntheticStudies.cr()).get(0);
        DataSet withoutStudy = good.where(tag -> tag != Attribute.StudyInstanceUID.tag());
        byte[] whole = SyntheticStudies.toFile(good);
        Path files = Files.createDirectories(directory.resolve("files"));
        Files.writeString(files.resolve("1-text.txt"), "not DICOM");
        Files.write(files.resolve("2-cut.dcm"), Arrays.copyOf(whole, 300));
        Files.write(files.resolve("3-no-study.dcm"), SyntheticStudies.toFile(withoutStudy));
        Files.write(files.resolve("4-good.dcm"), whole);
        try (RunningGateway gateway = RunningGateway.start(directory, Programs.sandboxUrl())) {
            ChildProcess send = Programs.portolan(directory, List.of(), "send", gateway.peer(), files.toString());
            assertThat(send.awaitEnd(Duration.ofSeconds(60))).isEqualTo(1);
            assertThat(send.lines())
                    .anyMatch(line -> line.contains("1-text.txt: not sent: not DICOM"))
                    .anyMatch(line -> line.contains("2-cut.dcm: not sent: ") && line.contains("cut off"))
                    .anyMatch(line -> line.contains("3-no-study.dcm: refused: 0xA900"))
                    .anyMatch(line -> line.startsWith("1 sent to PORTOLAN@127.0.0.1:") && line.contains(", 3 failed"));
            gateway.stop();
        }
    }

    @Test
    void anInstanceOfAGigabytePassesThroughAHeapOf128Megabytes() throws Exception {
        try (RunningGateway gateway = RunningGateway.start(
                        directory, Programs.sandboxUrl(), List.of("-Xmx128m", "-XX:MaxDirectMemorySize=16m"));
                AssociationClient association = associate(gateway)) {
            String uid = "2.25.915001";
            DataSet header = Instances.ofStudy(uid, SyntheticStudies.ctTwoSeries())
                    .get(0)
                    .where(tag -> tag != 0x7FE0_0010);
            byte[] head = DataSetWriter.toBytes(header, SYNTAX);
            byte[] pixelData = {(byte) 0xE0, 0x7F, 0x10, 0, 'O', 'W', 0, 0, 0, 0, 0, 0x40};
            InputStream dataSet = new SequenceInputStream(
                    new SequenceInputStream(new ByteArrayInputStream(head), new ByteArrayInputStream(pixelData)),
                    new Zeros(GIGABYTE));
            assertThat(association.store(
                            header.uid(Attribute.SOPClassUID).orElseThrow(),
                            header.uid(Attribute.SOPInstanceUID).orElseThrow(),
                            SYNTAX,
                            dataSet))
                    .isEqualTo(Status.SUCCESS);
            association.release();
            new Fhir(Programs.sandboxUrl()).awaitStudy(uid, 1);
            gateway.stop();
            try (Stream<Path> files = Files.walk(directory.resolve("data/instances"))) {
                assertThat(files.filter(file -> file.toString().endsWith(".dcm")))
                        .singleElement()
                        .satisfies(file -> assertThat(Files.size(file)).isGreaterThan(GIGABYTE));
            }
        }
    }

    private static AssociationClient associate(RunningGateway gateway) throws IOException {
        List<RequestOptions.Proposal> proposals = new ArrayList<>();
        for (String sopClass : List.of("1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.1")) {
            proposals.add(new RequestOptions.Proposal(new Uid(sopClass), List.of(SYNTAX)));
        }
        return new PortolanEngine()
                .request(new RequestOptions(
                        "127.0.0.1", gateway.dicomPort(), "PORTOLAN", "TEST", proposals, NetworkLimits.DEFAULT));
    }

    private static Status store(AssociationClient association, DataSet instance) throws IOException {
        return store(
                association,
                instance.uid(Attribute.SOPClassUID).orElseThrow(),
                instance.uid(Attribute.SOPInstanceUID).orElseThrow(),
                DataSetWriter.toBytes(instance, SYNTAX));
    }

    private static Status store(AssociationClient association, Uid sopClass, Uid sopInstance, byte[] dataSet)
            throws IOException {
        return association.store(sopClass, sopInstance, SYNTAX, new ByteArrayInputStream(dataSet));
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** So many zero bytes. */
    private static final class Zeros extends InputStream {

        private long left;

        Zeros(long count) {
            left = count;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            int count = (int) Math.min(length, left);
            Arrays.fill(buffer, offset, offset + count, (byte) 0);
            left -= count;
            return count;
        }
    }
}
