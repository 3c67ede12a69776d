-- Reports that are given up for now, of each requestor.
CREATE INDEX commitment_parked ON commitment (requestor_ae) WHERE due_at IS NULL AND reported_at IS NULL;
