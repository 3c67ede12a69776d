package io.portolan.gateway.ledger;

import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The statements on {@code storage}: the folders in which files are kept, each on the node of one gateway. */
final class Storages {

    /** That of a ledger which has known no other yet. */
    static final long FIRST = 1;

    /** Of a shared ledger, until it is said which one is ours. */
    static final long NONE = -1;

    private Storages() {}

    /** One of each, for a set of them; those that are too many share one. */
    static long bit(long storage) {
        return 1L << Math.min(storage, Long.SIZE - 2);
    }

    static Optional<Long> find(Handle handle, String folderId) {
        return handle.createQuery("SELECT id FROM storage WHERE folder_id = :folder")
                .bind("folder", folderId)
                .mapTo(Long.class)
                .findOne();
    }

    static boolean isAny(Handle handle) {
        return handle.createQuery("SELECT id FROM storage LIMIT 1")
                .mapTo(Long.class)
                .findOne()
                .isPresent();
    }

    /** Notes where a folder is now; makes it known when it is not. */
    static long use(Handle handle, String folderId, String place, long now) {
        return handle.createQuery("INSERT INTO storage (id, folder_id, place, opened_at)"
                        + " VALUES ((SELECT coalesce(max(id), 0) + 1 FROM storage), :folder, :place, :now)"
                        + " ON CONFLICT (folder_id) DO UPDATE SET place = excluded.place, opened_at = excluded.opened_at"
                        + " RETURNING id")
                .bind("folder", folderId)
                .bind("place", place)
                .bind("now", now)
                .mapTo(Long.class)
                .one();
    }
}
