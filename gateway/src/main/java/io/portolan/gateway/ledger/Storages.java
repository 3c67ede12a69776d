package io.portolan.gateway.ledger;

import java.util.Optional;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Handle;

/**
 * The folders in which files are kept, each on the node of one gateway, and which of them is ours.
 *
 * <p>All methods may be called by several threads and throw {@link LedgerException} when the database cannot.
 */
public final class Storages {

    /** That of a ledger of one gateway which has known no other yet. */
    static final long FIRST = 1;

    /** Of a shared ledger, until it is said which one is ours. */
    private static final long NONE = -1;

    private final Database database;
    private final Committer committer;
    private final LongSupplier now;
    private volatile long ours;

    /** @param shared whether others may have folders too */
    Storages(Database database, Committer committer, LongSupplier now, boolean shared) {
        this.database = database;
        this.committer = committer;
        this.now = now;
        this.ours = shared ? NONE : FIRST;
    }

    /** The key of our folder. */
    long ours() {
        return ours;
    }

    /** Whether a folder was used with this ledger before. */
    public boolean knows(String folderId) {
        return database.read(handle -> find(handle, folderId)).isPresent();
    }

    /** Whether any was. */
    public boolean isAny() {
        return database.read(handle -> handle.createQuery("SELECT id FROM storage LIMIT 1")
                .mapTo(Long.class)
                .findOne()
                .isPresent());
    }

    /**
     * Says in which folder the files are of whatever is recorded from now on; makes it known when it is not.
     *
     * @param place where it is now, for people: host and path
     */
    public void use(String folderId, String place) {
        ours = committer.commit(handle -> use(handle, folderId, place, now.getAsLong()));
    }

    /** One of each, for a set of them; those that are too many share one. */
    static long bit(long storage) {
        return 1L << Math.min(storage, Long.SIZE - 2);
    }

    private static Optional<Long> find(Handle handle, String folderId) {
        return handle.createQuery("SELECT id FROM storage WHERE folder_id = :folder")
                .bind("folder", folderId)
                .mapTo(Long.class)
                .findOne();
    }

    private static long use(Handle handle, String folderId, String place, long now) {
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
