package io.portolan.dicom.engine;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** An established association that this side requested. Used by one thread at a time, but for {@link #stop}. */
public interface AssociationClient extends AutoCloseable {

    /**
     * The transfer syntaxes that the peer accepted for a SOP class, in the order proposed; empty when it accepted none, or
     * did not let this side have the role proposed (PS3.7 D.3.3.4): then no C-GET can bring instances of this class.
     */
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

    /**
     * C-FIND (PS3.7 9.1.2, PS3.4 C.4.1).
     *
     * @param identifier what to look for, with QueryRetrieveLevel and, where a text is not ASCII, SpecificCharacterSet
     * @param selection  what to keep of each answer, {@link Selection#keysOf} for what the identifier asks for
     * @param limits     of each answer
     * @return the final status: {@link Status#CANCEL} when the matches were not all wanted and the peer has heeded it
     * @throws DicomNetworkException as {@link #store}; the class must have been accepted in Implicit or Explicit VR Little
     *     Endian. A pending answer without an identifier that can be read is a
     *     {@link DicomNetworkException.Kind#PROTOCOL_VIOLATION}.
     */
    Status find(Uid sopClass, DataSet identifier, Selection selection, ReadLimits limits, FindMatches matches)
            throws IOException;

    /**
     * C-GET (PS3.7 9.1.3, PS3.4 C.4.3): the peer sends the instances over this association, streamed, in the classes that
     * were proposed by {@link RequestOptions#proposeAsScp} and accepted.
     *
     * @param store takes each instance; called by the thread that calls this
     * @throws DicomNetworkException as {@link #find}
     */
    Retrieved get(Uid sopClass, DataSet identifier, StoreScp store) throws IOException;

    /**
     * C-MOVE (PS3.7 9.1.4, PS3.4 C.4.2): the peer sends the instances to another application entity, over an association of
     * its own. A peer that moves many and says nothing meanwhile needs a longer
     * {@link NetworkLimits#answerTimeout() answerTimeout}.
     *
     * @param destinationAe the AE title of whom to send to, which the peer has to know
     * @throws IllegalArgumentException when the destination is no AE title
     * @throws DicomNetworkException as {@link #find}
     */
    Retrieved move(Uid sopClass, DataSet identifier, String destinationAe) throws IOException;

    /**
     * N-EVENT-REPORT of Storage Commitment Push Model (PS3.4 J.3.3), of which this side is the SCP: propose
     * {@link io.portolan.dicom.SopClass#STORAGE_COMMITMENT_PUSH} by {@link RequestOptions#proposeAsScp}.
     *
     * @return the peer's status, failures too
     * @throws DicomNetworkException as {@link #find}
     */
    Status report(CommitmentReport report) throws IOException;

    /** Ends the association in order (A-RELEASE). */
    void release() throws IOException;

    /** Has a call that waits for the peer abort the association and throw; likewise the next call. For any thread. */
    void stop();

    /** Aborts the association unless it has been released. */
    @Override
    void close();
}
