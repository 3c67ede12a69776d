package io.portolan.cli.convert;

import java.util.Arrays;

/**
 * Names to places in the journal, by a hash of 64 bits; no object for a name. A name that is found has to be compared with the one
 * in the journal; the newest place of a name is found first.
 */
final class Known {

    private static final long EMPTY = -1;

    private long[] hashes = new long[1024];
    private long[] offsets = filled(1024);
    private int size;

    private static long[] filled(int length) {
        long[] offsets = new long[length];
        Arrays.fill(offsets, EMPTY);
        return offsets;
    }

    void put(String name, long offset) {
        if (size * 2 >= hashes.length) {
            long[] oldHashes = hashes;
            long[] oldOffsets = offsets;
            hashes = new long[oldHashes.length * 2];
            offsets = filled(oldOffsets.length * 2);
            for (int i = 0; i < oldHashes.length; i++) {
                if (oldOffsets[i] != EMPTY) {
                    put(oldHashes[i], oldOffsets[i]);
                }
            }
        }
        size += put(hash(name), offset);
    }

    private int put(long hash, long offset) {
        int slot = slot(hash);
        int added = offsets[slot] == EMPTY ? 1 : 0;
        hashes[slot] = hash;
        offsets[slot] = offset;
        return added;
    }

    /** Negative: the name is not known. */
    long find(String name) {
        return size == 0 ? EMPTY : offsets[slot(hash(name))];
    }

    private int slot(long hash) {
        int slot = (int) (hash ^ hash >>> 32) & hashes.length - 1;
        while (offsets[slot] != EMPTY && hashes[slot] != hash) {
            slot = slot + 1 & hashes.length - 1;
        }
        return slot;
    }

    /** FNV-1a over the characters, and a last mixing. */
    private static long hash(String name) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
        }
        return hash ^ hash >>> 29;
    }
}
