package io.portolan.gateway;

import io.portolan.dicom.engine.AssociationServer;
import io.portolan.dicom.engine.DicomEngine;
import io.portolan.dicom.net.PortolanEngine;
import io.portolan.gateway.access.Access;
import io.portolan.gateway.access.AccessFiles;
import io.portolan.gateway.access.HttpAccess;
import io.portolan.gateway.config.GatewayConfig;
import io.portolan.gateway.config.GatewayConfig.StorageMode;
import io.portolan.gateway.http.HttpServer;
import io.portolan.gateway.http.Metrics;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerException;
import io.portolan.gateway.ledger.LedgerLock;
import io.portolan.gateway.ledger.LedgerOptions;
import io.portolan.gateway.ledger.LedgerPlace;
import io.portolan.gateway.publish.FhirClient;
import io.portolan.gateway.publish.FhirPublisher;
import io.portolan.gateway.publish.PublisherOptions;
import io.portolan.gateway.publish.ServerCapabilities;
import io.portolan.gateway.receive.InstanceStore;
import io.portolan.gateway.receive.Receiver;
import io.portolan.gateway.sync.SyncService;
import io.portolan.mapping.StudyMapper;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running gateway: the one place that says {@code new}.
 *
 * <p>It starts from the ledger outwards, so that nothing comes in before it can be kept, and stops from the network
 * inwards, so that nothing comes in that could not be kept any more.
 */
