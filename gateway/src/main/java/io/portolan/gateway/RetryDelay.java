package io.portolan.gateway;

import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * How long to wait before the next attempt: doubling from {@code min} up to {@code max}, half of it by chance, so that
 * many that failed together do not come back together.
 */
public record RetryDelay(Duration min, Duration max) {

    /** However long a server asks us to stay away, we look again after this. */
    public static final Duration RETRY_AFTER_MAX = Duration.ofHours(1);

    private static final int DOUBLINGS_MAX = 30;

    public RetryDelay {
        if (min.isNegative() || min.isZero() || max.compareTo(min) < 0) {
            throw new IllegalArgumentException("retry delays: 0 < min <= max");
        }
    }

    /**
     * The next delay.
     *
     * @param attempts that failed so far, this one included
     * @param asked what the server asked for; null: nothing
     */
    public Duration after(int attempts, @Nullable Duration asked, Random random) {
        int doublings = Math.min(Math.max(attempts - 1, 0), DOUBLINGS_MAX);
        long most = Math.min(max.toMillis(), Math.max(min.toMillis(), 1) << doublings);
        Duration delay = Duration.ofMillis(most / 2 + random.nextLong(most - most / 2 + 1));
        Duration atLeast = asked == null ? Duration.ZERO : asked;
        atLeast = atLeast.compareTo(RETRY_AFTER_MAX) > 0 ? RETRY_AFTER_MAX : atLeast;
        return delay.compareTo(atLeast) < 0 ? atLeast : delay;
    }
}
