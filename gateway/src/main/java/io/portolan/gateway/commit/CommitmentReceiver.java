package io.portolan.gateway.commit;

import io.portolan.dicom.engine.CommitmentReport;
import io.portolan.dicom.engine.CommitmentRequest;
import io.portolan.dicom.engine.CommitmentScp;
import io.portolan.dicom.engine.Status;
import io.portolan.gateway.Category;
import io.portolan.gateway.FreeSpace;
import io.portolan.gateway.ledger.Commitment;
import io.portolan.gateway.ledger.Commitments;
import io.portolan.gateway.ledger.Commitments.Taken;
import io.portolan.gateway.ledger.LedgerException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes requests for storage commitment into the ledger, and reports over their own associations what is known while those are
 * open. What is not reported in this way is left to the {@link Reporter}.
 */
final class CommitmentReceiver implements CommitmentScp {

    private static final Logger LOG = LoggerFactory.getLogger(CommitmentReceiver.class);

    private final Commitments commitments;
    private final CommitOptions options;
    private final SafeKeeping keeping;
    private final Reports reports;
    private final CommitCounters counters;
    private final FreeSpace freeSpace;
    private final Map<CommitmentRequest.Id, Commitment> reporting = new ConcurrentHashMap<>();

    CommitmentReceiver(
            Commitments commitments,
            CommitOptions options,
            SafeKeeping keeping,
            Reports reports,
            CommitCounters counters,
            FreeSpace freeSpace) {
        this.commitments = commitments;
        this.options = options;
        this.keeping = keeping;
        this.reports = reports;
        this.counters = counters;
        this.freeSpace = freeSpace;
    }

    @Override
    public int instancesMax() {
        return options.instancesMax();
    }

    @Override
    public Status request(CommitmentRequest request) {
        if (!freeSpace.isEnough()) {
            LOG.warn(
                    "storage commitment {} of {}: refused, less than {} bytes are free on disk",
                    request.transaction(),
                    request.callingAe(),
                    freeSpace.minBytes());
            return Status.RESOURCE_LIMITATION;
        }
        try {
            Taken taken = commitments.take(
                    request.callingAe(),
                    request.calledAe(),
                    request.transaction(),
                    request.instances(),
                    options.decideWithin(),
                    options.hold(),
                    options.waitingMax());
            return answer(request, taken);
        } catch (LedgerException e) {
            LOG.warn(
                    "storage commitment {} of {}: refused, {}: {}",
                    request.transaction(),
                    request.callingAe(),
                    e.category(),
                    e.getMessage());
            return e.category() == Category.OUT_OF_RESOURCES ? Status.RESOURCE_LIMITATION : Status.PROCESSING_FAILURE;
        }
    }

    private Status answer(CommitmentRequest request, Taken taken) {
        return switch (taken) {
            case RECORDED -> {
                counters.countRequest();
                LOG.info(
                        "storage commitment {} of {}: asked for {} instances",
                        request.transaction(),
                        request.callingAe(),
                        request.instances().size());
                yield Status.SUCCESS;
            }
            case OTHER_INSTANCES -> {
                LOG.warn(
                        "storage commitment {} of {}: refused, the same TransactionUID came with other instances",
                        request.transaction(),
                        request.callingAe());
                yield Status.INVALID_ARGUMENT_VALUE;
            }
            case FULL -> {
                LOG.warn(
                        "storage commitment {} of {}: refused, {} reports wait, or as many of its own are parked",
                        request.transaction(),
                        request.callingAe(),
                        options.waitingMax());
                yield Status.RESOURCE_LIMITATION;
            }
        };
    }

    @Override
    public Optional<CommitmentReport> report(CommitmentRequest.Id request) {
        Optional<Commitment> decided = commitments
                .claim(request.callingAe(), request.transaction(), Reporter.LEASE)
                .map(keeping::decide);
        if (decided.isPresent() && !decided.get().isDecided()) {
            commitments.undecided(decided.get(), options.hold());
            return Optional.empty();
        }
        decided.ifPresent(one -> reporting.put(request, one));
        return decided.map(Reports::of);
    }

    @Override
    public void settle(CommitmentRequest.Id request, Optional<Status> answer) {
        Commitment commitment = reporting.remove(request);
        if (commitment == null) {
            return;
        }
        if (answer.isPresent()) {
            reports.answered(commitment, answer.get());
        } else {
            reports.later(
                    commitment,
                    Category.PEER_UNAVAILABLE,
                    "the association ended without an answer to the report",
                    Duration.ZERO);
        }
    }
}
