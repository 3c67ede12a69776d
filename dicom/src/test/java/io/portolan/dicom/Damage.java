package io.portolan.dicom;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;

/** Bytes changed at random, in the same way every time: bits, bytes and words, what is cut out, repeated or cut off. */
public final class Damage {

    private static final int WORD_BYTES = 4;
    private static final int EDITS_MAX = 4;
    private static final int PIECE_BYTES_MAX = 24;

    private Damage() {}

    /**
     * One to four changes of a seed.
     *
     * @param words of four bytes, which mean something where they are put
     */
    public static byte[] of(byte[] seed, byte[][] words, Random random) {
        byte[] bytes = seed.clone();
        for (int edits = 1 + random.nextInt(EDITS_MAX); edits > 0 && bytes.length > 2 * WORD_BYTES; edits--) {
            int at = random.nextInt(bytes.length - WORD_BYTES);
            int length = 1 + random.nextInt(Math.min(PIECE_BYTES_MAX, bytes.length - at));
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> System.arraycopy(words[random.nextInt(words.length)], 0, bytes, at, WORD_BYTES);
                case 3 -> bytes = splice(bytes, at, at + length, at + length);
                case 4 -> bytes = splice(bytes, at, at, at + length);
                default -> bytes = random.nextInt(4) == 0 ? Arrays.copyOf(bytes, at) : bytes;
            }
        }
        return bytes;
    }

    /** Bytes up to {@code end}, then those from {@code again}: cut out or repeated. */
    private static byte[] splice(byte[] bytes, int end, int again, int repeatedTo) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, again == end ? repeatedTo : end);
        out.write(bytes, again, bytes.length - again);
        return out.toByteArray();
    }
}
