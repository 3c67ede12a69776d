package io.portolan.gateway.ledger;

import io.portolan.gateway.Category;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Group commit: one thread owns the writing connection and does all work that waits in one transaction, so that many
 * callers share one sync of the disk.
 *
 * <p>A caller returns when its work is on disk. When a commit fails, everyone in it gets the failure and nothing of it
 * is done. Work that fails by a fault of its own is done again alone, so that it takes nobody with it.
 */
final class Committer implements AutoCloseable {

    /** Bounds what one failure can undo, and how long the first caller waits for the last. */
    private static final int BATCH_MAX = 1000;

    private final Database database;
    private final Thread thread;
    private final AtomicLong commits = new AtomicLong();

    private final ArrayDeque<Task<?>> waiting = new ArrayDeque<>(); // guarded by itself
    private boolean closed; // guarded by waiting

    private @Nullable Handle handle; // owned by the thread

    Committer(Database database) {
        this.database = database;
        this.thread = new Thread(this::run, "ledger");
        thread.start();
    }

    /**
     * Does the work in a transaction, shared with others.
     *
     * @param work may throw a {@link LedgerException} to refuse, as long as it has written nothing
     * @throws LedgerException nothing was done
     */
    <T> T commit(Function<Handle, T> work) {
        Task<T> task = new Task<>(work);
        synchronized (waiting) {
            if (closed) {
                throw new LedgerException(Category.INTERRUPTED, "The ledger is closed.", null);
            }
            waiting.add(task);
            waiting.notifyAll();
        }
        try {
            return task.done.join(); // not interruptible: whoever waits must learn what became of it
        } catch (CompletionException e) {
            throw (LedgerException) e.getCause();
        }
    }

    /** Transactions so far. */
    long commits() {
        return commits.get();
    }

    /** How many callers wait for the next commit. */
    int waiting() {
        synchronized (waiting) {
            return waiting.size();
        }
    }

    private void run() {
        for (List<Task<?>> batch = take(); !batch.isEmpty(); batch = take()) {
            LedgerException failure = commitAll(batch);
            if (failure != null && failure.category() == Category.BUG && batch.size() > 1) {
                batch.forEach(task -> settle(List.of(task), commitAll(List.of(task))));
            } else {
                settle(batch, failure);
            }
        }
        if (handle != null) {
            handle.close();
        }
    }

    /** What waits; empty: closed, and nothing waits any more. */
    private List<Task<?>> take() {
        synchronized (waiting) {
            while (waiting.isEmpty() && !closed) {
                try {
                    waiting.wait();
                } catch (InterruptedException e) {
                    closed = true; // nobody but close() ends this thread; so end in order
                }
            }
            List<Task<?>> batch = new ArrayList<>();
            while (!waiting.isEmpty() && batch.size() < BATCH_MAX) {
                batch.add(waiting.remove());
            }
            return batch;
        }
    }

    private @Nullable LedgerException commitAll(List<Task<?>> batch) {
        Handle current = handle;
        try {
            if (current == null) {
                current = database.writer();
                handle = current;
            }
            database.beginWriting(current);
            for (Task<?> task : batch) {
                task.run(current);
            }
            current.commit();
            commits.incrementAndGet();
            return null;
        } catch (RuntimeException | Error e) { // an error, too, must reach those who wait
            handle = null;
            Database.discard(current);
            return database.failure(e);
        }
    }

    private static void settle(List<Task<?>> batch, @Nullable LedgerException failure) {
        batch.forEach(task -> task.settle(failure));
    }

    @Override
    public void close() {
        synchronized (waiting) {
            closed = true;
            waiting.notifyAll();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Task<T> {

        final Function<Handle, T> work;
        final CompletableFuture<T> done = new CompletableFuture<>();
        private @Nullable T result;
        private @Nullable LedgerException refusal;

        Task(Function<Handle, T> work) {
            this.work = work;
        }

        void run(Handle handle) {
            try {
                refusal = null;
                result = work.apply(handle);
            } catch (LedgerException e) {
                refusal = e;
            }
        }

        @SuppressWarnings("NullAway") // the result is there when nothing failed
        void settle(@Nullable LedgerException failure) {
            LedgerException reason = failure != null ? failure : refusal;
            if (reason == null) {
                done.complete(result);
            } else {
                done.completeExceptionally(reason);
            }
        }
    }
}
