package io.portolan.gateway.retention;

import io.portolan.gateway.ledger.LedgerException;
import io.portolan.gateway.ledger.OldFiles;
import io.portolan.gateway.ledger.OldFiles.Page;
import io.portolan.gateway.ledger.OldFiles.Place;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks once in a while for files that were kept for long enough, and removes them: rows first, a few at a time, so that arrivals
 * do not wait. See {@link OldFiles} for which.
 */
public final class Retention {

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    /** Files of one commit: arrivals wait for it. */
    private static final int FILES_MAX = 200;

    private static final Duration INTERVAL_MAX = Duration.ofMinutes(10);
    private static final Duration INTERVAL_MIN = Duration.ofSeconds(1);

    private final OldFiles old;
    private final Duration keepFor;
    private final Function<List<String>, Removed> removal;
    private final LongAdder files = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final Thread worker = new Thread(this::work, "retention");
    private final CountDownLatch stopping = new CountDownLatch(1);

    /** What was removed. */
    public record Removed(long files, long bytes) {}

    /**
     * Does nothing until it is started.
     *
     * @param keepFor how long after the last arrival
     * @param removal removes files whose names are among the dropped
     */
    public Retention(OldFiles old, Duration keepFor, Function<List<String>, Removed> removal) {
        this.old = old;
        this.keepFor = keepFor;
        this.removal = removal;
    }

    /** Files removed since the start. */
    public long files() {
        return files.sum();
    }

    /** Bytes of them. */
    public long bytes() {
        return bytes.sum();
    }

    public void start() {
        worker.start();
    }

    /** Ends after what is being removed. */
    public void stop(Duration limit) throws InterruptedException {
        stopping.countDown();
        worker.join(Math.max(1, limit.toMillis()));
    }

    private void work() {
        try {
            do {
                try {
                    look();
                } catch (LedgerException e) {
                    LOG.error("the ledger failed, no files are removed now: {} {}", e.category(), e.getMessage());
                }
            } while (!stopping.await(interval().toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            LOG.debug("retention stops");
        }
    }

    private Duration interval() {
        Duration part = keepFor.dividedBy(10);
        Duration atMost = part.compareTo(INTERVAL_MAX) < 0 ? part : INTERVAL_MAX;
        return atMost.compareTo(INTERVAL_MIN) < 0 ? INTERVAL_MIN : atMost;
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    /**
     * Looks once through all.
     *
     * @return how many files were removed
     */
    public long look() {
        long studies = 0;
        long before = files();
        long bytesBefore = bytes();
        Optional<Place> place = Optional.of(Place.START);
        while (place.isPresent() && !isStopping()) {
            Page page = old.page(keepFor, place.get());
            for (long study : page.studies()) {
                studies += removeOf(study) > 0 ? 1 : 0;
            }
            place = page.next();
        }
        studies += lookAtCompacted();
        long removed = files() - before;
        if (removed > 0) {
            LOG.info(
                    "removed {} files of {} studies, {} bytes: nothing came to them for {}",
                    removed,
                    studies,
                    bytes() - bytesBefore,
                    keepFor);
        }
        return removed;
    }

    /** Those that were compacted before files were to go. */
    private long lookAtCompacted() {
        long studies = 0;
        List<Long> page = old.compacted(keepFor, 0, FILES_MAX);
        while (!page.isEmpty() && !isStopping()) {
            for (long study : page) {
                studies += removeOf(study) > 0 ? 1 : 0;
            }
            page = old.compacted(keepFor, page.get(page.size() - 1), FILES_MAX);
        }
        return studies;
    }

    private long removeOf(long study) {
        long all = 0;
        List<String> names;
        do {
            names = isStopping() ? List.of() : old.drop(study, keepFor, FILES_MAX);
            Removed removed = names.isEmpty() ? new Removed(0, 0) : removal.apply(names);
            files.add(removed.files);
            bytes.add(removed.bytes);
            all += names.size();
        } while (names.size() == FILES_MAX);
        return all;
    }
}
