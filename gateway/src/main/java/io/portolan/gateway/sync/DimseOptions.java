package io.portolan.gateway.sync;

import io.portolan.dicom.engine.NetworkLimits;
import io.portolan.dicom.engine.Tls;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import java.util.Optional;

/**
 * Which archive is asked over the DICOM network, and how.
 *
 * @param callingAe our own AE title, by which the archive knows us; for C-MOVE also whom it sends to
 * @param selection what is kept of a header
 * @param studiesMax of one listing; when there are more, the query is cancelled
 * @param tls how associations are secured; empty: not at all
 */
public record DimseOptions(
        String host,
        int port,
        String calledAe,
        String callingAe,
        Retrieve retrieve,
        Selection selection,
        ReadLimits limits,
        int studiesMax,
        NetworkLimits network,
        Optional<Tls> tls) {

    /** What is done about attributes that answers to queries lack. */
    public enum Retrieve {
        /** Nothing: what the answers have has to do. */
        FIND,
        /** The instances are fetched by C-GET, and only their headers read. */
        GET,
        /** The archive is told to send them to us, and only their headers are read. */
        MOVE
    }
}
