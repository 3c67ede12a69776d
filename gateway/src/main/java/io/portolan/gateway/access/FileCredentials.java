package io.portolan.gateway.access;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a file holds, read for every request: whoever replaces the file need not tell us. While it cannot be read, as in the
 * middle of being replaced, what it held before is sent, until the server refuses that.
 */
final class FileCredentials implements HttpCredentials {

    /** Makes the value of Authorization of what the file holds now. */
    interface Reading {
        String header() throws AccessException;
    }

    private final Reading file;
    private volatile @Nullable String last;

    FileCredentials(Reading file) {
        this.file = file;
    }

    static FileCredentials of(Access.Token token) {
        return new FileCredentials(() -> SecretFile.token(token.file()).header());
    }

    static FileCredentials of(Access.Basic basic) {
        return new FileCredentials(
                () -> HttpCredentials.basicHeader(basic.user(), SecretFile.password(basic.passwordFile())));
    }

    @Override
    public Optional<String> header() throws AccessException {
        try {
            String now = file.header();
            last = now;
            return Optional.of(now);
        } catch (AccessException e) {
            String before = last;
            if (before == null) {
                throw e;
            }
            return Optional.of(before);
        }
    }

    @Override
    public boolean isRenewedAfter(String refused) throws AccessException {
        last = null;
        return !file.header().equals(refused);
    }

    @Override
    public String toString() {
        return "credentials of a file";
    }
}
