package io.portolan.bench;

import ca.uhn.fhir.context.FhirContext;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.e2e.LoadInstance;
import io.portolan.gateway.ledger.Claim;
import io.portolan.gateway.ledger.Claim.Publication;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerOptions;
import io.portolan.gateway.ledger.Reception;
import io.portolan.gateway.ledger.Restored;
import io.portolan.mapping.MappingOptions;
import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.StudyMapper;
import io.portolan.mapping.study.Instance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/** A ledger to which days happen, on a clock of its own: what arrives is mapped and published as if a server took it. */
final class RetentionLedger implements AutoCloseable {

    static final Duration QUIET = Duration.ofDays(30);

    private static final int COMMIT = 500;
    private static final int LATE_DAYS = 40;
    private static final Duration LEASE = Duration.ofMinutes(5);

    /** As many bytes as that of the configuration. */
    private static final String FINGERPRINT = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private static final class DayClock implements InstantSource {

        private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }
    }

    private final Path file;
    private final int studiesOfADay;
    private final boolean kept;
    private final boolean compacting;
    private final DayClock clock = new DayClock();
    private final FhirContext fhir = FhirContext.forR4Cached();
    private final StudyMapper mapper = new StudyMapper(MappingOptions.defaults("urn:portolan:study"));
    private final Ledger ledger;
    private final List<MadeUpStudy> studies = new ArrayList<>();
    private int days;
    private long packed;
    private Duration packing = Duration.ZERO;

    RetentionLedger(Path directory, int studiesOfADay, boolean kept, boolean compacting) {
        this.file = directory.resolve("ledger.db");
        this.studiesOfADay = studiesOfADay;
        this.kept = kept;
        this.compacting = compacting;
        this.ledger = Ledger.open(
                new LedgerOptions(
                        LedgerOptions.url(file), Duration.ZERO, Duration.ZERO, Integer.MAX_VALUE, 0, FINGERPRINT),
                clock);
    }

    Ledger ledger() {
        return ledger;
    }

    /** Of twenty studies two are CT, four ultrasound, two reports, every fourth day one MR, the rest radiographs. */
    private MadeUpStudy.Kind kind(int ofDay) {
        return switch (ofDay % 20) {
            case 0, 10 -> MadeUpStudy.Kind.CT;
            case 1, 6, 11, 16 -> MadeUpStudy.Kind.US;
            case 2, 12 -> MadeUpStudy.Kind.SR;
            case 3 -> days % 4 == 0 ? MadeUpStudy.Kind.MR : MadeUpStudy.Kind.CR;
            default -> MadeUpStudy.Kind.CR;
        };
    }

    void day() throws Exception {
        LocalDate day = LocalDate.ofInstant(clock.now, ZoneOffset.UTC);
        Instant next = clock.now.plus(Duration.ofDays(1));
        for (int i = 0; i < studiesOfADay; i++) {
            MadeUpStudy study = new MadeUpStudy(kind(i), studies.size(), day);
            studies.add(study);
            clock.now = clock.now.plus(Duration.ofMinutes(1));
            record(study.receptions(kept));
        }
        if (days > LATE_DAYS) {
            int late = (int) ((days * 7919L) % ((long) (days - LATE_DAYS) * studiesOfADay));
            record(List.of(studies.get(late).late(kept, days)));
        }
        publish();
        if (compacting) {
            compact();
        }
        days++;
        clock.now = next;
    }

    /** A burst, as a modality sends it, some milliseconds between two; in few commits, so that a year takes minutes. */
    private void record(List<Reception> receptions) {
        Random jitter = new Random(days);
        List<Restored> batch = new ArrayList<>();
        for (Reception reception : receptions) {
            clock.now = clock.now.plusMillis(5 + jitter.nextInt(20));
            batch.add(new Restored(reception, clock.now));
            if (batch.size() == COMMIT) {
                ledger.restore(batch);
                batch.clear();
            }
        }
        ledger.restore(batch);
    }

    void publish() {
        for (Optional<Claim> claim = ledger.claim(LEASE); claim.isPresent(); claim = ledger.claim(LEASE)) {
            Uid study = claim.get().study();
            Mapped mapped = (Mapped) mapper.map(ledger.gathered(study));
            String json = fhir.newJsonParser().encodeResourceToString(mapped.imagingStudy());
            ledger.published(
                    claim.get(),
                    new Publication(
                            "https://fhir.example.org/r4", mapped.imagingStudy().getIdPart(), "1", json));
        }
    }

    void compact() throws InterruptedException {
        long start = System.nanoTime();
        packed += ledger.compaction().run(QUIET, commit -> true).packed();
        packing = packing.plusNanos(System.nanoTime() - start);
    }

    long packed() {
        return packed;
    }

    Duration packing() {
        return packing;
    }

    void waitForQuiet() {
        clock.now = clock.now.plus(QUIET);
    }

    // ---- single things

    /** Nanoseconds of each. */
    long[] arrivals(int count) throws Exception {
        long[] nanos = new long[count];
        int first = days * 1_000_000;
        days++;
        for (int i = 0; i < count; i++) {
            Reception reception = load(1_000_000 + first / 1_000_000, 1, i);
            long start = System.nanoTime();
            ledger.record(reception);
            nanos[i] = System.nanoTime() - start;
        }
        return nanos;
    }

    void recordBig(int count) throws Exception {
        recordBig(0, count);
    }

    void recordBig(int from, int to) throws Exception {
        List<Reception> all = new ArrayList<>();
        for (int i = from; i < to; i++) {
            all.add(load(1, 1 + i / 500, i));
        }
        record(all);
    }

    void readBig() throws Exception {
        ledger.gathered(new Uid(new LoadInstance(1, 1, 0, 0).studyUid()));
    }

    private static Reception load(int study, int series, int number) throws Exception {
        Instance instance =
                Instance.of(new LoadInstance(study, series, number, 0).header().build(), Optional.of("LOAD"));
        String file = instance.study() + "/" + instance.series() + "/" + instance.instance() + "-"
                + new UUID(study, number) + ".dcm";
        return new Reception(instance, TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN.uid(), file);
    }

    // ---- sizes

    long bytes() throws IOException {
        return Files.size(file);
    }

    long freeBytes() throws SQLException {
        return 4096 * number("PRAGMA freelist_count");
    }

    private long number(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(LedgerOptions.url(file));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    /** What takes how much, index by index. */
    String shares() throws SQLException {
        StringBuilder shares = new StringBuilder("| table or index | MB | bytes a study |\n|---|---|---|\n");
        long count = ledger.counts().studies();
        try (Connection connection = DriverManager.getConnection(LedgerOptions.url(file));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT name, sum(pgsize) FROM dbstat GROUP BY name HAVING sum(pgsize) > 40960 ORDER BY 2 DESC")) {
            while (row.next()) {
                shares.append(String.format(
                        Locale.ROOT,
                        "| %s | %.2f | %,d |%n",
                        row.getString(1),
                        row.getLong(2) / 1e6,
                        row.getLong(2) / count));
            }
        }
        return shares.toString();
    }

    @Override
    public void close() {
        ledger.close();
    }
}
