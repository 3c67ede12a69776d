package io.portolan.dicom.engine;

import java.io.IOException;
import java.io.InputStream;

/** What becomes of an instance that a peer sends by C-STORE. Called by many threads at once, one for each association. */
@FunctionalInterface
public interface StoreScp {

    /**
     * Takes one instance.
     *
     * <p>The stream is the data set as it arrives, in {@link StoreRequest#transferSyntax()}; it is valid until this
     * method returns. What is left unread is drained before the response is sent. When the peer aborts, disconnects or
     * falls silent in the middle, reading throws {@link DicomNetworkException}: throw the part away; no response is sent.
     * So whoever must not keep a part of an instance reads to the end before keeping it.
     *
     * @return the status to answer with
     * @throws IOException or a runtime exception: answered with {@link Status#PROCESSING_FAILURE}; the association goes
     *     on. Only the exception's class is logged, as its message may hold what the peer sent.
     */
    Status store(StoreRequest request, InputStream dataSet) throws IOException;
}
