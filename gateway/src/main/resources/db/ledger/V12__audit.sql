-- Audit records of what was written to the FHIR server, until they are delivered. Times as in V1.

-- id: that of the AuditEvent. tried: somebody may have delivered it, and did not say so. refused: kept aside; error is why.
CREATE TABLE audit (
    seq           ${key},
    id            VARCHAR(64) NOT NULL UNIQUE,
    json          TEXT        NOT NULL,
    created_at    BIGINT      NOT NULL,
    tried         SMALLINT    NOT NULL DEFAULT 0,
    refused       SMALLINT    NOT NULL DEFAULT 0,
    error         TEXT,
    claimed_by    VARCHAR(64),
    claimed_until BIGINT
);

CREATE INDEX audit_waiting ON audit (refused, seq);
