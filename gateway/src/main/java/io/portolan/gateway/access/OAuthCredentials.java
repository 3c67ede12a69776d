package io.portolan.gateway.access;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of an authorization server, each used until shortly before it ends. One thread asks for the next; those that come
 * in the meantime wait for what it gets, be it a token or a failure.
 *
 * <pre>
 *   got              renewAt                     end
 *    |   is sent        |   is sent, if there is  |   is not sent
 *    |                  |   no next one           |
 * </pre>
 */
final class OAuthCredentials implements HttpCredentials {

    /** Renewed when less than this is left, or a quarter of its life if that is less. */
    static final Duration MARGIN_MAX = Duration.ofSeconds(60);

    /** While a token still holds and the next one is not to be had. */
    private static final Duration AGAIN_MAX = Duration.ofSeconds(10);

    private record Held(String header, long renewAtNanos, long endNanos) {

        boolean isFresh() {
            return renewAtNanos - System.nanoTime() > 0;
        }

        boolean holds() {
            return endNanos - System.nanoTime() > 0;
        }

        /** Not renewed before a while has passed. */
        Held later() {
            long now = System.nanoTime();
            return new Held(header, now + Math.min(AGAIN_MAX.toNanos(), (endNanos - now) / 4), endNanos);
        }
    }

    /** Asks the authorization server; one thread at a time. */
    interface Asking {
        TokenEndpoint.Issued ask() throws AccessException, InterruptedException;
    }

    private final Asking endpoint;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Held held;
    private @Nullable AccessException failure; // guarded by lock
    private long failedAtNanos; // guarded by lock

    OAuthCredentials(Asking endpoint) {
        this.endpoint = endpoint;
    }

    @Override
    public Optional<String> header() throws AccessException, InterruptedException {
        Held now = held;
        return Optional.of((now != null && now.isFresh() ? now : renewed()).header);
    }

    private Held renewed() throws AccessException, InterruptedException {
        long asked = System.nanoTime();
        Held there = held;
        if (!lock.tryLock()) { // another asks
            if (there != null && there.holds()) {
                return there;
            }
            lock.lockInterruptibly();
        }
        try {
            Held now = held;
            if (now != null && now.isFresh()) {
                return now;
            }
            if (failure != null && failedAtNanos - asked >= 0) { // while we waited
                return orFailure(now, failure);
            }
            return next(now);
        } finally {
            lock.unlock();
        }
    }

    private Held next(@Nullable Held before) throws AccessException, InterruptedException {
        try {
            long start = System.nanoTime();
            TokenEndpoint.Issued issued = endpoint.ask();
            long life = issued.life().toNanos();
            Held next =
                    new Held(issued.header(), start + life - Math.min(MARGIN_MAX.toNanos(), life / 4), start + life);
            held = next;
            failure = null;
            return next;
        } catch (AccessException e) {
            failure = e;
            failedAtNanos = System.nanoTime();
            held = before == null ? null : before.later();
            return orFailure(before, e);
        }
    }

    private static Held orFailure(@Nullable Held before, AccessException failure) throws AccessException {
        if (before == null || !before.holds()) {
            throw failure;
        }
        return before;
    }

    @Override
    public boolean isRenewedAfter(String refused) {
        lock.lock();
        try {
            Held now = held;
            if (now != null && now.header.equals(refused)) {
                held = null;
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "tokens";
    }
}
