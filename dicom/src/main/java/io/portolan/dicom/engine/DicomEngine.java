package io.portolan.dicom.engine;

import java.io.IOException;

/** A DICOM engine: what the gateway needs of the DICOM network, and no more. */
public interface DicomEngine {

    /**
     * Serves Verification (PS3.4 annex A) and Storage (PS3.4 annex B) as SCP.
     *
     * @return a server that is listening already; {@link AssociationServer#port()} tells where
     * @throws IOException when the address cannot be bound
     */
    AssociationServer serve(ServerOptions options, StoreScp store) throws IOException;

    /**
     * Requests one association as SCU.
     *
     * @return an association that is established; {@link AssociationClient#accepted} tells what was agreed
     * @throws DicomNetworkException when the peer cannot be reached, rejects, aborts or does not answer in time
     */
    AssociationClient request(RequestOptions options) throws IOException;
}
