package io.portolan.dicom.net;

import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.AssociationServer;
import io.portolan.dicom.engine.DicomEngine;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.ServerOptions;
import io.portolan.dicom.engine.StoreScp;
import java.io.IOException;

/** The engine of this module: pure Java, nothing but the JDK and slf4j below it. Stateless. */
public final class PortolanEngine implements DicomEngine {

    @Override
    public AssociationServer serve(ServerOptions options, StoreScp store) throws IOException {
        Listener listener = new Listener(options, store);
        listener.start();
        return listener;
    }

    @Override
    public AssociationClient request(RequestOptions options) throws IOException {
        return Scu.request(options);
    }
}
