package io.portolan.dicom.net;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.engine.DicomNetworkException.Kind;
import io.portolan.dicom.io.DataSetWriter;
import io.portolan.dicom.net.Negotiation.PresentationContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Writes DIMSE messages as P-DATA-TF PDUs, one presentation-data-value and one write each (PS3.8 9.3.5 and annex E). Owned by the
 * association's thread.
 *
 * <pre>
 * | 04 | 00 | PDU-length (4) | item-length (4) | context-ID (1) | message control header (1) | fragment ...
 * </pre>
 */
final class MessageWriter {

    private static final int COMMAND = 0x01;
    private static final int LAST = 0x02;

    private static final int PDU_HEADER_BYTES = 6;
    private static final int VALUE_HEADER_BYTES = 6;
    private static final int HEADER_BYTES = PDU_HEADER_BYTES + VALUE_HEADER_BYTES;

    private static final int LENGTH_MIN_BYTES = VALUE_HEADER_BYTES + 2;

    private final Association association;
    private final int fragmentMaxBytes;

    /** As long as was needed: an SCP that only responds needs little. */
    private byte[] pdu = new byte[HEADER_BYTES];

    /**
     * @param peerMaximumLength what the peer announced (PS3.8 D.1); 0: no limit
     * @param lengthMaxBytes    our own limit, for both cases
     */
    MessageWriter(Association association, long peerMaximumLength, int lengthMaxBytes) throws IOException {
        this.association = association;
        if (peerMaximumLength > 0 && peerMaximumLength < LENGTH_MIN_BYTES) {
            throw association.aborting(
                    Kind.PROTOCOL_VIOLATION, "maximum-length " + peerMaximumLength + " has no room for a fragment");
        }
        long length = peerMaximumLength == 0 ? lengthMaxBytes : Math.min(peerMaximumLength, lengthMaxBytes);
        // A fragment has an even length, as every element of a data set has.
        this.fragmentMaxBytes = (int) (length - VALUE_HEADER_BYTES) & ~1;
    }

    void writeCommand(int contextId, CommandSet command) throws IOException {
        byte[] bytes = command.bytes();
        makeRoom(Math.min(fragmentMaxBytes, bytes.length));
        for (int from = 0; from < bytes.length; from += fragmentMaxBytes) {
            int length = Math.min(fragmentMaxBytes, bytes.length - from);
            System.arraycopy(bytes, from, pdu, HEADER_BYTES, length);
            send(contextId, COMMAND | (from + length == bytes.length ? LAST : 0), length);
        }
    }

    /** A message with a data set, in a transfer syntax that {@link DataSetWriter} has. */
    void write(PresentationContext context, CommandSet command, DataSet dataSet) throws IOException {
        byte[] bytes = DataSetWriter.toBytes(dataSet, context.transferSyntax());
        writeCommand(context.id(), command);
        writeDataSet(context.id(), new ByteArrayInputStream(bytes));
    }

    /** Whether a data set can be written in it. */
    static boolean isWritable(TransferSyntax syntax) {
        return syntax.equals(TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN)
                || syntax.equals(TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN);
    }

    /** Reads the data set to its end, one fragment ahead at most: only what follows tells whether a fragment is the last. */
    void writeDataSet(int contextId, InputStream dataSet) throws IOException {
        makeRoom(fragmentMaxBytes);
        int carried = -1;
        while (true) {
            int from = HEADER_BYTES;
            if (carried >= 0) {
                pdu[from++] = (byte) carried;
            }
            int end;
            try {
                end = from + dataSet.readNBytes(pdu, from, pdu.length - from);
                carried = end < pdu.length ? -1 : dataSet.read();
            } catch (IOException | RuntimeException e) {
                association.abort();
                throw e;
            }
            send(contextId, carried < 0 ? LAST : 0, end - HEADER_BYTES);
            if (carried < 0) {
                return;
            }
        }
    }

    private void makeRoom(int fragmentBytes) {
        if (pdu.length < HEADER_BYTES + fragmentBytes) {
            pdu = new byte[HEADER_BYTES + fragmentBytes];
        }
    }

    private void send(int contextId, int control, int fragmentLength) throws IOException {
        pdu[0] = Pdu.PDataTf.TYPE;
        pdu[1] = 0;
        putUint32(2, VALUE_HEADER_BYTES + fragmentLength);
        putUint32(6, 2 + fragmentLength);
        pdu[10] = (byte) contextId;
        pdu[11] = (byte) control;
        association.sendPData(pdu, HEADER_BYTES + fragmentLength);
    }

    private void putUint32(int offset, int value) {
        pdu[offset] = (byte) (value >>> 24);
        pdu[offset + 1] = (byte) (value >>> 16);
        pdu[offset + 2] = (byte) (value >>> 8);
        pdu[offset + 3] = (byte) value;
    }
}
