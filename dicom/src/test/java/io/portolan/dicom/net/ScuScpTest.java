package io.portolan.dicom.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portolan.dicom.SopClass;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.AssociationServer;
import io.portolan.dicom.engine.ConnectionLimits;
import io.portolan.dicom.engine.DicomEngine;
import io.portolan.dicom.engine.DicomNetworkException;
import io.portolan.dicom.engine.NetworkLimits;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.ServerOptions;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.engine.StoreScp;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Our SCU to our SCP. */
class ScuScpTest {

    private static final Uid CT = new Uid("1.2.840.10008.5.1.4.1.1.2");
    private static final Uid INSTANCE = new Uid("1.2.3.7");
    private static final TransferSyntax EXPLICIT = TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN;

    private final BlockingQueue<byte[]> stored = new LinkedBlockingQueue<>();
    private ServerOptions options = ServerOptions.of("PORTOLAN", 0);
    private @Nullable AssociationServer started;

    @AfterEach
    void stop() {
        if (started != null) {
            started.close();
        }
    }

    @Test
    void echoes() throws Exception {
        serve(this::keep);
        try (AssociationClient client = request(CT)) {
            assertThat(client.echo()).isEqualTo(Status.SUCCESS);
            assertThat(client.echo()).isEqualTo(Status.SUCCESS);
            assertThat(server().openAssociations()).isEqualTo(1);
            client.release();
            assertThatThrownBy(client::echo).hasMessageContaining("the association is over");
        }
        assertThat(server().totalAssociations()).isEqualTo(1);
    }

    @Test
    void negotiatesAsManyContextsAsThereCanBe() throws Exception {
        serve(this::keep);
        RequestOptions many = options(SopClass.VERIFICATION);
        List<TransferSyntax> syntaxes = List.copyOf(TransferSyntax.all());
        while (many.contexts().size() < RequestOptions.CONTEXTS_MAX) {
            int next = many.contexts().size();
            Uid sopClass = SopClass.allStorage().get(next / 2).uid();
            many = many.propose(sopClass, syntaxes.get(next % syntaxes.size()));
        }
        try (AssociationClient client = engine().request(many)) {
            for (RequestOptions.Proposal proposal : many.contexts()) {
                assertThat(client.accepted(proposal.sopClass())).containsAll(proposal.transferSyntaxes());
            }
        }
    }

    @Test
    void storesDataSetsOfEveryLengthAroundThePdu() throws Exception {
        options = options.withLimits(NetworkLimits.DEFAULT.withPduLengthMaxBytes(4096));
        serve(this::keep);
        Random random = new Random(20261124);
        try (AssociationClient client = request(CT)) {
            for (int length : new int[] {0, 1, 2, 4089, 4090, 4091, 8180, 8181, 300_000}) {
                byte[] dataSet = new byte[length];
                random.nextBytes(dataSet);
                assertThat(store(client, new ByteArrayInputStream(dataSet))).isEqualTo(Status.SUCCESS);
                assertThat(stored.take()).isEqualTo(dataSet);
            }
        }
    }

    @Test
    void readsADataSetInEveryWay() throws Exception {
        options = options.withLimits(NetworkLimits.DEFAULT.withPduLengthMaxBytes(4096));
        byte[] dataSet = new byte[20_000];
        new Random(20261124).nextBytes(dataSet);
        serve((request, in) -> {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(in.read());
            out.writeBytes(in.readNBytes(5000));
            out.writeBytes(new byte[(int) in.skip(6000)]);
            out.writeBytes(in.readNBytes(3));
            in.transferTo(out);
            assertThat(in.read()).isEqualTo(-1);
            assertThat(in.skip(1)).isZero();
            stored.add(out.toByteArray());
            return Status.SUCCESS;
        });
        try (AssociationClient client = request(CT)) {
            assertThat(store(client, new ByteArrayInputStream(dataSet))).isEqualTo(Status.SUCCESS);
        }
        java.util.Arrays.fill(dataSet, 5001, 11_001, (byte) 0);
        assertThat(stored.take()).isEqualTo(dataSet);
    }

    @Test
    void drainsWhatTheHandlerLeavesUnread() throws Exception {
        serve((request, in) -> {
            stored.add(in.readNBytes(10));
            return Status.ELEMENTS_DISCARDED;
        });
        try (AssociationClient client = request(CT)) {
            for (int i = 0; i < 3; i++) {
                Status status = store(client, new ByteArrayInputStream(new byte[1_000_000]));
                assertThat(status).isEqualTo(Status.ELEMENTS_DISCARDED);
            }
            client.release();
        }
        assertThat(stored).hasSize(3);
    }

    @Test
    void streamsAGigabyte() throws Exception {
        long sent = 1L << 30;
        List<Long> received = new ArrayList<>();
        serve((request, in) -> {
            received.add(in.skip(Long.MAX_VALUE));
            return Status.SUCCESS;
        });
        try (AssociationClient client = request(CT)) {
            assertThat(store(client, new Zeros(sent))).isEqualTo(Status.SUCCESS);
        }
        assertThat(received).containsExactly(sent);
    }

    @Test
    void goesOnAfterAHandlerThatFails() throws Exception {
        serve((request, in) -> {
            stored.add(in.readNBytes(1));
            if (stored.size() == 1) {
                throw new IllegalStateException("Distinctive^Name");
            }
            if (stored.size() == 2) {
                throw new IOException("Distinctive^Name");
            }
            return Status.SUCCESS;
        });
        try (AssociationClient client = request(CT)) {
            assertThat(store(client, new Zeros(500_000))).isEqualTo(Status.PROCESSING_FAILURE);
            assertThat(store(client, new Zeros(500_000))).isEqualTo(Status.PROCESSING_FAILURE);
            assertThat(store(client, new Zeros(500_000))).isEqualTo(Status.SUCCESS);
        }
    }

