package io.portolan.dicom.net;

import io.portolan.dicom.SopClass;
import io.portolan.dicom.engine.CommitmentReport;
import io.portolan.dicom.engine.CommitmentRequest;
import io.portolan.dicom.engine.CommitmentScp;
import io.portolan.dicom.engine.DicomNetworkException.Kind;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.dicom.net.MessageReader.Message;
import io.portolan.dicom.net.Negotiation.PresentationContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SCP of Storage Commitment Push Model (PS3.4 annex J) on one accepted association. Owned by the association's thread, which
 * writes a report only while the peer is silent, and waits for its answer as for any other message: a request that crosses it is
 * served, and a release is confirmed.
 *
 * <pre>
 *   N-ACTION-RQ   --->
 *                 <---  N-ACTION-RSP         durable
 *   [silence]
 *                 <---  N-EVENT-REPORT-RQ    as soon as it is known; one at a time (PS3.7 D.3.3.3)
 *   N-EVENT-REPORT-RSP  --->                 settled
 *   anything else       --->                 served; then silence again
 *   A-RELEASE-RQ        --->                 what is not settled is reported over another association
 * </pre>
 */
final class CommitmentService {

    /** So long the peer has said nothing: it waits for the report, and does not just release. */
    private static final Duration SILENCE = Duration.ofMillis(250);

    /** Between two looks at what is not known yet. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** After that a report is no matter of the association of its request any more. */
    private static final Duration REPORT_WAIT_MAX = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(CommitmentService.class);

    /** So many requests are looked at after each silence: each look may cost a commit. */
    private static final int LOOKS_MAX = 100;

    /** A request without its report. */
    private record Waiting(PresentationContext context, long sinceNanos) {}

    /** A report without its answer. */
    private record Outstanding(CommandSet report, CommitmentRequest.Id request, long sinceNanos) {}

    private final Association association;
    private final InetSocketAddress peer;
    private final long number;
    private final String peerAe;
    private final String ourAe;
    private final CommitmentScp scp;
    private final long answerTimeoutNanos;
    private final MessageReader reader;
    private final MessageWriter writer;

    /** In the order in which they are looked at. */
    private final Map<CommitmentRequest.Id, Waiting> waiting = new LinkedHashMap<>();

    private @Nullable Outstanding outstanding;
    private Duration pause = SILENCE;
    private int messageId;

    /** @param answerTimeout until the peer has answered a report */
    CommitmentService(
            Association association,
            InetSocketAddress peer,
            long number,
            String peerAe,
            String ourAe,
            CommitmentScp scp,
            Duration answerTimeout,
            MessageReader reader,
            MessageWriter writer) {
        this.association = association;
        this.peer = peer;
        this.number = number;
        this.peerAe = peerAe;
        this.ourAe = ourAe;
        this.scp = scp;
        this.answerTimeoutNanos = answerTimeout.toNanos();
        this.reader = reader;
        this.writer = writer;
    }

    /** Serves one N-ACTION-RQ: hands it on, responds. */
    void serve(PresentationContext context, Message message) throws IOException {
        CommandSet command = message.command();
        Status status = refusal(context, command);
        if (status.isSuccess()) {
            DataSetStream information = reader.dataSet(message);
            status = take(context, information);
            information.drain();
        } else {
            reader.skipDataSet(message);
        }
        writer.writeCommand(context.id(), command.response(status));
    }

    private static Status refusal(PresentationContext context, CommandSet command) throws InvalidPduException {
        if (!context.abstractSyntax().equals(SopClass.STORAGE_COMMITMENT_PUSH)) {
            return Status.SOP_CLASS_NOT_SUPPORTED;
        }
        if (!command.requestedSopClass().equals(Optional.of(SopClass.STORAGE_COMMITMENT_PUSH))) {
            return Status.NO_SUCH_SOP_CLASS;
        }
        if (!command.requestedSopInstance().equals(Optional.of(SopClass.STORAGE_COMMITMENT_PUSH_INSTANCE))) {
            return Status.NO_SUCH_OBJECT_INSTANCE;
        }
        if (command.actionType() != CommitmentInformation.REQUEST_STORAGE_COMMITMENT) {
            return Status.NO_SUCH_ACTION;
        }
        return command.hasDataSet() ? Status.SUCCESS : Status.MISTYPED_ARGUMENT;
    }

