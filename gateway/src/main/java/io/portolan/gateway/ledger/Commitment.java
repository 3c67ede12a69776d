package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.SopReference;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request for storage commitment that is the caller's until the lease ends.
 *
 * @param token       who has it
 * @param requestorAe who wants the report
 * @param calledAe    the AE title of ours that it called
 * @param custody     in the order of the request; what was decided before stays
 * @param age         since it was asked for
 * @param overdue     what is not decided now is not committed
 * @param attempts    reports that failed
 */
public record Commitment(
        long id,
        String token,
        String requestorAe,
        String calledAe,
        Uid transaction,
        Map<SopReference, Custody> custody,
        Duration age,
        boolean overdue,
        int attempts) {

    public Commitment {
        custody = Collections.unmodifiableMap(new LinkedHashMap<>(custody));
    }

    /** The same with other custody. */
    public Commitment with(Map<SopReference, Custody> decided) {
        return new Commitment(id, token, requestorAe, calledAe, transaction, decided, age, overdue, attempts);
    }

    public boolean isDecided() {
        return custody.values().stream().noneMatch(Custody::isOpen);
    }
}
