package io.portolan.cli.convert;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads records that mostly stand one behind the other, many with one call of the file system. For one thread. */
final class JournalWindow {

    private static final int WINDOW_BYTES = 1 << 16;

    private final Journal journal;
    private final ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
    private long start;

    JournalWindow(Journal journal) {
        this.journal = journal;
    }

    /** As {@link Journal#read}; what it gave before is overwritten. */
    ByteBuffer read(long offset) throws IOException {
        if (!holds(offset, Journal.FRAME_BYTES)) {
            fill(offset);
        }
        int length = Journal.FRAME_BYTES + window.getInt((int) (offset - start));
        if (length > WINDOW_BYTES) {
            return journal.read(offset);
        }
        if (!holds(offset, length)) {
            fill(offset);
        }
        return window.slice((int) (offset - start) + Journal.FRAME_BYTES, length - Journal.FRAME_BYTES);
    }

    private boolean holds(long offset, int length) {
        return offset >= start && offset + length <= start + window.limit();
    }

    private void fill(long offset) throws IOException {
        start = offset;
        journal.fill(window.clear(), offset);
        window.flip();
    }
}
