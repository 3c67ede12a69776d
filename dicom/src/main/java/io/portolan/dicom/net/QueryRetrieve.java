package io.portolan.dicom.net;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.engine.DicomNetworkException;
import io.portolan.dicom.engine.DicomNetworkException.Kind;
import io.portolan.dicom.engine.FindMatches;
import io.portolan.dicom.engine.Retrieved;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.dicom.net.MessageReader.Message;
import io.portolan.dicom.net.Negotiation.PresentationContext;
import java.io.IOException;
import java.util.Map;

/**
 * SCU of Query/Retrieve (PS3.4 annex C) on one association: C-FIND (PS3.7 9.3.2), C-GET (9.3.3), C-MOVE (9.3.4). Owned by the
 * association's thread.
 *
 * <pre>
 *         C-FIND                      C-GET                       C-MOVE
 *   RQ + identifier  -->        RQ + identifier  -->        RQ + identifier  -->
 * <--  pending + identifier   <--  C-STORE-RQ + data set
 *   [C-CANCEL-RQ     -->]       C-STORE-RSP      -->
 *         ...                 <--  [pending]  ...         <--  [pending]  ...
 * <--  final RSP              <--  final RSP              <--  final RSP
 * </pre>
 */
record QueryRetrieve(Association association, MessageReader reader, MessageWriter writer) {

    /** Pending answers that a peer may send after it was asked to cancel; one that goes on for ever is aborted. */
    static final int ANSWERS_AFTER_CANCEL_MAX = 100_000;

    Status find(
            PresentationContext context,
            CommandSet request,
            DataSet identifier,
            Selection selection,
            ReadLimits limits,
            FindMatches matches)
            throws IOException {
        writer.write(context, request, identifier);
        boolean wanted = true;
        int unwanted = 0;
        while (true) {
            Message answer = reader.answer();
            Status status = status(answer, context, request);
            if (!status.isPending()) {
                reader.skipDataSet(answer);
                return status;
            }
            if (!answer.command().hasDataSet()) {
                throw violation("a pending C-FIND-RSP without an identifier");
            }
            if (wanted) {
                wanted = match(identifier(answer, context, selection, limits), matches);
                if (!wanted) {
                    writer.writeCommand(context.id(), request.cancel());
                }
            } else {
                reader.skipDataSet(answer);
                unwanted++;
                if (unwanted > ANSWERS_AFTER_CANCEL_MAX) {
                    throw violation("more than " + ANSWERS_AFTER_CANCEL_MAX + " answers after C-CANCEL-RQ");
                }
            }
        }
    }

    /** @param storage the presentation contexts in which this side is the SCP */
    Retrieved get(
            PresentationContext context,
            CommandSet request,
            DataSet identifier,
            Map<Integer, PresentationContext> storage,
            StorageScp scp)
            throws IOException {
        writer.write(context, request, identifier);
        while (true) {
            Message message = reader.answer();
            if (message.command().commandField() == CommandSet.C_STORE_RQ) {
                PresentationContext on = storage.get(message.contextId());
                if (on == null) {
                    throw violation("C-STORE-RQ on a presentation context without the SCP role for this side");
                }
                scp.serve(on, message, reader, writer);
            } else {
                Status status = status(message, context, request);
                reader.skipDataSet(message); // the final one may list what failed
                if (!status.isPending()) {
                    return message.command().retrieved();
                }
            }
        }
    }

    Retrieved move(PresentationContext context, CommandSet request, DataSet identifier) throws IOException {
        writer.write(context, request, identifier);
        while (true) {
            Message answer = reader.answer();
            Status status = status(answer, context, request);
            reader.skipDataSet(answer);
            if (!status.isPending()) {
                return answer.command().retrieved();
            }
        }
    }

    private Status status(Message answer, PresentationContext context, CommandSet request) throws IOException {
        if (answer.contextId() != context.id() || !answer.command().answers(request)) {
            throw violation("the peer answers what was not asked");
        }
        return answer.command().status();
    }

    private DataSet identifier(Message answer, PresentationContext context, Selection selection, ReadLimits limits)
            throws IOException {
        DataSetStream stream = reader.dataSet(answer);
        try (DicomReader identifier = DicomReader.ofDataSet(stream, context.transferSyntax(), selection, limits)) {
            DataSet kept = identifier.readHeader();
            identifier.verifyToEnd();
            stream.drain();
            return kept;
        } catch (MalformedDataException e) {
            throw violation("a C-FIND-RSP has an identifier that cannot be read: " + e.getMessage());
        }
    }

    private boolean match(DataSet answer, FindMatches matches) throws IOException {
        try {
            return matches.match(answer);
        } catch (IOException | RuntimeException e) {
            association.abort();
            throw e;
        }
    }

    private DicomNetworkException violation(String what) {
        return association.aborting(Kind.PROTOCOL_VIOLATION, what);
    }
}
