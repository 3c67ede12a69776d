package io.portolan.dicom.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;

/**
 * A data set as it arrives: the fragments of PS3.8 annex E as one stream, never held. Ends with the last fragment; valid until
 * its handler returns. Owned by the association's thread.
 */
final class DataSetStream extends InputStream {

    private final MessageReader messages;
    private final int contextId;
    private boolean last;
    private boolean over;

    DataSetStream(MessageReader messages, int contextId) {
        this.messages = messages;
        this.contextId = contextId;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        return atFragment() ? messages.read(target, offset, length) : -1;
    }

    @Override
    public long skip(long count) throws IOException {
        long skipped = 0;
        while (skipped < count && atFragment()) {
            int length = (int) Math.min(count - skipped, messages.remaining());
            messages.skip(length);
            skipped += length;
        }
        return skipped;
    }

    @Override
    public long transferTo(OutputStream target) throws IOException {
        long transferred = 0;
        while (atFragment()) {
            transferred += messages.transfer(target);
        }
        return transferred;
    }

    /** Takes the stream from its handler, and reads on to the end of the data set. */
    void drain() throws IOException {
        over = false;
        skip(Long.MAX_VALUE);
        over = true;
    }

    /** Takes the stream from its handler. */
    void end() {
        over = true;
    }

    // false: the data set has ended
    private boolean atFragment() throws IOException {
        if (over) {
            throw new IOException("the data set is over: its handler has returned");
        }
        while (messages.remaining() == 0) {
            if (last) {
                return false;
            }
            last = messages.nextFragment(contextId);
        }
        return true;
    }
}
