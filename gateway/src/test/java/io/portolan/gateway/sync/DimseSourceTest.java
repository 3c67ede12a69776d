package io.portolan.gateway.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.DicomEngine;
import io.portolan.dicom.engine.NetworkLimits;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.dicom.net.PortolanEngine;
import io.portolan.gateway.sync.DimseOptions.Retrieve;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DimseSourceTest {

    private static final Uid STUDY = new Uid("2.25.1");
    private static final Uid SERIES = new Uid("2.25.2");
    private static final int PROMPTLY_SECONDS = 5;

    private static DimseSource source(DicomEngine engine, int port, Retrieve retrieve) {
        DimseOptions options = new DimseOptions(
                "127.0.0.1",
                port,
                "ARCHIVE",
                "PORTOLAN",
                retrieve,
                Selection.MAPPED,
                ReadLimits.DEFAULT,
                1000,
                NetworkLimits.DEFAULT,
                Optional.empty());
        MovedInstances moved = new MovedInstances(
                (request, dataSet) -> Status.NOT_AUTHORIZED, "PORTOLAN", engine, Selection.MAPPED, ReadLimits.DEFAULT);
        return new DimseSource(engine, options, new Pace(2, 0), moved);
    }

    private static CompletableFuture<Throwable> failureOf(DimseSource source) {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                source.series(STUDY);
                failure.complete(new AssertionError("it answered"));
            } catch (SourceException | InterruptedException | RuntimeException e) {
                failure.complete(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return failure;
    }

    @Test
    void closingEndsTheRequestOfAnAssociationThatNobodyAnswers() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            DimseSource source = source(new PortolanEngine(), silent.getLocalPort(), Retrieve.GET);
            CompletableFuture<Throwable> failure = failureOf(source);
            try (Socket peer = silent.accept()) {
                assertThat(peer.getInputStream().read()).as("A-ASSOCIATE-RQ").isEqualTo(1);
                source.close();
                source.close();
                assertThat(failure.get(PROMPTLY_SECONDS, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
            }
            assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> source.series(STUDY));
        }
    }

    @Test
    void closingEndsAnOperationThatNobodyAnswers() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        ScriptedPeer peer = new ScriptedPeer();
        peer.finding = () -> {
            asked.countDown();
            stopped.await();
            throw new IOException("stopped");
        };
        peer.stopped = stopped::countDown;
        DimseSource source = source(peer, 104, Retrieve.GET);
        CompletableFuture<Throwable> failure = failureOf(source);
        asked.await();
        source.close();
        assertThat(failure.get(PROMPTLY_SECONDS, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    }

    private static DataSet instance(String sopClass, int number) {
        return DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.StudyInstanceUID, STUDY.value())
                .add(Attribute.SeriesInstanceUID, SERIES.value())
                .add(Attribute.SOPInstanceUID, "2.25.3." + number)
                .add(Attribute.SOPClassUID, "1.2.840.10008.5.1.4.1.1." + sopClass)
                .build();
    }

    private static List<String> fetched(ScriptedPeer peer) throws Exception {
        List<String> numbers = new ArrayList<>();
        source(peer, 104, Retrieve.GET)
                .headers(
                        STUDY,
                        List.of(SERIES),
                        header -> numbers.add(header.string(Attribute.SOPInstanceUID)
                                .orElseThrow()
                                .substring("2.25.3.".length())));
        return numbers;
    }

    @Test
    void fetchesInstancesOfWhateverClassWhenTheArchiveTellsNone() throws Exception {
        ScriptedPeer peer = new ScriptedPeer();
        peer.kept.add(new ScriptedPeer.Kept(instance("88.59", 1), TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN));
        assertThat(fetched(peer)).containsExactly("1");
        peer.kept.add(new ScriptedPeer.Kept(instance("2", 2), TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN));
        assertThat(fetched(peer)).as("once each").containsExactly("2", "1");
        assertThat(peer.got).allMatch(contexts -> contexts.size() <= 128);
    }

    @Test
    void fetchesCompressedInstancesWhenTheArchiveTellsNoClass() throws Exception {
        ScriptedPeer peer = new ScriptedPeer();
        TransferSyntax jpeg = TransferSyntax.of(new Uid("1.2.840.10008.1.2.4.50"));
        peer.kept.add(new ScriptedPeer.Kept(instance("6.1", 1), TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN));
        peer.kept.add(new ScriptedPeer.Kept(instance("77.1.4", 2), jpeg));
        assertThat(fetched(peer)).containsExactly("1", "2");
    }

    @Test
    void endsWhenNoContextBringsAnInstance() {
        ScriptedPeer peer = new ScriptedPeer();
        peer.kept.add(new ScriptedPeer.Kept(instance("9999", 1), TransferSyntax.of(new Uid("1.2.840.10008.1.2.4.50"))));
        assertThatExceptionOfType(SourceException.class)
                .isThrownBy(() -> fetched(peer))
                .withMessageContaining(" 1 instances could not be fetched");
        assertThat(peer.got).hasSizeLessThan(10);
    }

    @Test
    void whatTheSinkThrowsEndsTheRetrieval() {
        ScriptedPeer peer = new ScriptedPeer();
        peer.kept.add(new ScriptedPeer.Kept(instance("2", 1), TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN));
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(() -> source(peer, 104, Retrieve.GET).headers(STUDY, List.of(SERIES), header -> {
                    throw new CancellationException("told to stop");
                }));
        assertThat(peer.got).hasSize(1);
    }
}
