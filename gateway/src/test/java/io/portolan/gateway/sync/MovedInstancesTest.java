package io.portolan.gateway.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.engine.StoreRequest;
import io.portolan.dicom.io.DataSetWriter;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.dicom.net.PortolanEngine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MovedInstancesTest {

    private static final Uid STUDY = new Uid("2.25.1");
    private static final Uid SERIES = new Uid("2.25.2");
    private static final Uid OTHER_SERIES = new Uid("2.25.3");
    private static final Uid CT = new Uid("1.2.840.10008.5.1.4.1.1.2");

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final MovedInstances moved = new MovedInstances(
            (request, dataSet) -> Status.NOT_AUTHORIZED,
            "PORTOLAN",
            new PortolanEngine(),
            Selection.MAPPED,
            ReadLimits.DEFAULT);

    private Status send() {
        StoreRequest request = new StoreRequest(
                "ARCHIVE",
                "PORTOLAN",
                InetSocketAddress.createUnresolved("archive", 104),
                1,
                CT,
                new Uid("2.25.4"),
                TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN,
                Optional.of("PORTOLAN"));
        DataSet instance = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.StudyInstanceUID, STUDY.value())
                .add(Attribute.SeriesInstanceUID, SERIES.value())
                .add(Attribute.SOPInstanceUID, "2.25.4")
                .build();
        try {
            return moved.store(
                    request,
                    new ByteArrayInputStream(
                            DataSetWriter.toBytes(instance, TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void twoArchivesAreNotAskedForTheSameSeriesAtOnce() throws Exception {
        MovedInstances.Expected first = moved.expect(STUDY, SERIES, header -> told.add("first"));
        CompletableFuture<MovedInstances.Expected> second = new CompletableFuture<>();
        Thread waiting = new Thread(() -> {
            try {
                second.complete(moved.expect(STUDY, SERIES, header -> told.add("second")));
            } catch (InterruptedException e) {
                second.completeExceptionally(e);
            }
        });
        waiting.start();
        while (waiting.getState() != Thread.State.WAITING && waiting.isAlive()) {
            Thread.onSpinWait();
        }
        send();
        first.close();
        second.get(5, TimeUnit.SECONDS);
        first.close(); // removes only its own
        assertThat(send()).isEqualTo(Status.SUCCESS);
        assertThat(told).containsExactly("first", "second");
    }

    @Test
    @SuppressWarnings("try") // held, not used
    void whatComesLateIsRefused() throws Exception {
        moved.expect(STUDY, SERIES, header -> told.add("late")).close();
        try (MovedInstances.Expected other = moved.expect(STUDY, OTHER_SERIES, header -> told.add("other"))) {
            assertThat(send()).isEqualTo(Status.CANNOT_UNDERSTAND);
        }
        assertThat(send()).as("like anybody's").isEqualTo(Status.NOT_AUTHORIZED);
        assertThat(told).isEmpty();
    }

    @Test
    void nothingIsToldWhenItIsClosed() throws Exception {
        CountDownLatch within = new CountDownLatch(1);
        MovedInstances.Expected expected = moved.expect(STUDY, SERIES, header -> {
            within.countDown();
            try {
                new CountDownLatch(1).await(); // for room in the backlog
            } catch (InterruptedException e) {
                told.add("ended");
                throw new CancellationException("told to stop");
            }
        });
        CompletableFuture<Status> sent = CompletableFuture.supplyAsync(this::send);
        within.await();
        expected.close();
        assertThat(told).containsExactly("ended");
        assertThat(sent.handle((status, failure) -> failure != null).get(5, TimeUnit.SECONDS))
                .as("the archive is not told that it was taken")
                .isTrue();
    }
}
