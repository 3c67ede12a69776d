package io.portolan.gateway.ledger;

import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * The names of files that nobody needs any more. A name is written in the commit that deletes the file's row, and goes when the
 * file is gone, so that a start after a crash deletes what is left instead of taking it for a file that nobody knows.
 *
 * <p>All methods may be called by several threads and throw {@link LedgerException} when the database cannot.
 */
public final class DroppedFiles {

    private final Database database;
    private final Committer committer;
    private final long storage;

    DroppedFiles(Database database, Committer committer, long storage) {
        this.database = database;
        this.committer = committer;
        this.storage = storage;
    }

    /** Some of them. */
    public List<String> some(int max) {
        return database.read(handle -> handle.createQuery(
                        "SELECT path FROM dropped WHERE storage_id = :storage ORDER BY path LIMIT :max")
                .bind("storage", storage)
                .bind("max", max)
                .mapTo(String.class)
                .list());
    }

    /** These are gone. */
    public void gone(Collection<String> paths) {
        committer.commit(handle -> {
            for (String path : paths) {
                handle.createUpdate("DELETE FROM dropped WHERE storage_id = :storage AND path = :path")
                        .bind("storage", storage)
                        .bind("path", path)
                        .execute();
            }
            return paths.size();
        });
    }

    /** Deletes the row of a file, and remembers its name. */
    static void drop(Handle handle, long fileId, String path, long storage) {
        handle.createUpdate("DELETE FROM file WHERE id = :id")
                .bind("id", fileId)
                .execute();
        handle.createUpdate("INSERT INTO dropped (storage_id, path) VALUES (:storage, :path)"
                        + " ON CONFLICT (storage_id, path) DO NOTHING")
                .bind("storage", storage)
                .bind("path", path)
                .execute();
    }
}
