package io.portolan.bench;

import io.portolan.gateway.access.HttpCredentials;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerOptions;
import io.portolan.gateway.sync.Archive;
import io.portolan.gateway.sync.DicomWebOptions;
import io.portolan.gateway.sync.DicomWebSource;
import io.portolan.gateway.sync.Pace;
import io.portolan.gateway.sync.SyncOptions;
import io.portolan.gateway.sync.SyncReport;
import io.portolan.gateway.sync.SyncRequest;
import io.portolan.mapping.MappingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How long a run of sync takes against an archive of very many studies, and how many requests: the first one, which reads all,
 * and one that finds nothing changed. The archive is a DICOMweb server on loopback that makes its answers up, so that it is
 * never what is waited for; nobody publishes.
 */
final class SyncBench {

    private static final int ANSWER_MAX = 2000;
    private static final long LEDGER_BYTES_MAX = 4_000; // of a study

    private SyncBench() {}

    static void run(String[] args) throws Exception {
        int studies = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
        if (studies < 1000) {
            throw new IOException("at least 1000 studies");
        }
        Path root = Files.createTempDirectory("portolan-bench");
        try (MadeUpArchive archive = new MadeUpArchive(studies);
                Ledger ledger = Ledger.open(options(root), Clock.systemUTC())) {
            if (Files.getFileStore(root).getUsableSpace() < studies * LEDGER_BYTES_MAX) {
                throw new IOException("needs " + (studies * LEDGER_BYTES_MAX >> 20) + " MB free in " + root);
            }
            System.out.println("load before: " + Machine.load());
            System.out.println(Machine.limits(root));
            System.out.printf(
                    Locale.ROOT,
                    "%,d studies of one series and one instance, about %d of each day; lists of %,d studies at most%n%n",
                    studies,
                    MadeUpArchive.OF_A_DAY,
                    ANSWER_MAX);
            System.out.println("| run | seconds | studies/s | requests | requests for 100 studies | headers read |");
            System.out.println("|---|---|---|---|---|---|");
            Pace pace = new Pace(2, 0);
            report("first", studies, run(archive, ledger, pace));
            report("nothing changed", studies, run(archive, ledger, pace));
            archive.changeOneOf(1000);
            report("one of 1,000 changed", studies, run(archive, ledger, pace));
            System.out.printf(
                    Locale.ROOT, "%nledger: %,d MB; heap in use: %,d MB%n", Files.size(file(root)) >> 20, heap());
            System.out.println("load after: " + Machine.load());
        } finally {
            Machine.delete(root);
        }
    }

    private static LedgerOptions options(Path root) {
        return new LedgerOptions(
                LedgerOptions.url(file(root)), Duration.ofHours(9), Duration.ofHours(9), Integer.MAX_VALUE, 0, "");
    }

    private static Path file(Path root) {
        return root.resolve("ledger.db");
    }

    private static SyncReport run(MadeUpArchive archive, Ledger ledger, Pace pace) throws IOException {
        MappingOptions mapping = MappingOptions.defaults("urn:bench");
        SyncOptions options = new SyncOptions(
                "archive",
                archive.base().toString(),
                Optional.empty(),
                Duration.ZERO,
                false,
                Duration.ZERO,
                ANSWER_MAX,
                2,
                1,
                Integer.MAX_VALUE);
        DicomWebOptions web = DicomWebOptions.of(archive.base(), HttpCredentials.NONE, mapping.selection(), pace)
                .with(new DicomWebOptions.Paging(DicomWebOptions.PAGE_SIZE, ANSWER_MAX, Integer.MAX_VALUE));
        SyncReport report = new Archive(
                        options, pace, Optional.empty(), Duration.ZERO, Map.of(), dryRun -> new DicomWebSource(web))
                .run(ledger, SyncRequest.SCHEDULED, Clock.systemUTC(), opened -> {}, difference -> {})
                .orElseThrow();
        if (report.outcome() != SyncReport.Outcome.DONE) {
            throw new IllegalStateException(report.summary() + List.copyOf(report.problems()));
        }
        return report;
    }

    private static void report(String what, int studies, SyncReport report) {
        double seconds = Duration.between(report.started(), report.ended()).toMillis() / 1e3;
        System.out.printf(
                Locale.ROOT,
                "| %s | %.1f | %,.0f | %,d | %.2f | %,d |%n",
                what,
                seconds,
                studies / seconds,
                report.requests(),
                100.0 * report.requests() / studies,
                report.instances());
    }

    private static long heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory() >> 20;
    }
}
