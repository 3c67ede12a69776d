package io.portolan.gateway.ledger;

import java.util.List;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Migrations that once stood otherwise, and were taken back after ledgers had been made with them: version 8 made the column
 * {@code source_file.missed}, which version 9 makes now. The tables are the same after both, so a ledger that has those of then
 * behind it is told that it has those of today; Flyway would refuse it. One that has 8 of then and no 9, as a start
 * that was broken off between the two leaves it, is refused still, by 9 itself.
 */
final class RewrittenMigrations {

    private static final String HISTORY = "flyway_schema_history";

    private record Rewritten(String version, int then, int today) {}

    private static final List<Rewritten> ALL =
            List.of(new Rewritten("8", -619_797_528, 2_124_897_917), new Rewritten("9", -633_676_112, -444_826_419));

    private RewrittenMigrations() {}

    /** To be called before Flyway looks, while nobody else does. */
    static void acknowledge(DataSource ledger) {
        Jdbi.create(ledger).useHandle(handle -> {
            if (!handle.queryMetadata(
                            meta -> meta.getTables(null, handle.getConnection().getSchema(), HISTORY, null))
                    .map((row, context) -> HISTORY)
                    .list()
                    .isEmpty()) {
                ALL.forEach(one -> acknowledge(handle, one));
            }
        });
    }

    private static void acknowledge(Handle handle, Rewritten one) {
        handle.createUpdate(
                        "UPDATE " + HISTORY + " SET checksum = :today WHERE version = :version AND checksum = :then")
                .bind("today", one.today)
                .bind("version", one.version)
                .bind("then", one.then)
                .execute();
    }
}
