package io.portolan.dicom.engine;

import io.portolan.dicom.Uid;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * An N-ACTION-RQ of Storage Commitment Push Model (PS3.4 J.3.2), and where it came from.
 *
 * @param callingAe   as in {@link StoreRequest}
 * @param calledAe    likewise
 * @param association likewise
 * @param transaction TransactionUID (0008,1195)
 * @param instances   ReferencedSOPSequence (0008,1199), each once, at least one
 */
public record CommitmentRequest(
        String callingAe,
        String calledAe,
        InetSocketAddress peer,
        long association,
        Uid transaction,
        List<SopReference> instances) {

    public CommitmentRequest {
        instances = List.copyOf(instances);
    }

    /** Which request it is: whoever repeats it asks for no second report. */
    public record Id(String callingAe, Uid transaction) {}

    public Id id() {
        return new Id(callingAe, transaction);
    }
}
