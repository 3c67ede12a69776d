package io.portolan.dicom.engine;

import java.io.IOException;

/**
 * An association could not be had, or is lost. The message says where, in the words of PS3.8, and never holds what was
 * transferred.
 */
public final class DicomNetworkException extends IOException {

    private static final long serialVersionUID = 1L;

    /** What happened. A closed set: whether to try again depends on it alone. */
    public enum Kind {
        /** No TCP connection: nobody listens, no route, unknown host. */
        UNREACHABLE,
        /** A TCP connection, but no TLS: certificates, versions, cipher suites. The message says what is wrong. */
        NO_TLS,
        /** A-ASSOCIATE-RJ, rejected-transient (PS3.8 table 9-21). */
        REJECTED_TRANSIENT,
        /** A-ASSOCIATE-RJ, rejected-permanent (PS3.8 table 9-21). */
        REJECTED_PERMANENT,
        /** The peer sent A-ABORT (PS3.8 table 9-26). */
        ABORTED,
        /** The peer closed or reset the TCP connection without a word. */
        DISCONNECTED,
        /** The peer did not answer, send or read in time. */
        TIMEOUT,
        /** The peer broke PS3.7 or PS3.8; this side has aborted. The message names the PDU and the field. */
        PROTOCOL_VIOLATION,
        /** The peer has not accepted a presentation context for this SOP class and transfer syntax. */
        NOT_NEGOTIATED,
        /** This side is stopping, or has closed the association. */
        STOPPED
    }

    private final Kind kind;

    public DicomNetworkException(Kind kind, String message) {
        super(kind + ": " + message);
        this.kind = kind;
    }

    public DicomNetworkException(Kind kind, String message, Throwable cause) {
        super(kind + ": " + message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
