package io.portolan.gateway.ledger;

import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.migration.Context;
import org.flywaydb.core.api.migration.JavaMigration;

/** A migration of the ledger that SQL alone cannot do. */
abstract class LedgerMigration implements JavaMigration {

    private final String version;
    private final String description;

    /** The next version is one more than the newest, be that SQL or Java, and {@link Database#SCHEMA} is raised to it. */
    LedgerMigration(String version, String description) {
        this.version = version;
        this.description = description;
    }

    /** One whose work a later one does: for ledgers that have it behind them. */
    static LedgerMigration superseded(String version, String description) {
        return new LedgerMigration(version, description) {
            @Override
            public void migrate(Context context) {
                // a later one does
            }
        };
    }

    @Override
    public MigrationVersion getVersion() {
        return MigrationVersion.fromVersion(version);
    }

    @Override
    public String getDescription() {
        return description;
    }

    @Override
    public Integer getChecksum() {
        return 1;
    }

    @Override
    public boolean canExecuteInTransaction() {
        return true;
    }
}
