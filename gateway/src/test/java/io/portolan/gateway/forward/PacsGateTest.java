package io.portolan.gateway.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.gateway.RetryDelay;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** One tries, the others wait. */
class PacsGateTest {

    private final PacsGate gate = new PacsGate(
            new RetryDelay(Duration.ofMillis(1), Duration.ofMillis(2)),
            new Random(1),
            () -> Instant.parse("2026-11-27T10:00:00Z"));

    @Test
    void letsOneTryWhileThePacsIsDownAndAllWhenItIsUp() throws Exception {
        gate.down("it is not there");
        gate.down("nor for another");
        assertThat(gate.state()).isEqualTo("down since 2026-11-27T10:00:00Z: it is not there");
        assertThat(gate.pass()).isTrue();
        AtomicInteger passed = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(3);
        Thread[] others = new Thread[3];
        for (int i = 0; i < others.length; i++) {
            others[i] = new Thread(() -> pass(begun, passed));
            others[i].start();
        }
        begun.await();
        for (Thread other : others) {
            ForwardRoom.await("it waits", () -> other.getState() == Thread.State.WAITING);
        }
        assertThat(passed).hasValue(0);
        gate.up();
        for (Thread other : others) {
            other.join();
        }
        assertThat(passed).hasValue(3);
        assertThat(gate.state()).isEqualTo("up");
        gate.end();
        assertThat(gate.pass()).isFalse();
    }

    private void pass(CountDownLatch begun, AtomicInteger passed) {
        begun.countDown();
        try {
            gate.pass();
            passed.incrementAndGet();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
