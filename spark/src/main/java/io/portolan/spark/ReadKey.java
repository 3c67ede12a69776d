package io.portolan.spark;

import io.portolan.dicom.Uid;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.spark.Partitioner;

/**
 * What the records of files are shuffled and sorted by: all of a study come into one partition, instance by instance, of each
 * instance the files in the order of their names.
 *
 * <pre>
 *   document   0, order                                         once more, for the driver
 *   instance   1, StudyInstanceUID, 0, SOPInstanceUID, 0, order
 *   other      2, order                                         a file without an instance
 *   order      number of the file u64, number of the record in it u32
 * </pre>
 */
final class ReadKey {

    /** Where the documents are, and nothing else. */
    static final int DOCUMENTS = 0;

    private static final byte DOCUMENT = 0;
    private static final byte INSTANCE = 1;
    private static final byte OTHER = 2;
    static final int ORDER_BYTES = Long.BYTES + Integer.BYTES;

    private ReadKey() {}

    static byte[] order(long file, int record) {
        return ByteBuffer.allocate(ORDER_BYTES).putLong(file).putInt(record).array();
    }

    static byte[] document(byte[] order) {
        return ByteBuffer.allocate(1 + ORDER_BYTES).put(DOCUMENT).put(order).array();
    }

    static byte[] other(byte[] order) {
        return ByteBuffer.allocate(1 + ORDER_BYTES).put(OTHER).put(order).array();
    }

    static byte[] instance(Uid study, Uid instance, byte[] order) {
        byte[] studyBytes = ascii(study);
        byte[] instanceBytes = ascii(instance);
        return ByteBuffer.allocate(1 + studyBytes.length + 1 + instanceBytes.length + 1 + ORDER_BYTES)
                .put(INSTANCE)
                .put(studyBytes)
                .put((byte) 0)
                .put(instanceBytes)
                .put((byte) 0)
                .put(order)
                .array();
    }

    private static byte[] ascii(Uid uid) {
        return uid.value().getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] orderOf(byte[] key) {
        return Arrays.copyOfRange(key, key.length - ORDER_BYTES, key.length);
    }

    static boolean isDocument(byte[] key) {
        return key[0] == DOCUMENT;
    }

    static boolean isInstance(byte[] key) {
        return key[0] == INSTANCE;
    }

    static Uid study(byte[] key) {
        return new Uid(new String(key, 1, studyEnd(key) - 1, StandardCharsets.US_ASCII));
    }

    private static int studyEnd(byte[] key) {
        int end = 1;
        while (key[end] != 0) {
            end++;
        }
        return end;
    }

    /** Partition 0 has the documents, the others a part of the studies each. */
    static final class ByStudy extends Partitioner {

        private static final long serialVersionUID = 1;
        private final int partitions;

        /** @param partitions at least two */
        ByStudy(int partitions) {
            this.partitions = partitions;
        }

        @Override
        public int numPartitions() {
            return partitions;
        }

        @Override
        public int getPartition(Object key) {
            byte[] bytes = (byte[]) key;
            return switch (bytes[0]) {
                case DOCUMENT -> DOCUMENTS;
                case INSTANCE -> partition(bytes, 1, studyEnd(bytes));
                default -> partition(bytes, 1, bytes.length);
            };
        }

        int partition(Uid study) {
            byte[] bytes = ascii(study);
            return partition(bytes, 0, bytes.length);
        }

        private int partition(byte[] bytes, int from, int to) {
            return 1 + ByteKeys.hash(bytes, from, to) % (partitions - 1);
        }
    }
}
