package io.portolan.gateway.forward;

import io.portolan.gateway.ledger.LedgerInPostgres;

/** Forwarding from a ledger that several gateways may share: the same tests. */
class PostgresForwarderTest extends ForwarderTest implements LedgerInPostgres {}
