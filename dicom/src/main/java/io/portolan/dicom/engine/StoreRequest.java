package io.portolan.dicom.engine;

import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * A C-STORE-RQ (PS3.7 9.3.1.1), and where it came from.
 *
 * @param callingAe      the peer's AE title, trimmed, printable ASCII only; of a sub-operation of C-GET too, where this side
 *     has called the peer
 * @param calledAe       the AE title of this side, as the peer called it, likewise
 * @param association    the number of the association, counted from 1 since the server started, 0 for one that this side
 *     requested; for logs
 * @param sopClass       AffectedSOPClassUID
 * @param sopInstance    AffectedSOPInstanceUID
 * @param transferSyntax the syntax agreed for the presentation context
 * @param moveOriginator MoveOriginatorApplicationEntityTitle: whose C-MOVE made the peer send this; trimmed, printable ASCII
 *     only; empty when there is none, or it is no AE title
 */
public record StoreRequest(
        String callingAe,
        String calledAe,
        InetSocketAddress peer,
        long association,
        Uid sopClass,
        Uid sopInstance,
        TransferSyntax transferSyntax,
        Optional<String> moveOriginator) {

    /** A request that no C-MOVE has caused. */
    public StoreRequest(
            String callingAe,
            String calledAe,
            InetSocketAddress peer,
            long association,
            Uid sopClass,
            Uid sopInstance,
            TransferSyntax transferSyntax) {
        this(callingAe, calledAe, peer, association, sopClass, sopInstance, transferSyntax, Optional.empty());
    }
}
