-- Several gateways on one ledger, and missed files of archives in a column of their own. Times as in V1.

-- A folder of kept files, known by the id that stands in it; place: where it was when it was opened last, and on which host.
-- Rows of file from before are of the first.
CREATE TABLE storage (
    id        ${key},
    folder_id VARCHAR(36) NOT NULL UNIQUE,
    place     TEXT        NOT NULL,
    opened_at BIGINT      NOT NULL
);

ALTER TABLE file ADD COLUMN storage_id BIGINT NOT NULL DEFAULT 1;

-- 1: it was not there when it was looked for last; until now the size said so, by a number below zero.
ALTER TABLE source_file ADD COLUMN missed SMALLINT NOT NULL DEFAULT 0;
UPDATE source_file SET missed = 1, size = -1 - size WHERE size < 0;

-- How text is compared, where the database must be told.
${ordered};
