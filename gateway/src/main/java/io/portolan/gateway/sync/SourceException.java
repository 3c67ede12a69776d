package io.portolan.gateway.sync;

import java.io.IOException;

/** A source did not answer, or not so that it can be used. The message never holds what it answered. */
public final class SourceException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Whether it may heal: a closed set, on which what is done about it depends. */
    public enum Kind {
        /** It cannot be reached, is too slow or too busy; heals by itself. */
        UNAVAILABLE,
        /** It understood and said no: credentials, AE titles, rights, a service that it does not have. */
        REFUSED,
        /** Its answer is no answer, or breaks the standard. */
        MALFORMED
    }

    private final Kind kind;

    public SourceException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public SourceException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
