package io.portolan.gateway.publish;

import io.portolan.gateway.Category;
import io.portolan.gateway.RetryDelay;
import io.portolan.gateway.Workers;
import io.portolan.gateway.audit.AuditOptions;
import io.portolan.gateway.audit.AuditSender;
import io.portolan.gateway.ledger.Claim;
import io.portolan.gateway.ledger.Claim.Publication;
import io.portolan.gateway.ledger.Effort;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerException;
import io.portolan.gateway.publish.Answer.Failure;
import io.portolan.gateway.publish.Answer.Kind;
import io.portolan.gateway.publish.PublishCounters.Publishing;
import io.portolan.mapping.MappingResult;
import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.MappingResult.Pending;
import io.portolan.mapping.MappingResult.Unmappable;
import io.portolan.mapping.study.Gathered;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what is due to the FHIR server: claims, maps, publishes, and settles the claim.
 *
 * <pre>
 *   went well                                  published; deleted where nothing is to stand there
 *   waits for its instances                    settled; what stands on the server stays
 *   FHIR_UNAVAILABLE, OUT_OF_RESOURCES         again later, for ever, with growing pauses
 *   INTERRUPTED                                given back
 *   BUG                                        again later, parked after {@link #BUG_ATTEMPTS_MAX}
 *   any other category                         parked at once
 * </pre>
 */
public final class FhirPublisher {

    /** A fault of ours may be one of the moment; more often it is not. */
    static final int BUG_ATTEMPTS_MAX = 3;

    /** Before we look again for a shared resource that somebody else is writing. */
    private static final Duration BUSY_DELAY = Duration.ofMillis(200);

    /** However quiet it is, the ledger is asked this often: another node may have left something. */
    private static final Duration IDLE_MAX = Duration.ofSeconds(10);

    /** After the ledger failed. */
    private static final Duration LEDGER_DELAY = Duration.ofSeconds(5);

    /** For a publication that was told to stop. */
    private static final Duration INTERRUPTED_MAX = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(FhirPublisher.class);

    private final FhirClient client;
    private final Ledger ledger;
    private final Function<Gathered, MappingResult> mapper;
    private final PublisherOptions options;
    private final Random random;
    private final InstantSource clock;
    private final ServerGate gate;
    private final @Nullable AuditSender audit; // null: nothing is told
    private final PublishCounters counters = new PublishCounters();

    private final Workers workers = new Workers();
    private final Set<Thread> idle = new HashSet<>(); // guarded by itself
    private final Set<Claim> claims = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService renewals = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "publish-renewals");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean stopping;

    /** A publisher that does nothing until it is started. */
    public FhirPublisher(
            FhirClient client,
            Ledger ledger,
            Function<Gathered, MappingResult> mapper,
            PublisherOptions options,
            Random random,
            InstantSource clock) {
        this.client = client;
        this.ledger = ledger;
        this.mapper = mapper;
        this.options = options;
        this.random = random;
        this.clock = clock;
        this.gate = new ServerGate(client, options.capabilities(), options.retryDelay(), random);
        this.audit = options.audit().events() == null ? null : sender(options.audit());
    }

    private AuditSender sender(AuditOptions how) {
        RetryDelay delay = options.retryDelay();
        return new AuditSender(
                ledger.audit(),
                how.file(clock).orElseGet(() -> new FhirAudit(client, gate)),
                how.backlogMax(),
                options.lease(),
                failures -> delay.after(failures, null, random));
    }

    /** Who brings audit records to where they belong; empty: nothing is told. */
    public Optional<AuditSender> audit() {
        return Optional.ofNullable(audit);
    }

    public PublishCounters counters() {
        return counters;
    }

    /** Bodies of requests to the FHIR server since the start, as they went over the wire. */
    public long sentBytes() {
        return client.sentBytes();
    }

    /** How the server is, in a word: {@code up}, or what is wrong. */
    public String server() {
        return gate.state();
    }

    /** Starts the workers; once. */
    public void start() {
        long period = Math.max(1, options.lease().toMillis() / 3);
        var unused = renewals.scheduleWithFixedDelay(this::renew, period, period, TimeUnit.MILLISECONDS);
        workers.start(options.parallel(), "publish", this::work);
        audit().ifPresent(AuditSender::start);
    }

    /** Finishes what is being published, and gives back what cannot be finished in time. */
    public void stop(Duration limit) throws InterruptedException {
        synchronized (idle) {
            stopping = true;
            idle.forEach(Thread::interrupt);
        }
        workers.join(limit);
        workers.interrupt();
        workers.join(INTERRUPTED_MAX);
        renewals.shutdownNow();
        if (audit != null) {
            audit.stop(limit);
        }
    }

    private void work() {
        try {
            while (!stopping) {
                try {
                    next();
                } catch (LedgerException e) {
                    LOG.error("the ledger failed, going on in {}: {} {}", LEDGER_DELAY, e.category(), e.getMessage());
                    pause();
                } catch (RuntimeException | OutOfMemoryError e) { // its text may quote a value
                    LOG.error("the publisher failed, going on in {}: {}", LEDGER_DELAY, placeOf(e));
                    pause();
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("{} stops", Thread.currentThread().getName());
        }
    }

    private void pause() throws InterruptedException {
        idly(() -> {
            TimeUnit.MILLISECONDS.sleep(LEDGER_DELAY.toMillis());
            return LEDGER_DELAY;
        });
    }

    /** Waits for something to do, and does it. */
    private void next() throws InterruptedException {
        ServerCapabilities can = idly(gate::pass);
        if (audit != null && audit.isFull()) {
            LOG.warn("nothing is published: {} of audit.backlog-max", audit.state());
            pause();
            return;
        }
        long seen = ledger.changes().count();
        Optional<Claim> claim = ledger.claim(options.lease());
        if (claim.isEmpty()) {
            Duration due = ledger.untilDue().orElse(IDLE_MAX).plusMillis(1);
            Duration wait = due.compareTo(IDLE_MAX) < 0 ? due : IDLE_MAX;
            idly(() -> {
                ledger.changes().await(seen, wait);
                return wait;
            });
            return;
        }
        claims.add(claim.get());
        try {
            publish(claim.get(), can);
        } finally {
            claims.remove(claim.get());
        }
    }

    private interface Waiting<T> {
        T await() throws InterruptedException;
    }

    /** Waits in such a way that {@link #stop} may interrupt it, and interrupts nothing else. */
    private <T> T idly(Waiting<T> waiting) throws InterruptedException {
        Thread self = Thread.currentThread();
        synchronized (idle) {
            if (stopping) {
                throw new InterruptedException();
            }
            idle.add(self);
        }
        T result;
        try {
            result = waiting.await();
        } finally {
            synchronized (idle) {
                idle.remove(self);
            }
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return result;
    }

    private void publish(Claim claim, ServerCapabilities can) throws InterruptedException {
        long start = System.nanoTime();
        try {
            Gathered gathered = ledger.gathered(claim.study());
            MappingResult mapping = mapper.apply(gathered);
            mapping.issues().forEach(issue -> LOG.debug("study {}: {}", claim.study(), issue));
            if (mapping instanceof Unmappable unmappable) {
                failed(claim, Category.UNMAPPABLE, unmappable.reason(), unmappable.reason(), null);
                return;
            }
            if (mapping instanceof Pending pending) {
                if (ledger.settled(claim)) {
                    LOG.info("study {}: waits: {}", claim.study(), pending.reason());
                }
                return;
            }
            Meter meter = new Meter();
            FhirClient measured = client.measuredBy(meter);
            Provenances provenances = new Provenances(measured, ledger, options.audit(), clock);
            StudyPublication publication =
                    new StudyPublication(measured, can, ledger, sharedLease(), claim, (Mapped) mapping, options);
            StudyOutcome result = provenances.publish(publication, claim, (Mapped) mapping);
            gate.up(result.can());
            published(claim, result, meter, start);
            provenances.write(claim, gathered, result);
        } catch (UnresolvedException e) {
            failed(claim, Category.UNMAPPABLE, e.reason(), e.reason(), null);
        } catch (RefusedException e) {
            refused(claim, e.failure());
        } catch (BusyException e) {
            ledger.retryLater(claim, Category.FHIR_UNAVAILABLE, e.toString(), BUSY_DELAY);
        } catch (LedgerException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            // its text may quote a value
            String place = placeOf(e);
            failed(claim, Category.BUG, place, place, null);
        } catch (OutOfMemoryError e) {
            failed(claim, Category.OUT_OF_RESOURCES, "out of memory", "out of memory", null);
        }
    }

    /** Long enough to read the study and to write it; when the holder dies, others wait as long for its Patient. */
    private Duration sharedLease() {
        return client.timeout().multipliedBy(2);
    }

    private void published(Claim claim, StudyOutcome result, Meter meter, long start) {
        Publication stands = result.publication();
        Effort effort = new Effort(result.wroteStudy() ? 1 : 0, meter.sentBytes());
        if (!(stands == null
                ? ledger.deleted(claim, result.audit())
                : ledger.published(claim, stands, effort, result.audit()))) {
            ledger.audit().add(result.audit()); // what was written was written
            counters.countOvertaken();
            LOG.warn("study {}: published, but its lease had ended", claim.study());
            if (result.wrote()) {
                ledger.doubt(claim.study()); // another may have written before us
            }
            return;
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        Duration sinceDue = Duration.between(claim.dueAt(), clock.instant());
        counters.countPublished(
                result.wrote(),
                new Publishing(
                        took, Duration.between(claim.lastArrival(), clock.instant()), sinceDue.minus(meter.waited())));
        LOG.info("study {}: {}", claim.study(), result.wrote() ? "published" : "nothing new");
        result.unresolved()
                .forEach(reason -> LOG.info("study {}: a reference stays logical: {}", claim.study(), reason));
        result.ofAnother()
                .forEach(reason -> LOG.warn("study {}: a reference stays logical: {}", claim.study(), reason));
        counters.countSubjectConflicts(result.ofAnother().size());
    }

    private void refused(Claim claim, Failure failure) throws InterruptedException {
        if (failure.kind() == Kind.INTERRUPTED) {
            ledger.release(claim);
            throw new InterruptedException();
        }
        if (failure.kind() == Kind.DOWN) {
            gate.down(failure);
        }
        failed(claim, failure.category(), failure.detail(), failure.toString(), failure.retryAfter());
    }

    /**
     * Settles a claim whose study was not published.
     *
     * @param detail for the ledger
     * @param place for the log: without a value
     */
    private void failed(Claim claim, Category category, String detail, String place, @Nullable Duration retryAfter) {
        counters.countFailed(category);
        boolean again = switch (category) {
            case FHIR_UNAVAILABLE, OUT_OF_RESOURCES, INTERRUPTED -> true;
            case BUG -> claim.attempts() + 1 < BUG_ATTEMPTS_MAX;
            case FHIR_REJECTED,
                    UNMAPPABLE,
                    MALFORMED_DATA,
                    PEER_VIOLATION,
                    PACS_REJECTED,
                    PACS_UNAVAILABLE,
                    PEER_REJECTED,
                    PEER_UNAVAILABLE -> false;
        };
        if (again) {
            Duration delay = options.retryDelay().after(claim.attempts() + 1, retryAfter, random);
            LOG.warn("study {}: {} {}, again in {}", claim.study(), category, place, delay);
            ledger.retryLater(claim, category, detail, delay);
        } else {
            LOG.warn("study {}: {} {}, parked", claim.study(), category, place);
            ledger.park(claim, category, detail);
        }
    }

    private static String placeOf(Throwable error) {
        StackTraceElement[] trace = error.getStackTrace();
        return error.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
    }

    private void renew() {
        for (Claim claim : claims) {
            try {
                if (!ledger.renew(claim, options.lease())) {
                    LOG.warn("study {}: the lease had ended", claim.study());
                }
            } catch (LedgerException e) {
                LOG.warn("study {}: the lease was not renewed: {}", claim.study(), e.getMessage());
            }
        }
    }
}
