package io.portolan.gateway.ledger;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a ledger is: a SQLite file of one gateway, or a PostgreSQL database that several share.
 *
 * @param url {@code jdbc:sqlite:FILE} or {@code jdbc:postgresql://HOST/DATABASE}, without credentials
 * @param user of PostgreSQL
 * @param passwordFile of the user; read anew for each connection
 */
public record LedgerPlace(String url, Optional<String> user, Optional<Path> passwordFile) {

    static final String SQLITE = "jdbc:sqlite:";
    static final String POSTGRESQL = "jdbc:postgresql:";

    public LedgerPlace {
        if (!url.startsWith(SQLITE) && !url.startsWith(POSTGRESQL)) {
            throw new IllegalArgumentException("a ledger's URL starts with " + SQLITE + " or " + POSTGRESQL);
        }
    }

    /** A place that needs no credentials. */
    public static LedgerPlace of(String url) {
        return new LedgerPlace(url, Optional.empty(), Optional.empty());
    }

    /** A SQLite file. */
    public static LedgerPlace of(Path file) {
        return of(SQLITE + file);
    }

    /** The file of SQLite; empty: a database that several gateways may share. */
    public Optional<Path> file() {
        return url.startsWith(SQLITE) ? Optional.of(Path.of(url.substring(SQLITE.length()))) : Optional.empty();
    }

    /** For people: the file, or the URL without its parameters. */
    @Override
    public String toString() {
        return file().map(Path::toString).orElseGet(() -> url.replaceFirst("\\?.*", ""));
    }
}
