package io.portolan.e2e;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The end of a run, which all its threads wait for while they let time pass. */
final class RunEnd {

    private final CountDownLatch end = new CountDownLatch(1);

    /** Lets time pass. @return false: the run has ended meanwhile, or before */
    boolean pass(long millis) throws InterruptedException {
        return !end.await(millis, TimeUnit.MILLISECONDS);
    }

    boolean isOver() {
        return end.getCount() == 0;
    }

    void end() {
        end.countDown();
    }
}
