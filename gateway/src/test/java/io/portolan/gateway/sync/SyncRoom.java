package io.portolan.gateway.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.gateway.ledger.Claim;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerInFile;
import io.portolan.gateway.ledger.LedgerOptions;
import io.portolan.gateway.ledger.Reception;
import io.portolan.mapping.study.Gathered;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.Study;
import io.portolan.mapping.study.UnidentifiedInstanceException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An archive, a ledger, and runs that keep the one in step with the other. */
abstract class SyncRoom implements LedgerInFile {

    static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");

    static final SyncRequest DRY_RUN = new SyncRequest(null, null, true, false, true, false);
    static final SyncRequest FULL = new SyncRequest(null, null, true, true, false, false);
    static final SyncRequest EVERYTHING = new SyncRequest(null, null, true, false, false, false);
    static final SyncRequest ALLOWED = new SyncRequest(null, null, true, false, false, true);

    @TempDir
    Path dir;

    final ScriptedSource source = new ScriptedSource();
    final AtomicReference<Instant> time = new AtomicReference<>(NOW);
    BooleanSupplier mayGoOn = () -> true;
    final List<Difference> told = new ArrayList<>();
    Ledger ledger;
    int studiesMax = 1000;
    boolean lastUpdated;

    Clock clock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return Objects.requireNonNull(time.get());
            }
        };
    }

    @BeforeEach
    void open() {
        ledger = Ledger.open(
                new LedgerOptions(
                        place(dir.resolve("ledger.db")), Duration.ofHours(1), Duration.ofHours(2), 100_000, 0, "made"),
                clock());
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    static Uid study(int number) {
        return new Uid("1.2.3." + number);
    }

    static Uid series(int number) {
        return new Uid("1.2.3.0.1." + number);
    }

    static Uid sop(int number) {
        return new Uid("1.2.3.0.0." + number);
    }

    static DataSet.Builder header(int study, int series, int sop) {
        return DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.SOPClassUID, "1.2.840.10008.5.1.4.1.1.2")
                .add(Attribute.SOPInstanceUID, sop(sop).value())
                .add(Attribute.StudyInstanceUID, study(study).value())
                .add(Attribute.SeriesInstanceUID, series(series).value())
                .add(Attribute.StudyDate, "202611%02d".formatted(1 + study % 28))
                .add(Attribute.StudyTime, "12%02d00".formatted(study % 60))
                .add(Attribute.StudyDescription, "Thorax")
                .add(Attribute.PatientID, "P" + study)
                .add(Attribute.PatientName, "Test^Patient")
                .add(Attribute.Modality, "CT")
                .add(Attribute.InstanceNumber, Integer.toString(sop));
    }

    void has(int study, int series, int sop) {
        source.put(header(study, series, sop).build());
    }

    /** Study n has series n and 100 + n, with two instances and one. */
    void hasStudies(int count) {
        for (int study = 1; study <= count; study++) {
            has(study, study, 10 * study);
            has(study, study, 10 * study + 1);
            has(study, 100 + study, 10 * study + 2);
        }
    }

    SyncReport run(SyncRequest request) {
        return run("pacs", source, request);
    }

    SyncReport run(String name, ScriptedSource from, SyncRequest request) {
        from.asked.clear();
        return runWith(name, from, request);
    }

    SyncReport runWith(Source from, SyncRequest request) {
        return runWith("pacs", from, request);
    }

    SyncReport runWith(String name, Source from, SyncRequest request) {
        told.clear();
        SyncOptions options = new SyncOptions(
                name,
                "place of " + name,
                Optional.of("PACS"),
                Duration.ofDays(3),
                lastUpdated,
                Duration.ofHours(24),
                studiesMax,
                2,
                0.1,
                1000);
        return new SyncRun(
                        from,
                        options,
                        new Pace(2, 0),
                        ledger,
                        Map.of(),
                        request,
                        mayGoOn,
                        difference -> {
                            synchronized (told) {
                                told.add(difference);
                            }
                        },
                        clock())
                .run()
                .orElseThrow();
    }

    void receives(DataSet header) throws UnidentifiedInstanceException {
        ledger.record(new Reception(
                Instance.of(header, Optional.of("MODALITY")), TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN.uid(), null));
    }

    Study known(int number) {
        Gathered gathered = ledger.gathered(study(number));
        assertThat(gathered.gone()).as("gone").isFalse();
        return Study.of(gathered.instances());
    }

    boolean isGone(int number) {
        return ledger.gathered(study(number)).gone();
    }

    /** Claims and publishes all that is due; says which. */
    List<Uid> publish() {
        List<Uid> published = new ArrayList<>();
        for (Optional<Claim> claim = ledger.claim(Duration.ofMinutes(1));
                claim.isPresent();
                claim = ledger.claim(Duration.ofMinutes(1))) {
            published.add(claim.get().study());
            ledger.published(claim.get(), new Claim.Publication("http://fhir", "id", "1", "{}"));
        }
        return published;
    }
}
