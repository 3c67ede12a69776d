package io.portolan.dicom.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portolan.dicom.SopClass;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.CommitmentReport;
import io.portolan.dicom.engine.DicomNetworkException;
import io.portolan.dicom.engine.DicomNetworkException.Kind;
import io.portolan.dicom.engine.NetworkLimits;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.RequestOptions.Proposal;
import io.portolan.dicom.engine.SopReference;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.net.Pdu.AnsweredContext;
import io.portolan.dicom.net.Pdu.AssociateAc;
import io.portolan.dicom.net.Pdu.AssociateRq;
import io.portolan.dicom.net.Pdu.ProposedContext;
import io.portolan.dicom.net.Pdu.ReleaseRp;
import io.portolan.dicom.net.Pdu.ReleaseRq;
import io.portolan.dicom.net.UserInformation.RoleSelection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A report of storage commitment over an association of its own (PS3.4 J.3.3), byte by byte. */
class ReportRequestorTest {

    private static final Uid PUSH = SopClass.STORAGE_COMMITMENT_PUSH;
    private static final TransferSyntax EXPLICIT = TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN;
    private static final CommitmentReport REPORT = new CommitmentReport(
            new Uid("1.2.3.99"),
            List.of(new SopReference(new Uid("1.2.840.10008.5.1.4.1.1.2"), new Uid("1.2.3.1"))),
            List.of());

    private final ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    private final ExecutorService clients = Executors.newSingleThreadExecutor();

    ReportRequestorTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        clients.shutdownNow();
        listening.close();
    }

    private RequestOptions options(Duration answer) {
        return new RequestOptions(
                "127.0.0.1",
                listening.getLocalPort(),
                "MODALITY",
                "PORTOLAN",
                List.of(new Proposal(PUSH, List.of(EXPLICIT), true)),
                NetworkLimits.DEFAULT.withTimeouts(
                        Duration.ofSeconds(5), Duration.ofSeconds(5), answer, Duration.ofSeconds(20)));
    }

    private Future<Status> reported() {
        return clients.submit(() -> {
            try (AssociationClient client = new PortolanEngine().request(options(Duration.ofSeconds(20)))) {
                Status status = client.report(REPORT);
                client.release();
                return status;
            }
        });
    }

    private Future<Kind> failed(Duration answer) {
        return clients.submit(() -> {
            try (AssociationClient client = new PortolanEngine().request(options(answer))) {
                return catchThrowableOfType(DicomNetworkException.class, () -> client.report(REPORT))
                        .kind();
            }
        });
    }

    private ScriptedPeer accepted(RoleSelection... roles) throws IOException {
        ScriptedPeer peer = ScriptedPeer.accept(listening);
        peer.expect(new AssociateRq(
                1,
                "MODALITY",
                "PORTOLAN",
                Negotiation.APPLICATION_CONTEXT,
                List.of(new ProposedContext(
                        1, PUSH.value(), List.of(EXPLICIT.uid().value()))),
                UserInformation.ours(128 * 1024, List.of(new RoleSelection(PUSH.value(), false, true)))));
        return peer.send(new AssociateAc(
                1,
                "MODALITY",
                "PORTOLAN",
                Negotiation.APPLICATION_CONTEXT,
                List.of(new AnsweredContext(1, 0, EXPLICIT.uid().value())),
                UserInformation.ours(128 * 1024, List.of(roles))));
    }

    private static void answer(ScriptedPeer peer, Status status) throws IOException {
        CommandSet report = peer.expectCommand();
        assertThat(report.commandField()).isEqualTo(CommandSet.N_EVENT_REPORT_RQ);
        assertThat(report.affectedSopInstance()).contains(SopClass.STORAGE_COMMITMENT_PUSH_INSTANCE);
        peer.expect(ScriptedPeer.pData(
                1, 2, io.portolan.dicom.io.DataSetWriter.toBytes(CommitmentInformation.of(REPORT), EXPLICIT)));
        peer.sendValue(1, 3, report.response(status).bytes());
        peer.expect(new ReleaseRq()).send(new ReleaseRp());
    }

    @Test
    void proposesToBeTheScpAndReports() throws Exception {
        Future<Status> status = reported();
        try (ScriptedPeer peer = accepted(new RoleSelection(PUSH.value(), false, true))) {
            answer(peer, Status.NO_SUCH_OBJECT_INSTANCE);
        }
        assertThat(status.get(20, TimeUnit.SECONDS)).isEqualTo(Status.NO_SUCH_OBJECT_INSTANCE);
    }

    @Test
    void reportsAlsoToWhoSaysNothingOfRoles() throws Exception {
        Future<Status> status = reported();
        try (ScriptedPeer peer = accepted()) {
            answer(peer, Status.SUCCESS);
        }
        assertThat(status.get(20, TimeUnit.SECONDS)).isEqualTo(Status.SUCCESS);
    }

    @Test
    void doesNotReportToWhoRefusesTheRole() throws Exception {
        Future<Kind> kind = failed(Duration.ofSeconds(20));
        try (ScriptedPeer peer = accepted(new RoleSelection(PUSH.value(), true, false))) {
            peer.expectType(Pdu.Abort.TYPE);
        }
        assertThat(kind.get(20, TimeUnit.SECONDS)).isEqualTo(Kind.NOT_NEGOTIATED);
    }

    @Test
    void doesNotWaitForEverForAnAnswer() throws Exception {
        Future<Kind> kind = failed(Duration.ofMillis(200));
        try (ScriptedPeer peer = accepted(new RoleSelection(PUSH.value(), false, true))) {
            peer.expectCommand();
            peer.receive();
            assertThat(kind.get(20, TimeUnit.SECONDS)).isEqualTo(Kind.TIMEOUT);
        }
    }
}
