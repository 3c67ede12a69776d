package io.portolan.dicom.engine;

import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** An established association that this side requested. Used by one thread at a time. */
public interface AssociationClient extends AutoCloseable {

    /** The transfer syntaxes that the peer accepted for a SOP class, in the order proposed; empty when it accepted none. */
    List<TransferSyntax> accepted(Uid sopClass);

    /** C-ECHO (PS3.7 9.3.5); the Verification SOP class must have been proposed. */
    Status echo() throws IOException;

    /**
     * C-STORE (PS3.7 9.3.1), streamed: the data set is never held in memory.
     *
     * @param dataSet the data set in the given transfer syntax, without preamble and File Meta Information; read to its
     *     end, not closed. When reading it fails, the association is aborted and the failure is thrown as it came.
     * @return the peer's status, failures too
     * @throws DicomNetworkException of kind {@link DicomNetworkException.Kind#NOT_NEGOTIATED} (and the association goes
     *     on) when the peer has not accepted this class in this syntax; of another kind when the association is lost
     */
    Status store(Uid sopClass, Uid sopInstance, TransferSyntax transferSyntax, InputStream dataSet) throws IOException;

    /** Ends the association in order (A-RELEASE). */
    void release() throws IOException;

    /** Aborts the association unless it has been released. */
    @Override
    void close();
}
