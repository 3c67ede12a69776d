package io.portolan.testdata.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Seeds changed at random, in the same way every time. */
final class Mutations {

    /** Lengths and tags that mean something, little endian. */
    private static final byte[][] WORDS = {
        {-1, -1, -1, -1},
        {-1, -1, -1, 0x7F},
        {0, 0, 0, 0},
        {-2, -1, 0, -32},
        {-2, -1, 0x0D, -32},
        {-2, -1, (byte) 0xDD, -32},
        {8, 0, 0x32, 0x10},
        {'S', 'Q', 0, 0},
        {'U', 'N', 0, 0},
        {0x1B, '$', 'B', '\\'}
    };

    private Mutations() {}

    static byte[] mutate(FuzzTarget target, List<byte[]> seeds, Random random) throws DataFormatException {
        byte[] seed = seeds.get(random.nextInt(seeds.size()));
        if (target == FuzzTarget.DEFLATED && random.nextInt(8) > 0) {
            return Seeds.deflate(mutate(inflate(seed), random));
        }
        return mutate(seed, random);
    }

    private static byte[] mutate(byte[] seed, Random random) {
        byte[] bytes = seed.clone();
        for (int edits = 1 + random.nextInt(4); edits > 0 && bytes.length > 8; edits--) {
            int at = random.nextInt(bytes.length - 4);
            int length = 1 + random.nextInt(Math.min(24, bytes.length - at));
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> System.arraycopy(WORDS[random.nextInt(WORDS.length)], 0, bytes, at, 4);
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

    private static byte[] inflate(byte[] deflated) throws DataFormatException {
        Inflater inflater = new Inflater(true);
        inflater.setInput(deflated);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        for (int n = inflater.inflate(buffer); n > 0; n = inflater.inflate(buffer)) {
            out.write(buffer, 0, n);
        }
        inflater.end();
        return out.toByteArray();
    }
}
