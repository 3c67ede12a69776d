package io.portolan.gateway.ledger;

import static io.portolan.gateway.ledger.TestInstances.header;
import static io.portolan.gateway.ledger.TestInstances.study;
import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.gateway.ledger.Claim.Publication;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A year of a steady stream, in small: the ledger's file levels off where studies are compacted. */
class LedgerRetentionTest {

    private static final Duration MONTH = Duration.ofDays(30);
    private static final int MONTHS = 12;
    private static final int STUDIES = 20; // of a month
    private static final int INSTANCES = 100;

    /** Of what a ledger grows without compaction. */
    private static final int GROWTH_MAX_PERCENT = 10;

    @TempDir
    Path directory;

    private final SettableClock clock = new SettableClock();

    private Ledger open(String file) {
        return Ledger.open(
                new LedgerOptions(
                        LedgerOptions.url(directory.resolve(file)), Duration.ZERO, Duration.ZERO, 1000, 0, "v1"),
                clock);
    }

    @Test
    void growsByLittleOnceTheFirstStudiesAreCompacted() throws InterruptedException {
        List<Long> with = new ArrayList<>();
        List<Long> without = new ArrayList<>();
        try (Ledger compacting = open("with.db");
                Ledger plain = open("without.db")) {
            for (int month = 0; month < MONTHS; month++) {
                receive(compacting, month);
                receive(plain, month);
                compacting.compaction().run(MONTH, commit -> true);
                with.add(bytes(compacting));
                without.add(bytes(plain));
                clock.pass(MONTH);
            }
            assertThat(compacting.counts()).isEqualTo(plain.counts());
            assertThat(compacting.gathered(study(1)).instances())
                    .containsExactlyInAnyOrderElementsOf(
                            plain.gathered(study(1)).instances());
        }
        long growth = lastQuarter(with);
        long growthWithout = lastQuarter(without);
        System.out.printf(
                Locale.ROOT,
                "last quarter: %,d bytes with compaction, %,d without; at the end %,d and %,d%n",
                growth,
                growthWithout,
                with.get(MONTHS - 1),
                without.get(MONTHS - 1));
        assertThat(growth * 100).isLessThan(growthWithout * GROWTH_MAX_PERCENT);
    }

    private void receive(Ledger ledger, int month) {
        for (int i = 0; i < STUDIES; i++) {
            int number = month * STUDIES + i;
            Instant arrived = clock.instant().minus(Duration.ofHours(i));
            List<Restored> instances = new ArrayList<>();
            for (int sop = 1; sop <= INSTANCES; sop++) {
                Reception reception =
                        TestInstances.reception(header(number, sop % 3, number * 1000 + sop), "file-" + sop);
                instances.add(new Restored(reception, arrived.plusMillis(7L * sop)));
            }
            ledger.restore(instances);
            Claim claim = ledger.claim(Duration.ofMinutes(5)).orElseThrow();
            ledger.published(claim, new Publication("http://fhir", "id-" + number, "1", json(number)));
        }
    }

    private static String json(int number) {
        StringBuilder json =
                new StringBuilder("{\"resourceType\":\"ImagingStudy\",\"series\":[{\"uid\":\"1.2\",\"instance\":[");
        for (int sop = 1; sop <= INSTANCES; sop++) {
            json.append("{\"uid\":\"")
                    .append(TestInstances.sop(number * 1000 + sop))
                    .append("\"},");
        }
        return json.append("]}]}").toString();
    }

    private static long lastQuarter(List<Long> sizes) {
        return sizes.get(MONTHS - 1) - sizes.get(MONTHS - 4);
    }

    /** Of the file, free pages included. */
    private static long bytes(Ledger ledger) {
        return ledger.committer()
                .commit(handle -> handle.createQuery(
                                "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
                        .mapTo(Long.class)
                        .one());
    }
}
