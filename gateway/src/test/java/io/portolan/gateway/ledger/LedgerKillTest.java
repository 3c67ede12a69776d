package io.portolan.gateway.ledger;

import static io.portolan.gateway.ledger.TestInstances.reception;
import static io.portolan.gateway.ledger.TestInstances.study;
import static io.portolan.gateway.ledger.TestInstances.studyOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Uid;
import io.portolan.gateway.ledger.Claim.Publication;
import io.portolan.mapping.study.Series;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that records and publishes is killed in the middle: what it acknowledged is there. */
class LedgerKillTest implements LedgerInFile {

    private static final int RECORDING_THREADS = 4;

    @TempDir
    Path directory;

    @Test
    void keepsEverythingThatItAcknowledgedWhenItIsKilled() throws IOException, InterruptedException {
        LedgerPlace place = place(directory.resolve("ledger.db"));
        Set<Integer> recorded = new HashSet<>();
        Set<Long> published = new HashSet<>();
        for (int life = 0; life < 4; life++) {
            runAndKill(place, life, 300 + 177 * life, recorded, published);
        }

        try (Ledger ledger = Ledger.open(LedgerOptions.of(place, ""), InstantSource.system())) {
            Set<Uid> there = new HashSet<>();
            for (Series series : studyOf(ledger, 1).series()) {
                there.addAll(series.instances().keySet());
            }
            System.out.println(recorded.size() + " receptions and " + published.size()
                    + " publications acknowledged before 4 kills; " + there.size() + " instances found");
            assertThat(there)
                    .containsAll(recorded.stream().map(TestInstances::sop).toList());
            assertThat(there).hasSizeLessThanOrEqualTo(recorded.size() + 4 * RECORDING_THREADS);
            assertThat(ledger.counts().instances()).isEqualTo(there.size());
            long last = published.stream().mapToLong(Long::longValue).max().orElseThrow();
            ledger.endLeases(); // that of the one that was killed last
            ledger.replays().replay(List.of(study(1)));
            assertThat(ledger.claim(Duration.ofDays(1)).flatMap(c -> Optional.ofNullable(c.last())))
                    .hasValueSatisfying(
                            p -> assertThat(Long.parseLong(p.json())).isGreaterThanOrEqualTo(last));
        }
    }

    private static void runAndKill(
            LedgerPlace place, int life, int acknowledgements, Set<Integer> recorded, Set<Long> published)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        place.url(),
                        place.user().orElse(""),
                        Integer.toString(life))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> lines = new ArrayList<>();
        try (BufferedReader out = process.inputReader()) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
                if (lines.size() == acknowledgements) {
                    process.toHandle().destroyForcibly(); // leaves its output readable
                }
            }
        }
        process.waitFor();
        for (String line : lines) {
            if (line.matches("recorded [0-9]+;")) { // the last one may be cut off
                recorded.add(Integer.parseInt(line.substring(9, line.length() - 1)));
            } else if (line.matches("published [0-9]+;")) {
                published.add(Long.parseLong(line.substring(10, line.length() - 1)));
            }
        }
    }

    /** Records and publishes until it is killed; a line for each thing that the ledger acknowledged. */
    static final class Child {

        private Child() {}

        public static void main(String[] args) {
            LedgerOptions options = new LedgerOptions(
                    new LedgerPlace(args[0], Optional.of(args[1]), Optional.empty()),
                    Duration.ZERO,
                    Duration.ZERO,
                    100,
                    0,
                    "");
            Ledger ledger = Ledger.open(options, InstantSource.system());
            int first = Integer.parseInt(args[2]) * 10_000_000;
            for (int i = 0; i < RECORDING_THREADS; i++) {
                int thread = i;
                new Thread(() -> {
                            for (int sop = first + thread; ; sop += RECORDING_THREADS) {
                                ledger.record(reception(1, thread, sop));
                                System.out.println("recorded " + sop + ";");
                            }
                        })
                        .start();
            }
            while (true) {
                ledger.claim(Duration.ofMillis(200)).ifPresent(claim -> {
                    String revision = Long.toString(claim.revision());
                    if (ledger.published(claim, new Publication(null, "1", null, revision))) {
                        System.out.println("published " + revision + ";");
                    }
                });
            }
        }
    }
}
