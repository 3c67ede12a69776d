package io.portolan.cli.convert;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Does work by so many threads; by one: at once, in the caller's. */
final class Workers implements AutoCloseable {

    private static final int STOP_SECONDS_MAX = 60;

    private final @Nullable ExecutorService pool;

    Workers(int threads) {
        this.pool = threads > 1 ? Executors.newFixedThreadPool(threads, Workers::thread) : null;
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "convert");
        thread.setDaemon(true);
        return thread;
    }

    <T> Future<T> submit(Callable<T> work) throws IOException {
        if (pool != null) {
            return pool.submit(work);
        }
        try {
            return CompletableFuture.completedFuture(work.call());
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** What came of it, or what it threw. */
    static <T> T get(Future<T> future) throws IOException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            if (e.getCause() instanceof RuntimeException fault) {
                throw fault;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Begins nothing more, and waits for what is being done. */
    @Override
    public void close() {
        if (pool == null) {
            return;
        }
        pool.shutdownNow();
        try {
            if (!pool.awaitTermination(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a study was still being written");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
