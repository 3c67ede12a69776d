-- Files that are to be sent on to a PACS, and files that nobody needs any more. Times as in V1.

-- due_at: when it may be tried; null: given up for now. overtaken: a newer file of its instance was confirmed before it.
CREATE TABLE forward (
    file_id    BIGINT   NOT NULL PRIMARY KEY REFERENCES file (id),
    due_at     BIGINT,
    attempts   INTEGER  NOT NULL,
    category   VARCHAR(32),
    last_error TEXT,
    overtaken  SMALLINT NOT NULL DEFAULT 0
);

CREATE INDEX forward_due ON forward (due_at, file_id) WHERE due_at IS NOT NULL;
CREATE INDEX forward_parked ON forward (file_id) WHERE due_at IS NULL;

-- The names of files whose rows are gone, until the files are.
CREATE TABLE dropped (
    storage_id BIGINT NOT NULL,
    path       TEXT   NOT NULL,
    PRIMARY KEY (storage_id, path)
);

-- What is kept for a time only is found oldest first.
CREATE INDEX file_received ON file (storage_id, received_at, id);
