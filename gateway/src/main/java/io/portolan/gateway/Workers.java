package io.portolan.gateway;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Threads that do the same work until they are told to stop. For the thread that starts and stops them. */
public final class Workers {

    private final List<Thread> threads = new ArrayList<>();

    /** Starts some, named {@code name-1} and so on. */
    public void start(int count, String name, Runnable work) {
        for (int i = 1; i <= count; i++) {
            Thread worker = new Thread(work, name + "-" + i);
            threads.add(worker);
            worker.start();
        }
    }

    /** Waits until all have ended, or this much time has passed. */
    public void join(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        for (Thread worker : threads) {
            worker.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
        }
    }

    /** Interrupts all that still run. */
    public void interrupt() {
        threads.forEach(Thread::interrupt);
    }
}
