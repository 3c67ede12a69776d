package io.portolan.gateway.ledger;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where the ledger is, when a study is due, and how much it takes.
 *
 * @param quiet a study is due when nothing has arrived for so long
 * @param maxDelay a study that never pauses is due when it has been dirty for so long, see {@link Schedule}
 * @param backlogMaxStudies dirty studies, parked ones apart; one more is refused
 * @param sizeMaxBytes of the file of SQLite; 0: as much as the disk takes
 * @param fingerprint what studies are made with now: mapping version and configuration, in a form of the caller's
 */
public record LedgerOptions(
        LedgerPlace place,
        Duration quiet,
        Duration maxDelay,
        int backlogMaxStudies,
        long sizeMaxBytes,
        String fingerprint) {

    public LedgerOptions {
        if (quiet.isNegative() || maxDelay.isNegative() || backlogMaxStudies < 1 || sizeMaxBytes < 0) {
            throw new IllegalArgumentException("a limit of the ledger is out of range");
        }
    }

    /** At a URL that needs no credentials. */
    public LedgerOptions(
            String url,
            Duration quiet,
            Duration maxDelay,
            int backlogMaxStudies,
            long sizeMaxBytes,
            String fingerprint) {
        this(LedgerPlace.of(url), quiet, maxDelay, backlogMaxStudies, sizeMaxBytes, fingerprint);
    }

    /** The defaults, in a SQLite file. */
    public static LedgerOptions of(Path file) {
        return of(LedgerPlace.of(file), "");
    }

    /** The defaults, with a fingerprint. */
    public static LedgerOptions of(LedgerPlace place, String fingerprint) {
        return new LedgerOptions(place, Duration.ofSeconds(60), Duration.ofMinutes(10), 100_000, 0, fingerprint);
    }

    /** The JDBC URL of a SQLite file. */
    public static String url(Path file) {
        return LedgerPlace.of(file).url();
    }
}
