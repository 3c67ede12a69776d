package io.portolan.gateway.convert;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.dicom.io.CompactDataSets;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Equal headers and UIDs of a study as one object: most instances of a series say the same of patient, study and series.
 * Then a study takes a fraction of the memory, and is mapped in half the time. For one thread.
 */
public final class HeaderPool {

    /** Patient, study, series: they come in turn. */
    private static final int LEVELS = 3;

    private final Optional<String> callingAe;
    private final Map<ByteBuffer, DataSet> headers = new HashMap<>();
    private final Map<String, Uid> uids = new HashMap<>();

    /** The last ones: instance after instance has the same, and to compare is faster than to hash. */
    private final ByteBuffer[] lastBytes = new ByteBuffer[LEVELS];

    private final DataSet[] lastHeaders = new DataSet[LEVELS];
    private int level;

    public HeaderPool(Optional<String> callingAe) {
        this.callingAe = callingAe;
    }

    Optional<String> callingAe() {
        return callingAe;
    }

    Uid uid(ByteBuffer from) {
        Uid uid = FileRecord.uid(from);
        return uids.computeIfAbsent(uid.value(), value -> uid);
    }

    /** Read only when its bytes are new. */
    DataSet header(ByteBuffer from) {
        int length = CompactDataSets.skip(from.duplicate());
        ByteBuffer bytes = from.slice(from.position(), length);
        from.position(from.position() + length);
        int at = level;
        level = (level + 1) % LEVELS;
        if (!bytes.equals(lastBytes[at])) {
            lastHeaders[at] = headers.computeIfAbsent(copy(bytes), one -> CompactDataSets.read(one.duplicate()));
            lastBytes[at] = copy(bytes);
        }
        return lastHeaders[at];
    }

    private static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
    }
}
