-- Requests for storage commitment, until some time after their reports. Times as in V1.

-- A request names instances, not their studies.
CREATE INDEX instance_sop ON instance (sop_uid);

-- When a PACS confirmed the newest of its files that was forwarded. Not packed: of what is packed nobody asks.
ALTER TABLE instance ADD COLUMN confirmed_at BIGINT;

-- instances: gzip, see CommitmentInstances. decide_until: what is not known by then is not committed. due_at: when it may be
-- looked at or reported; null: reported, or given up for now. called_ae: ours. looked_by: the storage folder of who could not
-- say all that is to be said.
CREATE TABLE commitment (
    id              ${key},
    requestor_ae    VARCHAR(16) NOT NULL,
    called_ae       VARCHAR(16) NOT NULL,
    transaction_uid VARCHAR(64) NOT NULL,
    instances       ${bytes}    NOT NULL,
    total           INTEGER     NOT NULL,
    requested_at    BIGINT      NOT NULL,
    decide_until    BIGINT      NOT NULL,
    due_at          BIGINT,
    looked_by       BIGINT,
    reported_at     BIGINT,
    attempts        INTEGER     NOT NULL,
    category        VARCHAR(32),
    last_error      TEXT,
    claimed_by      VARCHAR(64),
    claimed_until   BIGINT,
    UNIQUE (requestor_ae, transaction_uid)
);

CREATE INDEX commitment_due ON commitment (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX commitment_claimed ON commitment (claimed_until) WHERE claimed_until IS NOT NULL;
CREATE INDEX commitment_reported ON commitment (reported_at) WHERE reported_at IS NOT NULL;