    @Test
    void takesTheStreamFromAHandlerThatHasReturned() throws Exception {
        BlockingQueue<InputStream> kept = new LinkedBlockingQueue<>();
        serve((request, in) -> {
            kept.add(in);
            return Status.SUCCESS;
        });
        try (AssociationClient client = request(CT)) {
            store(client, new Zeros(10));
        }
        InputStream late = kept.take();
        assertThatThrownBy(late::read).hasMessageContaining("the data set is over");
    }

    @Test
    void refusesToStoreWhatWasNotNegotiatedAndGoesOn() throws Exception {
        serve(this::keep);
        Uid worklist = new Uid("1.2.840.10008.5.1.4.31");
        try (AssociationClient client = engine().request(options(CT).propose(worklist, EXPLICIT))) {
            assertThat(client.accepted(worklist)).isEmpty();
            for (TransferSyntax syntax : List.of(EXPLICIT, TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN)) {
                Uid sopClass = syntax.equals(EXPLICIT) ? worklist : CT;
                assertThatThrownBy(() -> client.store(sopClass, INSTANCE, syntax, new Zeros(1)))
                        .isInstanceOfSatisfying(
                                DicomNetworkException.class,
                                e -> assertThat(e.kind()).isEqualTo(DicomNetworkException.Kind.NOT_NEGOTIATED));
            }
            assertThat(client.echo()).isEqualTo(Status.SUCCESS);
        }
    }

    @Test
    void rejectsACallerByTheWrongName() throws Exception {
        options = ServerOptions.of("OTHER", 0);
        serve(this::keep);
        assertThatThrownBy(() -> request(CT))
                .hasMessageContaining("REJECTED_PERMANENT")
                .hasMessageContaining("called-AE-title-not-recognized");
    }

    @Test
    void rejectsAssociationsAboveTheLimitUntilOneIsOver() throws Exception {
        options = options.withLimits(NetworkLimits.DEFAULT.withConnections(new ConnectionLimits(2, 2, 16)));
        serve(this::keep);
        try (AssociationClient first = request(CT);
                AssociationClient second = request(CT)) {
            assertThatThrownBy(() -> request(CT))
                    .hasMessage("REJECTED_TRANSIENT: rejected-transient, service-provider (presentation),"
                            + " local-limit-exceeded");
            second.release();
            awaitOpen(1);
            try (AssociationClient third = request(CT)) {
                assertThat(third.echo()).isEqualTo(Status.SUCCESS);
                assertThat(first.echo()).isEqualTo(Status.SUCCESS);
            }
        }
        awaitOpen(0);
        assertThat(server().totalAssociations()).isEqualTo(3);
    }

    @Test
    void servesManyAssociationsAtOnce() throws Exception {
        serve(this::keep);
        ExecutorService clients = Executors.newFixedThreadPool(8);
        Callable<Status> work = () -> {
            Status last = Status.PROCESSING_FAILURE;
            try (AssociationClient client = request(CT)) {
                for (int i = 0; i < 50; i++) {
                    last = store(client, new Zeros(10_000));
                }
                client.release();
            }
            return last;
        };
        for (Future<Status> status : clients.invokeAll(java.util.Collections.nCopies(8, work))) {
            assertThat(status.get()).isEqualTo(Status.SUCCESS);
        }
        clients.shutdown();
        assertThat(stored).hasSize(400);
        assertThat(server().totalAssociations()).isEqualTo(8);
    }

    /** Again and again: whoever comes right after a stop must find nobody, not a socket that its accepting thread still holds. */
    @Test
    void stopsTwiceAndListensNoMore() throws Exception {
        for (int i = 0; i < 200; i++) {
            serve(this::keep);
            server().stop(Duration.ofSeconds(1));
            server().stop(Duration.ofSeconds(1));
            assertThatThrownBy(() -> engine().request(options(CT)))
                    .as("stop %d, port %d", i, server().port())
                    .hasMessageContaining("UNREACHABLE");
        }
    }

    /** So many zero bytes, whose number nobody knows before. */
    private static final class Zeros extends InputStream {

        private long left;

        Zeros(long length) {
            this.left = length;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            int count = (int) Math.min(left, length);
            left -= count;
            return count == 0 && length > 0 ? -1 : count;
        }
    }

    private Status keep(io.portolan.dicom.engine.StoreRequest request, InputStream dataSet) throws IOException {
        stored.add(dataSet.readAllBytes());
        return Status.SUCCESS;
    }

    private void serve(StoreScp store) throws IOException {
        started = engine().serve(options, store);
    }

    private AssociationServer server() {
        return Objects.requireNonNull(started);
    }

    private RequestOptions options(Uid sopClass) {
        return RequestOptions.echo("localhost", server().port(), "PORTOLAN", "MODALITY")
                .propose(sopClass, EXPLICIT);
    }

    private AssociationClient request(Uid sopClass) throws IOException {
        return engine().request(options(sopClass));
    }

    private static Status store(AssociationClient client, InputStream dataSet) throws IOException {
        return client.store(CT, INSTANCE, EXPLICIT, dataSet);
    }

    private void awaitOpen(int associations) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (server().openAssociations() != associations) {
            assertThat(System.nanoTime())
                    .as("%d associations within 20 s", associations)
                    .isLessThan(end);
            Thread.onSpinWait();
        }
    }

    /** What is tested. */
    DicomEngine engine() {
        return new PortolanEngine();
    }
}
