package io.portolan.gateway.ledger;

/** Requests for storage commitment in a ledger that several gateways may share: the same tests. */
class PostgresCommitmentsTest extends CommitmentsTest implements LedgerInPostgres {}
