package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.e2e.SyncProgram.Run;
import io.portolan.gateway.publish.FakeFhirServer;
import io.portolan.testdata.SyntheticStudies;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DCMTK's dcmqrscp as the archive: it keeps what it is sent, deletes nothing, and says little of what it has. */
class SyncDcmqrscpIT {

    private static final String AE_TITLE = "ARCHIVE";
    private static final int STUDIES = 24;
    private static final Duration PEER_MAX = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private final Map<String, DataSet> instances = new LinkedHashMap<>(); // as it has them, by SOPInstanceUID
    private int sendings;

    @ParameterizedTest
    @ValueSource(strings = {"get", "move"})
    void newGrownAndCorrected(String retrieve) throws Exception {
        Peers.require("dcmqrscp");
        Peers.require("storescu");
        Peers.require("echoscu");
        int own = SyncProgram.freePort();
        int port = SyncProgram.freePort();
        SyncStudies studies = new SyncStudies("2.25.964001");
        try (FakeFhirServer fhir = new FakeFhirServer();
                ChildProcess archive = archive(own, port)) {
            SyncProgram sync = new SyncProgram(
                    directory.resolve("gateway"),
                    fhir.base().toString(),
                    own,
                    SyncProgram.dimse(AE_TITLE, port, retrieve));
            store(port, studies.all(0, STUDIES));
            assertThat(step(sync, fhir).differing("new")).isEqualTo(STUDIES);
            assertThat(step(sync, fhir).differing()).isZero();

            List<DataSet> more = new ArrayList<>(studies.study(STUDIES));
            more.addAll(studies.moreSeries(10));
            more.add(studies.moreInstance(11));
            store(port, more);
            assertThat(step(sync, fhir).differing()).isEqualTo(3);

            List<DataSet> corrected = new ArrayList<>();
            corrected.addAll(SyncStudies.corrected(studies.study(4), Attribute.PatientName, "Corrected^Name"));
            corrected.addAll(SyncStudies.corrected(studies.study(8), Attribute.StudyDescription, "corrected"));
            store(port, corrected);
            assertThat(step(sync, fhir).differing("corrected")).isEqualTo(2);
            assertThat(step(sync, fhir).differing()).isZero();
            assertThat(archive.isAlive()).isTrue();
        }
    }

    private Run step(SyncProgram sync, FakeFhirServer fhir) throws Exception {
        Run run = sync.run().requireDone();
        List<byte[]> files =
                instances.values().stream().map(SyntheticStudies::toFile).toList();
        assertThat(MappedInstances.of(files, sync.config()).differences(SyncOrthancIT.reader(fhir)))
                .isEmpty();
        return run;
    }

    private ChildProcess archive(int own, int port) throws Exception {
        Path storage = Files.createDirectory(directory.resolve("archive"));
        Path configuration = directory.resolve("dcmqrscp.cfg");
        Files.writeString(configuration, """
                MaxPDUSize      = 16384
                MaxAssociations = 16
                HostTable BEGIN
                gateway = (PORTOLAN, 127.0.0.1, %d)
                HostTable END
                VendorTable BEGIN
                VendorTable END
                AETable BEGIN
                %s %s RW (500, 1024mb) ANY
                AETable END
                """.formatted(own, AE_TITLE, storage));
        ChildProcess archive =
                Peers.start(directory, "dcmqrscp", "-c", configuration.toString(), Integer.toString(port));
        Await.until("dcmqrscp answers", PEER_MAX, () -> {
            try (ChildProcess echo =
                    Peers.start(directory, "echoscu", "-aec", AE_TITLE, "127.0.0.1", Integer.toString(port))) {
                return echo.awaitEnd(PEER_MAX) == 0;
            }
        });
        return archive;
    }

    private void store(int port, Collection<DataSet> more) throws Exception {
        Path folder = directory.resolve("sending" + sendings++);
        Instances.write(folder, List.copyOf(more));
        try (ChildProcess send = Peers.start(
                directory,
                "storescu",
                "-R",
                "+sd",
                "-aec",
                AE_TITLE,
                "127.0.0.1",
                Integer.toString(port),
                folder.toString())) {
            assertThat(send.awaitEnd(PEER_MAX)).as("%s", send.lines()).isZero();
        }
        more.forEach(one -> instances.put(one.string(Attribute.SOPInstanceUID).orElseThrow(), one));
    }
}
