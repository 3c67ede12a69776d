package io.portolan.gateway;

import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.AssociationServer;
import io.portolan.dicom.engine.DicomEngine;
import io.portolan.gateway.config.GatewayConfig;
import io.portolan.gateway.config.SyncSource;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerLock;
import io.portolan.gateway.ledger.LedgerPlace;
import io.portolan.gateway.ledger.ParkedStudy;
import io.portolan.gateway.ledger.SourceState;
import io.portolan.gateway.publish.FhirPublisher;
import io.portolan.gateway.sync.Archive;
import io.portolan.gateway.sync.Difference;
import io.portolan.gateway.sync.Source;
import io.portolan.gateway.sync.SyncReport;
import io.portolan.gateway.sync.SyncRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs of sync by hand. Where no gateway runs on the ledger, this is one for so long: what differs is published as well. Beside
 * a gateway it is only recorded, and that gateway publishes it.
 */
public final class SyncSession implements AutoCloseable {

    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
    private static final Duration TOLD_EVERY = Duration.ofSeconds(1);

    private final @Nullable LedgerLock lock;
    private final Ledger ledger;
    private final @Nullable FhirPublisher publisher;
    private final @Nullable AssociationServer dicom;
    private final List<Archive> archives;
    private final @Nullable Path temporary; // where a ledger is that nobody is to find
    private final Set<Uid> parkedBefore;
    private volatile @Nullable Source asked;
    private boolean closed; // guarded by this

    private SyncSession(
            @Nullable LedgerLock lock,
            Ledger ledger,
            @Nullable FhirPublisher publisher,
            @Nullable AssociationServer dicom,
            List<Archive> archives,
            @Nullable Path temporary) {
        this.temporary = temporary;
        this.parkedBefore = ledger.parked(Integer.MAX_VALUE).stream()
                .map(ParkedStudy::study)
                .collect(Collectors.toSet());
        this.lock = lock;
        this.ledger = ledger;
        this.publisher = publisher;
        this.dicom = dicom;
        this.archives = archives;
    }

    /**
     * Begins runs that only tell what differs, beside whatever else runs: nothing is written, nor is a ledger made.
     *
     * @throws IOException the ledger cannot be read; says what to do
     */
    public static SyncSession openToLook(GatewayConfig config) throws IOException {
        DicomEngine engine = Gateway.engine(config);
        DicomTls tls = DicomTls.open(config);
        Path temporary = null;
        LedgerPlace place = config.ledger().place();
        if (place.file().isPresent() && !Files.exists(place.file().get())) {
            temporary = Files.createTempDirectory("portolan-sync");
            place = LedgerPlace.of(temporary.resolve("ledger.db"));
            Gateway.openLedger(config, place).close();
        }
        Ledger ledger = Ledger.openBeside(place, config.fingerprint());
        return new SyncSession(
                null,
                ledger,
                null,
                null,
                new Archives(config, engine, tls, ledger, Archives.nobody()).all(),
                temporary);
    }

    /**
     * Begins; asks no archive yet.
     *
     * @param names which archives are to be asked
     * @throws IOException the ledger or an address cannot be had; says what to do
     */
    public static SyncSession open(GatewayConfig config, List<String> names) throws IOException {
        DicomEngine engine = Gateway.engine(config);
        DicomTls tls = DicomTls.open(config);
        boolean moves = config.sync().sources().entrySet().stream()
                .filter(one -> names.contains(one.getKey()))
                .anyMatch(one -> Archives.isMoved(one.getValue()));
        Optional<LedgerLock> lock = LedgerLock.takeIfFree(config.ledger().place());
        if (lock.isEmpty()) {
            if (moves) {
                throw new IOException(
                        "a gateway runs on this ledger, and what an archive is told to send (retrieve: move) goes"
                                + " to that: have it run the archive by its schedule, or stop it first");
            }
            Ledger beside = Ledger.openBeside(config.ledger().place(), config.fingerprint());
            return new SyncSession(
                    null, beside, null, null, new Archives(config, engine, tls, beside, Archives.nobody()).all(), null);
        }
        Ledger ledger = null;
        AssociationServer dicom = null;
        try {
            Gateway.requireLedgerOfKept(config);
            ledger = Gateway.openLedger(config, config.ledger().place());
            Archives archives = new Archives(config, engine, tls, ledger, Archives.nobody());
            FhirPublisher publisher = Gateway.publisher(config, ledger);
            dicom = moves ? DicomServer.serve(config, engine, tls, archives.receiver(), Optional.empty()) : null;
            publisher.start();
            return new SyncSession(lock.get(), ledger, publisher, dicom, archives.all(), null);
        } catch (IOException | RuntimeException e) {
            if (dicom != null) {
                dicom.close();
            }
            if (ledger != null) {
                ledger.close();
            }
            lock.get().close();
            throw e;
        }
    }

    /** Whether a gateway runs on the ledger, and publishes. */
    public boolean isBesideGateway() {
        return lock == null;
    }

    /**
     * A run.
     *
     * @param told each difference; called by several threads, one at a time
     * @return empty: another run of the archive is under way
     */
    public Optional<SyncReport> run(String name, SyncRequest request, Consumer<Difference> told) {
        Archive archive = archives.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        return archive.run(ledger, request, ledger.clock(), source -> asked = source, difference -> {
            synchronized (told) {
                told.accept(difference);
            }
        });
    }

    /** Has the run that is under way end as soon as it may; for any thread. */
    public void stopRun() {
        Source source = asked;
        if (source != null) {
            source.close();
        }
    }

    /**
     * Waits until everything is published that can be.
     *
     * @param left told how many studies wait
     * @return those that were given up meanwhile
     */
    public List<ParkedStudy> awaitPublished(LongConsumer left) throws InterruptedException {
        for (long waiting = ledger.waiting(); waiting > 0 && publisher != null; waiting = ledger.waiting()) {
            left.accept(waiting);
            ledger.changes().await(TOLD_EVERY);
        }
        return ledger.parked(Integer.MAX_VALUE).stream()
                .filter(study -> !parkedBefore.contains(study.study()))
                .toList();
    }

    /**
     * What is known of an archive and its schedule.
     *
     * @param studies that it has, as far as is known
     */
    public record Listed(
            String name, SyncSource source, Optional<SourceState> state, long studies, Optional<Instant> next) {}

    /** All that are configured. */
    public static List<Listed> list(GatewayConfig config, Ledger ledger, Instant now) {
        return config.sync().sources().entrySet().stream()
                .map(one -> {
                    Optional<SourceState> state = ledger.sources().find(one.getKey());
                    return listed(
                            one.getKey(),
                            one.getValue(),
                            state,
                            ledger.sources().studies(one.getKey()),
                            now);
                })
                .toList();
    }

    /** The same, of a gateway that never ran. */
    public static List<Listed> listUnknown(GatewayConfig config, Instant now) {
        return config.sync().sources().entrySet().stream()
                .map(one -> listed(one.getKey(), one.getValue(), Optional.empty(), 0, now))
                .toList();
    }

    private static Listed listed(
            String name, SyncSource source, Optional<SourceState> state, long studies, Instant now) {
        return new Listed(name, source, state, studies, Archive.next(source.timing(), state, now));
    }

    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        if (dicom != null) {
            dicom.close();
        }
        if (publisher != null) {
            try {
                publisher.stop(STOP_LIMIT);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        ledger.close();
        if (lock != null) {
            lock.close();
        }
        if (temporary != null) {
            for (Path file : FileTree.list(List.of(temporary), (path, problem) -> {})) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(temporary);
        }
    }
}
