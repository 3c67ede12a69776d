package io.portolan.dicom.net;

import io.portolan.dicom.engine.DicomNetworkException;
import io.portolan.dicom.engine.DicomNetworkException.Kind;
import io.portolan.dicom.net.Pdu.PDataTf;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads DIMSE messages (PS3.7 6.3) out of presentation-data-values (PS3.8 9.3.5.1 and annex E): a command set, held; a data
 * set, streamed. Owned by the association's thread.
 */
final class MessageReader {

    /** A message's command set, and the presentation context that it came on; its data set follows. */
    record Message(int contextId, CommandSet command) {}

    // PS3.8 E.2, message control header
    private static final int COMMAND = 0x01;
    private static final int LAST = 0x02;

    private static final int HEADER_BYTES = 6;

    private final Association association;
    private final PduReader reader;
    private final int commandSetMaxBytes;
    private final byte[] header = new byte[HEADER_BYTES];

    // the current presentation-data-value
    private int contextId;
    private boolean command;
    private boolean last;
    private int remaining;

    MessageReader(Association association, int commandSetMaxBytes) {
        this.association = association;
        this.reader = association.reader();
        this.commandSetMaxBytes = commandSetMaxBytes;
    }

    /** The next message; empty when the peer asks for release instead. The previous data set must have been drained. */
    Optional<Message> next() throws IOException {
        reader.rest();
        if (!nextValue()) {
            return Optional.empty();
        }
        int context = contextId;
        byte[] bytes = new byte[512];
        int length = 0;
        while (true) {
            if (!command || contextId != context) {
                throw association.aborting(
                        Kind.PROTOCOL_VIOLATION, "P-DATA-TF carries something else where a command set must go on");
            }
            if (length + remaining > commandSetMaxBytes) {
                throw association.aborting(
                        Kind.PROTOCOL_VIOLATION, "the command set is longer than " + commandSetMaxBytes + " bytes");
            }
            while (remaining > 0) {
                if (length == bytes.length) {
                    bytes = Arrays.copyOf(bytes, 2 * length);
                }
                length += read(bytes, length, bytes.length - length);
            }
            if (last) {
                return Optional.of(new Message(context, parse(bytes, length)));
            }
            if (!nextValue()) {
                throw releasedWithin("a command set");
            }
        }
    }

    /** The next message, for one whom the peer owes an answer. */
    Message answer() throws IOException {
        Optional<Message> message = next();
        if (message.isEmpty()) {
            association.confirmRelease();
            throw new DicomNetworkException(
                    Kind.DISCONNECTED, "the peer released the association instead of answering");
        }
        return message.get();
    }

    /** Skips the data set of the message that was read last, if it has one. */
    void skipDataSet(Message message) throws IOException {
        if (message.command.hasDataSet()) {
            dataSet(message).drain();
        }
    }

    /** The data set of the message that was read last. */
    DataSetStream dataSet(Message message) {
        return new DataSetStream(this, message.contextId);
    }

    /** Goes on to the next fragment of a data set, and says whether it is the last. */
    boolean nextFragment(int context) throws IOException {
        if (!nextValue()) {
            throw releasedWithin("a data set");
        }
        if (command || contextId != context) {
            throw association.aborting(
                    Kind.PROTOCOL_VIOLATION, "P-DATA-TF carries something else where a data set must go on");
        }
        return last;
    }

    /** Bytes of the current presentation-data-value that are still to come. */
    int remaining() {
        return remaining;
    }

    int read(byte[] target, int offset, int length) throws IOException {
        try {
            int count = reader.read(target, offset, Math.min(length, remaining));
            remaining -= count;
            return count;
        } catch (IOException e) {
            throw association.lost(e);
        }
    }

    /** Passes what is buffered on to a target, whose own failures come through as they are. */
    int transfer(OutputStream target) throws IOException {
        int count = Math.min(remaining, await());
        remaining -= count;
        reader.writeBufferedTo(target, count);
        return count;
    }

    void skip(int length) throws IOException {
        try {
            reader.skipFully(length);
            remaining -= length;
        } catch (IOException e) {
            throw association.lost(e);
        }
    }

    private int await() throws IOException {
        try {
            return reader.await();
        } catch (IOException e) {
            throw association.lost(e);
        }
    }

    // false: the peer asks for release
    private boolean nextValue() throws IOException {
        if (reader.remaining() == 0 && !(association.receive() instanceof PDataTf)) {
            return false;
        }
        // PS3.8 9.3.5.1, table 9-23, and E.2
        // +-----------------+----------------+----------------------------+----------
        // | item-length (4) | context-ID (1) | message control header (1) | fragment
        // +-----------------+----------------+----------------------------+----------
        // item-length counts what follows it
        if (reader.remaining() < HEADER_BYTES) {
            throw association.invalid("P-DATA-TF ends within the header of a presentation-data-value");
        }
        try {
            reader.readFully(header, 0, HEADER_BYTES);
        } catch (IOException e) {
            throw association.lost(e);
        }
        long length = PduReader.uint32(header, 0) - 2;
        if (length < 0 || length > reader.remaining()) {
            throw association.invalid("P-DATA-TF item-length " + (length + 2) + " does not fit the PDU");
        }
        contextId = header[4] & 0xFF;
        command = (header[5] & COMMAND) != 0;
        last = (header[5] & LAST) != 0;
        remaining = (int) length;
        return true;
    }

    private CommandSet parse(byte[] bytes, int length) throws IOException {
        try {
            return CommandSet.parse(bytes, length);
        } catch (InvalidPduException e) {
            throw association.aborting(Kind.PROTOCOL_VIOLATION, String.valueOf(e.getMessage()));
        }
    }

    private IOException releasedWithin(String what) {
        return association.aborting(Kind.PROTOCOL_VIOLATION, "A-RELEASE-RQ within " + what);
    }
}
