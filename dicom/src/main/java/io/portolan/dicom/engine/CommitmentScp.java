package io.portolan.dicom.engine;

import java.util.Optional;

/**
 * What becomes of requests for storage commitment (PS3.4 annex J). Called by many threads at once, one for each association.
 *
 * <pre>
 *   N-ACTION-RQ        request    durable
 *   N-ACTION-RSP
 *                      report     until it is known, or the peer says something else
 *   N-EVENT-REPORT-RQ
 *   N-EVENT-REPORT-RSP settle
 * </pre>
 *
 * What is not reported over the association of the request is reported over another one, by whoever implements this.
 */
public interface CommitmentScp {

    /** Instances of one request; one with more is refused with {@link Status#RESOURCE_LIMITATION}. */
    int instancesMax();

    /**
     * Takes a request. When it returns success, the request is durable, and somebody will report.
     *
     * @return the status to answer with; a runtime exception is answered with {@link Status#PROCESSING_FAILURE}
     */
    Status request(CommitmentRequest request);

    /**
     * The report of a request that came over this association, where it is known. The caller then sends it, and tells by
     * {@link #settle} what came of it; until then nobody else sends it, unless that takes too long.
     *
     * @return empty: it is not known yet, or somebody else reports
     */
    Optional<CommitmentReport> report(CommitmentRequest.Id request);

    /**
     * What the peer said to a report.
     *
     * @param answer empty: it did not answer
     */
    void settle(CommitmentRequest.Id request, Optional<Status> answer);
}
