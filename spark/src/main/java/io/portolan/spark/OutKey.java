package io.portolan.spark;

import io.portolan.dicom.Uid;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.spark.Partitioner;

/**
 * What lines are shuffled and sorted by: of those that are one line in the end the first stands.
 *
 * <pre>
 *   length u8, section   the file that it belongs into: a type of resource, or a part of the report
 *   length u8, identity  of the resource, the file, the study
 *   rank                 which of several comes first
 *   tag u8               for the totals
 * </pre>
 */
final class OutKey {

    /** Of every file, by its place in the order of the names. */
    static final String FILES = "report/files";

    static final String STUDIES = "report/studies";

    private static final byte OF_STUDY = 0;
    private static final byte OF_SELECTION = 1;
    private static final byte OVERRIDE = 0;
    private static final byte ORDINARY = 1;
    private static final byte END = (byte) 0xFF;

    private OutKey() {}

    /** What studies share is as the first of them by UID says it; selections come behind all studies. */
    static byte[] resource(String type, String id, Uid of, boolean selection) {
        return key(type, ascii(id), rank(of, selection), 0);
    }

    /** @param tag what became of it, for {@link Totals} */
    static byte[] study(Uid uid, boolean selection, int tag) {
        return key(STUDIES, rank(uid, selection), new byte[0], tag);
    }

    /** @param order see {@link ReadKey} */
    static byte[] file(byte[] order, int tag) {
        return key(FILES, order, new byte[] {ORDINARY}, tag);
    }

    /** What a selection says of a file goes over what its study does; of several selections the last by UID says it. */
    static byte[] override(byte[] order, Uid selection, int tag) {
        byte[] uid = ascii(selection.value());
        byte[] rank = new byte[1 + uid.length + 1];
        rank[0] = OVERRIDE;
        for (int i = 0; i < uid.length; i++) {
            rank[1 + i] = (byte) ~uid[i]; // descending
        }
        rank[rank.length - 1] = END;
        return key(FILES, order, rank, tag);
    }

    private static byte[] rank(Uid uid, boolean selection) {
        byte[] bytes = ascii(uid.value());
        return ByteBuffer.allocate(1 + bytes.length)
                .put(selection ? OF_SELECTION : OF_STUDY)
                .put(bytes)
                .array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] key(String section, byte[] identity, byte[] rank, int tag) {
        byte[] name = ascii(section);
        return ByteBuffer.allocate(1 + name.length + 1 + identity.length + rank.length + 1)
                .put((byte) name.length)
                .put(name)
                .put((byte) identity.length)
                .put(identity)
                .put(rank)
                .put((byte) tag)
                .array();
    }

    static String section(byte[] key) {
        return new String(key, 1, key[0], StandardCharsets.US_ASCII);
    }

    static int tag(byte[] key) {
        return key[key.length - 1];
    }

    private static int identityStart(byte[] key) {
        return 1 + key[0] + 1;
    }

    private static int identityEnd(byte[] key) {
        return identityStart(key) + key[identityStart(key) - 1];
    }

    /** Whether they are one line in the end. */
    static boolean isSame(byte[] a, byte[] b) {
        return Arrays.equals(a, 0, identityEnd(a), b, 0, identityEnd(b));
    }

    /** Resources and studies anywhere; the account of the files so that one part of it goes on where the last ended. */
    static final class ByIdentity extends Partitioner {

        private static final long serialVersionUID = 1;
        private final int partitions;
        private final long files;

        /** @param files how many were listed */
        ByIdentity(int partitions, long files) {
            this.partitions = partitions;
            this.files = files;
        }

        @Override
        public int numPartitions() {
            return partitions;
        }

        @Override
        public int getPartition(Object key) {
            byte[] bytes = (byte[]) key;
            if (section(bytes).equals(FILES)) {
                long file = ByteBuffer.wrap(bytes).getLong(identityStart(bytes));
                return (int) (file * partitions / files);
            }
            return ByteKeys.hash(bytes, 0, identityEnd(bytes)) % partitions;
        }
    }
}
