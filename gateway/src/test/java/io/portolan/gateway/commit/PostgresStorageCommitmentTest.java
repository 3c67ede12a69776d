package io.portolan.gateway.commit;

import io.portolan.gateway.ledger.LedgerInPostgres;

/** Storage commitment from a ledger that several gateways may share: the same tests. */
class PostgresStorageCommitmentTest extends StorageCommitmentTest implements LedgerInPostgres {}
