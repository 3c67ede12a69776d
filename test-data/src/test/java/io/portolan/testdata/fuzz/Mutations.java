package io.portolan.testdata.fuzz;

import io.portolan.dicom.Damage;
import java.io.ByteArrayOutputStream;
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
            return Seeds.deflate(Damage.of(inflate(seed), WORDS, random));
        }
        return Damage.of(seed, WORDS, random);
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
