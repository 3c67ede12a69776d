package io.portolan.gateway.forward;

import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.DicomEngine;
import io.portolan.gateway.Workers;
import io.portolan.gateway.forward.Delivery.Post;
import io.portolan.gateway.ledger.Forwards;
import io.portolan.gateway.ledger.LedgerException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends on what waits, as long as there is something; each worker over an association of its own, which stays for a while when
 * nothing is left. What was not confirmed stays where it is.
 */
public final class Forwarder {

    private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);

    /** However quiet it is, the ledger is asked this often: somebody may have replayed something beside us. */
    private static final Duration IDLE_MAX = Duration.ofSeconds(10);

    /** After the ledger failed, or we did. */
    private static final Duration FAILURE_DELAY = Duration.ofSeconds(5);

    /** For an association that was told to stop. */
    private static final Duration STOPPED_MAX = Duration.ofSeconds(5);

    private final ForwardOptions options;
    private final Forwards forwards;
    private final PacsGate gate;
    private final ForwardCounters counters = new ForwardCounters();
    private final Set<AssociationClient> associations = ConcurrentHashMap.newKeySet();
    private final Post post;
    private final Workers workers = new Workers();
    private final CountDownLatch stopping = new CountDownLatch(1);

    /**
     * Does nothing until it is started.
     *
     * @param root the storage directory
     * @param removal removes files whose names are among the dropped
     */
    public Forwarder(
            ForwardOptions options,
            DicomEngine engine,
            Path root,
            Forwards forwards,
            Consumer<List<String>> removal,
            Random random,
            InstantSource clock) {
        this.options = options;
        this.forwards = forwards;
        this.gate = new PacsGate(options.retryDelay(), random, clock);
        this.post = new Post(
                options,
                engine,
                root.toAbsolutePath().normalize(),
                forwards,
                removal,
                new Desk(forwards),
                gate,
                counters,
                random,
                associations,
                this::isStopping);
    }

    public ForwardCounters counters() {
        return counters;
    }

    /** How the PACS is: {@code up}, or since when not, and why. */
    public String state() {
        return gate.state();
    }

    /** Starts the workers; once. What waits for a later attempt is tried now. */
    public void start() {
        try {
            forwards.hurry();
        } catch (LedgerException e) { // they are due soon anyway
            LOG.warn("what waits is not hurried: {}", e.category());
        }
        workers.start(options.parallel(), "forward", this::work);
    }

    /** Finishes what is being sent, and leaves alone what cannot be finished in time. */
    public void stop(Duration limit) throws InterruptedException {
        stopping.countDown();
        gate.end();
        forwards.tell();
        workers.join(limit);
        associations.forEach(AssociationClient::stop);
        workers.join(STOPPED_MAX);
    }

    private void work() {
        try {
            while (!isStopping() && gate.pass()) {
                next();
            }
        } catch (InterruptedException e) {
            LOG.debug("{} stops", Thread.currentThread().getName());
        }
    }

    private void next() throws InterruptedException {
        long seen = forwards.changes();
        try {
            if (!new Delivery(post).send() && !isStopping()) {
                Duration due = forwards.untilDue().orElse(IDLE_MAX).plusMillis(1);
                gate.leave();
                forwards.awaitChange(seen, due.compareTo(IDLE_MAX) < 0 ? due : IDLE_MAX);
            }
        } catch (LedgerException e) {
            LOG.error("the ledger failed, going on in {}: {} {}", FAILURE_DELAY, e.category(), e.getMessage());
            pause();
        } catch (RuntimeException | OutOfMemoryError e) { // its text may quote a value
            LOG.error(
                    "forwarding failed, going on in {}: {}",
                    FAILURE_DELAY,
                    e.getClass().getName());
            pause();
        } finally {
            gate.leave();
        }
    }

    private void pause() throws InterruptedException {
        var unused = stopping.await(FAILURE_DELAY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }
}
