package io.portolan.gateway.receive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What can be told of a file of ours without parsing it: where its data set begins, and whether another has the same. */
final class KeptFile {

    /** Preamble, prefix, and the element (0002,0000), which says how long the rest of the group is (PS3.10 7.1). */
    private static final int GROUP_LENGTH_END = 128 + 4 + 12;

    private static final int PIECE_BYTES = 64 * 1024;

    private KeptFile() {}

    /**
     * Whether a kept file has the data set of another file.
     *
     * @param position where the data set of the other begins
     */
    static boolean hasDataSet(Path kept, Path other, long position) throws IOException {
        try (FileChannel one = FileChannel.open(kept, StandardOpenOption.READ);
                FileChannel two = FileChannel.open(other, StandardOpenOption.READ)) {
            one.position(dataSetPosition(one));
            two.position(position);
            return one.size() - one.position() == two.size() - two.position() && haveSameRest(one, two);
        }
    }

    private static long dataSetPosition(FileChannel file) throws IOException {
        ByteBuffer length = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        file.read(length, GROUP_LENGTH_END - length.capacity());
        // Of a file that was cut short since, anything beyond its end: no data set is the same as none.
        return length.hasRemaining() ? file.size() + 1 : GROUP_LENGTH_END + (length.getInt(0) & 0xFFFF_FFFFL);
    }

    private static boolean haveSameRest(FileChannel one, FileChannel two) throws IOException {
        ByteBuffer left = ByteBuffer.allocate(PIECE_BYTES);
        ByteBuffer right = ByteBuffer.allocate(PIECE_BYTES);
        while (one.position() < one.size()) {
            fill(one, left);
            fill(two, right);
            if (!left.equals(right)) {
                return false;
            }
        }
        return true;
    }

    private static void fill(FileChannel file, ByteBuffer buffer) throws IOException {
        buffer.clear();
        while (buffer.hasRemaining() && file.read(buffer) >= 0) {
            // until it is full, or the file ends
        }
        buffer.flip();
    }
}
