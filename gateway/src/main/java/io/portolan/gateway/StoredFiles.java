package io.portolan.gateway;

import io.portolan.dicom.engine.DicomEngine;
import io.portolan.dicom.engine.Tls;
import io.portolan.gateway.config.GatewayConfig;
import io.portolan.gateway.config.GatewayConfig.StorageMode;
import io.portolan.gateway.forward.ForwardOptions;
import io.portolan.gateway.forward.Forwarder;
import io.portolan.gateway.http.Metrics;
import io.portolan.gateway.ledger.ForwardCounts;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.receive.FileRemoval;
import io.portolan.gateway.receive.InstanceStore;
import io.portolan.gateway.retention.Retention;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of the images: where they are kept, who sends them on, and who removes them.
 *
 * <pre>
 *   mode       kept  sent on                             removed
 *   keep       yes   what waits since a mode before      after storage.keep-for
 *   forward    yes   yes                                 when the PACS has confirmed it; what was kept before, as in keep
 *   discard    no    what waits since a mode before      when the PACS has confirmed it
 * </pre>
 */
final class StoredFiles {

    private static final Logger LOG = LoggerFactory.getLogger(StoredFiles.class);

    private final GatewayConfig config;
    private final Ledger ledger;
    private final Optional<InstanceStore> store;
    private final Optional<Forwarder> forwarder;
    private final Optional<Retention> retention;

    private StoredFiles(
            GatewayConfig config,
            Ledger ledger,
            Optional<InstanceStore> store,
            Optional<Forwarder> forwarder,
            Optional<Retention> retention) {
        this.config = config;
        this.ledger = ledger;
        this.store = store;
        this.forwarder = forwarder;
        this.retention = retention;
    }

    /**
     * Tidies up behind a gateway that stopped in the middle; starts nothing.
     *
     * @throws IOException the storage directory cannot be had; says what to do
     */
    static StoredFiles open(GatewayConfig config, DicomEngine engine, DicomTls tls, Ledger ledger) throws IOException {
        boolean waiting = ledger.files().forwards().isAny();
        boolean sends = config.storage().mode() == StorageMode.FORWARD
                || waiting && config.forward().host().isPresent();
        if (waiting && !sends) {
            LOG.warn(
                    "instances wait to be forwarded, and forward.host is not set; they stay in {}",
                    config.storage().dir());
        }
        if (config.storage().mode() == StorageMode.DISCARD && !sends) {
            return new StoredFiles(config, ledger, Optional.empty(), Optional.empty(), Optional.empty());
        }
        InstanceStore store = openStore(config, ledger);
        FileRemoval removal = new FileRemoval(store, ledger);
        Optional<Forwarder> forwarder = sends
                ? Optional.of(new Forwarder(
                        forwardOptions(config, tls.when(config.forward().tls())),
                        engine,
                        config.storage().dir(),
                        ledger.files().forwards(),
                        removal::remove,
                        new Random(),
                        InstantSource.system()))
                : Optional.empty();
        Optional<Retention> retention = config.storage()
                .keepFor()
                .map(keepFor -> new Retention(ledger.files().old(), keepFor, names -> {
                    FileRemoval.Removed removed = removal.remove(names);
                    return new Retention.Removed(removed.files(), removed.bytes());
                }));
        return new StoredFiles(config, ledger, Optional.of(store), forwarder, retention);
    }

    private static ForwardOptions forwardOptions(GatewayConfig config, Optional<Tls> tls) {
        GatewayConfig.Forward forward = config.forward();
        return new ForwardOptions(
                forward.host().orElseThrow(),
                forward.port(),
                tls,
                forward.calledAe().orElseThrow(),
                forward.callingAe(),
                forward.parallel(),
                new RetryDelay(forward.retryDelayMin(), forward.retryDelayMax()),
                forward.timeout(),
                forward.releaseAfter(),
                config.storage().mode() != StorageMode.KEEP);
    }

    private static InstanceStore openStore(GatewayConfig config, Ledger ledger) throws IOException {
        Path directory = config.storage().dir();
        try {
            InstanceStore store = InstanceStore.open(directory, config.storage().mode() == StorageMode.FORWARD);
            new FileRemoval(store, ledger).finish();
            store.sweep(ledger);
            return store;
        } catch (IOException e) {
            throw new IOException(
                    "instances cannot be kept in " + directory + ": " + FileReason.of(e)
                            + "; make it writable, or set storage.dir",
                    e);
        }
    }

    /** Where to keep what is received; empty: nowhere. */
    Optional<InstanceStore> receiving() {
        return config.storage().mode() == StorageMode.DISCARD ? Optional.empty() : store;
    }

    void start() {
        forwarder.ifPresent(Forwarder::start);
        retention.ifPresent(Retention::start);
    }

    /** Nothing may come in any more. */
    void stop(Duration limit) throws InterruptedException {
        if (forwarder.isPresent()) {
            forwarder.get().stop(limit);
        }
        if (retention.isPresent()) {
            retention.get().stop(limit);
        }
    }

    void addTo(Metrics metrics) {
        // spotless:off
        metrics.gauge("portolan.forward.waiting",         "Instances that wait for the PACS", () -> counts().waiting())
                .gauge("portolan.forward.oldest.seconds", "How long the oldest of them has waited", this::oldestSeconds)
                .gauge("portolan.forward.parked",         "Instances that the PACS did not take, given up for now", () -> counts().parked())
                .counter("portolan.forwarded",            "Instances that the PACS has confirmed", () -> forwarder.map(one -> one.counters().confirmed()).orElse(0L))
                .counter("portolan.forwarded.bytes",      "Bytes of their data sets", () -> forwarder.map(one -> one.counters().bytes()).orElse(0L))
                .counter("portolan.forward.associations", "Associations that the PACS has accepted", () -> forwarder.map(one -> one.counters().associations()).orElse(0L))
                .counters("portolan.forward.failed",      "Attempts that failed", "category", Category.values(), category -> forwarder.map(one -> one.counters().failed(category)).orElse(0L))
                .counter("portolan.retention.removed.files", "Kept files removed after storage.keep-for", () -> retention.map(Retention::files).orElse(0L))
                .counter("portolan.retention.removed.bytes", "Bytes of them", () -> retention.map(Retention::bytes).orElse(0L));
        // spotless:on
    }

    private ForwardCounts counts() {
        return ledger.files().forwards().counts();
    }

    private long oldestSeconds() {
        return counts().oldest()
                .map(oldest -> Duration.between(oldest, InstantSource.system().instant())
                        .toSeconds())
                .orElse(0L);
    }

    /** A word for {@code /health/ready}; empty: nothing is or was to be forwarded. */
    Optional<String> word() {
        long parked = counts().parked();
        Optional<String> state = forwarder.map(Forwarder::state);
        return state.isPresent() || parked > 0
                ? Optional.of(state.orElse("no forward.host") + (parked == 0 ? "" : ", parked " + parked))
                : Optional.empty();
    }

    /** Where the images are, in a few words. */
    @Override
    public String toString() {
        return switch (config.storage().mode()) {
            case KEEP -> "images are kept in " + config.storage().dir();
            case FORWARD -> "images are forwarded to " + forwardOptions(config, Optional.empty());
            case DISCARD -> "images are discarded";
        };
    }
}
