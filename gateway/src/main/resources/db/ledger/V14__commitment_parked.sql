-- Reports that are given up for now, of each requestor. With the columns of its condition, so that they are counted in it alone.
CREATE INDEX commitment_parked ON commitment (requestor_ae, due_at, reported_at) WHERE due_at IS NULL AND reported_at IS NULL;
