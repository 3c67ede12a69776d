package io.portolan.gateway.ledger;

import static io.portolan.gateway.ledger.TestInstances.header;
import static io.portolan.gateway.ledger.TestInstances.reception;
import static io.portolan.gateway.ledger.TestInstances.study;
import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Uid;
import io.portolan.gateway.ledger.Claim.Publication;
import io.portolan.mapping.study.Instance;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that records, publishes, compacts and expands is killed in the middle: whatever a study is, it is whole. */
class CompactionKillTest {

    private static final int STUDIES = 3;
    private static final int LIVES = 4;
    private static final int BURST = 20;

    @TempDir
    Path directory;

    @Test
    void keepsEveryInstanceThatItAcknowledgedPackedOrNot() throws IOException, InterruptedException {
        Path file = directory.resolve("ledger.db");
        Set<Integer> recorded = new HashSet<>();
        int compactions = 0;
        for (int life = 0; life < LIVES; life++) {
            compactions += runAndKill(file, life, 60 + 37 * life, recorded);
        }

        try (Ledger ledger = Ledger.open(LedgerOptions.of(file), InstantSource.system())) {
            Set<Uid> there = new HashSet<>();
            Set<String> files = new HashSet<>();
            for (int number = 0; number < STUDIES; number++) {
                ledger.gathered(study(number)).instances().stream()
                        .map(Instance::instance)
                        .forEach(there::add);
                files.addAll(ledger.files().of(study(number)));
            }
            System.out.println(recorded.size() + " acknowledged before " + LIVES + " kills; " + there.size()
                    + " found, " + compactions + " compactions");
            assertThat(compactions).as("or it has shown nothing").isGreaterThan(LIVES);
            assertThat(there)
                    .containsAll(recorded.stream().map(TestInstances::sop).toList());
            assertThat(files).hasSameSizeAs(there);
            assertThat(ledger.counts().instances()).isEqualTo(there.size());
            assertThat(marked(ledger)).isEqualTo(ledger.compaction().count());
        }
    }

    private static long marked(Ledger ledger) {
        return ledger.committer()
                .commit(handle -> handle.createQuery(
                                "SELECT count(*) FROM study t JOIN compacted c ON c.study_id = t.id"
                                        + " WHERE t.compacted = 1 AND NOT EXISTS (SELECT 1 FROM instance i WHERE i.study_id = t.id)")
                        .mapTo(Long.class)
                        .one());
    }

    private static int runAndKill(Path file, int life, int acknowledgements, Set<Integer> recorded)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        file.toString(),
                        Integer.toString(life))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        int compactions = 0;
        int lines = 0;
        try (BufferedReader out = process.inputReader()) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.matches("recorded [0-9]+;")) { // the last one may be cut off
                    recorded.add(Integer.parseInt(line.substring(9, line.length() - 1)));
                }
                compactions += line.equals("compacted;") ? 1 : 0;
                if (++lines == acknowledgements) {
                    process.toHandle().destroyForcibly(); // leaves its output readable
                }
            }
        }
        process.waitFor();
        return compactions;
    }

    /** Records into each study in turn, while another thread publishes and a third one compacts, until it is killed. */
    static final class Child {

        private Child() {}

        public static void main(String[] args) throws InterruptedException {
            LedgerOptions options =
                    new LedgerOptions(LedgerOptions.url(Path.of(args[0])), Duration.ZERO, Duration.ZERO, 100, 0, "");
            Ledger ledger = Ledger.open(options, InstantSource.system());
            ledger.endLeases();
            int first = Integer.parseInt(args[1]) * 10_000_000;
            start(() -> {
                for (int sop = first; ; sop++) {
                    ledger.record(reception(header(sop / BURST % STUDIES, 1, sop), "file-" + sop));
                    System.out.println("recorded " + sop + ";");
                }
            });
            start(() -> {
                while (true) {
                    ledger.claim(Duration.ofSeconds(9))
                            .ifPresent(claim -> ledger.published(claim, new Publication(null, "1", null, "{}")));
                }
            });
            while (true) {
                if (ledger.compaction().run(Duration.ZERO, commit -> true).packed() > 0) {
                    System.out.println("compacted;");
                }
            }
        }

        private static void start(Runnable work) {
            new Thread(work).start();
        }
    }
}
