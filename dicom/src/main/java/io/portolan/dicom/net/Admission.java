package io.portolan.dicom.net;

import io.portolan.dicom.engine.ConnectionLimits;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which connections have no association, how many associations are open, and how many there may be. Safe for use by several
 * threads.
 *
 * <p>A good peer sends its A-ASSOCIATE-RQ at once, a bad one not at all: so of too many connections that wait, the oldest goes.
 *
 * @param <C> a connection
 */
final class Admission<C> {

    /** What {@link #admit} says when a limit is reached. */
    static final long FULL = 0;

    private final ConnectionLimits limits;
    private final Set<C> waiting = new LinkedHashSet<>();
    private final Map<Object, Integer> openByPeer = new HashMap<>();
    private int open;
    private long total;

    Admission(ConnectionLimits limits) {
        this.limits = limits;
    }

    /** A new connection; and the one that has to make way for it. */
    synchronized Optional<C> connected(C connection) {
        waiting.add(connection);
        if (waiting.size() <= limits.waitingMax()) {
            return Optional.empty();
        }
        Iterator<C> oldest = waiting.iterator();
        C cut = oldest.next();
        oldest.remove();
        return Optional.of(cut);
    }

    /**
     * The number of the new association, counted from 1; or {@link #FULL}.
     *
     * @param peer   whose association it is
     * @param ofPeer how many it may have
     */
    synchronized long admit(C connection, Object peer, int ofPeer) {
        if (open == limits.associationsMax() || openByPeer.getOrDefault(peer, 0) >= ofPeer) {
            return FULL;
        }
        waiting.remove(connection);
        openByPeer.merge(peer, 1, Integer::sum);
        open++;
        return ++total;
    }

    /** The end of an association. */
    synchronized void leave(Object peer) {
        openByPeer.computeIfPresent(peer, (same, count) -> count == 1 ? null : count - 1);
        open--;
    }

    /** The end of a connection. */
    synchronized void disconnected(C connection) {
        waiting.remove(connection);
    }

    synchronized int open() {
        return open;
    }

    synchronized long total() {
        return total;
    }
}
