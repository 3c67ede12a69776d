package io.portolan.dicom.net;

import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.AssociationServer;
import io.portolan.dicom.engine.CommitmentScp;
import io.portolan.dicom.engine.DicomEngine;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.ServerOptions;
import io.portolan.dicom.engine.StoreScp;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.HeaderReader;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** The engine of this module: pure Java, nothing but the JDK and slf4j below it. Stateless. */
public final class PortolanEngine implements DicomEngine {

    @Override
    public HeaderReader read(InputStream in, Selection selection, ReadLimits limits) throws IOException {
        return DicomReader.open(in, selection, limits);
    }

    @Override
    public HeaderReader readDataSet(
            InputStream in, TransferSyntax transferSyntax, Selection selection, ReadLimits limits) throws IOException {
        return DicomReader.ofDataSet(in, transferSyntax, selection, limits);
    }

    @Override
    public AssociationServer serve(ServerOptions options, StoreScp store, Optional<CommitmentScp> commitment)
            throws IOException {
        Listener listener = new Listener(options, store, commitment);
        listener.start();
        return listener;
    }

    @Override
    public AssociationClient request(RequestOptions options) throws IOException {
        return Scu.request(options);
    }
}
