package io.portolan.gateway.commit;

import io.portolan.dicom.engine.CommitmentReport;
import io.portolan.dicom.engine.CommitmentReport.Failure;
import io.portolan.dicom.engine.CommitmentReport.Reason;
import io.portolan.dicom.engine.SopReference;
import io.portolan.dicom.engine.Status;
import io.portolan.gateway.Category;
import io.portolan.gateway.ledger.Commitment;
import io.portolan.gateway.ledger.Commitments;
import io.portolan.gateway.ledger.Custody;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a report says, and what becomes of it, over whichever association it goes.
 *
 * <pre>
 *   0000, warnings                                             reported
 *   0112, 0113, 0114, 0115, 0118, 0119, 0122, 0124, 0211, 0212   parked
 *   0110, 0213, any other; no answer                           later, for ever
 * </pre>
 */
final class Reports {

    /** PS3.7 10.1.1.1.8: asking again will not help. */
    private static final Set<Status> REFUSED = Set.of(
            Status.NO_SUCH_OBJECT_INSTANCE,
            Status.NO_SUCH_EVENT_TYPE,
            Status.NO_SUCH_ARGUMENT,
            Status.INVALID_ARGUMENT_VALUE,
            Status.NO_SUCH_SOP_CLASS,
            Status.CLASS_INSTANCE_CONFLICT,
            Status.SOP_CLASS_NOT_SUPPORTED,
            Status.NOT_AUTHORIZED,
            Status.UNRECOGNIZED_OPERATION,
            Status.MISTYPED_ARGUMENT);

    private static final Logger LOG = LoggerFactory.getLogger(Reports.class);

    private final Commitments commitments;
    private final CommitOptions options;
    private final CommitCounters counters;
    private final Random random;

    Reports(Commitments commitments, CommitOptions options, CommitCounters counters, Random random) {
        this.commitments = commitments;
        this.options = options;
        this.counters = counters;
        this.random = random;
    }

    /** Of what is decided. */
    static CommitmentReport of(Commitment commitment) {
        List<SopReference> committed = new ArrayList<>();
        List<Failure> failed = new ArrayList<>();
        commitment.custody().forEach((instance, custody) -> {
            if (custody == Custody.COMMITTED) {
                committed.add(instance);
            } else {
                failed.add(new Failure(instance, Reason.valueOf(custody.name())));
            }
        });
        return new CommitmentReport(commitment.transaction(), committed, failed);
    }

    /** The requestor has answered. Says whether it has taken the report. */
    boolean answered(Commitment commitment, Status status) {
        if (status.isStored()) {
            commitments.reported(commitment);
            counters.countReport(commitment);
            LOG.info("storage commitment {} of {}: reported", commitment.transaction(), commitment.requestorAe());
            return true;
        }
        if (REFUSED.contains(status)) {
            park(commitment, Category.PEER_REJECTED, "it answered " + status);
        } else {
            later(commitment, Category.PEER_UNAVAILABLE, "it answered " + status);
        }
        return false;
    }

    /** Says how much later. */
    Duration later(Commitment commitment, Category category, String why) {
        Duration delay = options.retryDelay().after(commitment.attempts() + 1, null, random);
        later(commitment, category, why, delay);
        return delay;
    }

    void later(Commitment commitment, Category category, String why, Duration delay) {
        LOG.warn(
                "storage commitment {} of {}: {} {}, reported again in {}",
                commitment.transaction(),
                commitment.requestorAe(),
                category,
                why,
                delay);
        counters.countFailed(category);
        commitments.later(commitment, category, why, delay);
    }

    void park(Commitment commitment, Category category, String why) {
        LOG.warn(
                "storage commitment {} of {}: {} {}, not reported, parked",
                commitment.transaction(),
                commitment.requestorAe(),
                category,
                why);
        counters.countFailed(category);
        commitments.park(commitment, category, why);
    }
}
