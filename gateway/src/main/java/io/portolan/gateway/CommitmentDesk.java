package io.portolan.gateway;

import io.portolan.dicom.engine.CommitmentScp;
import io.portolan.dicom.engine.DicomEngine;
import io.portolan.gateway.commit.CommitCounters;
import io.portolan.gateway.commit.CommitOptions;
import io.portolan.gateway.commit.StorageCommitment;
import io.portolan.gateway.config.Commitment;
import io.portolan.gateway.config.GatewayConfig;
import io.portolan.gateway.config.GatewayConfig.StorageMode;
import io.portolan.gateway.http.Metrics;
import io.portolan.gateway.ledger.CommitmentCounts;
import io.portolan.gateway.ledger.Ledger;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;

/** Storage commitment as it is configured, and what is shown of it. */
final class CommitmentDesk {

    private final Ledger ledger;
    private final boolean offered;
    private final StorageCommitment commitment;
    private boolean started;

    /** Does nothing until it is started. */
    CommitmentDesk(GatewayConfig config, DicomEngine engine, DicomTls tls, Ledger ledger) {
        this.ledger = ledger;
        this.offered = config.commitment().offered() && config.storage().mode() != StorageMode.DISCARD;
        this.commitment = new StorageCommitment(
                options(config, tls),
                engine,
                ledger,
                config.storage().dir(),
                config.storage().mode() != StorageMode.KEEP,
                new FreeSpace(Gateway.ledgerDirectory(config), config.ledger().freeSpaceMinBytes()),
                new Random());
    }

    private static CommitOptions options(GatewayConfig config, DicomTls tls) {
        Commitment commitment = config.commitment();
        return new CommitOptions(
                commitment.decideWithin(),
                CommitOptions.HOLD,
                commitment.instancesMax(),
                commitment.waitingMax(),
                new RetryDelay(commitment.retryDelayMin(), commitment.retryDelayMax()),
                commitment.timeout(),
                commitment.keepFor(),
                ae -> config.dicom()
                        .listens(ae)
                        .map(at -> new CommitOptions.Peer(at.host(), at.port(), tls.when(at.tls()))));
    }

    /** Who takes requests; empty: nobody. */
    Optional<CommitmentScp> scp() {
        return offered ? Optional.of(commitment.scp()) : Optional.empty();
    }

    /** Reports also what was asked for while it was offered. */
    void start() {
        CommitmentCounts counts = ledger.commitments().counts();
        started = offered || counts.waiting() + counts.parked() > 0;
        if (started) {
            commitment.start();
        }
    }

    void stop(Duration limit) throws InterruptedException {
        if (started) {
            commitment.stop(limit);
        }
    }

    void addTo(Metrics metrics) {
        CommitCounters counters = commitment.counters();
        // spotless:off
        metrics.counter("portolan.commitment.requests",                "Requests for storage commitment that were taken", counters::requests)
                .counter("portolan.commitment.reports",                "Reports of storage commitment that their requestors have taken", counters::reports)
                .counter("portolan.commitment.instances.committed",    "Instances that these said are kept safely", counters::committed)
                .counter("portolan.commitment.instances.notcommitted", "Instances that these said are not", counters::notCommitted)
                .counters("portolan.commitment.failed",                "Attempts to report that failed", "category", Category.values(), counters::failed)
                .gauge("portolan.commitment.waiting",                  "Reports of storage commitment that wait", () -> counts().waiting())
                .gauge("portolan.commitment.oldest.seconds",           "How long ago the oldest of them was asked for", this::oldestSeconds)
                .gauge("portolan.commitment.parked",                   "Reports that could not be made, given up for now", () -> counts().parked());
        // spotless:on
    }

    private CommitmentCounts counts() {
        return ledger.commitments().counts();
    }

    private long oldestSeconds() {
        return counts().oldest()
                .map(oldest ->
                        Duration.between(oldest, ledger.clock().instant()).toSeconds())
                .orElse(0L);
    }

    /** A word for {@code /health/ready}; empty: it is not offered, and nothing is to be reported. */
    Optional<String> word() {
        CommitmentCounts counts = counts();
        if (!offered && counts.waiting() + counts.parked() == 0) {
            return Optional.empty();
        }
        String waiting = counts.waiting() == 0 ? "up" : counts.waiting() + " reports wait";
        return Optional.of(counts.parked() == 0 ? waiting : waiting + ", parked " + counts.parked());
    }
}
