package io.portolan.gateway.access;

import java.io.IOException;

/** We have nothing to be let in with. Says what is wrong and what to do; never what a file or an answer holds. */
public final class AccessException extends IOException {

    private static final long serialVersionUID = 1L;

    private final boolean heals;

    private AccessException(String message, boolean heals) {
        super(message);
        this.heals = heals;
    }

    /** Somebody has to mend something: a file, a registration. It is tried again all the same. */
    static AccessException refused(String message) {
        return new AccessException(message, false);
    }

    /** The authorization server is away, or busy. */
    static AccessException unavailable(String message) {
        return new AccessException(message, true);
    }

    /** Whether waiting may be enough. */
    public boolean heals() {
        return heals;
    }
}
