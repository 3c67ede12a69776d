package io.portolan.cli.convert;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KnownTest {

    @Test
    void findsTheNewestPlaceOfEveryNameHoweverManyThereAre() {
        Known known = new Known();
        assertThat(known.find("nothing")).isNegative();
        for (int i = 0; i < 100_000; i++) {
            known.put("file" + i, i);
        }
        for (int i = 0; i < 100_000; i += 3) {
            known.put("file" + i, i + 1_000_000L);
        }
        for (int i = 0; i < 100_000; i++) {
            assertThat(known.find("file" + i)).isEqualTo(i % 3 == 0 ? i + 1_000_000L : i);
        }
        assertThat(known.find("file100000")).isNegative();
    }
}
