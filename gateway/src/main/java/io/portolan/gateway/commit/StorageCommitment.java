package io.portolan.gateway.commit;

import io.portolan.dicom.engine.CommitmentScp;
import io.portolan.dicom.engine.DicomEngine;
import io.portolan.gateway.FreeSpace;
import io.portolan.gateway.ledger.Commitments;
import io.portolan.gateway.ledger.Ledger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

/** Storage commitment with its parts: who takes requests, and who reports. */
public final class StorageCommitment {

    private final CommitCounters counters = new CommitCounters();
    private final CommitmentReceiver receiver;
    private final Reporter reporter;

    /**
     * Does nothing until it is started.
     *
     * @param root the storage directory
     * @param drops whether what a PACS has confirmed is dropped
     * @param freeSpace below it requests are refused
     */
    public StorageCommitment(
            CommitOptions options,
            DicomEngine engine,
            Ledger ledger,
            Path root,
            boolean drops,
            FreeSpace freeSpace,
            Random random) {
        Commitments commitments = ledger.commitments();
        SafeKeeping keeping = new SafeKeeping(commitments, root.toAbsolutePath().normalize(), drops);
        Reports reports = new Reports(commitments, options, counters, random);
        this.receiver = new CommitmentReceiver(commitments, options, keeping, reports, counters, freeSpace);
        this.reporter = new Reporter(commitments, options, keeping, reports, engine);
    }

    /** Who takes requests. */
    public CommitmentScp scp() {
        return receiver;
    }

    public CommitCounters counters() {
        return counters;
    }

    /** Starts to report; once. */
    public void start() {
        reporter.start();
    }

    /** Finishes what is being reported; what is not, stays in the ledger. */
    public void stop(Duration limit) throws InterruptedException {
        reporter.stop(limit);
    }
}
