package io.portolan.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portolan.gateway.access.TokenEndpoint.Issued;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who asks for a token, how often, and what is sent meanwhile. */
@Timeout(30)
class OAuthCredentialsTest {

    private static final int THREADS = 16;

    private final AtomicInteger asked = new AtomicInteger();
    private volatile Duration life = Duration.ofMinutes(5);
    private volatile boolean fails;
    private volatile CountDownLatch answers = new CountDownLatch(0);

    private final OAuthCredentials credentials = new OAuthCredentials(() -> {
        int number = asked.incrementAndGet();
        answers.await();
        if (fails) {
            throw AccessException.refused("failure " + number);
        }
        return new Issued("Bearer " + number, life);
    });

    private String header() throws Exception {
        return credentials.header().orElseThrow();
    }

    /** What all of them got, once all were waiting. */
    private List<String> together(Callable<String> call) throws Exception {
        answers = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        List<Future<String>> calls = new ArrayList<>();
        List<Thread> waiting = new CopyOnWriteArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            calls.add(threads.submit(() -> {
                waiting.add(Thread.currentThread());
                return call.call();
            }));
        }
        while (waiting.stream()
                        .filter(thread -> thread.getState() == Thread.State.WAITING)
                        .count()
                < THREADS) {
            Thread.onSpinWait();
        }
        answers.countDown();
        List<String> got = new ArrayList<>();
        for (Future<String> one : calls) {
            got.add(one.get());
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        return got;
    }

    @Test
    void oneThreadAsksForAll() throws Exception {
        assertThat(together(this::header)).hasSize(THREADS).containsOnly("Bearer 1");
        assertThat(asked).hasValue(1);
    }

    @Test
    void oneFailureIsThatOfAll() throws Exception {
        fails = true;
        assertThat(together(() -> {
                    AccessException failure = catchThrowableOfType(AccessException.class, this::header);
                    return String.valueOf(failure.getMessage());
                }))
                .containsOnly("failure 1");
        assertThat(asked).hasValue(1);
        assertThatThrownBy(this::header).as("who comes later tries anew").hasMessage("failure 2");
    }

    @Test
    void oneThreadAsksAgainAfterAllWereRefused() throws Exception {
        assertThat(header()).isEqualTo("Bearer 1");
        assertThat(together(() -> {
                    assertThat(credentials.isRenewedAfter("Bearer 1")).isTrue();
                    return header();
                }))
                .containsOnly("Bearer 2");
        assertThat(asked).hasValue(2);
    }

    @Test
    void sendsTheOldTokenWhileItHoldsAndNoOtherIsToBeHad() throws Exception {
        life = Duration.ofSeconds(4);
        assertThat(header()).isEqualTo("Bearer 1");
        fails = true;
        long end = System.nanoTime() + 3_500_000_000L;
        while (asked.get() < 2 && System.nanoTime() < end) {
            assertThat(header()).isEqualTo("Bearer 1");
        }
        assertThat(asked).as("it tried").hasValueGreaterThanOrEqualTo(2);
        int before = asked.get();
        assertThat(header()).isEqualTo("Bearer 1");
        assertThat(asked).as("and not with every request").hasValue(before);
        while (System.nanoTime() < end + 600_000_000) {
            Thread.onSpinWait();
        }
        assertThatThrownBy(this::header).as("it has ended").hasMessageStartingWith("failure");
        fails = false;
        assertThat(header()).startsWith("Bearer ");
    }

    @Test
    void sendsATokenThatLivesShorterThanItTook() throws Exception {
        life = Duration.ofNanos(1);
        assertThat(header()).isEqualTo("Bearer 1");
        assertThat(header()).isEqualTo("Bearer 2");
    }

    @Test
    void saysNothingOfItself() throws Exception {
        header();
        assertThat(credentials.toString()).doesNotContain("Bearer");
    }
}
