package io.portolan.dicom.net;

import io.portolan.dicom.engine.AssociateLimits;
import io.portolan.dicom.net.Pdu.Abort;
import io.portolan.dicom.net.Pdu.AssociateAc;
import io.portolan.dicom.net.Pdu.AssociateRj;
import io.portolan.dicom.net.Pdu.AssociateRq;
import io.portolan.dicom.net.Pdu.PDataTf;
import io.portolan.dicom.net.Pdu.ReleaseRp;
import io.portolan.dicom.net.Pdu.ReleaseRq;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Reads PDUs (PS3.8 9.3.1) from a transport. A length is checked before anything is held, and memory grows only with the
 * bytes that have come. Whatever of a PDU has not been read is skipped before the next one. Owned by the association's thread.
 */
final class PduReader {

    /** A-ASSOCIATE-RJ, A-RELEASE and A-ABORT have one length only. */
    static final int SHORT_PDU_LENGTH_BYTES = 4;

    private static final int GROWTH_BYTES = 16 * 1024;

    private static final int TLS_ALERT = 0x15;
    private static final int TLS_HANDSHAKE = 0x16;

    private final Transport transport;
    private final int pDataLengthMaxBytes;
    private final AssociateLimits associate;
    private final byte[] header = new byte[6];

    /** Bytes of the current PDU that are still to come. */
    private long remaining;

    PduReader(Transport transport, int pDataLengthMaxBytes, AssociateLimits associate) {
        this.transport = transport;
        this.pDataLengthMaxBytes = pDataLengthMaxBytes;
        this.associate = associate;
    }

    /**
     * Reads the next PDU; of P-DATA-TF the header only.
     *
     * @throws InvalidPduException when it is unrecognized or invalid; the next call goes on behind it
     */
    Pdu read() throws IOException {
        skipRest();
        // PS3.8 9.3.1, figure 9-1
        // +----------+----------+---------------------+----------
        // | PDU-type | reserved | PDU-length (4, BE)  | ...
        // +----------+----------+---------------------+----------
        transport.readFully(header, 0, header.length);
        int type = header[0] & 0xFF;
        remaining = uint32(header, 2);
        return switch (type) {
            case AssociateRq.TYPE ->
                AssociateReader.request(body("A-ASSOCIATE-RQ", associate.lengthMaxBytes()), associate);
            case AssociateAc.TYPE ->
                AssociateReader.acceptance(body("A-ASSOCIATE-AC", associate.lengthMaxBytes()), associate);
            case AssociateRj.TYPE -> {
                // | reserved | result | source | reason |
                byte[] body = shortBody("A-ASSOCIATE-RJ");
                yield new AssociateRj(body[1] & 0xFF, body[2] & 0xFF, body[3] & 0xFF);
            }
            case PDataTf.TYPE -> pData();
            case ReleaseRq.TYPE -> {
                shortBody("A-RELEASE-RQ");
                yield new ReleaseRq();
            }
            case ReleaseRp.TYPE -> {
                shortBody("A-RELEASE-RP");
                yield new ReleaseRp();
            }
            case Abort.TYPE -> {
                // | reserved | reserved | source | reason |
                byte[] body = shortBody("A-ABORT");
                yield new Abort(body[2] & 0xFF, body[3] & 0xFF);
            }
            default -> throw new InvalidPduException(Abort.UNRECOGNIZED_PDU, unknown(type));
        };
    }

    // RFC 8446 5.1: what a record begins with
    private static String unknown(int type) {
        String what = "PDU-type 0x%02X is unknown".formatted(type);
        return type == TLS_ALERT || type == TLS_HANDSHAKE
                ? what + ": the peer speaks TLS on a connection without"
                : what;
    }

    /** Nothing is owed: the peer may pause before what follows. */
    void rest() {
        transport.rest();
    }

    /** Bytes of the current P-DATA-TF that are still to come. */
    long remaining() {
        return remaining;
    }

    void readFully(byte[] target, int offset, int length) throws IOException {
        transport.readFully(target, offset, length);
        remaining -= length;
    }

    int read(byte[] target, int offset, int length) throws IOException {
        int count = transport.read(target, offset, length);
        remaining -= count;
        return count;
    }

    int await() throws IOException {
        return transport.await();
    }

    void writeBufferedTo(OutputStream target, int count) throws IOException {
        remaining -= count;
        transport.writeBufferedTo(target, count);
    }

    void skipFully(long length) throws IOException {
        transport.skipFully(length);
        remaining -= length;
    }

    void skipRest() throws IOException {
        skipFully(remaining);
    }

    private PDataTf pData() throws InvalidPduException {
        if (remaining > pDataLengthMaxBytes) {
            throw invalid("P-DATA-TF PDU-length " + remaining + " exceeds the maximum length of " + pDataLengthMaxBytes
                    + " announced to this peer");
        }
        return new PDataTf((int) remaining);
    }

    private byte[] shortBody(String name) throws IOException {
        if (remaining != SHORT_PDU_LENGTH_BYTES) {
            throw invalid(name + " PDU-length is " + remaining + ", not " + SHORT_PDU_LENGTH_BYTES);
        }
        return body(name, SHORT_PDU_LENGTH_BYTES);
    }

    private byte[] body(String name, int lengthMax) throws IOException {
        if (remaining > lengthMax) {
            throw invalid(name + " PDU-length " + remaining + " exceeds " + lengthMax);
        }
        int length = (int) remaining;
        byte[] body = new byte[Math.min(length, GROWTH_BYTES)];
        int done = 0;
        while (done < length) {
            if (done == body.length) {
                body = Arrays.copyOf(body, Math.min(length, 2 * body.length));
            }
            done += read(body, done, body.length - done);
        }
        return body;
    }

    static InvalidPduException invalid(String message) {
        return new InvalidPduException(Abort.INVALID_PDU_PARAMETER_VALUE, message);
    }

    static long uint32(byte[] bytes, int offset) {
        return (bytes[offset] & 0xFFL) << 24
                | (bytes[offset + 1] & 0xFFL) << 16
                | (bytes[offset + 2] & 0xFFL) << 8
                | (bytes[offset + 3] & 0xFFL);
    }
}
