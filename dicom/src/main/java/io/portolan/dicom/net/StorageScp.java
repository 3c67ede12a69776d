package io.portolan.dicom.net;

import io.portolan.dicom.SopClass;
import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.DicomNetworkException;
import io.portolan.dicom.engine.DicomNetworkException.Kind;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.engine.StoreRequest;
import io.portolan.dicom.engine.StoreScp;
import io.portolan.dicom.net.MessageReader.Message;
import io.portolan.dicom.net.Negotiation.PresentationContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SCP of Storage (PS3.4 annex B, C-STORE) on one association, whoever requested it: for {@link Scp} what peers send, for
 * {@link QueryRetrieve} the sub-operations of C-GET. Owned by the association's thread.
 *
 * @param number   of the association
 * @param peerAe   the peer's AE title
 * @param ourAe    this side's AE title, as the peer knows it
 */
record StorageScp(
        Association association, InetSocketAddress peer, long number, String peerAe, String ourAe, StoreScp store) {

    private static final Logger LOG = LoggerFactory.getLogger(StorageScp.class);

    /** Serves one C-STORE-RQ: hands it on, reads on to the end of its data set, responds. */
    void serve(PresentationContext context, Message message, MessageReader reader, MessageWriter writer)
            throws IOException {
        CommandSet command = message.command();
        Status status = Status.MISTYPED_ARGUMENT;
        if (command.hasDataSet()) {
            DataSetStream dataSet = reader.dataSet(message);
            status = store(context, command, dataSet);
            dataSet.drain();
        }
        writer.writeCommand(context.id(), command.response(status));
    }

    private Status store(PresentationContext context, CommandSet command, DataSetStream dataSet) throws IOException {
        Optional<Uid> sopClass = command.affectedSopClass();
        Optional<Uid> sopInstance = command.affectedSopInstance();
        if (sopClass.isEmpty()) {
            return Status.NO_SUCH_SOP_CLASS;
        }
        if (sopInstance.isEmpty()) {
            return Status.INVALID_OBJECT_INSTANCE;
        }
        // The transfer syntax was agreed for the class of the context, and for no other.
        if (!sopClass.get().equals(context.abstractSyntax()) || sopClass.get().equals(SopClass.VERIFICATION)) {
            return Status.SOP_CLASS_NOT_SUPPORTED;
        }
        StoreRequest request = new StoreRequest(
                peerAe,
                ourAe,
                peer,
                number,
                sopClass.get(),
                sopInstance.get(),
                context.transferSyntax(),
                command.moveOriginator());
        return hand(request, dataSet);
    }

    private Status hand(StoreRequest request, DataSetStream dataSet) throws IOException {
        Status status;
        try {
            status = store.store(request, dataSet);
        } catch (IOException | RuntimeException e) {
            if (!association.isEstablished() && e instanceof DicomNetworkException lost) {
                throw lost;
            }
            if (association.isEstablished()) {
                LOG.error("association {}: storing failed: {}", request.association(), place(e));
            }
            status = Status.PROCESSING_FAILURE;
        } finally {
            dataSet.end();
        }
        if (!association.isEstablished()) {
            throw new DicomNetworkException(Kind.DISCONNECTED, "the association was lost within a data set");
        }
        return status;
    }

    // Never the message of a handler's exception: it may hold what the peer sent.
    static String place(Exception e) {
        StackTraceElement[] trace = e.getStackTrace();
        return e.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
    }
}
