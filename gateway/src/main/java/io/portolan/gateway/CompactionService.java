package io.portolan.gateway;

import io.portolan.gateway.ledger.Compaction;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Packs the studies to which nothing has come for long, see {@link Compaction}, in a thread of its own, behind everything else. */
final class CompactionService implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CompactionService.class);

    /** Between two looks at what may be packed. */
    private static final Duration PAUSE_MAX = Duration.ofHours(1);

    private static final Duration PAUSE_MIN = Duration.ofSeconds(1);

    private final Compaction compaction;
    private final Duration quiet;
    private final boolean withFiles;
    private final @Nullable Thread thread;
    private volatile boolean closed;

    /**
     * Packs nothing yet.
     *
     * @param quiet empty: nothing is ever packed
     * @param withFiles whether also studies of which files are kept
     */
    CompactionService(Ledger ledger, Optional<Duration> quiet, boolean withFiles) {
        this.withFiles = withFiles;
        this.compaction = ledger.compaction();
        this.quiet = quiet.orElse(Duration.ZERO);
        this.thread = quiet.isPresent() ? new Thread(this::serve, "compaction") : null;
    }

    void start() {
        if (thread != null) {
            thread.start();
        }
    }

    private void serve() {
        Duration pause = quiet.compareTo(PAUSE_MAX) > 0 ? PAUSE_MAX : quiet;
        pause = pause.compareTo(PAUSE_MIN) < 0 ? PAUSE_MIN : pause;
        try {
            while (!closed) {
                sweep();
                Thread.sleep(pause.toMillis());
            }
        } catch (InterruptedException e) {
            LOG.debug("compaction ends");
        }
    }

    /** Whatever goes wrong, there is a next time. */
    private void sweep() throws InterruptedException {
        try {
            Compaction.Result result = compaction.run(quiet, withFiles, this::rest);
            if (result.packed() > 0) {
                LOG.info("{} studies to which nothing came for {} are compacted", result.packed(), quiet);
            }
            if (result.leftAlone() > 0) {
                LOG.warn("{} studies cannot be compacted, and stay as they are; please report it", result.leftAlone());
            }
        } catch (LedgerException e) {
            LOG.error("compaction failed: {}", e.category());
        } catch (RuntimeException e) {
            LOG.error("compaction failed: {}", e.getClass().getName());
        }
    }

    private boolean rest(Duration commit) throws InterruptedException {
        Thread.sleep(Compaction.restAfter(commit).toMillis());
        return !closed;
    }

    /** Ends it between two commits. */
    @Override
    public void close() {
        closed = true;
        if (thread != null) {
            thread.interrupt();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