public final class Gateway implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

    private final GatewayConfig config;
    private final LedgerLock lock;
    private final Optional<StorageFolder> folder;
    private final Ledger ledger;
    private final FhirPublisher publisher;
    private final HttpServer http;
    private final AssociationServer dicom;
    private final SyncService sync;
    private final CompactionService compaction;
    private final StoredFiles files;
    private final CommitmentDesk commitment;
    private boolean closed; // guarded by this

    private Gateway(
            GatewayConfig config,
            LedgerLock lock,
            Optional<StorageFolder> folder,
            Ledger ledger,
            FhirPublisher publisher,
            HttpServer http,
            AssociationServer dicom,
            SyncService sync,
            StoredFiles files,
            CommitmentDesk commitment,
            CompactionService compaction) {
        this.config = config;
        this.lock = lock;
        this.folder = folder;
        this.ledger = ledger;
        this.publisher = publisher;
        this.http = http;
        this.dicom = dicom;
        this.sync = sync;
        this.compaction = compaction;
        this.files = files;
        this.commitment = commitment;
    }

    /**
     * Starts everything; the FHIR server need not be there.
     *
     * @throws IOException when an address, a directory or the ledger cannot be had; the message says what to do
     */
    public static Gateway start(GatewayConfig config) throws IOException {
        DicomEngine engine = engine(config);
        DicomTls tls = DicomTls.open(config);
        LedgerLock lock = LedgerLock.take(config.ledger().place());
        try {
            requireLedgerOfKept(config);
            return start(config, engine, tls, lock);
        } catch (LedgerException e) {
            closeQuietly(lock);
            throw new IOException(e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            closeQuietly(lock);
            throw e;
        }
    }

    private static Gateway start(GatewayConfig config, DicomEngine engine, DicomTls tls, LedgerLock lock)
            throws IOException {
        Ledger ledger = openLedger(config, config.ledger().place());
        Optional<StorageFolder> folder = Optional.empty();
        HttpServer http = null;
        try {
            if (config.storage().mode() != StorageMode.DISCARD
                    || StorageFolder.isThere(config.storage().dir())) {
                folder = Optional.of(StorageFolder.open(config.storage().dir(), ledger));
            }
            FhirPublisher publisher = publisher(config, ledger);
            StoredFiles files = StoredFiles.open(config, engine, tls, ledger);
            CommitmentDesk commitment = new CommitmentDesk(config, engine, tls, ledger);
            Receiver receiver = receiver(config, engine, ledger, files);
            Archives archives = new Archives(config, engine, tls, ledger, receiver);
            SyncService sync = new SyncService(archives.all(), ledger, ledger.clock(), new Random());
            Metrics metrics = Observation.metrics(ledger, receiver, publisher);
            Observation.addTo(metrics, sync);
            files.addTo(metrics);
            commitment.addTo(metrics);
            // Before the port is known to anyone, so that a probe finds an answer as soon as it finds a port.
            http = HttpServer.start(
                    config.http().bind(),
                    config.http().port(),
                    () -> Observation.health(config, ledger, publisher, sync, files, commitment),
                    metrics,
                    ledger,
                    () -> AccessFiles.jwks(config.accesses()));
            AssociationServer dicom = DicomServer.serve(config, engine, tls, archives.receiver(), commitment.scp());
            metrics.gauge(
                            "portolan.associations.open",
                            "DICOM associations that are established",
                            dicom::openAssociations)
                    .counter("portolan.associations", "DICOM associations accepted", dicom::totalAssociations);
            publisher.start();
            sync.start();
            files.start();
            commitment.start();
            CompactionService compaction = new CompactionService(
                    ledger,
                    config.ledger().compactAfter(),
                    config.storage().keepFor().isEmpty());
            compaction.start();
            return new Gateway(
                    config, lock, folder, ledger, publisher, http, dicom, sync, files, commitment, compaction);
        } catch (IOException | RuntimeException e) {
            if (http != null) {
                http.close();
            }
            folder.ifPresent(Gateway::closeQuietly);
            ledger.close();
            throw e;
        }
    }

    private static void closeQuietly(Closeable lock) {
        try {
            lock.close();
        } catch (IOException e) {
            LOG.warn("cannot unlock the ledger or the storage: {}", FileReason.of(e));
        }
    }

    /** A new ledger beside old files would publish studies without what is kept of them. */
    static void requireLedgerOfKept(GatewayConfig config) throws IOException {
        Path storage = config.storage().dir();
        Optional<Path> ledger = config.ledger().place().file();
        if (config.storage().mode() != StorageMode.DISCARD
                && ledger.isPresent()
                && !LedgerRebuild.isThere(ledger.get())
                && Files.isDirectory(storage)
                && InstanceStore.open(storage).holdsFiles()) {
            throw new IOException("there is no ledger " + ledger.get() + ", but instances are kept in " + storage
                    + ": portolan reindex makes it from them. Or set ledger.url to where it is, or storage.dir to another"
                    + " folder.");
        }
    }

    /**
     * For whoever has its lock: where no other gateway can use it, the leases of one that was killed are over.
     *
     * @param place of the ledger, or of one that is to take its place
     */
    static Ledger openLedger(GatewayConfig config, LedgerPlace place) throws IOException {
        LedgerOptions options = new LedgerOptions(
                place,
                config.publish().quiet(),
                config.publish().maxDelay(),
                config.ledger().backlogMax(),
                0,
                config.fingerprint());
        try {
            Ledger ledger = Ledger.open(options);
            if (ledger.isFile()) {
                ledger.endLeases();
            }
            return ledger;
        } catch (LedgerException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * A publisher of what a ledger has, not started.
     *
     * @throws IOException a file with credentials cannot be used
     */
    public static FhirPublisher publisher(GatewayConfig config, Ledger ledger) throws IOException {
        GatewayConfig.Fhir fhir = config.fhir();
        GatewayConfig.Publish publish = config.publish();
        requireFiles(fhir.access());
        FhirClient.Packing packing = switch (fhir.gzip()) {
            case AUTO -> FhirClient.Packing.AUTO;
            case TRUE -> FhirClient.Packing.ALWAYS;
            case FALSE -> FhirClient.Packing.NEVER;
        };
        FhirClient client = new FhirClient(
                new FhirClient.Settings(fhir.url(), fhir.timeout(), FhirClient.Settings.RESPONSE_BYTES_MAX, packing),
                Clock.systemUTC(),
                new HttpAccess(fhir.access(), fhir.url(), fhir.timeout()));
        PublisherOptions options = new PublisherOptions(
                        publish.parallel(),
                        publish.lease(),
                        publish.retryDelayMin(),
                        publish.retryDelayMax(),
                        publish.deleted(),
                        publish.tooLarge(),
                        new ServerCapabilities.Overrides(
                                decided(fhir.transaction()), null, null, decided(fhir.patch()), null))
                .audited(Auditing.options(config, Clock.systemUTC()));
        StudyMapper mapper = new StudyMapper(config.mapping(), config.sharing().options());
        return new FhirPublisher(client, ledger, mapper::map, options, new Random(), ledger.clock());
    }

    /** Later they may come and go. */
    private static void requireFiles(Access access) throws IOException {
        Optional<String> problem =
                AccessFiles.problems(access).values().stream().findFirst();
        if (problem.isPresent()) {
            throw new IOException(problem.get());
        }
    }

    private static @Nullable Boolean decided(GatewayConfig.Decision decision) {
        return decision == GatewayConfig.Decision.AUTO ? null : decision == GatewayConfig.Decision.TRUE;
    }

    static DicomEngine engine(GatewayConfig config) throws IOException {
        return switch (config.dicom().engine()) {
            case PORTOLAN -> new PortolanEngine();
            case DCM4CHE ->
                throw new IOException(
                        "dicom.engine dcm4che is not in this build; see docs/decisions/0001-own-dicom-engine.md");
        };
    }

    /** None: the ledger is on another machine. */
    static List<Path> ledgerDirectory(GatewayConfig config) {
        return config.ledger().place().file().stream()
                .map(file -> file.toAbsolutePath().resolveSibling("."))
                .toList();
    }

    private static Receiver receiver(GatewayConfig config, DicomEngine engine, Ledger ledger, StoredFiles files) {
        List<Path> directories = new ArrayList<>(ledgerDirectory(config));
        if (files.receiving().isPresent()) {
            directories.add(config.storage().dir());
        }
        return new Receiver(
                engine,
                ledger,
                files.receiving(),
                new FreeSpace(directories, config.ledger().freeSpaceMinBytes()),
                config.dicom().limits().readLimits(),
                config.mapping(),
                config.dicom().correctingAeTitles());
    }

    /**
     * The port of the DICOM server without TLS, which the system may have chosen.
     *
     * @throws IllegalStateException there is none
     */
    public int dicomPort() {
        return dicom.port();
    }

    /** The port of the HTTP server, which the system may have chosen. */
    public int httpPort() {
        return http.port();
    }

    /** Where everything is, in a line. */
    @Override
    public String toString() {
        return "DICOM " + config.dicom().aeTitle() + " on " + listening() + ", http://"
                + config.http().bind() + ":" + http.port() + "/health, FHIR server "
                + config.fhir().url() + ", " + files;
    }

    private String listening() {
        String bind = config.dicom().bind() + ":";
        List<String> ports = new ArrayList<>();
        if (config.dicom().port().isPresent()) {
            ports.add(bind + dicom.port());
        }
        dicom.securePort().ifPresent(port -> ports.add(bind + port + " (TLS)"));
        return String.join(" and ", ports);
    }

    /** Stops in order: first the network, then the publications that are running. Nothing acknowledged is lost. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        sync.stop();
        dicom.stop(config.dicom().limits().stopTimeout());
        try {
            publisher.stop(config.dicom().limits().stopTimeout());
            sync.stop(config.dicom().limits().stopTimeout());
            files.stop(config.dicom().limits().stopTimeout());
            commitment.stop(config.dicom().limits().stopTimeout());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        compaction.close();
        http.close();
        String left = waiting();
        ledger.close();
        folder.ifPresent(Gateway::closeQuietly);
        closeQuietly(lock);
        LOG.info("stopped; {} studies are left to publish after the next start", left);
    }

    /** A database that is away is no reason not to stop. */
    private String waiting() {
        try {
            return Long.toString(ledger.waiting());
        } catch (LedgerException e) {
            return "an unknown number of";
        }
    }
}
