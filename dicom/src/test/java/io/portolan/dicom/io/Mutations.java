package io.portolan.dicom.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.util.Random;

/** Valid input changed at random, always in the same way: it is read, or refused with the one exception. */
final class Mutations {

    private static final int COUNT = 20_000;
    private static final long SEED = 42;

    interface Parser {
        Object parse(String text) throws IOException;
    }

    private Mutations() {}

    static void of(String valid, Parser parser) {
        Random random = new Random(SEED);
        int refused = 0;
        for (int i = 0; i < COUNT; i++) {
            String mutated = mutate(valid, random);
            Throwable thrown = catchThrowable(() -> parser.parse(mutated));
            if (thrown != null) {
                assertThat(thrown).as("mutation %s of seed %s", i, SEED).isInstanceOf(MalformedDataException.class);
                refused++;
            }
        }
        assertThat(refused).isBetween(COUNT / 10, COUNT - 1);
    }

    private static String mutate(String valid, Random random) {
        StringBuilder text = new StringBuilder(valid);
        for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
            int at = random.nextInt(text.length());
            int to = Math.min(text.length(), at + 1 + random.nextInt(20));
            switch (random.nextInt(5)) {
                case 0 -> text.deleteCharAt(at);
                case 1 -> text.delete(at, to);
                case 2 ->
                    text.insert(at, valid, at % valid.length(), Math.min(valid.length(), at % valid.length() + 9));
                case 3 -> text.setCharAt(at, valid.charAt(random.nextInt(valid.length())));
                default -> text.setCharAt(at, (char) random.nextInt(0x10000));
            }
        }
        return text.toString();
    }
}
