package io.portolan.spark;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;

/** Keys of bytes: byte by byte, without a sign; what is shorter comes first. */
final class ByteKeys implements Comparator<byte[]>, Serializable {

    private static final long serialVersionUID = 1;

    @Override
    public int compare(byte[] a, byte[] b) {
        return Arrays.compareUnsigned(a, b);
    }

    /** The same in every JVM; not negative. UIDs differ in few of their last digits, so that all bits count in the end. */
    static int hash(byte[] bytes, int from, int to) {
        int hash = 1;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + bytes[i];
        }
        hash = (hash ^ (hash >>> 16)) * 0x85EB_CA6B;
        hash = (hash ^ (hash >>> 13)) * 0xC2B2_AE35;
        return (hash ^ (hash >>> 16)) & Integer.MAX_VALUE;
    }
}
