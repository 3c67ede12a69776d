package io.portolan.dicom.engine;

import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.io.HeaderReader;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * A DICOM engine: what the gateway needs of DICOM, and no more. {@code EngineConformance} in the tests of this module says
 * how each has to behave.
 */
public interface DicomEngine {

    /**
     * Reads a file (PS3.10), or a data set whose transfer syntax has to be guessed.
     *
     * @param in not closed; a stream that can skip is not read where nothing is wanted
     * @throws io.portolan.dicom.io.MalformedDataException when this is not DICOM, or its file meta information is cut off
     */
    HeaderReader read(InputStream in, Selection selection, ReadLimits limits) throws IOException;

    /** Reads a data set whose transfer syntax is known, as that of a C-STORE. */
    HeaderReader readDataSet(InputStream in, TransferSyntax transferSyntax, Selection selection, ReadLimits limits)
            throws IOException;

    /**
     * Serves Verification (PS3.4 annex A) and Storage (PS3.4 annex B) as SCP.
     *
     * @return a server that is listening already; {@link AssociationServer#port()} tells where
     * @throws IOException when the address cannot be bound
     */
    default AssociationServer serve(ServerOptions options, StoreScp store) throws IOException {
        return serve(options, store, Optional.empty());
    }

    /**
     * As the other, and Storage Commitment Push Model (PS3.4 annex J) where somebody takes its requests: else no presentation
     * context is accepted for it.
     */
    AssociationServer serve(ServerOptions options, StoreScp store, Optional<CommitmentScp> commitment)
            throws IOException;

    /**
     * Requests one association as SCU.
     *
     * @return an association that is established; {@link AssociationClient#accepted} tells what was agreed
     * @throws DicomNetworkException when the peer cannot be reached, rejects, aborts or does not answer in time
     */
    AssociationClient request(RequestOptions options) throws IOException;
}