    private Status take(PresentationContext context, DataSetStream dataSet) throws IOException {
        try {
            CommitmentInformation information =
                    CommitmentInformation.read(dataSet, context.transferSyntax(), scp.instancesMax());
            CommitmentRequest request = new CommitmentRequest(
                    peerAe, ourAe, peer, number, information.transaction(), information.instances());
            Status status = scp.request(request);
            if (status.isSuccess()) {
                waiting.put(request.id(), new Waiting(context, System.nanoTime()));
                pause = SILENCE;
            }
            return status;
        } catch (MalformedDataException e) {
            LOG.warn("association {}: a request for storage commitment is refused: {}", number, e.getMessage());
            return e.kind() == MalformedDataException.Kind.LIMIT
                    ? Status.RESOURCE_LIMITATION
                    : Status.INVALID_ARGUMENT_VALUE;
        } catch (RuntimeException e) { // its text may hold what the peer sent
            LOG.error("association {}: storage commitment failed: {}", number, StorageScp.place(e));
            return Status.PROCESSING_FAILURE;
        } finally {
            dataSet.end();
        }
    }

    /** Reports what is known, as long as the peer says nothing. Returns when it does, or nothing is to be reported. */
    void report() throws IOException {
        Outstanding owed = outstanding;
        if (owed != null && System.nanoTime() - owed.sinceNanos > answerTimeoutNanos) {
            throw association.aborting(Kind.TIMEOUT, "the peer does not answer an N-EVENT-REPORT-RQ");
        }
        while (outstanding == null && !waiting.isEmpty() && !association.isReadable(pause)) {
            pause = reportOne() ? SILENCE : PAUSE;
        }
    }

    /** The first of those that are known. False: none is. */
    private boolean reportOne() throws IOException {
        for (int looks = Math.min(waiting.size(), LOOKS_MAX); looks > 0; looks--) {
            CommitmentRequest.Id request = waiting.keySet().iterator().next();
            Waiting next = Objects.requireNonNull(waiting.remove(request));
            Optional<CommitmentReport> report = known(request);
            if (report.isPresent()) {
                send(request, next.context, report.get());
                return true;
            }
            if (System.nanoTime() - next.sinceNanos < REPORT_WAIT_MAX.toNanos()) {
                waiting.put(request, next); // behind the others
            }
        }
        return false;
    }

    private Optional<CommitmentReport> known(CommitmentRequest.Id request) {
        try {
            return scp.report(request);
        } catch (RuntimeException e) {
            LOG.error("association {}: storage commitment failed: {}", number, StorageScp.place(e));
            return Optional.empty();
        }
    }

    private void send(CommitmentRequest.Id id, PresentationContext context, CommitmentReport report)
            throws IOException {
        messageId = CommandSet.messageIdAfter(messageId);
        CommandSet request = CommitmentInformation.eventReportRequest(messageId, report);
        outstanding = new Outstanding(request, id, System.nanoTime());
        writer.write(context, request, CommitmentInformation.of(report));
    }

    /** Takes the answer to a report. False: it is none. */
    boolean takes(Message message) throws IOException {
        Outstanding owed = outstanding;
        if (owed == null || !message.command().answers(owed.report)) {
            return false;
        }
        reader.skipDataSet(message);
        Status status = message.command().status();
        outstanding = null;
        settle(owed.request, Optional.of(status));
        return true;
    }

    /** The association is over. */
    void end() {
        Outstanding owed = outstanding;
        if (owed != null) {
            settle(owed.request, Optional.empty());
        }
    }

    private void settle(CommitmentRequest.Id request, Optional<Status> answer) {
        try {
            scp.settle(request, answer);
        } catch (RuntimeException e) {
            LOG.error("association {}: storage commitment failed: {}", number, StorageScp.place(e));
        }
    }
}
