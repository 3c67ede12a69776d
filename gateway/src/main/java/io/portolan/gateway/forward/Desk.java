package io.portolan.gateway.forward;

import io.portolan.gateway.ledger.Forwards;
import io.portolan.gateway.ledger.WaitingFile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which files are in somebody's hands, so that no two workers send one. Shared by all workers. */
final class Desk {

    private final Forwards forwards;
    private final Set<String> taken = new HashSet<>(); // guarded by this

    Desk(Forwards forwards) {
        this.forwards = forwards;
    }

    /** The next that are due, the caller's until it gives them back. */
    synchronized List<WaitingFile> take(int max) {
        List<WaitingFile> files = new ArrayList<>();
        for (WaitingFile file : forwards.due(max + taken.size())) {
            if (files.size() < max && taken.add(file.path())) {
                files.add(file);
            }
        }
        return files;
    }

    /** Settled or not: what the ledger says of them counts again. */
    synchronized void giveBack(Collection<WaitingFile> files) {
        files.forEach(file -> taken.remove(file.path()));
    }
}
