package io.portolan.dicom.engine;

import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import java.net.InetSocketAddress;

/**
 * A C-STORE-RQ (PS3.7 9.3.1.1), and where it came from.
 *
 * @param callingAe      the peer's AE title, trimmed, printable ASCII only
 * @param calledAe       the AE title by which the peer called this side, likewise
 * @param association    the number of the association, counted from 1 since the server started; for logs
 * @param sopClass       AffectedSOPClassUID
 * @param sopInstance    AffectedSOPInstanceUID
 * @param transferSyntax the syntax agreed for the presentation context
 */
public record StoreRequest(
        String callingAe,
        String calledAe,
        InetSocketAddress peer,
        long association,
        Uid sopClass,
        Uid sopInstance,
        TransferSyntax transferSyntax) {}
