package io.portolan.e2e;

import io.portolan.dicom.SopClass;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.NetworkLimits;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.RequestOptions.Proposal;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.net.PortolanEngine;
import java.io.IOException;
import java.util.List;

/** A sender of a load: one association with a gateway on loopback. */
public final class Scu implements AutoCloseable {

    static final String CALLED_AE = "PORTOLAN";

    private static final TransferSyntax SYNTAX = TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN;

    private final AssociationClient association;

    private Scu(AssociationClient association) {
        this.association = association;
    }

    public static Scu associate(int port) throws IOException {
        List<Proposal> proposals = List.of(
                new Proposal(LoadInstance.SOP_CLASS, List.of(SYNTAX)),
                new Proposal(SopClass.VERIFICATION, List.of(TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN)));
        return new Scu(new PortolanEngine()
                .request(new RequestOptions("127.0.0.1", port, CALLED_AE, "LOAD", proposals, NetworkLimits.DEFAULT)));
    }

    /** So that the association does not count as idle. */
    void echo() throws IOException {
        association.echo();
    }

    /** The peer's status. @throws IOException the association is lost, and what became of the instance is not known */
    public Status store(LoadInstance instance) throws IOException {
        return association.store(LoadInstance.SOP_CLASS, new Uid(instance.sopUid()), SYNTAX, instance.stream());
    }

    public void release() throws IOException {
        association.release();
    }

    @Override
    public void close() {
        association.close();
    }
}
