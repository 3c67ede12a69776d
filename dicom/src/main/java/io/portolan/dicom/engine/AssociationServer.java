package io.portolan.dicom.engine;

import java.time.Duration;
import java.util.OptionalInt;

/** A listening SCP. Safe for use by several threads. */
public interface AssociationServer extends AutoCloseable {

    /**
     * The TCP port listened on without TLS: the one that the system chose when the options said 0.
     *
     * @throws IllegalStateException there is none
     */
    int port();

    /** The same with TLS; empty: there is none. */
    OptionalInt securePort();

    /** Associations that are established now. */
    int openAssociations();

    /** Associations accepted since the start, open ones included. */
    long totalAssociations();

    /**
     * Stops: no new connections; associations between two operations are aborted at once; operations that are running
     * may end within the limit, and are then aborted. Returns when every association is over. A second call does nothing.
     */
    void stop(Duration limit);

    /** Stops without waiting for running operations. */
    @Override
    default void close() {
        stop(Duration.ZERO);
    }
}
