package io.portolan.dicom.net;

import io.portolan.dicom.engine.AssociateLimits;
import io.portolan.dicom.net.Pdu.Abort;
import io.portolan.dicom.net.Pdu.AssociateAc;
import io.portolan.dicom.net.Pdu.AssociateRj;
import io.portolan.dicom.net.Pdu.AssociateRq;
import io.portolan.dicom.net.Pdu.PDataTf;
import io.portolan.dicom.net.Pdu.ReleaseRp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;

/**
 * What this side wrote on a connection, read with suspicion: whole PDUs, none but A-ABORT behind the last word, and in P-DATA-TF
 * whole messages one after the other, in fragments that the peer takes.
 */
final class Wire {

    static final int P_DATA_MAX_BYTES = 128 * 1024;

    private static final int BUFFER_BYTES_MAX = 8 * 1024;
    private static final int PDU_HEADER_BYTES = 6;
    private static final int VALUE_HEADER_BYTES = 6;
    private static final int COMMAND = 1;
    private static final int LAST = 2;

    /** More than what is written can come to: what came in was within a limit, and what is written says more. */
    private static final AssociateLimits ALL = new AssociateLimits(16 << 20, 1 << 20, 10_000);

    private static final Duration ANY = Duration.ofSeconds(10);

    private final long pDataMaxBytes;
    private final ByteArrayOutputStream command = new ByteArrayOutputStream();
    private boolean inDataSet;
    private int contextId;
    private boolean over;

    private Wire(long pDataMaxBytes) {
        this.pDataMaxBytes = pDataMaxBytes;
    }

    static void require(boolean promise, String broken) {
        if (!promise) {
            throw new AssertionError(broken);
        }
    }

    /** Reads these bytes. */
    static PduReader reader(byte[] bytes, AssociateLimits limits) throws IOException {
        MemorySocket socket = new MemorySocket(bytes, MemorySocket.Peer.HANGS_UP);
        int buffer = Math.min(BUFFER_BYTES_MAX, 1 + bytes.length); // a PDU may be short, and there are many
        return new PduReader(new Transport(socket, buffer, 0, ANY, ANY), P_DATA_MAX_BYTES, limits);
    }

    /** The PDU that this side wrote. */
    static Pdu read(byte[] pdu) {
        try {
            return reader(pdu, ALL).read();
        } catch (IOException e) {
            throw new AssertionError("what this side writes is refused: " + e.getMessage(), e);
        }
    }

    /**
     * Checks all that was written on one connection.
     *
     * @param peer what it sent
     */
    static void check(byte[] written, byte[] peer) {
        Wire wire = new Wire(maximumLength(peer));
        for (int at = 0; at < written.length; ) {
            require(written.length - at >= PDU_HEADER_BYTES, "a PDU header is cut short");
            long length = PDU_HEADER_BYTES + PduReader.uint32(written, at + 2);
            require(length <= written.length - at, "a PDU is cut short");
            wire.pdu(Arrays.copyOfRange(written, at, at + (int) length));
            at += (int) length;
        }
    }

    /** What the peer announced. */
    private static long maximumLength(byte[] peer) {
        try {
            Pdu first = reader(peer, AssociateLimits.DEFAULT).read();
            long announced = 0;
            if (first instanceof AssociateRq rq) {
                announced = rq.user().maximumLength();
            } else if (first instanceof AssociateAc ac) {
                announced = ac.user().maximumLength();
            }
            return announced == 0 ? P_DATA_MAX_BYTES : Math.min(announced, P_DATA_MAX_BYTES);
        } catch (IOException e) {
            return 0; // there was no association
        }
    }

    private void pdu(byte[] bytes) {
        Pdu pdu = read(bytes);
        require(!over || pdu instanceof Abort, pdu.name() + " behind the last word");
        if (pdu instanceof PDataTf) {
            require(bytes.length - PDU_HEADER_BYTES <= pDataMaxBytes, "P-DATA-TF is longer than the peer takes");
            values(bytes);
        } else {
            require(Arrays.equals(PduWriter.bytes(pdu), bytes), pdu.name() + " is not as it is read");
            require(pdu instanceof Abort || command.size() == 0 && !inDataSet, pdu.name() + " within a message");
        }
        over |= pdu instanceof Abort || pdu instanceof AssociateRj || pdu instanceof ReleaseRp;
    }

    // PS3.8 table 9-23: | item-length (4) | context-ID (1) | message control header (1) | fragment | ...
    private void values(byte[] pdu) {
        int at = PDU_HEADER_BYTES;
        do {
            require(pdu.length - at >= VALUE_HEADER_BYTES, "a presentation-data-value is cut short");
            long length = PduReader.uint32(pdu, at) - 2;
            int from = at + VALUE_HEADER_BYTES;
            require(length >= 0 && length <= pdu.length - from, "a presentation-data-value does not fit");
            at = from + (int) length;
            value(pdu[from - 2] & 0xFF, pdu[from - 1], Arrays.copyOfRange(pdu, from, at));
        } while (at < pdu.length);
    }

    private void value(int context, int control, byte[] fragment) {
        require(context % 2 == 1 && (control & ~(COMMAND | LAST)) == 0, "a message control header without meaning");
        boolean begins = command.size() == 0 && !inDataSet;
        require(begins || context == contextId, "a message on two presentation contexts");
        require((control & COMMAND) != 0 != inDataSet, "a command set where a data set is due, or the reverse");
        contextId = context;
        boolean last = (control & LAST) != 0;
        if (inDataSet) {
            inDataSet = !last;
            return;
        }
        command.writeBytes(fragment);
        if (last) {
            inDataSet = hasDataSet(command.toByteArray());
            command.reset();
        }
    }

    private static boolean hasDataSet(byte[] command) {
        try {
            return CommandSet.parse(command, command.length).hasDataSet();
        } catch (InvalidPduException e) {
            throw new AssertionError("a command set that cannot be read was written", e);
        }
    }
}
